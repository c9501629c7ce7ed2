"""The folders of one command on the host, and those that a killed process left."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from codex.common.sandbox import files
from codex.common.sandbox.base import WORK, Command
from codex.common.sandbox.inside import clear
from codex.common.sandbox.tasks import obtained

_PREFIX = "codex-command-"
_OWN = {"work", "home", "tmp"}
_YOUNG_SECONDS = 60
"""A folder may be this old before it is locked."""


@dataclass(frozen=True)
class Scratch:
    """The folders of one command on the host."""

    root: Path
    work: Path
    home: Path
    temporary: Path
    lock: int
    """Held while somebody uses it, so that nobody takes it for left over."""

    @classmethod
    async def open(cls, command: Command, parent: Path | None) -> Scratch:
        """Create them; cancelled meanwhile, they are gone again."""

        async def remove(made: Scratch) -> None:
            await asyncio.to_thread(made.remove)

        return await obtained(asyncio.to_thread(cls.make, command, parent), remove)

    @classmethod
    def make(cls, command: Command, parent: Path | None) -> Scratch:
        """Create them, with the command's files in place."""
        root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)).resolve()
        lock = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        made = cls(root, command.workdir or root / "work", root / "home", root / "tmp", lock)
        try:
            for folder in (made.work, made.home, made.temporary):
                folder.mkdir(exist_ok=True)
            files.write(made.work, command.files)
        except BaseException:
            made.remove()
            raise
        return made

    def remove(self) -> None:
        """Remove them, whatever is in them; a working folder of the caller's stays."""
        clear.remove(self.root)
        os.close(self.lock)


def shown(scratch: Scratch) -> dict[str, str]:
    """How outputs name a command's folders where it sees the host's paths."""
    return {
        str(scratch.work): WORK,
        str(scratch.home): "/tmp/home",  # noqa: S108 - the place inside, not the host's
        str(scratch.temporary): "/tmp",  # noqa: S108 - the same
    }


def sweep(parent: Path | None) -> None:
    """Remove folders that a killed process left: nobody holds their lock."""
    for left in Path(parent or tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            _sweep(left)


def _sweep(left: Path) -> None:
    status = left.lstat()
    if status.st_uid != os.geteuid() or time.time() - status.st_mtime < _YOUNG_SECONDS:
        return
    holder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if _OWN.issuperset(os.listdir(holder)):  # noqa: PTH208 - of an open folder
            clear.remove(left)
    finally:
        os.close(holder)
