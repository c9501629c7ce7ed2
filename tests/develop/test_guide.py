"""The guide's example in Python does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from codex.architect import architect
from codex.common.config import Settings
from codex.design import design
from codex.runtime import open_runtime

GUIDE = Path(__file__).parents[2] / "docs/guides/develop.md"
REQUEST = "A to-do list with tasks that have a title and a due date. Tasks can be marked done."


@pytest.mark.slow
async def test_one_function_is_written_as_the_guide_shows(
    database_url: str, shared_data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(database_url=database_url, data_dir=shared_data_dir)
    async with open_runtime(settings) as runtime, runtime.run(REQUEST) as services:
        specification = await design(REQUEST, services=services)
        architecture = await architect(specification, services=services)
    (code,) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), names)
    name = architecture.functions[0].name
    function = await names["write_one"](architecture, name, settings)
    assert function.verified
    assert "ok parses" in capsys.readouterr().out
