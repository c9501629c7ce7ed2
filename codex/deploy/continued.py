"""A new version of a service where an older one keeps its data: its migrations go on from there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from codex.common.documents.application import Application, ServiceFile
from codex.common.documents.architecture import Architecture
from codex.compiler.format import format_sources
from codex.compiler.migrations import FOLDER, migration

_VERSION = re.compile(rf"^{FOLDER}/(\d+)_\w+\.py$")


@dataclass(frozen=True)
class Continued:
    """The files of the new version, and what its migration does to the data of the old one."""

    files: tuple[ServiceFile, ...]
    losses: tuple[str, ...] = ()
    """What has no place in the new tables."""
    made_up: tuple[str, ...] = ()
    """Columns whose older rows get a value that nobody named."""


def continued(application: Application, before: Path) -> Continued:
    """`application` with the migrations of the service in the folder `before`, and one more.

    A service that brings the older migrations itself is taken as it is.
    """
    old = _versions(before)
    new = {item.path: item.content for item in application.files if _VERSION.match(item.path)}
    described = before / ".codex" / "architecture.json"
    brings_them = old.items() <= new.items() and len(new) > len(old)
    if not old or not described.is_file() or brings_them:
        return Continued(application.files)
    number = max(int(found[1]) for path in old if (found := _VERSION.match(path))) + 1
    step = migration(Architecture.load(described), application.implementation.architecture, number)
    chain = dict(old)
    if step is not None:
        project = next(i.content for i in application.files if i.path == "pyproject.toml")
        chain |= format_sources({step.rendered.path: step.rendered.text}, project)
    others = [item for item in application.files if item.path not in new]
    files = [*others, *(ServiceFile.of(path, text) for path, text in chain.items())]
    return Continued(
        tuple(sorted(files, key=lambda item: item.path)),
        step.losses if step else (),
        step.made_up if step else (),
    )


def _versions(folder: Path) -> dict[str, str]:
    """The migrations of a written service."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted((folder / FOLDER).glob("[0-9]*_*.py"))
    }
