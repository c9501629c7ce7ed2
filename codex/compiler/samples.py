"""Plain values for columns, where something must stand and nobody cares what."""

from __future__ import annotations

from decimal import Decimal

from codex.common.documents.base import JsonValue
from codex.common.documents.schema import Column, ColumnType, DatabaseSchema


def sample(column: Column, database: DatabaseSchema, number: int = 1) -> JsonValue:
    """A value that `column` takes, as JSON; another `number` gives another one where it can."""
    match column.type:
        case ColumnType.STRING | ColumnType.TEXT:
            return _text(column, number)
        case ColumnType.INTEGER:
            return int(_number(column, number))
        case ColumnType.DECIMAL:
            return str(_number(column, number).quantize(Decimal(1).scaleb(-(column.scale or 0))))
        case ColumnType.FLOAT:
            return float(_number(column, number))
        case ColumnType.DATE:
            return _day(column)
        case ColumnType.UUID:
            return f"00000000-0000-4000-8000-{number:012d}"
        case ColumnType.ENUM:
            enum = database.enum(column.enum or "")
            return enum.values[0] if enum else ""
        case _:
            return _PLAIN[column.type]


# What is good for every column of its type.
_PLAIN: dict[ColumnType, JsonValue] = {
    ColumnType.BOOLEAN: False,
    ColumnType.DATETIME: "$now",
    ColumnType.TIME: "12:00:00",
    ColumnType.JSON: {},
    ColumnType.FILE: "",
}


def _text(column: Column, number: int) -> str:
    if column.format == "email":
        return f"{column.name}{number}@example.com".replace("_", ".")
    if column.format == "url":
        return f"https://example.com/{column.name}/{number}"
    text = f"{column.name.replace('_', ' ')} {number}"
    if column.max_length and len(text) > column.max_length:
        text = str(number)[-column.max_length :]
    return text.ljust(column.min_length or 0, "x")


def _number(column: Column, number: int) -> Decimal:
    step = (
        Decimal(1).scaleb(-(column.scale or 0)) if column.type is ColumnType.DECIMAL else Decimal(1)
    )
    value = Decimal(number)
    if column.minimum is not None:
        least = Decimal(str(column.minimum)) + (step if column.exclusive_minimum else 0)
        value = max(value, least)
    if column.maximum is not None:
        most = Decimal(str(column.maximum)) - (step if column.exclusive_maximum else 0)
        value = min(value, most)
    return value


def _day(column: Column) -> str:
    if column.minimum == "today" or (column.minimum is None and column.maximum is None):
        return "$today+1 day" if column.exclusive_minimum else "$today"
    if column.maximum == "today":
        return "$today-1 day" if column.exclusive_maximum else "$today"
    return str(column.minimum if column.minimum is not None else column.maximum)
