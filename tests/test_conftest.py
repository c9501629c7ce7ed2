"""What the tests are told from outside reaches them; what would steer codex does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker_engine import NEEDED
from tests.scheduling import GROUPS, group_of

ROOT = Path(__file__).parents[1]
OURS = {"FOLDER_OF_THIS_TEST_RUN", "PYTEST_XDIST_WORKER"}
ASKING = """
import os
import pytest
from tests.docker_engine import missing

def test_nothing_steers_codex():
    assert "CODEX_MODEL" not in os.environ
    assert "GIT_DIR" not in os.environ

def test_an_engine_that_has_to_be_there_is_not_skipped():
    with pytest.raises(pytest.fail.Exception, match="but there is none"):
        missing("there is none")
"""


@pytest.mark.slow
def test_the_environment_of_tests(tmp_path: Path) -> None:
    asking = tmp_path / "test_asking.py"
    asking.write_text(ASKING)
    # A test run of its own, which ends nothing of this one.
    own = {name: value for name, value in os.environ.items() if name not in OURS}
    options = ["-q", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "tests.conftest", asking],
        cwd=ROOT,
        env={**own, NEEDED: "1", "CODEX_MODEL": "manual", "GIT_DIR": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines()[-1].startswith("2 passed"), done.stdout + done.stderr


def test_what_shares_a_process() -> None:
    files = [file for group in GROUPS.values() for file in group]
    assert all((ROOT / file).is_file() for file in files)
    assert len(set(files)) == len(files)
    assert group_of("tests/deploy/test_push.py::test_one[a@b]") == "engine"
    assert group_of("tests/test_floors.py::test_one") == "tests/test_floors.py::test_one"
