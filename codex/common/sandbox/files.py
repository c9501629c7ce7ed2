"""Files of a command: written into its folder, and read back without following what it left."""

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
        path = folder.joinpath(*parts(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def collect(folder: Path, names: Iterable[str], most_bytes: int) -> dict[str, bytes]:
    """Read back regular files, or all of a folder's; links, pipes and devices are passed over."""
    found: dict[str, bytes] = {}
    for name in names:
        _collect(folder, parts(name), found, most_bytes)
    return found


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name inside a command's folder; one that would leave it is refused."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise SandboxError(f"{name!r} is not a name inside the sandbox's folder")
    return path.parts


def _collect(folder: Path, path: tuple[str, ...], found: dict[str, bytes], most_bytes: int) -> None:
    try:
        opened = os.open(folder, _OPEN | os.O_DIRECTORY)
        try:
            for part in path:
                inner = os.open(part, _OPEN, dir_fd=opened)
                os.close(opened)
                opened = inner
            _take(opened, "/".join(path), found, most_bytes)
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
