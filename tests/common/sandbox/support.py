"""What the sandbox's tests share."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from codex.common.sandbox import Sandbox
from codex.common.sandbox.bubblewrap import Bubblewrap
from codex.common.sandbox.landlock import Landlock


def beneath(sandbox: Sandbox, folder: Path) -> Sandbox:
    """The same kind, with the folders of its commands below another one."""
    if isinstance(sandbox, Bubblewrap):
        return Bubblewrap(sandbox.program, scratch=folder)
    return Landlock(scratch=folder)


def entries(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(os.listdir(folder))  # noqa: PTH208 - names alone


def folders(folder: Path, pattern: str) -> list[str]:
    """What lies below a folder and looks like this."""
    return sorted(str(path) for path in folder.rglob(pattern))


async def eventually(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something that another process does comes to hold in time."""
    for _ in range(round(seconds * 50)):
        if holds():
            return True
        await asyncio.sleep(0.02)
    return False


def parent(pid: int) -> int:
    """The parent of a process."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def processes(word: str) -> list[int]:
    """Live processes that have a word among their arguments."""
    found: list[int] = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - names alone
        try:
            text = Path(f"/proc/{name}/cmdline").read_bytes() if name.isdigit() else b""
        except OSError:
            continue
        if word.encode() in text.split(b"\0"):
            found.append(int(name))
    return found
