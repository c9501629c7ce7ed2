"""The service as a folder, a zip, or a git repository; equal input gives equal bytes."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path

from codex.common.documents.application import Application, ServiceFile
from codex.common.errors import InputError
from codex.common.handover import MANIFEST, manifest_text, write_bytes, write_folder
from codex.deploy.continued import continued
from codex.deploy.repository import has_other_commits, make_repository

# One fixed moment, the earliest that a zip can say.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def to_folder(application: Application, target: Path, *, force: bool = False) -> Path:
    """Write the service as the folder `target`."""
    write_folder(target, _going_on(application, target), force=force)
    return target


def _going_on(application: Application, target: Path) -> tuple[ServiceFile, ...]:
    """The files; where an older version left a database, its migrations go on from there."""
    if (target / "service.db").is_file():
        return continued(application, target).files
    return application.files


def to_zip(application: Application, target: Path) -> Path:
    """Write the service as one zip file."""
    if target.is_dir():
        raise InputError(f"{target} is a folder.", "Name a file that ends in .zip.")
    write_bytes(target, zip_bytes(application.name, application.files))
    return target


def zip_bytes(name: str, files: Sequence[ServiceFile]) -> bytes:
    """The zip: sorted, undated, and not compressed, since compressors differ between machines."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        everything = [*files, ServiceFile.of(MANIFEST, manifest_text(files))]
        for file in sorted(everything, key=lambda item: item.path):
            entry = zipfile.ZipInfo(f"{name}/{file.path}", ZIP_DATE)
            entry.create_system = 3  # Unix, wherever this runs
            mode = stat.S_IFREG | (0o755 if file.executable else 0o644)
            entry.external_attr = mode << 16
            archive.writestr(entry, file.content.encode())
    return buffer.getvalue()


def to_git(application: Application, target: Path, *, force: bool = False) -> Path:
    """Write the service as a folder that is a git repository with one commit.

    The folder and its history take their place in one step. A repository in which somebody else
    has committed since is left as it is, unless `force` says otherwise.
    """
    if not force and has_other_commits(target):
        raise InputError(
            f"{target} is a git repository with commits of its own.",
            "Name another folder, or leave --git out: the files are written beside its history.",
        )
    message = f"{application.name}: built by codex\n\n{application.description}".strip()

    def commit(folder: Path) -> None:
        make_repository(folder, message)

    write_folder(target, _going_on(application, target), force=force, prepare=commit)
    return target
