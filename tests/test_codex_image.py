"""codex's own image: built, and run as anybody would, in a stock unprivileged container."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import tarfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Engine = Any  # the docker package is not typed
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
REQUEST = "A to-do list with tasks that have a title and a due date. Tasks can be marked done."
MINUTES = 15


def committed() -> io.BytesIO:
    """What the Dockerfile's context is, without what a working copy has beside."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    names = [name for name in known.split("\0") if name and (ROOT / name).is_file()] or [
        str(path.relative_to(ROOT)) for path in (ROOT / "codex").rglob("*") if path.is_file()
    ]
    wanted = ("codex/", "tools/", "Dockerfile", "pyproject.toml", "requirements.lock", "schema.")
    left_out = ("node_modules/", "database/client/", "__pycache__")
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in sorted({*names, "Dockerfile", "pyproject.toml", "requirements.lock"}):
            if name.startswith(wanted) and not any(part in name for part in left_out):
                archive.add(ROOT / name, name)
    buffer.seek(0)
    return buffer


@pytest.fixture(scope="module")
def codex_image(docker_engine: Engine, slim_image: str) -> Generator[str]:
    """The image, on the stand-in for the stock one."""
    name = f"codex-test-itself:{uuid.uuid4().hex[:8]}"
    docker_engine.images.build(
        fileobj=committed(),
        custom_context=True,
        tag=name,
        buildargs={"BASE": slim_image},
        network_mode="host",  # the package indexes, also where the engine has no bridge
        rm=True,
        forcerm=True,
    )
    yield name
    docker_engine.images.remove(name, force=True)


@contextmanager
def volume(engine: Engine) -> Generator[str]:
    made = engine.volumes.create(f"codex-test-{uuid.uuid4().hex[:8]}")
    try:
        yield made.name
    finally:
        made.remove(force=True)


def run(engine: Engine, image: str, data: str, *command: str, **environment: str) -> str:
    """The engine's default profile and the image's own user; nothing is granted."""
    container = engine.containers.run(
        image,
        list(command),
        environment=environment,
        network_mode="host",
        volumes={data: {"bind": "/data", "mode": "rw"}},
        detach=True,
    )
    try:
        ended = container.wait(timeout=60 * MINUTES)
        said = container.logs().decode("utf-8", "replace")
        assert ended["StatusCode"] == 0, said
        return said
    finally:
        container.remove(force=True, v=True)


def test_it_builds_and_verifies_a_service(
    docker_engine: Engine, codex_image: str, postgres_image: str
) -> None:
    """With the embedded database on a volume, then with one that DATABASE_URL names."""
    about = docker_engine.images.get(codex_image).attrs["Config"]
    assert about["User"] == "codex"
    with volume(docker_engine) as data:
        said = run(docker_engine, codex_image, data, "doctor")
        assert "landlock" in said
        assert "codex can build a service here." in said
        said = run(docker_engine, codex_image, data, "build", REQUEST, "--yes", "--out", "/data/a")
        assert "passed: tests" in said
        said = run(docker_engine, codex_image, data, "runs", "list", "--json")
        assert len(json.loads(said)["runs"]) == 1, said
        with postgres(docker_engine, postgres_image) as url:
            options = ["--yes", "--out", "/data/b"]
            said = run(
                docker_engine, codex_image, data, "build", REQUEST, *options, DATABASE_URL=url
            )
            assert "passed: tests" in said
            said = run(docker_engine, codex_image, data, "runs", "list", "--json", DATABASE_URL=url)
            assert len(json.loads(said)["runs"]) == 1, said


@contextmanager
def postgres(engine: Engine, image: str) -> Generator[str]:
    """A database on this machine's loopback, at a port that was free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    secret = uuid.uuid4().hex
    container = engine.containers.run(
        image,
        environment={"POSTGRES_USER": "codex", "POSTGRES_PASSWORD": secret, "PGPORT": port},
        network_mode="host",
        detach=True,
    )
    try:
        for line in container.logs(stream=True, follow=True):
            if (
                b"ready to accept connections" in line
                and container.exec_run(
                    ["pg_isready", "-h", "127.0.0.1", "-p", port, "-q"]
                ).exit_code
                == 0
            ):
                break
        yield f"postgresql://codex:{secret}@127.0.0.1:{port}/codex"
    finally:
        container.remove(force=True, v=True)
