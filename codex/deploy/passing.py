"""What an engine holds only while codex works: written down first, so that nothing outlives a kill.

Each piece of work keeps a list in the data folder, and a lock on it for as long as its process
lives. Whoever comes next clears what stands on a list that nobody holds.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import IO, Any

from codex.common.errors import ContainerError
from codex.common.handover import disk_errors
from codex.deploy.engine import Engine

FOLDER = "passing"
LABEL = {"codex.passing": "yes"}
"""So that a person sees what it is, too."""
_REMOVAL: dict[str, tuple[str, dict[str, Any]]] = {
    "container": ("remove_container", {"force": True, "v": True}),
    "volume": ("remove_volume", {"force": True}),
    "image": ("remove_image", {"noprune": False}),
}


class Passing:
    """The list of one piece of work."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._made = 0
        self.token = secrets.token_hex(6)
        """In every name that is on the list."""

    def container(self) -> str:
        """The name of a container that is about to be made."""
        return self._named("container", f"codex-trial-{self.token}-{self._made}")

    def volume(self) -> str:
        """The name of a volume that is about to be made."""
        return self._named("volume", f"codex-trial-{self.token}-{self._made}")

    def image(self, name: str) -> str:
        """The name of an image that is about to be built."""
        return self._named("image", f"codex-building/{name}:{self.token}")

    def layer(self, digest: str) -> None:
        """A layer that shall not stay where nothing stands on it."""
        self._named("image", digest)

    def _named(self, kind: str, name: str) -> str:
        self._made += 1
        with disk_errors(Path(self._file.name)):
            self._file.write(f"{kind} {name}\n")
            self._file.flush()
        return name


@contextlib.asynccontextmanager
async def passing(engine: Engine, data_dir: Path) -> AsyncGenerator[Passing]:
    """A list of its own, after what stands on those of dead processes was removed.

    Whoever makes things removes them too, and only then leaves.
    """
    folder = data_dir / FOLDER
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(folder.iterdir()):
        # What the engine does not give away now, the next one tries again.
        with contextlib.suppress(ContainerError), _abandoned(path) as names:
            for kind, name in names:
                await _removed(engine, kind, name)
    path = folder / secrets.token_hex(8)
    with _held(path) as file:
        with disk_errors(path):
            file.write(f"{_address()}\n")
            file.flush()
        yield Passing(file)
        # Where it ends with an error something may still be there: the next one looks.
        path.unlink()


async def _removed(engine: Engine, kind: str, name: str) -> None:
    method, options = _REMOVAL[kind]
    try:
        await engine.absent(method, name, **options)
    except ContainerError:
        if kind != "image":  # something may well stand on a layer by now
            raise


@contextlib.contextmanager
def _abandoned(path: Path) -> Generator[list[tuple[str, str]]]:
    """What is on the list, the newest first, if it is this engine's and its process is dead.

    The list goes when all of it is removed.
    """
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open())
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # somebody works on it, or has just removed it
            yield []
            return
        address, *lines = file.read().splitlines() or [_address()]
        if address != _address():
            yield []
            return
        named = (line.partition(" ") for line in reversed(lines))
        yield [(kind, name) for kind, _, name in named if kind in _REMOVAL]
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _held(path: Path) -> Generator[IO[str]]:
    """The file, locked before anything stands in it."""
    while True:
        with contextlib.ExitStack() as stack:
            with disk_errors(path):
                file = stack.enter_context(path.open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
            # Somebody who clears may have found it between these two.
            if os.fstat(file.fileno()).st_nlink:
                yield file
                return


def _address() -> str:
    """The engine that is meant; another one knows nothing of this one's things."""
    return os.environ.get("DOCKER_HOST", "")
