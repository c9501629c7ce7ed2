"""Inside a stock container, as an ordinary user: the same attempts, held by Landlock."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import docker
import pytest

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[3]
_RAN = re.compile(r"(\d+) passed")


def _run(
    engine: docker.DockerClient, image: str, command: list[str], user: str = "1000:1000"
) -> str:
    """A container with the engine's default profile; only the user is chosen."""
    packages = sysconfig.get_path("purelib")
    container = engine.containers.run(  # pyright: ignore[reportUnknownMemberType]
        image,
        command,
        user=user,
        network_mode="none",
        working_dir="/source",
        environment={"PYTHONPATH": "/source:/packages", "HOME": "/tmp"},
        volumes={
            str(_ROOT): {"bind": "/source", "mode": "ro"},
            packages: {"bind": "/packages", "mode": "ro"},
        },
        detach=True,
    )
    try:
        container.wait(timeout=1200)
        return container.logs().decode("utf-8", "replace")
    finally:
        container.remove(force=True)


_KINDS = """
import asyncio
from codex.common.sandbox import available_kinds, open_sandbox
for one in asyncio.run(available_kinds()):
    print(one.kind, one.ok, one.reason)
print("chosen", asyncio.run(open_sandbox()).kind)
"""


@pytest.mark.parametrize("user", ["1000:1000", "0:0"])
def test_landlock_is_what_works_there(
    docker_engine: docker.DockerClient, python_image: str, user: str
) -> None:
    said = _run(docker_engine, python_image, ["python3", "-c", _KINDS], user)
    assert "bubblewrap False" in said, said
    assert "landlock True" in said, said
    assert "chosen landlock" in said, said


@pytest.mark.parametrize(
    ("chosen", "user", "least"),
    [
        ("test_escapes.py", "1000:1000", 60),
        ("test_bombs.py", "1000:1000", 20),
        ("test_zygote.py", "1000:1000", 20),
        ("test_run.py", "1000:1000", 15),
        ("test_escapes.py", "0:0", 60),
    ],
)
def test_attempts_are_held_there(
    docker_engine: docker.DockerClient, python_image: str, chosen: str, user: str, least: int
) -> None:
    command = [
        *("python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-o", "addopts=--import-mode=importlib", f"tests/common/sandbox/{chosen}"),
        *("-k", "landlock and not older and not usual and not postgres"),
    ]
    said = _run(docker_engine, python_image, command, user)
    passed = _RAN.search(said)
    assert passed is not None, said[-3000:]
    assert int(passed[1]) >= least, said[-3000:]
    assert " failed" not in said, said[-6000:]
    assert " error" not in said, said[-6000:]
