"""The guide's example runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "design.md"


def test_the_example_in_python(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    exec(compile(found[1], str(GUIDE), "exec"), {})
    out = capsys.readouterr().out
    assert "Q1 Do users sign up and log in? No" in out
    assert "['book', 'member', 'loan']" in out or "['book', 'loan', 'member']" in out
    assert out.splitlines()[-1].startswith("7 ")
