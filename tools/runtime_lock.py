"""Prints the part of requirements.lock that codex runs with: `python runtime_lock.py FOLDER`.

The lock also pins what develops it; what belongs to which follows from who asked for each package.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ASKED = re.compile(r"^    #\s+(?:via\s+)?([A-Za-z0-9._-]+)", re.MULTILINE)


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime(lock: str, wanted: list[str]) -> str:
    """The blocks of `lock` that the requirements `wanted` lead to."""
    blocks: dict[str, str] = {}  # a name may stand there twice, for different Pythons
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if found := _NAME.match(block):
            name = normal(found.group())
            blocks[name] = "\n".join(filter(None, [blocks.get(name), block]))
    asked_by = {
        name: {normal(other) for other in _ASKED.findall(block)} for name, block in blocks.items()
    }
    kept = {normal(found.group()) for item in wanted if (found := _NAME.match(item))}
    while more := {name for name, by in asked_by.items() if name not in kept and by & kept}:
        kept |= more
    if missing := sorted(kept - set(blocks)):
        sys.exit(f"requirements.lock lacks {', '.join(missing)}: run `make lock`.")
    return "\n".join(blocks[name] for name in sorted(kept)) + "\n"


def main(folder: Path) -> None:
    """Read the project's two files, print the lock."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    lock = (folder / "requirements.lock").read_text("utf-8")
    print(runtime(lock, project["dependencies"]), end="")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
