"""Values and conditions as SQL text, the way each database stores them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from decimal import Decimal
from uuid import UUID

from codex.common.documents.base import JsonValue
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import CheckTerm, Column, ColumnType, DatabaseTable
from codex.compiler.names import quoted
from codex.compiler.source import text_literal

DECIMAL_PRECISION, DECIMAL_SCALE = 18, 2
_NUMBERS = (ColumnType.DECIMAL, ColumnType.INTEGER, ColumnType.FLOAT)
_SYMBOLS = {
    Comparison.EQ: "=",
    Comparison.NE: "<>",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}


def decimal_size(column: Column) -> tuple[int, int]:
    """All digits, and those after the point; no more than every database keeps exactly."""
    scale = DECIMAL_SCALE if column.scale is None else column.scale
    precision = min(column.precision or DECIMAL_PRECISION, DECIMAL_PRECISION)
    return max(precision, scale, 1), scale


def terms_sql(terms: tuple[CheckTerm, ...], table: DatabaseTable) -> tuple[str, str]:
    """The condition as SQL: for Postgres, and over what SQLite stores."""
    both = [
        " AND ".join(_term_sql(term, table, sqlite) for term in terms) for sqlite in (False, True)
    ]
    return both[0], both[1]


def _term_sql(term: CheckTerm, table: DatabaseTable, sqlite: bool) -> str:
    column = table.column(term.column)
    mine = quoted(term.column)
    if term.op is Comparison.IS_NULL:
        return f"{mine} IS NULL"
    if term.op is Comparison.NOT_NULL:
        return f"{mine} IS NOT NULL"
    value = term.other.value
    if term.op in (Comparison.IN, Comparison.NOT_IN):
        values = value if isinstance(value, list) else [value]
        word = "IN" if term.op is Comparison.IN else "NOT IN"
        return (
            f"{mine} {word} ({', '.join(stored_literal(v, column, sqlite=sqlite) for v in values)})"
        )
    if term.op is Comparison.CONTAINS:
        part = re.sub(r"[!%_]", r"!\g<0>", str(value))
        return f"{mine} LIKE {sql_literal(f'%{part}%')} ESCAPE '!'"
    other = term.other.column
    if other is None:
        return f"{mine} {_SYMBOLS[term.op]} {stored_literal(value, column, sqlite=sqlite)}"
    right = quoted(other)
    if sqlite:
        mine, right = _of_one_unit((mine, column), (right, table.column(other)))
    return f"{mine} {_SYMBOLS[term.op]} {right}"


def _of_one_unit(*sides: tuple[str, Column | None]) -> list[str]:
    """Both sides of a comparison on SQLite, where decimals are whole numbers of their unit."""
    scales = [
        decimal_size(column)[1] if column and column.type is ColumnType.DECIMAL else 0
        for _, column in sides
    ]
    numbers = all(column and column.type in _NUMBERS for _, column in sides)
    factors = [10 ** (max(scales) - scale) if numbers else 1 for scale in scales]
    return [
        name if factor == 1 else f"{name} * {factor}"
        for (name, _), factor in zip(sides, factors, strict=True)
    ]


def stored_literal(value: JsonValue, column: Column | None, *, sqlite: bool) -> str:
    """A value of `column` as SQL text, as the database stores it."""
    if value is None or column is None:
        return sql_literal(value)
    if column.type is ColumnType.DECIMAL:
        exact = Decimal(str(value))
        return f"{exact.scaleb(decimal_size(column)[1]) if sqlite else exact:f}".removesuffix(".0")
    if column.type is ColumnType.DATETIME and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return sql_literal(f"{moment:%Y-%m-%d %H:%M:%S.%f}{'' if sqlite else '+00:00'}")
    if sqlite and column.type is ColumnType.UUID:
        return sql_literal(UUID(str(value)).hex)
    if sqlite and column.type is ColumnType.TIME:
        return sql_literal(f"{time.fromisoformat(str(value)):%H:%M:%S.%f}")
    return sql_literal(value)


def sql_literal(value: JsonValue) -> str:
    """A value as SQL text."""
    match value:
        case None:
            return "NULL"
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case _:
            return str(value)


def json_literal(value: JsonValue) -> tuple[str, str]:
    """A value of a JSON column, for Postgres and for SQLite."""
    text = sql_literal(json.dumps(value))
    return f"CAST({text} AS jsonb)", text


def sql_source(sql: str) -> str:
    """SQL text as the source of a string that SQLAlchemy takes for text, not for parameters."""
    return text_literal(re.sub(r"(?<=\\):|:(?=\w)", r"\\:", sql))
