"""Folders that a killed process left are removed, and no others."""

from __future__ import annotations

import os
from pathlib import Path

from codex.common.sandbox import Command, files, open_sandbox
from codex.common.sandbox.inside import clear
from codex.common.sandbox.scratch import Scratch, sweep
from tests.common.sandbox.support import entries


def _age(path: Path) -> None:
    os.utime(path, (0, 0))


async def test_what_was_left_is_removed_when_a_sandbox_is_opened(tmp_path: Path) -> None:
    left = tmp_path / "codex-command-left"
    (left / "work" / "deep").mkdir(parents=True)
    _age(left)
    await open_sandbox("none", scratch=tmp_path)
    assert entries(tmp_path) == []


def test_what_is_used_or_young_or_not_ours_stays(tmp_path: Path) -> None:
    used = Scratch.make(Command(["python"]), tmp_path)
    _age(used.root)
    (tmp_path / "codex-command-young").mkdir()
    for name in ("codex-command-other/data", "something/work"):
        (tmp_path / name).mkdir(parents=True)
        _age(tmp_path / name.split("/")[0])
    (tmp_path / "codex-command-link").symlink_to(tmp_path / "something")
    before = entries(tmp_path)
    sweep(tmp_path)
    assert entries(tmp_path) == before
    used.remove()
    assert used.root.name not in entries(tmp_path)


def test_a_hostile_folder_is_removed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed").chmod(0)
    os.mkfifo(folder / "pipe")
    home = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(1500):
            os.mkdir("d")  # noqa: PTH102 - deeper than a path may be long
            os.chdir("d")
    finally:
        os.chdir(home)
    clear.remove(folder)
    clear.remove(folder)
    assert entries(tmp_path) == ["outside"]
    assert entries(outside) == ["kept"]


def test_files_are_written_and_read_back(tmp_path: Path) -> None:
    files.write(tmp_path, {"a/b": "text", "c": b"\x00"})
    found = files.collect(tmp_path, ["a", "c", "missing"], 100)
    assert found == {"a/b": b"text", "c": b"\x00"}
    assert files.collect(tmp_path, ["a", "c"], 4) == {"a/b": b"text"}
