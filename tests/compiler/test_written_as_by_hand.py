"""What a reviewer's tools say of compiled services: ruff, and pyright in strict mode."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ruff import find_ruff_bin  # pyright: ignore[reportMissingTypeStubs] it has none

from codex.common.sandbox import Environment
from codex.compiler import CompiledService, compile_service
from tests.architectures import ARCHITECTURES, functions_of, named
from tests.compiler import parcels, sums

pytestmark = pytest.mark.slow


def services() -> dict[str, CompiledService]:
    """Every service, each with its functions."""
    found = {name: compile_service(named(name), functions_of(name)) for name in ARCHITECTURES}
    for module in (parcels, sums):
        found[module.__name__] = compile_service(module.architecture(), module.FUNCTIONS)
    return found


def write(service: CompiledService, folder: Path) -> None:
    """The service's files below `folder`."""
    for item in service.files:
        target = folder / item.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(item.content, encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder for each service."""
    root = tmp_path_factory.mktemp("services")
    for name, service in services().items():
        write(service, root / name)
    return root


def test_ruff_has_nothing_to_say(folder: Path) -> None:
    for command in (["check", "--output-format", "concise"], ["format", "--check"]):
        done = subprocess.run(
            [find_ruff_bin(), *command, "--no-cache", "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_strict_has_nothing_to_say(folder: Path, service_environment: Environment) -> None:
    """One run for all of them, so that the packages are read once."""
    names = sorted(item.name for item in folder.iterdir() if item.is_dir())
    config = {
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "include": names,
        "executionEnvironments": [{"root": name} for name in names],
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    pyright = Path(sys.executable).with_name("pyright")
    done = subprocess.run(
        [str(pyright), "--pythonpath", str(service_environment.python), "--outputjson"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    lines = [
        f"{Path(item['file']).relative_to(folder)}:{item['range']['start']['line'] + 1}:"
        f" {item['message']}"
        for item in report["generalDiagnostics"]
    ]
    assert not lines, "\n".join(lines[:40])
    assert report["summary"]["filesAnalyzed"] > 100
