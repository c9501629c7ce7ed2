"""Values that a column does not take."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from codex.builtin.plays.cast import moment
from codex.common.documents.base import JsonValue
from codex.common.documents.schema import Column, ColumnType

NOBODY = 999_999


def bad_value(column: Column, *, reference: bool) -> JsonValue:
    """A value that the column does not take."""
    if reference:
        return NOBODY
    match column.type:
        case ColumnType.INTEGER | ColumnType.FLOAT | ColumnType.DECIMAL:
            return _bad_number(column)
        case ColumnType.DATE | ColumnType.DATETIME:
            if column.minimum in ("today", "now"):
                return moment(column, timedelta(days=-2))
            beyond = column.maximum in ("today", "now")
            return moment(column, timedelta(days=2)) if beyond else "not a date"
        case ColumnType.ENUM:
            return "no such choice"
        case ColumnType.BOOLEAN:
            return "perhaps"
        case ColumnType.JSON:
            return None
        case _:
            return _bad_text(column)


def _bad_number(column: Column) -> JsonValue:
    if column.minimum is not None:
        least = Decimal(str(column.minimum))
        return _number(least if column.exclusive_minimum else least - 1)
    if column.maximum is not None:
        most = Decimal(str(column.maximum))
        return _number(most if column.exclusive_maximum else most + 1)
    return "not a number"


def _number(value: Decimal) -> JsonValue:
    return int(value) if value == value.to_integral_value() else str(value)


def _bad_text(column: Column) -> JsonValue:
    if column.format is not None:
        return "not one"
    if column.max_length:
        return "x" * (column.max_length + 1)
    return "" if column.min_length else {"not": "a text"}
