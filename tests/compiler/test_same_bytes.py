"""The same input gives the same bytes: on any machine and Python, in any surroundings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from codex.common.sandbox.index import index_variables
from codex.compiler import compile_service
from tests.architectures import functions_of, named
from tests.compiler.hashes import KEPT, hashes, tree_hash

ROOT = Path(__file__).parents[2]
KNOWN: dict[str, str] = json.loads(KEPT.read_text("utf-8"))


def test_every_tree_is_the_one_that_was_kept() -> None:
    """The hashes were made elsewhere, perhaps by another Python: whatever differs shows here."""
    found = hashes()
    other = sorted(name for name in found.keys() | KNOWN if found.get(name) != KNOWN.get(name))
    assert not other, "if that is meant: python -m tests.compiler.hashes --write"


def test_a_changed_architecture_has_another_hash() -> None:
    architecture = named("notes").model_copy(update={"name": "other"})
    assert tree_hash(compile_service(architecture)) != KNOWN["notes"]
    without = compile_service(named("shop"))
    assert tree_hash(without) != tree_hash(compile_service(named("shop"), functions_of("shop")))


PROGRAM = "import json\nfrom tests.compiler.hashes import hashes\nprint(json.dumps(hashes()))\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"},
    ],
    ids=["plain", "odd"],
)
def test_in_another_process_with_other_surroundings(surroundings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **surroundings},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == KNOWN


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_on_every_supported_python(version: str, tmp_path: Path) -> None:
    """With what the compiler itself needs, and nothing else of codex."""
    uv, python = Path(sys.executable).with_name("uv"), _python(version)
    if python is None:
        pytest.skip(f"Python {version} is not installed here")
    environment = tmp_path / "environment"
    indexed = {**os.environ, **index_variables(os.environ)}
    for command in (
        [uv, "venv", "--quiet", "--python", python, str(environment)],
        [uv, "pip", "install", "--quiet", "--python", str(environment), *_needed()],
    ):
        subprocess.run(command, check=True, capture_output=True, env=indexed)
    done = subprocess.run(
        [str(environment / "bin/python"), "-c", PROGRAM], cwd=ROOT, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == KNOWN


def _python(version: str) -> str | None:
    """An installed Python of this version, also one that pyenv keeps out of the path."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [f"python{version}", *sorted(map(str, kept.glob(f"{version}.*/bin/python")))]
    for candidate in candidates:
        found = shutil.which(candidate)
        ask = [found or "", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        if found and subprocess.run(ask, capture_output=True, check=False).stdout.split() == [
            version.encode()
        ]:
            return found
    return None


def _needed() -> list[str]:
    """The compiler's packages, in the very versions that codex runs with."""
    return [f"{name}=={metadata.version(name)}" for name in ("networkx", "pydantic", "ruff")]
