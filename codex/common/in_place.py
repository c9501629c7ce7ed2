"""A folder that has to stay where it is gets new contents: all of them, or it keeps the old ones.

A mounted folder cannot be exchanged for another, nor one in a place where nothing can be made; and
whoever stands in a folder that is exchanged stands in one that is gone. The new contents are made
in a hidden folder inside it. Then what is there is moved to a second hidden folder, and the new
entries take its place, their manifest first: it tells `settle` how far a process came that was
killed in between.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

_FIRST = ".codex"
"""The entry that is moved before the others; every folder that codex writes has it."""
_HIDDEN = re.compile(r"\.codex-new\.(\d+)-[0-9a-f]{8}(-old)?")


def stays(target: Path) -> bool:
    """Whether the folder `target` cannot be exchanged for another."""
    if not target.is_dir():
        return False
    here = Path.cwd()
    within = here == target.resolve() or here.is_relative_to(target.resolve())
    return within or target.is_mount() or not os.access(target.parent, os.W_OK | os.X_OK)


def hidden_folder(target: Path) -> Path:
    """Where the new contents of `target` are made."""
    return target / f".codex-new.{os.getpid()}-{secrets.token_hex(4)}"


def is_hidden(name: str) -> bool:
    """Whether an entry is such a folder."""
    return _HIDDEN.fullmatch(name) is not None


def exchange(building: Path, target: Path) -> None:
    """Put what is in `building` in the place of everything in `target`, around it."""
    old = building.with_name(f"{building.name}-old")
    old.mkdir()
    put: list[Path] = []
    try:
        for item in _entries(target):
            item.rename(old / item.name)
        for item in _entries(building):
            put.append(item.rename(target / item.name))  # noqa: PERF401  known if the next one fails
    except BaseException:
        for item in put:
            item.rename(building / item.name)
        _back(old, target)
        raise
    building.rmdir()
    shutil.rmtree(old, ignore_errors=True)


def settle(target: Path) -> None:
    """Finish or undo what a process that was killed left of its try."""
    if not target.is_dir():
        return
    for building in sorted(target.iterdir()):
        found = _HIDDEN.fullmatch(building.name)
        if found is None or Path(f"/proc/{found[1]}").exists():
            continue
        old = building.with_name(f"{building.name}-old")
        if not found[2] and old.is_dir():
            if (building / _FIRST).exists():
                _back(old, target)
            else:
                for item in _entries(building):
                    item.rename(target / item.name)
                shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(building, ignore_errors=True)


def _back(old: Path, target: Path) -> None:
    for item in _entries(old):
        item.rename(target / item.name)
    old.rmdir()


def _entries(folder: Path) -> list[Path]:
    """What is in it, the manifest's folder first; not the hidden folders."""
    found = [item for item in folder.iterdir() if not is_hidden(item.name)]
    return sorted(found, key=lambda item: (item.name != _FIRST, item.name))
