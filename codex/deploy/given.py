"""What is handed over: read from a document, or from the folder of a service as it is now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from codex.common.documents.application import Application, ServiceFile
from codex.common.documents.implementation import Implementation
from codex.common.errors import InputError
from codex.common.handover import MANIFEST, edited_files
from codex.compiler import compile_service
from codex.deploy.lock import locked_packages
from codex.deploy.written import written_files

IMPLEMENTATION = ".codex/implementation.json"


@dataclass(frozen=True)
class Given:
    """An Implementation that is still to be verified, or an Application."""

    implementation: Implementation
    application: Application | None = None
    edited: tuple[str, ...] = ()
    """Files that were edited by hand since codex wrote them."""

    @property
    def name(self) -> str:
        """The service's name."""
        return self.implementation.architecture.name


def read_given(path: Path) -> Given:
    """What `path` holds: an implementation, an application, or a service's folder."""
    if path.is_dir():
        return _folder(path)
    try:
        kind: object = json.loads(path.read_bytes()).get("document")
    except (OSError, ValueError, AttributeError, RecursionError):
        kind = None  # loading it says what is wrong
    if kind == "application":
        application = Application.load(path)
        return Given(application.implementation, application)
    return Given(Implementation.load(path))


def _folder(folder: Path) -> Given:
    """A folder that codex wrote; hand edits are kept, and told."""
    if not (folder / IMPLEMENTATION).is_file():
        raise InputError(
            f"{folder} is no service that codex built.",
            "Name a folder that `codex build` wrote, or an implementation as JSON.",
        )
    implementation = Implementation.load(folder / IMPLEMENTATION)
    architecture = implementation.architecture
    files = tuple(
        ServiceFile.of(name, text, executable=bool((folder / name).stat().st_mode & 0o100))
        for name, text in sorted(written_files(folder).items())
        if name not in {MANIFEST, ".env"}
    )
    lock = next((item.content for item in files if item.path == "requirements.lock"), "")
    functions = {item.name: item for item in implementation.functions if item.verified}
    application = Application(
        implementation=implementation,
        name=architecture.name,
        description=architecture.specification.summary,
        routes=compile_service(architecture, functions, lock=lock).routes,
        files=files,
        lock=locked_packages(lock),
        missing=_missing(implementation),
    )
    return Given(implementation, application, tuple(edited_files(folder)))


def _missing(implementation: Implementation) -> tuple[str, ...]:
    """What the documents in the folder say that falls short."""
    specification = implementation.architecture.specification
    told = [f"Not understood: {item.quote!r}." for item in specification.not_understood]
    told += [f"{name} could not be verified and answers 501." for name in implementation.missing]
    return tuple(told)
