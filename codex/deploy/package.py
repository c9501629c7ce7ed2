"""The service as a folder, a zip, or a git repository; equal input gives equal bytes."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from codex.common.documents.application import Application, ServiceFile
from codex.common.errors import DiskFull, InputError, RunFailed
from codex.common.handover import MANIFEST, manifest_text, write_bytes, write_folder
from codex.deploy.continued import continued

# One fixed moment, the earliest that a zip can say.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
GIT_DATE = "2000-01-01T00:00:00+0000"
COMMITTED = "2000-01-01T00:00:00+00:00"
AUTHOR = "codex"
MAIL = "codex@localhost"


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
    git = shutil.which("git")
    if git is None:
        raise RunFailed("git is not installed.", "Install git, or hand over a folder instead.")
    if not force and _foreign_commits(git, target):
        raise InputError(
            f"{target} is a git repository with commits of its own.",
            "Name another folder, or leave --git out: the files are written beside its history.",
        )
    message = f"{application.name}: built by codex\n\n{application.description}".strip()

    def commit(folder: Path) -> None:
        _git(git, folder, "init", "-q", "-b", "main")
        _git(git, folder, "add", "--all", "--force")
        _git(git, folder, "commit", "-q", "--no-verify", "-m", message)

    write_folder(target, _going_on(application, target), force=force, prepare=commit)
    return target


def _foreign_commits(git: str, target: Path) -> bool:
    """Whether the history in `target` holds what codex did not commit."""
    if not (target / ".git").exists():
        return False
    told = _git(git, target, "log", "--all", "--format=%an <%ae> %aI")
    return any(line != f"{AUTHOR} <{MAIL}> {COMMITTED}" for line in told.splitlines())


def _git(git: str, folder: Path, *arguments: str) -> str:
    """Run git with no configuration but our own, at one fixed moment."""
    environment: Mapping[str, str] = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TEMPLATE_DIR": "",
        "GIT_AUTHOR_NAME": AUTHOR,
        "GIT_AUTHOR_EMAIL": MAIL,
        "GIT_AUTHOR_DATE": GIT_DATE,
        "GIT_COMMITTER_NAME": AUTHOR,
        "GIT_COMMITTER_EMAIL": MAIL,
        "GIT_COMMITTER_DATE": GIT_DATE,
        "LC_ALL": "C",
    }
    options = ["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", "gc.auto=0"]
    done = subprocess.run(
        [git, *options, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 and "No space left on device" in done.stderr:
        raise DiskFull("There is no room left to write a repository.")
    if done.returncode != 0:
        raise RunFailed(
            f"git {arguments[0]} failed: {done.stderr.strip()[:300]}.",
            "Look at what git says, or hand over a folder instead.",
        )
    return done.stdout
