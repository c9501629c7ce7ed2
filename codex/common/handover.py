"""Files handed over to the user: whole or not at all, and only where the user named a place."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from codex.common.documents.application import ServiceFile, is_safe_path, sha256
from codex.common.errors import DiskFull, InputError
from codex.common.in_place import exchange, hidden_folder, is_hidden, settle, stays

MANIFEST = ".codex/manifest.json"
"""The hash of every file as it was written, so that hand edits are known."""


def write_text(path: Path, text: str, *, mode: int | None = None) -> None:
    """Write one file whole: beside its place first, then renamed."""
    with writing(path, mode=mode) as file:
        file.write(text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """The same for bytes."""
    with writing(path) as file:
        file.write(data)


@contextlib.contextmanager
def locked(path: Path, taken: str) -> Generator[None]:
    """Hold a lock file; `taken` is said where another process holds it."""
    with contextlib.ExitStack() as stack:
        with disk_errors(path):
            holder = stack.enter_context(path.open("a"))
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(taken, "Wait until it is done, then repeat.") from None
        yield


@contextlib.contextmanager
def writing(path: Path, *, mode: int | None = None) -> Generator[BinaryIO]:
    """The file that takes the place of `path` when all is written; nothing is left otherwise."""
    _check_parent(path)
    beside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
    with disk_errors(path):
        try:
            with beside.open("wb") as file:
                if mode is not None:
                    beside.chmod(mode)
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def write_folder(
    target: Path,
    files: Sequence[ServiceFile],
    *,
    force: bool = False,
    prepare: Callable[[Path], None] | None = None,
) -> None:
    """Write `files` as the folder `target`.

    An empty folder, or one that holds exactly what codex wrote there before, is replaced; anything
    else is left as it is unless `force` says otherwise. Files that a run of the service left beside
    the written ones (its database, uploads, `.env`) are kept, but for folders that `prepare` makes:
    it is given the new folder before it takes the place of the old one, in one step.
    """
    for file in files:
        if not is_safe_path(file.path):
            raise InputError(
                f"A file of the service is called {file.path[:200]!r}, which is no plain path.",
                "Give the element that it is named after another name.",
            )
    kept = check_folder(target, force=force)
    target = target.resolve()  # a link stays, and what it leads to is written
    _check_parent(target)
    if stays(target):
        building, swap = hidden_folder(target), exchange
    else:
        _clear_left(target)
        building = target.with_name(f".{target.name[:200]}.{os.getpid()}-{secrets.token_hex(4)}")
        swap = _swap
    with disk_errors(target):
        try:
            _fill(building, files)
            if prepare is not None:
                before = {item.name for item in building.iterdir()}
                prepare(building)
                made = {item.name for item in building.iterdir()} - before
                kept = [name for name in kept if name.split("/")[0] not in made]
            for name in kept:
                # Linked rather than moved: until the folder is swapped, the old one stays whole.
                _copy(target / name, building / name)
            swap(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)


def check_folder(target: Path, *, force: bool = False) -> list[str]:
    """The files in `target` that writing there keeps; an error where it would lose work."""
    check_place(target)
    if target.exists() and not target.is_dir():
        raise InputError(f"{target} is a file.", "Name a folder.")
    if target.is_symlink() and not target.exists():
        raise InputError(f"{target} is a link that leads nowhere.", "Name the folder itself.")
    with disk_errors(target):
        settle(target)
    return _to_keep(target, force=force)


def check_place(path: Path) -> None:
    """Refuse a file or folder that could not be written, before any work is done for it."""
    path = path.absolute()
    if path == path.parent:
        raise InputError(f"{path} is the whole file system.", "Name a place in it.")
    with disk_errors(path):
        path.exists()  # a name that is too long is refused here
        places = path.parents if not stays(path) else [path]
        above = next(item for item in places if item.exists())
    if not above.is_dir():
        raise InputError(f"{above} is a file, so {path} cannot be.", "Name another place.")
    # Tried, since rights do not tell: an administrator has them where nothing can be made, too.
    trial = above / f".codex-{os.getpid()}-{secrets.token_hex(4)}"
    with disk_errors(path):
        trial.mkdir()
        trial.rmdir()


def check_file(path: Path | None) -> None:
    """The same for one file, where one is to be written at all."""
    if path is not None and path.is_dir():
        raise InputError(f"{path} is a folder.", "Name a file.")
    if path is not None:
        check_place(path)


def edited_files(folder: Path) -> list[str]:
    """Files of a written folder that were changed or removed since."""
    hashes = _manifest(folder)
    changed: list[str] = []
    for name, known in hashes.items():
        path = folder / name
        if not path.is_file() or sha256(path.read_text("utf-8", "replace")) != known:
            changed.append(name)
    return sorted(changed)


def added_files(folder: Path) -> list[str]:
    """Files of a written folder that codex did not write there."""
    known = {*_manifest(folder), MANIFEST}
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if name not in known)


def write_beside(folder: Path, files: Sequence[ServiceFile]) -> None:
    """Write files of codex's own into a written folder; they count as written, not as edited."""
    hashes = dict(_manifest(folder))
    for file in files:
        write_text(folder / file.path, file.content)
        hashes[file.path] = file.sha256
    write_text(folder / MANIFEST, _manifest_of(hashes))


def _check_parent(path: Path) -> None:
    if not path.parent.is_dir():
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)


def _to_keep(target: Path, *, force: bool) -> list[str]:
    """Files in `target` that codex did not write; an error where overwriting would lose work."""
    if not target.exists():
        return []
    hashes, found = _manifest(target), _files_in(target)
    if next(found, None) is None:
        return []
    if not hashes and not force:
        raise InputError(
            f"{target} is not empty, and codex did not write it.",
            "Name another folder, or add --force to write over it.",
        )
    edited = edited_files(target)
    if edited and not force:
        more = f" and {len(edited) - 1} more" if len(edited) > 1 else ""
        raise InputError(
            f"{target} was edited by hand: {edited[0]}{more}.",
            "Name another folder, or add --force to write over the edits.",
        )
    ours = {*hashes, MANIFEST}
    present = sorted(str(path.relative_to(target)) for path in _files_in(target))
    return [name for name in present if name not in ours and "__pycache__" not in name]


def _files_in(folder: Path) -> Iterator[Path]:
    found = (path for path in folder.rglob("*") if not path.is_dir())
    return (path for path in found if not is_hidden(path.relative_to(folder).parts[0]))


def _manifest(folder: Path) -> dict[str, str]:
    try:
        read = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    hashes: object = (
        cast("dict[str, object]", read).get("files") if isinstance(read, dict) else None
    )
    return cast("dict[str, str]", hashes) if isinstance(hashes, dict) else {}


def manifest_text(files: Sequence[ServiceFile]) -> str:
    """The manifest of `files`."""
    return _manifest_of({file.path: file.sha256 for file in files})


def _manifest_of(hashes: Mapping[str, str]) -> str:
    return json.dumps({"files": dict(sorted(hashes.items()))}, indent=2) + "\n"


def _fill(folder: Path, files: Sequence[ServiceFile]) -> None:
    folder.mkdir()
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.content, "utf-8", newline="")
        path.chmod(0o755 if file.executable else 0o644)
    manifest = folder / MANIFEST
    manifest.parent.mkdir(exist_ok=True)
    manifest.write_text(manifest_text(files), "utf-8", newline="")


def _copy(source: Path, destination: Path) -> None:
    if destination.exists() or source.is_symlink():
        return
    destination.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)


def _swap(building: Path, target: Path) -> None:
    """Put `building` in the place of `target`; after a crash one of both is there, whole."""
    if not target.exists():
        building.rename(target)
        return
    if _exchanged(building, target):
        return  # the old one is called `building` now, which is removed
    old = building.with_name(f"{building.name}-old")
    target.rename(old)
    try:
        building.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _clear_left(target: Path) -> None:
    """Remove what a process that was killed left of its try to write `target`."""
    pattern = re.compile(rf"\.{re.escape(target.name[:200])}\.(\d+)-[0-9a-f]{{8}}(-old)?")
    for item in target.parent.iterdir():
        found = pattern.fullmatch(item.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            shutil.rmtree(item, ignore_errors=True)


@contextlib.contextmanager
def disk_errors(path: Path) -> Generator[None]:
    """Turn what the file system says into an error that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(
                f"There is no room left to write {path}.",
                "Free some space and do it again; nothing was half written.",
            ) from error
        raise InputError(
            f"{path} cannot be written: {error.strerror or error}.", "Name another place."
        ) from error
