"""Environments: whole or not there, one for each lock, and nothing of a package runs outside."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from codex.common.errors import EnvironmentFailed, NoSuchVersions
from codex.common.sandbox import Command, Environment, Environments, Limits, Sandbox
from codex.common.sandbox import environments as module
from codex.common.sandbox.environments import service_lock
from tests.common.sandbox.support import beneath, entries


def _wheel(folder: Path, name: str, version: str = "1.0", **files: str) -> Path:
    """A wheel made here: no index is asked."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    metadata = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}")
        for other, text in files.items():
            archive.writestr(other.replace("__", "."), text)
        archive.writestr(
            f"{metadata}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(
            f"{metadata}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(
            f"{metadata}/entry_points.txt", f"[console_scripts]\n{name}-run = os:getcwd\n"
        )
        archive.writestr(f"{metadata}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that uv takes instead of an index."""
    folder = tmp_path / "index"
    folder.mkdir()
    configuration = tmp_path / "uv.toml"
    configuration.write_text(f"no-index = true\nfind-links = [{str(folder)!r}]\n")
    monkeypatch.setenv("UV_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def _lock(wheel: Path) -> str:
    name, version = wheel.name.split("-")[:2]
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name}=={version} --hash=sha256:{digest}\n"


async def test_it_is_made_once_and_found_after(
    index: Path, tmp_path: Path, each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "environments"
    lock = _lock(_wheel(index, "codexfirst"))
    made = await Environments(folder).get(lock)
    source = "import codexfirst as c, sys; print(c.VERSION, c.__cached__ is not None, sys.prefix)"
    result = await each_sandbox.run(Command(["python", "-c", source], environment=made))
    assert result.stdout == f"1.0 True {made.path}\n", result
    assert f"{made.path}/bin/python" in (made.path / "bin" / "codexfirst-run").read_text()
    ran = await each_sandbox.run(Command(["codexfirst-run"], environment=made))
    assert ran.stderr == "/sandbox\n", ran
    monkeypatch.setattr(module, "_execute", None)
    assert await Environments(folder).get("# a remark\n" + lock) == made
    assert sorted(entries(folder)) == sorted([made.key, f"{made.key}.lock"])


async def test_a_package_executes_nothing_while_it_is_installed(
    index: Path, tmp_path: Path
) -> None:
    owned = tmp_path / "owned"
    planted = f"open({str(owned)!r}, 'w').write('x')"
    wheel = _wheel(
        index, "codexevil", codexevil__pth=f"import os; {planted}", sitecustomize__py=planted
    )
    made = await Environments(tmp_path / "environments").get(_lock(wheel))
    assert (made.path / "lib").exists()
    assert not owned.exists()


async def test_only_wheels_are_installed(index: Path, tmp_path: Path) -> None:
    import tarfile

    source = tmp_path / "codexsource-1.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')")
    with tarfile.open(index / "codexsource-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "codexsource-1.0")
    digest = hashlib.sha256((index / "codexsource-1.0.tar.gz").read_bytes()).hexdigest()
    environments = Environments(tmp_path / "environments")
    with pytest.raises(EnvironmentFailed, match="codexsource"):
        await environments.get(f"codexsource==1.0 --hash=sha256:{digest}\n")
    with pytest.raises(EnvironmentFailed, match="codexsource"):
        await environments.resolve(["codexsource"])
    assert not (tmp_path / "owned").exists()


async def test_a_wrong_hash_is_refused_and_leaves_nothing(index: Path, tmp_path: Path) -> None:
    _wheel(index, "codexfirst")
    environments = Environments(tmp_path / "environments")
    with pytest.raises(EnvironmentFailed) as caught:
        await environments.get(f"codexfirst==1.0 --hash=sha256:{'0' * 64}\n")
    assert "packages cannot be installed" in caught.value.what
    assert caught.value.todo
    assert [name for name in entries(tmp_path / "environments") if not name.endswith(".lock")] == []


async def test_a_lock_without_hashes_is_refused(index: Path, tmp_path: Path) -> None:
    _wheel(index, "codexfirst")
    with pytest.raises(EnvironmentFailed):
        await Environments(tmp_path / "environments").get("codexfirst==1.0\n")


async def test_what_a_crash_left_is_cleared(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    lock = _lock(_wheel(index, "codexfirst"))
    key = (await Environments(folder).get(lock)).key
    (folder / key / "codex-finished").unlink()
    left = folder / f".building-{key}-1-x"
    (left / "lib").mkdir(parents=True)
    made = await Environments(folder).get(lock)
    assert (made.path / "codex-finished").exists()
    assert not left.exists()


async def test_tasks_and_processes_make_it_together(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "environments"
    lock = _lock(_wheel(index, "codexfirst"))
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from codex.common.sandbox import Environments\n"
        "made = asyncio.run(Environments(Path(sys.argv[1])).get(sys.argv[2]))\n"
        "print(made.path.exists())"
    )
    others = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", program, str(folder), lock),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        for _ in range(2)
    ]
    mine = await asyncio.gather(*(Environments(folder).get(lock) for _ in range(3)))
    for other in others:
        out, _ = await other.communicate()
        assert out == b"True\n"
    assert len(set(mine)) == 1
    assert len([name for name in entries(folder) if not name.endswith(".lock")]) == 1


async def test_cancelling_leaves_neither_process_nor_file_nor_lock(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "environments"
    lock = _lock(_wheel(index, "codexfirst"))
    slow = tmp_path / "uv"
    slow.write_text('#!/bin/sh\nmkdir -p "$7/lib" 2>/dev/null\nsleep 1000\n')
    slow.chmod(0o755)
    task = asyncio.create_task(Environments(folder, uv=str(slow)).get(lock))
    await asyncio.wait([task], timeout=0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert all(name.endswith(".lock") for name in entries(folder))
    made = await asyncio.wait_for(Environments(folder).get(lock), 300)
    assert made.path.exists()


async def test_resolving_takes_the_newest_that_fits_and_names_no_host(
    index: Path, tmp_path: Path
) -> None:
    for version in ("1.0", "1.5", "2.0"):
        _wheel(index, "codexfirst", version)
    environments = Environments(tmp_path / "environments")
    lock = await environments.resolve(["codexfirst<2"])
    assert lock.startswith("codexfirst==1.5")
    assert "--hash=sha256:" in lock
    assert str(index) not in lock
    assert "://" not in lock
    assert (await environments.resolve(["codexfirst"], constraints="codexfirst==1.0")).startswith(
        "codexfirst==1.0"
    )
    with pytest.raises(NoSuchVersions, match="codexfirst>2"):
        await environments.resolve(["codexfirst>2"])
    assert entries(tmp_path / "environments") == []


async def test_what_is_expected_is_resolved_once_and_nothing_of_it_is_left(
    tmp_path: Path,
) -> None:
    counting = tmp_path / "uv"
    counting.write_text(f'#!/bin/sh\necho asked >> "{tmp_path}/asked"\necho "one==1"\n')
    counting.chmod(0o755)
    environments = Environments(tmp_path / "environments", uv=str(counting))
    asked = tmp_path / "asked"
    async with environments.expecting(["one"], python="3.11"):
        assert await environments.resolve(["one"], python="3.11") == "one==1\n"
        assert asked.read_text().count("asked") == 1
        # Asked again, the index is: what was expected is one answer.
        assert await environments.resolve(["one"], python="3.11") == "one==1\n"
        assert await environments.resolve(["one"], constraints="one==1") == "one==1\n"
        assert asked.read_text().count("asked") == 3
    counting.write_text("#!/bin/sh\nsleep 1000\n")
    async with asyncio.timeout(300):
        async with environments.expecting(["one"]):
            pass  # nobody asks: it is ended
        async with environments.expecting(["one"]):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(environments.resolve(["one"]), 0.2)
    assert entries(tmp_path / "environments") == []


async def test_an_address_never_enters_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://user:hidden@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentFailed) as caught:
        await Environments(tmp_path / "environments").resolve(["codexfirst"])
    assert "hidden" not in str(caught.value)
    assert "127.0.0.1:9" not in str(caught.value)
    # The way to the index is at fault, not what was asked for.
    assert not isinstance(caught.value, NoSuchVersions)


async def test_the_configured_index_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    here = Environments(tmp_path / "environments", index="http://127.0.0.1:9/simple")
    with pytest.raises(EnvironmentFailed, match="Failed to fetch"):
        await here.resolve(["humanize"])


async def test_uv_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed, match="no/uv"):
        await Environments(tmp_path, uv="/no/uv").resolve(["codexfirst"])


def test_the_shipped_lock_is_whole_and_names_no_host() -> None:
    lock = service_lock()
    assert "://" not in lock
    names = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    wanted = (*module.SERVICE_REQUIREMENTS, *module.SERVICE_TOOLS)
    assert {one.split("[")[0] for one in wanted} <= names


@pytest.mark.slow
async def test_the_environment_of_services_runs_its_tools(
    each_sandbox: Sandbox, service_environment: Environment, tmp_path: Path
) -> None:
    source = """
def test_the_app(tmp_path):
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from sqlmodel import Field, Session, SQLModel, create_engine
    import argon2, jwt, psycopg, alembic, multipart, pydantic_settings, email_validator
    class Row(SQLModel, table=True):
        id: int | None = Field(default=None, primary_key=True)
    engine = create_engine(f"sqlite:///{tmp_path}/data.db")
    SQLModel.metadata.create_all(engine)
    app = FastAPI()
    @app.get("/")
    def root() -> dict[str, int]:
        with Session(engine) as session:
            session.add(Row()); session.commit()
        return {"rows": 1}
    assert TestClient(app).get("/").json() == {"rows": 1}
"""
    sandbox = beneath(each_sandbox, tmp_path)
    for argv in (
        ["python", "-m", "pytest", "-q", "test_app.py"],
        ["python", "-m", "pyright", "--version"],
        ["python", "-m", "ruff", "--version"],
        ["ruff", "--version"],
        ["alembic", "--version"],
        ["schemathesis", "--version"],
    ):
        result = await sandbox.run(
            Command(
                argv,
                environment=service_environment,
                files={"test_app.py": source},
                limits=Limits(memory_mb=1500),  # Node reserves much more than it uses
            )
        )
        assert result.ok, (argv, result)
    assert entries(tmp_path) == []
