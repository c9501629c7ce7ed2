"""A container engine for tests: the one that answers, or one of our own for the whole test run.

Where there is none and none can be started, its tests are skipped with the reason, unless
`TESTS_NEED_ENGINE` is set: then they fail.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, NoReturn

import docker
import pytest

from tests import engine_images

NEEDED = "TESTS_NEED_ENGINE"
_RUN = "FOLDER_OF_THIS_TEST_RUN"
_START_SECONDS = 60


def missing(reason: str) -> NoReturn:
    """Skip, with the reason; where everything has to be there, fail."""
    if os.environ.get(NEEDED):
        pytest.fail(f"{NEEDED} is set, but {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def engine_address() -> str:
    """Where an engine answers."""
    usual = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if not usual.startswith("unix://") or _listens(Path(usual.removeprefix("unix://"))):
        return usual
    folder = Path(os.environ[_RUN]) / "engine"
    with _locked(Path(os.environ[_RUN]) / "engine.lock"):
        if not _listens(folder / "socket"):
            start_engine(folder)
    return f"unix://{folder}/socket"


@pytest.fixture(scope="session")
def docker_engine(engine_address: str) -> Generator[docker.DockerClient]:
    """A client of the engine."""
    client = docker.DockerClient(base_url=engine_address, timeout=1200)
    yield client
    client.close()


@pytest.fixture
def engine(
    engine_address: str, docker_engine: docker.DockerClient, monkeypatch: pytest.MonkeyPatch
) -> docker.DockerClient:
    """The same, as what the code under test finds."""
    monkeypatch.setenv("DOCKER_HOST", engine_address)
    return docker_engine


@pytest.fixture
def own_engine() -> Generator[tuple[str, Callable[[], None]]]:
    """An engine of the test's own, and a way to end it as a crash would."""
    folder = Path(tempfile.mkdtemp(prefix="codex-engine-"))
    try:
        start_engine(folder)
        yield f"unix://{folder}/socket", lambda: _end(folder, signal.SIGKILL)
    finally:
        _end(folder, signal.SIGTERM)
        _unmounted(folder)
        shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure() -> None:
    """End the engine that this test run started, once all its workers are done."""
    run = os.environ.get(_RUN)
    if run and "PYTEST_XDIST_WORKER" not in os.environ:
        _end(Path(run) / "engine", signal.SIGTERM)
        _unmounted(Path(run) / "engine")


def start_engine(folder: Path) -> None:
    """Start one by hand in a folder of its own, without touching the machine's network."""
    program = shutil.which("dockerd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None or os.geteuid() != 0:
        missing("no container engine answers, and only root could start one of our own")
    folder.mkdir(exist_ok=True)
    options = [
        *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
        *("-p", f"{folder}/pid", "-H", f"unix://{folder}/socket"),
        *("--iptables=false", "--bridge=none"),
    ]
    # No Popen: a worker may start it, and the test run's own process ends it by its pid.
    with (folder / "log").open("wb") as log:
        number = os.posix_spawn(
            program,
            [program, *options],
            os.environ,
            setsid=True,
            file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), to) for to in (1, 2)],
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and _lives(number):
        if _listens(folder / "socket"):
            return
        time.sleep(0.1)
    last = (folder / "log").read_text(errors="replace").splitlines()[-1:]
    missing(f"the container engine does not start here: {last}")


def _end(folder: Path, how: signal.Signals) -> None:
    """End the engine in `folder`, and the containerd that it started."""
    for name in ("pid", "exec/containerd/containerd.pid", "data/containerd/containerd.pid"):
        try:
            number = int((folder / name).read_text())
        except (OSError, ValueError):
            continue
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, how)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and _lives(number):
            time.sleep(0.1)
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def _lives(number: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(number, os.WNOHANG)
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _unmounted(folder: Path) -> None:
    """What an engine leaves mounted, one that was killed above all."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in sorted(mounts, reverse=True):
        if mount.startswith(f"{folder}/"):
            subprocess.run(["umount", "-l", mount], check=False, capture_output=True)


def _listens(address: Path) -> bool:
    # By hand: a client that fails to connect leaves its sockets open.
    with socket.socket(socket.AF_UNIX) as channel:
        try:
            channel.connect(str(address))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _locked(path: Path) -> Generator[None]:
    with path.open("a") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        yield


def free_port() -> int:
    """A port on loopback for a server that cannot choose one itself.

    Below those that the kernel gives to whoever asks for any: nobody gets it in the meantime.
    """
    while True:
        port = random.randint(20_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def shared_image(name: str, make: Callable[[], Any]) -> str:
    """The name of an image, made by the first process of this test run that wants it."""
    with _locked(Path(os.environ[_RUN]) / f"{name.partition(':')[0]}.lock"):
        made = Path(os.environ[_RUN]) / f"{name.partition(':')[0]}.made"
        if not made.exists():
            make()
            made.touch()
    return name


@pytest.fixture(scope="session")
def python_image(docker_engine: docker.DockerClient) -> str:
    """An image with the local Python at /usr/local and an ordinary user, 1000; nothing else."""

    def make() -> None:
        docker_engine.api.import_image_from_data(  # pyright: ignore[reportUnknownMemberType]
            engine_images.plain_python(),
            repository="codex-test-python",
            tag="local",
            changes=["ENV PATH=/usr/local/bin:/usr/bin:/bin"],
        )

    return shared_image("codex-test-python:local", make)


@pytest.fixture(scope="session")
def slim_root() -> Path:
    """A stand-in for the root filesystem of a stock Python image, as a tar."""
    path = Path(os.environ[_RUN]) / "slim.tar"
    with _locked(path.with_suffix(".lock")):
        if not path.exists():
            engine_images.slim_python(path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
    return path


@pytest.fixture(scope="session")
def slim_image(docker_engine: docker.DockerClient, slim_root: Path) -> str:
    """The same as an image: a Python with pip, a shell and useradd."""

    def make() -> None:
        import_slim(docker_engine, slim_root)

    return shared_image("codex-test-slim:local", make)


def import_slim(client: docker.DockerClient, root: Path) -> str:
    """Give an engine the stand-in."""
    client.api.import_image_from_file(  # pyright: ignore[reportUnknownMemberType]
        str(root),
        repository="codex-test-slim",
        tag="local",
        changes=["ENV PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 'CMD ["python3"]'],
    )
    return "codex-test-slim:local"


@pytest.fixture(scope="session")
def postgres_image(docker_engine: docker.DockerClient, slim_image: str) -> str:
    """A stand-in for the official image: the embedded Postgres, started by the same variables."""

    def make() -> None:
        docker_engine.images.build(  # pyright: ignore[reportUnknownMemberType]
            fileobj=engine_images.postgres_context(slim_image),
            custom_context=True,
            tag="codex-test-postgres:local",
            network_mode="none",
            rm=True,
        )

    return shared_image("codex-test-postgres:local", make)
