"""A service is packaged in several ways, with the same bytes each time."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from codex.common.errors import InputError
from codex.deploy.package import to_folder, to_git, to_zip, zip_bytes
from tests.common.documents import samples

APPLICATION = samples.application()


def test_a_zip_has_the_same_bytes_each_time_and_unpacks(tmp_path: Path) -> None:
    one = to_zip(APPLICATION, tmp_path / "one.zip").read_bytes()
    assert one == zip_bytes(APPLICATION.name, tuple(reversed(APPLICATION.files)))
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
        mode = archive.getinfo("library/run.sh").external_attr >> 16
    assert names == sorted(names)
    assert "library/app/main.py" in names
    assert mode & 0o111


def test_a_zip_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        to_zip(APPLICATION, tmp_path)


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_repository_has_one_clean_commit_that_is_the_same_each_time(tmp_path: Path) -> None:
    heads = [git(to_git(APPLICATION, tmp_path / name), "rev-parse", "HEAD") for name in ("a", "b")]
    assert heads[0] == heads[1]
    assert git(tmp_path / "a", "rev-list", "--count", "HEAD") == "1"
    assert git(tmp_path / "a", "status", "--porcelain") == ""
    assert git(tmp_path / "a", "show", "HEAD:app/main.py") == "app = 1"
    assert git(tmp_path / "a", "log", "-1", "--format=%an %aI") == "codex 2000-01-01T00:00:00+00:00"


def test_a_folder_is_written(tmp_path: Path) -> None:
    assert to_folder(APPLICATION, tmp_path / "s").joinpath("app/main.py").read_text() == "app = 1\n"
