"""What the sandbox's tests share."""

from __future__ import annotations

import os
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
