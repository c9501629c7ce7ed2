"""Files that generated code left: written, read back and removed without ever following it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from codex.common.errors import SandboxError

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def write(folder: Path, files: Mapping[str, bytes | str]) -> None:
    """Put files into a folder of ours; a name that would leave it is refused."""
    for name, content in files.items():
        path = folder.joinpath(*_parts(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def collect(folder: Path, names: Iterable[str], most_bytes: int) -> dict[str, bytes]:
    """Read back regular files, or all of a folder's; links, pipes and devices are passed over."""
    found: dict[str, bytes] = {}
    for name in names:
        _collect(folder, _parts(name), found, most_bytes)
    return found


def remove(folder: Path) -> None:
    """Remove a folder that hostile code filled: however deep, whatever its permissions.

    Subfolders are moved up before they are emptied, so depth costs neither stack nor path length.
    """
    try:
        top = os.open(folder, _OPEN | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        count = 0
        waiting = ["."]
        while waiting:
            name = waiting.pop()
            for child in _empty(top, name):
                count += 1
                moved = f".codex-{count}"
                os.rename(f"{name}/{child}", moved, src_dir_fd=top, dst_dir_fd=top)
                waiting.append(moved)
            if name != ".":
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(folder)


def _empty(top: int, name: str) -> list[str]:
    """Unlink what is not a folder; answer the names of the folders."""
    if name != ".":
        os.chmod(name, 0o700, dir_fd=top)
    opened = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=top)
    folders: list[str] = []
    try:
        with os.scandir(opened) as listing:
            for entry in listing:
                if entry.is_dir(follow_symlinks=False):
                    if name != "." or not entry.name.startswith(".codex-"):
                        folders.append(entry.name)
                else:
                    os.unlink(entry.name, dir_fd=opened)
    finally:
        os.close(opened)
    return folders


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise SandboxError(f"{name!r} is not a name inside the sandbox's folder")
    return path.parts


def _collect(
    folder: Path, parts: tuple[str, ...], found: dict[str, bytes], most_bytes: int
) -> None:
    try:
        opened = os.open(folder, _OPEN | os.O_DIRECTORY)
        try:
            for part in parts:
                inner = os.open(part, _OPEN, dir_fd=opened)
                os.close(opened)
                opened = inner
            _take(opened, "/".join(parts), found, most_bytes)
        finally:
            os.close(opened)
    except OSError:
        # Not there, a link on the way, or closed to us: nothing to hand back.
        return


def _take(opened: int, name: str, found: dict[str, bytes], most_bytes: int) -> None:
    status = os.fstat(opened)
    if stat.S_ISREG(status.st_mode):
        if sum(map(len, found.values())) + status.st_size > most_bytes:
            return
        with os.fdopen(os.dup(opened), "rb") as reader:
            found[name] = reader.read(most_bytes)
    elif stat.S_ISDIR(status.st_mode) and name.count("/") < 64:
        for child in sorted(os.listdir(opened)):
            try:
                inner = os.open(child, _OPEN, dir_fd=opened)
            except OSError:
                continue
            try:
                _take(inner, f"{name}/{child}", found, most_bytes)
            finally:
                os.close(inner)
