"""A service's folder read back: what it should be, and what it is now, hand edits included."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from codex.common.documents.implementation import Implementation
from codex.common.errors import InputError
from codex.common.handover import MANIFEST, added_files, edited_files

IMPLEMENTATION = ".codex/implementation.json"
LOCK = "requirements.lock"
REPORTS = ("report.html", "report.json")
"""What the last verification wrote."""
# What a run of the service or of its tools leaves, and nobody verifies.
_LEFT = re.compile(
    r"(^|/)(__pycache__|\.git|\.venv|\.codex|node_modules|\.[a-z]+_cache)(/|$)"
    r"|\.(db|db-wal|db-shm|pyc)$|^(files/|\.env$)"
)
LARGEST = 5_000_000


@dataclass(frozen=True)
class Written:
    """The service in a folder."""

    folder: Path
    implementation: Implementation
    """What codex built, from the documents beside it."""
    files: dict[str, str]
    """Its text files as they are now."""
    lock: str
    """The packages that it runs with."""
    requirements: list[str]
    """The packages that it asks for."""
    edited: tuple[str, ...]
    """Files that were changed or removed since they were written."""
    added: tuple[str, ...]
    """Files that were put there since, among those that are verified."""


def read_service(folder: Path) -> Written:
    """The service in `folder`; an error that says what to do where there is none."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.", "Name a folder that `codex build` wrote.")
    if not (folder / IMPLEMENTATION).is_file():
        known = (folder / MANIFEST).is_file()
        raise InputError(
            f"{folder / IMPLEMENTATION} is missing: it says what the service should be."
            if known
            else f"{folder} is no service that codex built.",
            "Bring it back, or build the service again."
            if known
            else "Name a folder that `codex build` wrote.",
        )
    files = written_files(folder)
    requirements = _requirements(folder, files)
    if LOCK not in files:
        raise InputError(
            f"{folder / LOCK} is missing: it says with which packages the service runs.",
            "Bring it back, or write it anew: `uv pip compile pyproject.toml --universal "
            "--generate-hashes -o requirements.lock`.",
        )
    edited = edited_files(folder)
    added = [name for name in added_files(folder) if name in files]
    return Written(
        folder=folder.resolve(),
        implementation=Implementation.load(folder / IMPLEMENTATION),
        files=files,
        lock=files[LOCK],
        requirements=requirements,
        edited=tuple(edited),
        added=tuple(added),
    )


def written_files(folder: Path) -> dict[str, str]:
    """The text files of the service, as they are now."""
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _LEFT.search(name) or name in REPORTS or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > LARGEST:
            continue
        try:
            files[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            if name.startswith(("app/", "tests/")) and name.endswith(".py"):
                raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
        except OSError as error:
            raise InputError(
                f"{path} cannot be read: {error.strerror}.", "Make it readable."
            ) from None
    return files


def documents(folder: Path) -> dict[str, str]:
    """What codex wrote about the service: its documents and the report of its verification."""
    paths = [*folder.glob(".codex/*.json"), *(folder / name for name in REPORTS)]
    found = {path.relative_to(folder).as_posix(): path for path in paths if path.is_file()}
    found.pop(MANIFEST, None)
    return {name: path.read_text("utf-8") for name, path in sorted(found.items())}


def _requirements(folder: Path, files: dict[str, str]) -> list[str]:
    path = folder / "pyproject.toml"
    if path.name not in files:
        raise InputError(f"{path} is missing.", "Bring it back, or build the service again.")
    try:
        project: dict[str, Any] = tomllib.loads(files[path.name]).get("project", {})
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} is no TOML: {error}.", "Mend it there.") from None
    found: object = project.get("dependencies")
    items = cast("list[object]", found) if isinstance(found, list) else [None]
    if not all(isinstance(item, str) for item in items):
        raise InputError(
            f"{path} has no list of dependencies.", "Say them under [project] dependencies."
        )
    return [str(item) for item in items]
