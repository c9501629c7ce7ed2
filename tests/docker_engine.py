"""A container engine for tests: the one that answers, or one of our own."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path

import docker
import pytest

PYTHON_IMAGE = "codex-test-python"
"""A stand-in for a stock Python image, made of the local Python: tests pull nothing."""

_LEFT_OUT = re.compile(
    r"/(test|tests|idlelib|tkinter|__pycache__|site-packages|ensurepip|config-[^/]+|turtledemo)(/|$)"
)
_PACKAGES = ("pydantic_core", "psycopg_binary")
"""What the tests' own packages link against is in every stock image."""
_PASSWD = "root:x:0:0:root:/root:/bin/false\nuser:x:1000:1000:user:/tmp:/bin/false\n"


@pytest.fixture(scope="session")
def docker_engine() -> Generator[docker.DockerClient]:
    """A client of an engine; the test is skipped, with the reason, where there is none."""
    usual = Path(os.environ.get("DOCKER_HOST", "/var/run/docker.sock").removeprefix("unix://"))
    if _listens(usual):
        client = docker.from_env(timeout=1200)
        yield client
        client.close()
        return
    program = shutil.which("dockerd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None or os.geteuid() != 0:
        pytest.skip("no container engine answers, and only root could start one of our own")
    yield from _own_engine(program)


def _own_engine(program: str) -> Generator[docker.DockerClient]:
    """Started by hand in a folder of its own, without touching the machine's network."""
    folder = Path(tempfile.mkdtemp(prefix="codex-engine-"))
    address = folder / "socket"
    with (folder / "log").open("wb") as log:
        engine = subprocess.Popen(
            [
                *(program, "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
                *(
                    "-p",
                    f"{folder}/pid",
                    "-H",
                    f"unix://{address}",
                    "--iptables=false",
                    "--bridge=none",
                ),
            ],
            stdout=log,
            stderr=log,
        )
    try:
        client = _answering(engine, address, folder / "log")
        yield client
        client.close()
    finally:
        engine.terminate()
        engine.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def _answering(engine: subprocess.Popen[bytes], address: Path, log: Path) -> docker.DockerClient:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and engine.poll() is None:
        if _listens(address):
            return docker.DockerClient(base_url=f"unix://{address}", timeout=1200)
        time.sleep(0.1)
    last = log.read_text(errors="replace").splitlines()[-1:]
    pytest.skip(f"the container engine does not start here: {last}")


def _listens(address: Path) -> bool:
    # By hand: a client that fails to connect leaves its sockets open.
    with socket.socket(socket.AF_UNIX) as channel:
        try:
            channel.connect(str(address))
        except OSError:
            return False
    return True


@pytest.fixture(scope="session")
def python_image(docker_engine: docker.DockerClient) -> str:
    """The name of an image with the local Python at /usr/local and an ordinary user, 1000."""
    docker_engine.api.import_image_from_data(  # pyright: ignore[reportUnknownMemberType]
        _root_file_system(),
        repository=PYTHON_IMAGE,
        tag="local",
        changes=["ENV PATH=/usr/local/bin:/usr/bin:/bin"],
    )
    return f"{PYTHON_IMAGE}:local"


def _root_file_system() -> bytes:
    """The interpreter, its standard library, and the shared libraries that they name."""
    prefix = Path(sys.base_prefix)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = Path(sysconfig.get_path("stdlib"))
    executable = (prefix / "bin" / version).resolve()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("tmp", "usr/bin", "bin", "etc", "proc", "sys", "dev", "root", "run"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name == "tmp" else 0o755
            archive.addfile(entry)
        for name, text in (("passwd", _PASSWD), ("group", "root:x:0:\nuser:x:1000:\n")):
            entry = tarfile.TarInfo(f"etc/{name}")
            entry.size, entry.mode = len(text), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
        archive.add(executable, f"usr/local/bin/{version}")
        for name in ("python3", "python"):
            entry = tarfile.TarInfo(f"usr/local/bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, version
            archive.addfile(entry)
        archive.add(library, f"usr/local/lib/{version}", filter=_wanted)
        shared = [executable, *library.glob("lib-dynload/*.so"), *_programs()]
        for name in _PACKAGES:
            shared += Path(sysconfig.get_path("purelib"), name).glob("*.so")
        for path in _libraries(shared):
            archive.add(Path(path).resolve(), path.lstrip("/"))
        # Where the loader looks by itself.
        beside = f"lib/{sysconfig.get_config_var('MULTIARCH')}"
        for path in (prefix / "lib").glob("libpython*.so.*"):
            archive.add(path.resolve(), f"{beside}/{path.name}")
        for path in _programs():
            archive.add(path.resolve(), f"usr/bin/{path.name}")
    return buffer.getvalue()


def _programs() -> list[Path]:
    """Bubblewrap goes along where it is installed, so that its refusal is the container's."""
    found = shutil.which("bwrap")
    return [Path(found)] if found else []


def _wanted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if _LEFT_OUT.search(f"/{entry.name}") else entry


def _libraries(programs: Iterable[Path]) -> set[str]:
    listing = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=False
    ).stdout
    return set(re.findall(r"(?m)(?:=> |^\s+)(/(?:usr/)?lib\S+\.so\S*) \(", listing))
