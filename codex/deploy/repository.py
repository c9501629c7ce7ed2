"""A git repository with one commit, written without git: the same bytes for the same files."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

AUTHOR = "codex <codex@localhost> 946684800 +0000"
"""Who committed, at one fixed moment: the beginning of the year 2000."""
_CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
"""
_FILE, _PROGRAM, _FOLDER = 0o100644, 0o100755, 0o40000


@dataclass
class _Folder:
    """What stands in a folder: files by mode and hash, and folders."""

    files: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    folders: dict[str, _Folder] = field(default_factory=dict[str, "_Folder"])


def make_repository(folder: Path, message: str) -> str:
    """Make `folder` a repository in which all its files are committed; the commit's hash."""
    git = folder / ".git"
    (git / "refs/heads").mkdir(parents=True)
    (git / "refs/tags").mkdir()
    top, entries = _Folder(), list[bytes]()
    for path in sorted(_files(folder), key=lambda item: item.relative_to(folder).as_posix()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        mode = _PROGRAM if path.stat().st_mode & 0o100 else _FILE
        blob = _stored(git, "blob", data)
        place = top
        *above, last = name.split("/")
        for part in above:
            place = place.folders.setdefault(part, _Folder())
        place.files[last] = (mode, blob)
        entries.append(_entry(name, mode, blob, len(data)))
    tree = _tree(git, top)
    told = f"tree {tree}\nauthor {AUTHOR}\ncommitter {AUTHOR}\n\n{message.strip()}\n"
    commit = _stored(git, "commit", told.encode())
    (git / "index").write_bytes(_index(entries))
    (git / "config").write_text(_CONFIG)
    (git / "refs/heads/main").write_text(f"{commit}\n")
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    return commit


def has_other_commits(folder: Path) -> bool:
    """Whether the repository in `folder`, if there is one, holds what `make_repository` did not."""
    git = folder / ".git"
    if not git.exists():
        return False
    if not git.is_dir():
        return True  # a worktree or a submodule of somebody else's repository
    return any(not _is_ours(git, commit) for commit in _referred(git))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] != ".git":
            yield path


def _stored(git: Path, kind: str, data: bytes) -> str:
    """Write an object, and answer its hash."""
    whole = f"{kind} {len(data)}\0".encode() + data
    digest = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    path = git / "objects" / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not compressed, since compressors differ between machines.
    path.write_bytes(zlib.compress(whole, 0))
    return digest


def _tree(git: Path, folder: _Folder) -> str:
    """Write a folder, after those in it."""
    entries = dict(folder.files)
    # Git sorts a folder as if its name ended with a slash.
    entries |= {f"{name}/": (_FOLDER, _tree(git, it)) for name, it in folder.folders.items()}
    lines = [
        f"{mode:o} {name.rstrip('/')}\0".encode() + bytes.fromhex(digest)
        for name, (mode, digest) in sorted(entries.items(), key=lambda item: item[0].encode())
    ]
    return _stored(git, "tree", b"".join(lines))


def _entry(name: str, mode: int, blob: str, size: int) -> bytes:
    """A file as the index has it; without times, so that git looks at the content itself."""
    path = name.encode()
    head = struct.pack(">10I", 0, 0, 0, 0, 0, 0, mode, 0, 0, size)
    entry = head + bytes.fromhex(blob) + struct.pack(">H", min(len(path), 0xFFF)) + path
    return entry + b"\0" * (8 - len(entry) % 8)


def _index(entries: list[bytes]) -> bytes:
    told = b"DIRC" + struct.pack(">2I", 2, len(entries)) + b"".join(entries)
    return told + hashlib.sha1(told, usedforsecurity=False).digest()


def _referred(git: Path) -> set[str]:
    """What every branch, tag and stash refers to, and what is checked out."""
    paths = [git / "HEAD", *(path for path in (git / "refs").rglob("*") if path.is_file())]
    told = [path.read_text("utf-8", "replace").strip() for path in paths if path.is_file()]
    packed = git / "packed-refs"
    lines = packed.read_text("utf-8", "replace").splitlines() if packed.is_file() else []
    told += [line.split()[0].lstrip("^") for line in lines if line and line[0] != "#"]
    return {item for item in told if item and not item.startswith("ref: ")}


def _is_ours(git: Path, commit: str) -> bool:
    """Whether it is a commit as it is written here, by this codex or an older one."""
    try:
        data = zlib.decompress((git / "objects" / commit[:2] / commit[2:]).read_bytes())
    except (OSError, zlib.error):
        return False  # git has packed it: somebody works with the repository
    head = data.partition(b"\n\n")[0].decode("utf-8", "replace").splitlines()
    return head[1:] == [f"author {AUTHOR}", f"committer {AUTHOR}"]
