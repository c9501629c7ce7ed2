"""Whether the defaults, bounds and rules that a schema writes down are values of the column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from codex.common.documents.base import JsonValue, Violations
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import CheckTerm, Column, ColumnType, DatabaseTable, EnumType

# SQLite keeps decimals as whole numbers of 64 bits.
DIGITS = 18
LONGEST_LINE = 1_000_000
MOMENT_WORDS = ("now", "today")
_MOMENTS = (ColumnType.DATE, ColumnType.DATETIME)
_LINES = (ColumnType.STRING, ColumnType.TEXT)


def check_column(column: Column, me: str, found: Violations) -> None:
    """Note what of the column's own values and bounds cannot be."""
    scale = column.scale or 0
    found.expect(
        column.type is not ColumnType.DECIMAL or (column.precision or DIGITS) <= DIGITS,
        f"{me} has {column.precision} digits, but at most {DIGITS} are exact on every database",
    )
    found.expect(
        column.precision is None or column.precision >= scale,
        f"{me} has {column.precision} digits, of which {scale} are after the point",
    )
    found.expect(
        column.max_length is None or (column.min_length or 0) <= column.max_length,
        f"{me} has at least {column.min_length} and at most {column.max_length} characters",
    )
    found.expect(
        column.type is not ColumnType.STRING or (column.max_length or 0) <= LONGEST_LINE,
        f"{me} has up to {column.max_length} characters; that is for type text",
    )
    least = _bound(column, column.minimum, f"{me} is at least", found)
    most = _bound(column, column.maximum, f"{me} is at most", found)
    found.expect(
        least is None or most is None or least <= most,
        f"{me} is at least {column.minimum!r} and at most {column.maximum!r}",
    )
    if column.default is not None and column.type is not ColumnType.ENUM:
        _default(column, least, most, me, found)


def _bound(column: Column, value: float | str | None, what: str, found: Violations) -> Any | None:
    """The bound as a value of the column, unless it moves with time."""
    if value is None or (value in MOMENT_WORDS and column.type in _MOMENTS):
        return None
    read = _READ.get(column.type) if column.type in _ORDERED else None
    if read is None:
        found.expect(False, f"{what} {value!r}, but values of type {column.type} have no bounds")
        return None
    try:
        return read(value)
    except (ValueError, TypeError, ArithmeticError):
        found.expect(False, f"{what} {value!r}, which is no {column.type}")
        return None


def _default(
    column: Column, least: Any | None, most: Any | None, me: str, found: Violations
) -> None:
    value = column.default
    if value in MOMENT_WORDS and column.type in _MOMENTS:
        return
    wrong = f"{me} has default {value!r}, which"
    if not is_value(column, value):
        found.expect(False, f"{wrong} is no {column.type}")
        return
    if column.type in _LINES and isinstance(value, str):
        longest = column.max_length or len(value)
        found.expect(
            (column.min_length or 0) <= len(value) <= longest, f"{wrong} has not its length"
        )
    elif column.type in _ORDERED:
        exact = _READ[column.type](value)
        low = least is not None and (exact < least or (column.exclusive_minimum and exact == least))
        high = most is not None and (exact > most or (column.exclusive_maximum and exact == most))
        found.expect(not low and not high, f"{wrong} is out of its bounds")


def check_term(term: CheckTerm, table: DatabaseTable, me: str, found: Violations) -> None:
    """Note what a rule of the database compares a column with that it cannot be."""
    column = table.column(term.column)
    if column is None or term.op in (Comparison.IS_NULL, Comparison.NOT_NULL) or term.other.column:
        return
    if column.type is ColumnType.JSON:
        found.expect(False, f"{me} looks into column {column.name!r}, which is json")
        return
    found.expect(
        term.op is not Comparison.CONTAINS or column.type in _LINES,
        f"{me} looks for text in column {column.name!r}, which is {column.type}",
    )
    value = term.other.value
    many = term.op in (Comparison.IN, Comparison.NOT_IN)
    values = value if many and isinstance(value, list) else [value]
    for item in values:
        found.expect(
            item not in MOMENT_WORDS or column.type not in _MOMENTS,
            f"{me} compares column {column.name!r} with {item!r}, which moves; a database rule"
            " cannot",
        )
        found.expect(
            item in MOMENT_WORDS or (item is not None and is_value(column, item)),
            f"{me} compares column {column.name!r} with {item!r}, which is no {column.type}",
        )


def can_be_set(column: Column, value: JsonValue, enum: EnumType | None) -> bool:
    """Whether a route can set the column to `value`."""
    if value is None:
        return column.nullable
    if value in MOMENT_WORDS and column.type in _MOMENTS:
        return True
    return value in enum.values if enum else is_value(column, value)


def is_value(column: Column, value: JsonValue) -> bool:
    """Whether the column can hold `value`, as it stands in a document."""
    match column.type:
        case ColumnType.JSON:
            return True
        case ColumnType.BOOLEAN:
            return isinstance(value, bool)
        case ColumnType.STRING | ColumnType.TEXT | ColumnType.ENUM | ColumnType.FILE:
            return isinstance(value, str)
        case ColumnType.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
        case ColumnType.FLOAT:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            pass
    try:
        _READ[column.type](value)
    except (ValueError, TypeError, ArithmeticError):
        return False
    return True


def _whole(value: Any) -> Decimal:
    number = _number(value)
    if number != number.to_integral_value() or abs(number) >= 2**63:
        raise ValueError
    return number


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise TypeError
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return number


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=moment.tzinfo or UTC)


_READ: Mapping[ColumnType, Callable[[Any], Any]] = {
    ColumnType.INTEGER: _whole,
    ColumnType.DECIMAL: _number,
    ColumnType.FLOAT: _number,
    ColumnType.DATE: date.fromisoformat,
    ColumnType.DATETIME: _moment,
    ColumnType.TIME: time.fromisoformat,
    ColumnType.UUID: UUID,
}
_ORDERED = _READ.keys() - {ColumnType.UUID}
