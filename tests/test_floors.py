"""The floors: imports go down only, and no package stands beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def lint(house: Path) -> tuple[int, str]:
    """Check the packages under `house` with the contracts of this project."""
    shutil.copy(ROOT / "pyproject.toml", house)
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A small house with the same floors, sound so far."""
    for name in ("", "common", "chains", "chains/design", "design", "develop", "cli"):
        package = tmp_path / "codex" / name
        package.mkdir()
        (package / "__init__.py").touch()
    for name in ("chain", "design/clarify", "design/specify"):
        (tmp_path / "codex" / "chains" / f"{name}.py").touch()
    for layer in FLOORS["contracts"][2]["layers"]:
        for name in layer.split(" | "):
            (tmp_path / "codex" / "common" / f"{name}.py").touch()
    (tmp_path / "codex/cli/__init__.py").write_text("import codex.design\n")
    (tmp_path / "codex/design/__init__.py").write_text("import codex.common\n")
    return tmp_path


def test_imports_down_are_fine(house: Path) -> None:
    code, said = lint(house)
    assert code == 0, said


def test_a_package_on_no_floor_fails(house: Path) -> None:
    (house / "codex/cellar").mkdir()
    (house / "codex/cellar/__init__.py").touch()
    code, said = lint(house)
    assert code == 1
    assert "cellar" in said


def test_a_module_on_no_floor_fails(house: Path) -> None:
    (house / "codex/helpers.py").touch()
    code, said = lint(house)
    assert code == 1
    assert "helpers" in said


@pytest.mark.parametrize(
    ("who", "what"),
    [
        ("common/__init__.py", "import codex.cli"),
        ("common/__init__.py", "def late():\n    import codex.design"),
        (
            "common/__init__.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import codex.design",
        ),
        ("design/__init__.py", "import codex.develop"),
        ("common/database.py", "import codex.common.sandbox"),
        ("common/errors.py", "import codex.common.documents"),
        ("chains/design/clarify.py", "import codex.chains.design.specify"),
    ],
)
def test_an_import_up_or_aside_fails(house: Path, who: str, what: str) -> None:
    (house / "codex" / who).write_text(what + "\n")
    code, said = lint(house)
    assert code == 1, said
    assert "BROKEN" in said
