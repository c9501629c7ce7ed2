"""What a killed process left in the engine is gone after the next one began."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codex.common.errors import ContainerError
from codex.deploy.engine import opened_engine
from codex.deploy.passing import passing

Engine = Any  # the docker package is not typed
# A container, a volume and an image, as a trial makes them; then no time to clear up.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from codex.deploy.engine import opened_engine
from codex.deploy.passing import LABEL, passing

async def begin(image, folder):
    async with opened_engine() as engine, passing(engine, Path(folder)) as shelf:
        await engine.call("tag", image, *shelf.image("left").split(":"))
        volume = shelf.volume()
        await engine.call("create_volume", volume, labels=LABEL)
        host = await engine.call("create_host_config", binds={volume: {"bind": "/data"}})
        await engine.call("create_container", image, ["sleep", "600"], name=shelf.container(),
                          host_config=host, labels=LABEL)
        shelf.image("never-built")
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(begin(*sys.argv[1:]))
"""


def left(client: Engine, token: str) -> list[str]:
    """Everything whose name holds the token."""
    names: list[str] = [name for item in client.api.containers(all=True) for name in item["Names"]]
    names += [item.name for item in client.volumes.list()]
    names += [tag for item in client.api.images() for tag in item["RepoTags"] or ()]
    return [name for name in names if token in name]


@pytest.mark.slow
def test_what_a_kill_left_is_removed_by_the_next_one(
    engine: Engine, python_image: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", KILLED, python_image, str(tmp_path)]
    assert subprocess.run(command, env=os.environ, check=False).returncode == -signal.SIGKILL
    (path,) = (tmp_path / "passing").iterdir()
    token = path.read_text().splitlines()[1].rpartition(":")[2]
    assert len(left(engine, token)) == 3

    async def next_one() -> None:
        async with opened_engine() as found, passing(found, tmp_path):
            assert left(engine, token) == []
            assert not path.exists()

    asyncio.run(next_one())
    assert list((tmp_path / "passing").iterdir()) == []


class Counting:
    """An engine that notes what it is asked to remove, and may refuse."""

    def __init__(self, refuses: str = "") -> None:
        self.removed: list[str] = []
        self.refuses = refuses

    async def absent(self, method: str, name: str, **_: object) -> None:
        if self.refuses == method:
            raise ContainerError("It does not.")
        self.removed.append(f"{method} {name}")


def begun(folder: Path, *lines: str) -> Path:
    """A list that a process which is no more has left."""
    (folder / "passing").mkdir(exist_ok=True)
    path = folder / "passing" / "0"
    path.write_text("".join(f"{line}\n" for line in (os.environ.get("DOCKER_HOST", ""), *lines)))
    return path


async def test_what_is_in_use_stays_and_so_does_its_list(tmp_path: Path) -> None:
    engine: Any = Counting()
    async with passing(engine, tmp_path) as one:
        name = one.container()
        async with passing(engine, tmp_path) as other:
            assert other.volume() != one.volume()
    assert engine.removed == []
    assert name.startswith("codex-trial-")
    assert list((tmp_path / "passing").iterdir()) == []


async def test_what_the_engine_keeps_is_tried_again(tmp_path: Path) -> None:
    path = begun(tmp_path, "image codex-building/a:1", "volume v", "container c", "conta")
    refusing: Any = Counting(refuses="remove_volume")
    async with passing(refusing, tmp_path):
        pass
    assert path.exists()
    # Layers that something stands on are nobody's loss.
    willing: Any = Counting(refuses="remove_image")
    async with passing(willing, tmp_path):
        pass
    assert willing.removed == ["remove_container c", "remove_volume v"]
    assert not path.exists()


async def test_another_engines_list_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://elsewhere:1")
    path = begun(tmp_path, "container c")
    monkeypatch.setenv("DOCKER_HOST", "tcp://here:1")
    engine: Any = Counting()
    async with passing(engine, tmp_path):
        pass
    assert engine.removed == []
    assert path.exists()


async def test_what_fails_keeps_its_list_for_the_next_one(tmp_path: Path) -> None:
    engine: Any = Counting()
    names: list[str] = []

    async def fails() -> None:
        async with passing(engine, tmp_path) as shelf:
            names.append(shelf.container())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with passing(engine, tmp_path):
        pass
    assert engine.removed == [f"remove_container {names[0]}"]
