"""What a tree of processes uses, read from /proc, and what a folder holds."""

from __future__ import annotations

import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEEPEST = 64


@dataclass(frozen=True)
class Usage:
    """Live processes of a tree: how many tasks, their processor time, an upper bound of memory."""

    pids: tuple[int, ...]
    tasks: int
    cpu_seconds: float
    memory: int


def tree(most: float = math.inf) -> list[int]:
    """Every descendant of this process; as process 1 of a namespace, everything in it.

    It stops soon after it found more than `most`: a bomb must not make its own watching slow.
    """
    if os.getpid() == 1:
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and name != "1"]  # noqa: PTH208 - names, many times a second
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting and len(found) <= most:
        pid = waiting.pop()
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - the same
                children = Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split()
                waiting += map(int, children)
                found += map(int, children)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def usage(pids: list[int]) -> Usage:
    """Sum what the living among them use."""
    tasks, ticks, pages = 0, 0, 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
            resident = Path(f"/proc/{pid}/statm").read_bytes().split()[1]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] in b"ZX":
            continue
        tasks += int(fields[17])
        ticks += sum(map(int, fields[11:15]))
        pages += int(resident)
    return Usage(tuple(pids), tasks, ticks / _TICKS, pages * _PAGE)


def exact_memory(pids: tuple[int, ...]) -> int | None:
    """Memory with shared pages counted once; None where the kernel does not tell."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
        except (FileNotFoundError, ProcessLookupError):
            continue
        except OSError:
            return None
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024


def folder(path: str, *, most_bytes: float, most_files: float) -> tuple[float, int]:
    """Bytes and entries under a folder; it stops counting once either is above its bound.

    A tree nested deeper than anything sensible, or closed to its owner, counts as too much.
    """
    size = entries = 0
    waiting = [(path, 0)]
    while waiting:
        current, depth = waiting.pop()
        try:
            with os.scandir(current) as listing:
                for entry in listing:
                    entries += 1
                    size += _allocated(entry)
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    if size > most_bytes or entries > most_files or depth > _DEEPEST:
                        return max(size, most_bytes + 1), entries
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            return most_bytes + 1, entries
    return size, entries


def unlinked(pids: tuple[int, ...]) -> int:
    """Bytes in files that have no name any more but are held open."""
    seen: dict[tuple[int, int], int] = {}
    for pid in pids:
        try:
            descriptors = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208 - names, often
        except OSError:
            continue
        for descriptor in descriptors:
            try:
                status = os.stat(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH116 - the same
            except OSError:
                continue
            if status.st_nlink == 0 and stat.S_ISREG(status.st_mode):
                seen[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(seen.values())


def entries_of_memory(path: str) -> int:
    """How many entries a file system in memory holds: each costs the kernel, though it is empty."""
    status = os.statvfs(path)
    return status.f_files - status.f_ffree


def _allocated(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0
