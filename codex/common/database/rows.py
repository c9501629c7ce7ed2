"""Parts of documents as rows: some fields in columns of their own, the rest as JSON text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from codex.common.documents.base import Part


def to_text(value: Any) -> str:
    """JSON text that reads back as exactly the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Any:
    """The value of JSON text."""
    return json.loads(text)


def digest_of(owner: str, *values: Any) -> str:
    """The hash of an owner's content; equal content of one owner is stored once."""
    return hashlib.sha256(to_text([owner, *values]).encode()).hexdigest()


class Layout:
    """How one kind of part lies in its table.

    `columns` are field names by column; fields named in `elsewhere` are rows of other tables. What
    is neither goes into the column `details`, so a field that is added to a part is kept too.
    """

    def __init__(self, columns: Mapping[str, str], elsewhere: Sequence[str] = ()) -> None:
        self._columns = columns
        self._elsewhere = elsewhere

    def row(self, part: Part) -> dict[str, Any]:
        """The columns of `part`'s row."""
        raw = part.model_dump(mode="json", by_alias=True)
        row = {column: raw.pop(field) for column, field in self._columns.items()}
        for name in self._elsewhere:
            raw.pop(name)
        row["details"] = to_text(raw)
        return row

    def part(self, row: Any, **elsewhere: Any) -> dict[str, Any]:
        """What the part was made from, given its row and what lies in other tables."""
        fields = {field: getattr(row, column) for column, field in self._columns.items()}
        return {**from_text(row.details), **fields, **elsewhere}


def numbered(rows: Sequence[dict[str, Any]], **shared: Any) -> list[Any]:
    """`rows` with their places, and with what all of them share."""
    return [{**row, "position": place, **shared} for place, row in enumerate(rows)]


def in_order(rows: Sequence[Any] | None) -> list[Any]:
    """Rows by their places."""
    return sorted(rows or (), key=lambda row: row.position)
