"""Results on standard output: JSON for programs, aligned columns for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any


def show_json(value: Any) -> None:
    """Print `value` as JSON, at once: a program may wait for it while the command goes on."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str), flush=True)


def show_columns(lines: Iterable[Sequence[object]]) -> None:
    """Print lines of cells in aligned columns."""
    table = [[printable(str(cell)) for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def printable(text: str) -> str:
    """`text` in one line, with what would steer a terminal spelled out."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
