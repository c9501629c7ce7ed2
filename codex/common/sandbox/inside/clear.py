"""Removes folders that hostile code filled, without ever following what it left."""

from __future__ import annotations

import os
from pathlib import Path

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_DIRECTORY


def remove(folder: str | os.PathLike[str]) -> None:
    """Remove a folder however deep it is and whatever its permissions.

    Subfolders are moved up before they are emptied, so depth costs neither stack nor path length.
    """
    try:
        top = os.open(folder, _OPEN)
    except FileNotFoundError:
        return
    try:
        count, unforeseen = 0, os.urandom(8).hex()
        waiting = ["."]
        while waiting:
            name = waiting.pop()
            for child in _empty(top, name):
                count += 1
                moved = f"{unforeseen}-{count}"
                os.rename(f"{name}/{child}", moved, src_dir_fd=top, dst_dir_fd=top)
                waiting.append(moved)
            if name != ".":
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    Path(folder).rmdir()


def _empty(top: int, name: str) -> list[str]:
    """Unlink what is not a folder; answer the names of the folders."""
    if name != ".":
        os.chmod(name, 0o700, dir_fd=top)
    opened = os.open(name, _OPEN, dir_fd=top)
    folders: list[str] = []
    try:
        with os.scandir(opened) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    os.unlink(entry.name, dir_fd=opened)
    finally:
        os.close(opened)
    return folders
