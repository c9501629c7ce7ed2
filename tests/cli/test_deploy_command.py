"""`codex deploy`: from a document or a folder to each of its places."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from codex.cli.main import command_parser, load
from codex.cli.working import FOLDER
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import EXIT_DONE, EXIT_FAILED, EXIT_INCOMPLETE, EXIT_USAGE
from codex.common.run_options import run_options
from codex.common.sandbox import Environments
from codex.deploy.package import to_folder
from tests.cli.conftest import Codex, Outcome
from tests.deploy import packaged
from tests.deploy.packaged import application
from tests.deploy.test_compose import removed
from tests.fixtures_database import Place

Engine = Any  # the docker package is not typed
GUIDE = (Path(__file__).parents[2] / "docs/guides/deploy.md").read_text("utf-8")
TYPED = [line[2:].partition(" #")[0].strip() for line in re.findall(r"^\$ .*", GUIDE, re.MULTILINE)]
OURS = [line for line in TYPED if line.startswith("codex deploy")]


@pytest.fixture(scope="session")
def lock(environments: Environments) -> str:
    return packaged.lock(environments)


Deploy = Callable[..., Outcome]


@pytest.fixture
def deploy(codex: Codex, database_url: str, shared_data_dir: Path) -> Deploy:
    """Run `codex deploy` with a database and environments that are there."""
    there = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}

    def run(*args: str, **more: str) -> Outcome:
        return codex("deploy", *args, env={**there, **more})

    return run


@pytest.mark.slow
def test_an_application_goes_to_a_folder_a_repository_and_a_zip(
    deploy: Deploy, anywhere: Path, lock: str
) -> None:
    service = application("notes", lock)
    (anywhere / "app.json").write_text(service.to_json())
    done = deploy("app.json", "--to", "git", "--out", "repository", "--zip", "notes.zip", "--json")
    assert done.code == EXIT_DONE, done.err
    said = json.loads(done.out)
    assert said["repository"] == "repository"
    log = subprocess.run(
        ["git", "-C", "repository", "log", "--format=%an"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert log.stdout == "codex\n"
    # The folder goes on to the next place with all that codex knows of it.
    assert deploy("repository", "--out", "copy").code == EXIT_DONE
    assert tree(anywhere / "copy") == tree(anywhere / "repository")
    # Where it would lose an edit is known before anything is verified.
    (anywhere / "notes").mkdir()
    (anywhere / "notes/mine.txt").write_text("mine\n")
    taken = deploy("repository")
    assert taken.code == EXIT_USAGE
    assert "notes is not empty, and codex did not write it" in taken.err
    # A hand edit goes along; what it does to the service is tried, and told.
    (anywhere / "repository/app/health.py").write_text("# mine\n")
    (anywhere / "repository/notes.txt").write_text("mine, too\n")
    done = deploy("repository", "--to", "archive")
    assert done.code == EXIT_INCOMPLETE, done.err
    assert "Changed by hand, so it is verified again: app/health.py, notes.txt." in done.err
    assert "missing: The verification step 'boot' failed." in done.out
    with zipfile.ZipFile(anywhere / "notes.zip") as archive:
        assert archive.read("notes/app/health.py") == b"# mine\n"
        assert archive.read("notes/notes.txt") == b"mine, too\n"
        report = json.loads(archive.read("notes/report.json"))
    assert report["edited"] == ["app/health.py"]
    assert not report["passed"]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file but those of git."""
    return {
        name: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not (name := str(path.relative_to(folder))).startswith(".git/")
    }


@pytest.mark.slow
def test_an_implementation_is_verified_first(deploy: Deploy, anywhere: Path, lock: str) -> None:
    (anywhere / "impl.json").write_text(application("notes", lock).implementation.to_json())
    done = deploy("impl.json", "--out", "notes")
    assert done.code == EXIT_DONE, done.out + done.err
    assert "deploy took" in done.err
    assert (anywhere / "notes/openapi.json").is_file()


@pytest.mark.slow
async def test_a_run_goes_on_with_what_it_had_verified(
    codex: Codex, database_url: str, shared_data_dir: Path, anywhere: Path, lock: str
) -> None:
    there = {"DATABASE_URL": database_url, "CODEX_DATA_DIR": str(shared_data_dir)}
    service = application("notes", lock)
    source = anywhere / "app.json"
    arguments = {"source": str(source), "to": "git", "zip": str(anywhere / "notes.zip")}
    options = run_options(Settings(), arguments={**arguments, FOLDER: str(anywhere)})
    async with open_store(Place(database_url)) as store:
        run = await store.create_run(kind="deploy", name="moved", options=options)
        await store.update_run(run.id, status=RunStatus.FAILED)
    # It had verified nothing yet, so it needs what it began with.
    lost = codex("runs", "resume", "moved", env=there)
    assert lost.code == EXIT_USAGE
    assert "app.json cannot be read" in lost.err
    async with open_store(Place(database_url)) as store:
        await store.save(service, run_id=run.id)
    done = codex("runs", "resume", "moved", env=there)
    assert done.code == EXIT_DONE, done.err
    assert "The application is there already." in done.err
    assert (anywhere / "notes/.git").is_dir()
    assert (anywhere / "notes.zip").is_file()
    again = codex("runs", "resume", "moved", env=there)
    assert "is done; nothing is left to do" in again.err


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["none.json"], "cannot be read"),
        ([".", "--to", "folder"], "no service that codex built"),
        (["x", "--to", "image", "--image", "A B"], "no name of an image"),
        (["x", "--to", "image", "--push", "../x"], "no name of an image"),
        (["x", "--to", "image", "--platform", "vax"], "no platform"),
        (["x", "--platform", "linux/amd64"], "are for an image"),
        (["x", "--port", "80"], "are for --to compose"),
        (["x", "--to", "compose", "--port", "70000"], "is no port"),
        (["x", "--to", "compose", "--platform", "linux/amd64"], "builds an image of its own"),
        (["x", "--to", "moon"], "invalid choice"),
        (["x", "--image", "a:1", "--pip-config", "none.conf"], "cannot be used as a pip.conf"),
    ],
)
def test_mistakes_are_told_before_any_work(codex: Codex, args: list[str], what: str) -> None:
    done = codex("deploy", *args)
    assert done.code == EXIT_USAGE, done.err
    assert what in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_without_an_engine_nothing_is_left(deploy: Deploy, anywhere: Path, lock: str) -> None:
    (anywhere / "app.json").write_text(application("notes", lock).to_json())
    for target in ("image", "compose"):
        done = deploy("app.json", "--to", target, DOCKER_HOST=f"unix://{anywhere}/none")
        assert done.code == EXIT_FAILED
        assert "No container engine answers at DOCKER_HOST." in done.err
    assert [path.name for path in anywhere.iterdir()] == ["app.json"]


@pytest.mark.parametrize("line", OURS)
def test_the_guides_command_lines_are_understood(line: str) -> None:
    command_parser("deploy", load("deploy")).parse_args(shlex.split(line)[2:])


@pytest.fixture
def as_named_in_the_guide(
    engine: Engine, slim_image: str, postgres_image: str
) -> Generator[Engine]:
    """The stand-ins under the names of the stock images, where the engine has none of those."""
    named: list[str] = []
    for stand_in, name in ((slim_image, "python:3.11-slim"), (postgres_image, "postgres:17")):
        if not engine.images.list(name):
            repository, _, tag = name.partition(":")
            engine.api.tag(stand_in, repository, tag)
            named.append(name)
    yield engine
    removed(engine, "notes")
    for name in (*named, "notes:1.0"):
        if engine.images.list(name):
            engine.images.remove(name, force=True)


@pytest.mark.slow
def test_the_guides_examples_do_what_they_say(
    deploy: Deploy, as_named_in_the_guide: Engine, anywhere: Path, lock: str
) -> None:
    to_folder(application("notes", lock), anywhere / "notes")
    said = ""
    for line in OURS:
        if "registry.example.org" in line:
            continue  # pushed to a registry on loopback elsewhere
        done = deploy(*shlex.split(line)[2:], CODEX_DATA_DIR=str(anywhere / "data"))
        assert done.code == EXIT_DONE, f"{line}\n{done.out}\n{done.err}"
        said += done.out
    for name in ("copy/app/main.py", "repository/.git", "notes.zip", "notes.tar"):
        assert (anywhere / name).exists()
    assert as_named_in_the_guide.images.list("notes:1.0")
    assert "address: http://127.0.0.1:" in said
