"""The guide of the verification: its program does what it says, and it leaves no step out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from codex.deploy.explained import TITLES
from tests.fixtures_built import Built

GUIDE = Path(__file__).parents[2] / "docs/guides/verification.md"


def test_the_guide_names_every_step() -> None:
    steps = set(re.findall(r"^\| `([^`]+)` \|", GUIDE.read_text(), re.MULTILINE))
    assert steps == TITLES.keys() - {"packages"}


@pytest.mark.slow
async def test_the_program_of_the_guide_tells_the_faults_of_a_folder(
    built_service: Built, shared_data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = built_service.copy(tmp_path / "service")
    functions = next(iter(sorted((folder / "app/functions").glob("[a-z]*.py"))))
    text = functions.read_text()
    name = re.findall(r"^def (\w+)\(", text, re.MULTILINE)[-1]
    head, signature, body = text.rpartition(f"def {name}(")
    functions.write_text(
        head + signature + re.sub(r"\n    return ", "\n    1 / 0\n    return ", body)
    )
    (code,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), names)
    faults = await names["faults"](folder, shared_data_dir)
    assert any(f" {name}: " in fault and "ZeroDivisionError" in fault for fault in faults), faults
    assert "passed migrations" in capsys.readouterr().out
