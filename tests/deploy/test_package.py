"""A service is packaged in several ways, with the same bytes each time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from codex.common.documents.application import Application, ServiceFile
from codex.common.errors import InputError
from codex.common.handover import edited_files
from codex.deploy.package import to_folder, to_git, to_zip, zip_bytes
from tests.common.documents import samples

APPLICATION = samples.application()


def with_main(text: str) -> Application:
    """The application with another program in it."""
    files = (ServiceFile.of("app/main.py", text), *APPLICATION.files[1:])
    return APPLICATION.model_copy(update={"files": files})


OTHER = with_main("app = 2\n")
LARGE = with_main("#" * 100_000)


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


def test_a_repository_is_what_git_itself_would_make(tmp_path: Path) -> None:
    """Names that sort differently as folders, programs, other alphabets; no git is asked."""
    names = ("a/b/c.py", "a.py", "a-b.py", "a0/é ü.txt", "run.sh", "ignored.log")
    more = [ServiceFile.of(name, name, executable=name == "run.sh") for name in names]
    more.append(ServiceFile.of(".gitignore", "*.log\n"))
    target = to_git(APPLICATION.model_copy(update={"files": tuple(more)}), tmp_path / "s")
    assert git(target, "fsck", "--full", "--strict") == ""
    assert git(target, "status", "--porcelain") == ""
    tree = git(target, "rev-parse", "HEAD^{tree}")
    (target / ".git/index").unlink()
    git(target, "add", "--all", "--force")
    assert git(target, "write-tree") == tree


def test_a_repository_takes_its_place_whole(tmp_path: Path) -> None:
    """Killed at any moment, the target is the old service or the new one, each with its history."""
    target = tmp_path / "s"
    for _ in range(3):
        to_git(APPLICATION, target)
    (target / "service.db").write_text("rows")
    to_git(OTHER, target)
    assert git(target, "show", "HEAD:app/main.py") == "app = 2"
    assert git(target, "rev-list", "--count", "HEAD") == "1"
    assert git(target, "status", "--porcelain") == "?? service.db"
    assert git(target, "fsck", "--full") == ""
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_commits_of_others_are_not_lost(tmp_path: Path) -> None:
    target = to_git(APPLICATION, tmp_path / "s")
    (target / "notes.txt").write_text("mine")
    git(target, "add", "notes.txt")
    git(target, "-c", "user.name=me", "-c", "user.email=me@here", "commit", "-qm", "mine")
    head = git(target, "rev-parse", "HEAD")
    with pytest.raises(InputError, match="commits of its own"):
        to_git(APPLICATION, target)
    assert git(target, "rev-parse", "HEAD") == head
    # Without --git the files change beside that history, which shows what is new.
    to_folder(OTHER, target)
    assert git(target, "rev-parse", "HEAD") == head
    assert "M app/main.py" in git(target, "status", "--porcelain")
    to_git(APPLICATION, target, force=True)
    assert git(target, "rev-list", "--count", "HEAD") == "1"


KILLED = """
import os, sys
from pathlib import Path
from codex.common import handover
from codex.deploy.package import to_git
from tests.deploy.test_package import OTHER
at = int(sys.argv[2])
seen = 0
def step(name, real):
    def wrapped(*args, **kwargs):
        global seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), 9)
        return real(*args, **kwargs)
    return wrapped
for name in ("_fill", "_exchanged", "_copy"):
    setattr(handover, name, step(name, getattr(handover, name)))
handover.shutil.rmtree = step("rmtree", handover.shutil.rmtree)
to_git(OTHER, Path(sys.argv[1]))
print("done", seen)
"""


@pytest.mark.slow
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_after_a_kill_the_old_or_the_new_is_there(tmp_path: Path, at: int) -> None:
    target = to_git(APPLICATION, tmp_path / "s")
    (target / "service.db").write_text("rows")
    command = [sys.executable, "-c", KILLED, str(target), str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    assert git(target, "show", "HEAD:app/main.py") in {"app = 1", "app = 2"}
    assert git(target, "status", "--porcelain") == "?? service.db"
    assert edited_files(target) == []
    # The next one clears what was left.
    to_git(OTHER, target)
    assert git(target, "show", "HEAD:app/main.py") == "app = 2"
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


FULL = """
import resource, sys
from pathlib import Path
from codex.common.errors import CodexError
from codex.deploy import package
from tests.deploy.test_package import LARGE
# No file may be larger: the next write fails as it does on a full disk.
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    getattr(package, sys.argv[1])(LARGE, Path(sys.argv[2]))
except CodexError as error:
    print(error.code, error.what)
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", ["to_folder", "to_zip", "to_git"])
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, way: str) -> None:
    command = [sys.executable, "-c", FULL, way, str(tmp_path / "target")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("store.disk_full There is no room left"), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_written(tmp_path: Path) -> None:
    assert to_folder(APPLICATION, tmp_path / "s").joinpath("app/main.py").read_text() == "app = 1\n"
