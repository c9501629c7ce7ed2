"""Inside a stock container, as an ordinary user: the same attempts, held by Landlock."""

from __future__ import annotations

import re
import shutil
import sysconfig
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize("paths", [True, False])
def test_two_settings_together_allow_the_stronger_sandbox(
    docker_engine: docker.DockerClient, python_image: str, paths: bool
) -> None:
    """seccomp=unconfined lets it make namespaces; systempaths=unconfined, its own /proc."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    api: Any = docker_engine.api
    configuration = api.create_host_config(
        network_mode="none",
        security_opt=["seccomp=unconfined"],
        binds=[f"{_ROOT}:/source:ro", f"{sysconfig.get_path('purelib')}:/packages:ro"],
    )
    if paths:
        # What `systempaths=unconfined` is to an engine.
        configuration |= {"MaskedPaths": [], "ReadonlyPaths": []}
    made = api.create_container(
        python_image,
        ["python3", "-c", _KINDS],
        user="1000:1000",
        environment={"PYTHONPATH": "/source:/packages", "HOME": "/tmp"},
        host_config=configuration,
    )
    try:
        api.start(made)
        api.wait(made, timeout=300)
        said = api.logs(made).decode("utf-8", "replace")
    finally:
        api.remove_container(made, force=True)
    assert f"chosen {'bubblewrap' if paths else 'landlock'}" in said, said


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
