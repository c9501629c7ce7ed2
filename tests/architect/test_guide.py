"""The guide's example runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "architect.md"


async def test_the_example_of_the_guide_runs(tmp_path: Path) -> None:
    found = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    names: dict[str, Any] = {}
    exec(found[0], names)
    await names["example"](tmp_path)
    assert (tmp_path / "tables.svg").is_file()
