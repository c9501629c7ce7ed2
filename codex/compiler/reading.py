"""How rows become what answers hold, with their computed fields and no query per row."""

from __future__ import annotations

from dataclasses import dataclass

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable


@dataclass(frozen=True)
class Reading:
    """How a row of one table becomes its XRead."""

    plain: bool
    """Whether `XRead.model_validate(row)` is all that it takes."""
    one: str = ""
    """Otherwise the function of `app.reading` for one row: `read_book(row, session, …)`."""
    many: str = ""
    """The one for several: `read_books(rows, session, …)`."""
    needs: frozenset[str] = frozenset()
    """What they take besides: `settings`."""


def reading(architecture: Architecture, table: DatabaseTable) -> Reading:
    """How rows of `table` are read."""
    return Reading(plain=not table.computed)
