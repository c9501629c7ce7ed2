"""A folder that cannot be exchanged for another gets all of its new contents, or keeps the old."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codex.common.errors import InputError
from codex.common.handover import MANIFEST, check_place, edited_files, write_folder
from codex.common.in_place import exchange, settle, stays
from tests.common.test_handover import FILES, content


def test_whoever_stands_in_the_folder_still_does_so_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    write_folder(Path(), FILES)
    assert set(content(tmp_path)) == {"app/main.py", "run.sh", MANIFEST}
    (tmp_path / "service.db").write_text("rows")
    (tmp_path / "app/__pycache__").mkdir()
    monkeypatch.chdir(tmp_path / "app")
    write_folder(tmp_path, FILES[:1])
    assert set(content(tmp_path)) == {"app/main.py", "service.db", MANIFEST}
    assert tmp_path.stat().st_ino == before
    assert edited_files(tmp_path) == []


def test_other_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    write_folder(tmp_path / "s", FILES)
    assert not stays(tmp_path / "s")
    assert not stays(tmp_path / "none")
    assert stays(Path("/"))


def test_what_somebody_else_put_there_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="codex did not write it"):
        write_folder(Path(), FILES)
    assert content(tmp_path) == {"mine.txt": "mine"}
    with pytest.raises(InputError, match="the whole file system"):
        check_place(Path("/"))


OLD = {".codex/manifest.json": "old", "a/x": "old", "b": "old"}
NEW = {".codex/manifest.json": "new", "b": "new", "c/y": "new"}


def filled(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("at", range(6))
def test_what_cannot_be_moved_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    filled(tmp_path, OLD)
    building = filled(tmp_path / ".codex-new.1-00000000", NEW)
    real, moved = Path.rename, list[Path]()

    def rename(self: Path, target: Path) -> Path:
        moved.append(self)
        if len(moved) == at + 1:
            raise OSError("busy")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="busy"):
        exchange(building, tmp_path)
    monkeypatch.undo()
    assert content(building) == NEW
    building.rename(tmp_path.with_name(f"{tmp_path.name}-new"))
    assert content(tmp_path) == OLD


KILLED = """
import os, sys
from pathlib import Path
from codex.common.in_place import exchange
real, seen = Path.rename, []
def rename(self, target):
    if len(seen) == int(sys.argv[1]):
        os.kill(os.getpid(), 9)
    seen.append(target)
    return real(self, target)
Path.rename = rename
Path.rmdir = lambda self: os.kill(os.getpid(), 9)
target = Path(sys.argv[2])
exchange(target / sys.argv[3], target)
"""


@pytest.mark.parametrize("at", range(7))
def test_after_a_kill_the_old_or_the_new_is_brought_back_whole(tmp_path: Path, at: int) -> None:
    filled(tmp_path, OLD)
    # No process has such a number.
    building = filled(tmp_path / ".codex-new.99999999-00000000", NEW)
    command = [sys.executable, "-c", KILLED, str(at), str(tmp_path), building.name]
    assert subprocess.run(command, check=False).returncode == -9
    settle(tmp_path)
    assert content(tmp_path) == (OLD if at < 4 else NEW)


def test_what_another_process_is_making_stays(tmp_path: Path) -> None:
    building = filled(tmp_path / ".codex-new.1-00000000", NEW)
    settle(tmp_path)
    assert content(building) == NEW
