"""Columns as paths lead to them, and what their values are in Python."""

from __future__ import annotations

from codex.blueprint.planned import Context
from codex.common.documents.schema import PYTHON_TYPES, Column, DatabaseTable
from codex.common.documents.schema_checks import step_to


def column_at(table: DatabaseTable, path: str, context: Context) -> Column | None:
    """The column at the end of `path`."""
    *steps, last = path.split(".")
    for step in steps:
        target = step_to(table, step, context.schema)
        if target is None:
            return None
        table = target
    return table.column(last)


def column_type(column: Column) -> str:
    """The Python type of its values."""
    return column.enum or PYTHON_TYPES[column.type]
