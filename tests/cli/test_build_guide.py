"""The guide to building says what is true, and its example runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from codex.cli.main import command_parser, load
from codex.common import errors
from codex.common.config import Settings

GUIDE = Path(__file__).parents[2] / "docs/guides/build.md"
TEXT = GUIDE.read_text()


@pytest.mark.parametrize(
    "line", [line[2:].partition("  #")[0] for line in TEXT.splitlines() if line.startswith("$ ")]
)
def test_every_command_line_is_understood(line: str) -> None:
    words = shlex.split(line)
    words = words[words.index("codex") :]
    command_parser(words[1], load(words[1])).parse_args(words[2:])


def test_the_exit_codes_are_those_that_there_are() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)}
    assert told == {value for name, value in vars(errors).items() if name.startswith("EXIT_")}


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (GUIDE.parent / link).exists(), link


@pytest.mark.slow
async def test_the_example_in_python_builds_a_service(
    database_url: str, shared_data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), names)
    settings = Settings(database_url=database_url, data_dir=shared_data_dir)
    await names["build_notes"](settings)
    told = capsys.readouterr().out
    assert "passed boot" in told
    assert "failed" not in told
    assert "missing" not in told
