"""Files are handed over whole or not at all, and nothing of the user's is lost."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from codex.common import handover
from codex.common.documents.application import ServiceFile
from codex.common.errors import DiskFull, InputError
from codex.common.handover import (
    MANIFEST,
    check_folder,
    check_place,
    edited_files,
    write_bytes,
    write_folder,
    write_text,
)

FILES = (
    ServiceFile.of("app/main.py", "print('ü')\n"),
    ServiceFile.of("run.sh", "#!/bin/sh\n", executable=True),
)


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_folder_holds_exactly_the_files_and_their_manifest(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "service"
    write_folder(target, FILES)
    assert set(content(target)) == {"app/main.py", "run.sh", MANIFEST}
    assert os.access(target / "run.sh", os.X_OK)
    assert not os.access(target / "app/main.py", os.X_OK)
    assert edited_files(target) == []
    assert [path.name for path in tmp_path.joinpath("deep").iterdir()] == ["service"]


def test_an_unchanged_folder_is_replaced_and_what_a_run_left_is_kept(tmp_path: Path) -> None:
    write_folder(tmp_path / "s", FILES)
    (tmp_path / "s/service.db").write_text("rows")
    (tmp_path / "s/files").mkdir()
    (tmp_path / "s/files/upload").write_text("data")
    write_folder(tmp_path / "s", FILES[:1])
    assert set(content(tmp_path / "s")) == {"app/main.py", MANIFEST, "service.db", "files/upload"}


def test_hand_edits_are_not_written_over_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "s"
    write_folder(target, FILES)
    (target / "app/main.py").write_text("mine")
    with pytest.raises(InputError, match=r"edited by hand: app/main\.py"):
        write_folder(target, FILES)
    assert (target / "app/main.py").read_text() == "mine"
    write_folder(target, FILES, force=True)
    assert (target / "app/main.py").read_text("utf-8") == "print('ü')\n"


def test_a_folder_that_codex_did_not_write_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="not empty"):
        write_folder(tmp_path, FILES)
    assert content(tmp_path) == {"thesis.txt": "years of work"}
    write_folder(tmp_path, FILES, force=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a\\b", "C:x", "a\0b"])
def test_no_file_leaves_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="plain path"):
        write_folder(tmp_path / "s", [ServiceFile.model_construct(path=path, content="")])
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("a file")
    with pytest.raises(InputError, match="is a file"):
        write_folder(tmp_path / "s", FILES)


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    write_folder(tmp_path / "real", FILES[:1])
    (tmp_path / "link").symlink_to("real")
    write_folder(tmp_path / "link", FILES)
    assert set(content(tmp_path / "real")) == {"app/main.py", "run.sh", MANIFEST}
    (tmp_path / "lost").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    for name in ("lost", "circle"):
        with pytest.raises(InputError, match="leads nowhere"):
            check_folder(tmp_path / name)
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link", "lost", "circle"}
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("existing", [False, True])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, existing: bool
) -> None:
    target = tmp_path / "s"
    if existing:
        write_folder(target, FILES[:1])
    before = content(tmp_path)
    real = Path.write_text

    def full(self: Path, *args: Any, **options: Any) -> int:
        if self.name == "run.sh":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DiskFull, match="no room"):
        write_folder(target, FILES)
    monkeypatch.undo()
    assert content(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"s"}


def test_single_files_are_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text(tmp_path / "a.json", "one")
    write_bytes(tmp_path / "b.zip", b"two")
    assert (tmp_path / "a.json").read_text() == "one"

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(handover.os, "fsync", full)
    for write in (
        lambda: write_text(tmp_path / "a.json", "three"),
        lambda: write_bytes(tmp_path / "b.zip", b"four"),
    ):
        with pytest.raises(DiskFull):
            write()
    assert content(tmp_path) == {"a.json": "one", "b.zip": "two"}


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_text(tmp_path / "file" / "x.json", "text")


def test_a_place_that_cannot_be_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path, why in (
        (tmp_path / "file/below/it", "is a file, so"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(InputError, match=why):
            check_folder(path)
    assert check_folder(tmp_path / "not/there/yet") == []
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def test_a_place_where_nothing_can_be_made_is_refused_and_a_good_one_stays_as_it_was(
    tmp_path: Path,
) -> None:
    # Also for an administrator, whose rights say that it could.
    with pytest.raises(InputError, match="/proc/service cannot be written"):
        check_place(Path("/proc/service"))
    check_place(tmp_path / "not" / "there" / "yet")
    assert list(tmp_path.iterdir()) == []
