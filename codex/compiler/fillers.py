"""Values for rows that are older than a column which may not be empty, as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from codex.common.documents.base import JsonValue
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
)
from codex.compiler.physical import LENGTH_OF_FORMAT
from codex.compiler.sql_text import decimal_size, json_literal, sql_literal, stored_literal

_NOW = ("now()", "strftime('%Y-%m-%d %H:%M:%f000', 'now')")
_TODAY = ("current_date", "date('now')")
_RANDOM = ("gen_random_uuid()", "lower(hex(randomblob(16)))")


@dataclass(frozen=True)
class Filler:
    """An SQL expression: for Postgres, and for SQLite."""

    sql: str
    sqlite: str
    made_up: bool = True
    """Whether nothing in the document says that rows have this value."""

    def text(self) -> tuple[str, str]:
        """Both expressions."""
        return self.sql, self.sqlite


def filler(column: Column, database: DatabaseSchema, *, row: str = "id") -> Filler:
    """What `column` gets in rows that have nothing; `row` is SQL that differs from row to row."""
    if column.default is not None:
        return _default(column)
    if column.unique:
        return _distinct(column, row, database)
    match column.type:
        case ColumnType.ENUM:
            enum = database.enum(column.enum or "")
            assert enum is not None
            return _same(sql_literal(enum.values[0]))
        case ColumnType.STRING | ColumnType.TEXT | ColumnType.FILE:
            return _distinct(column, row, database) if column.format else _same(_words(column))
        case ColumnType.BOOLEAN:
            return _same("false")
        case ColumnType.DATE | ColumnType.DATETIME | ColumnType.TIME:
            return _day(column)
        case ColumnType.UUID:
            return Filler(*_RANDOM)
        case ColumnType.JSON:
            return Filler(*json_literal({}))
        case ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.FLOAT:
            return _both(_number(column), column)


def _same(sql: str) -> Filler:
    return Filler(sql, sql)


def _both(value: JsonValue, column: Column, *, made_up: bool = True) -> Filler:
    return Filler(
        stored_literal(value, column, sqlite=False),
        stored_literal(value, column, sqlite=True),
        made_up,
    )


def _default(column: Column) -> Filler:
    if column.default in ("now", "today"):
        if column.type is ColumnType.DATETIME:
            return Filler(*_NOW, made_up=False)
        if column.type is ColumnType.DATE:
            return Filler(*_TODAY, made_up=False)
    if column.type is ColumnType.JSON:
        return Filler(*json_literal(column.default), made_up=False)
    return _both(column.default, column, made_up=False)


def _day(column: Column) -> Filler:
    """The earliest day that is allowed, or the first of 1970."""
    least = column.minimum if isinstance(column.minimum, str) else None
    if least in ("now", "today"):
        return Filler(*(_NOW if column.type is ColumnType.DATETIME else _TODAY))
    if column.type is ColumnType.TIME:
        return Filler("'00:00:00'", "'00:00:00.000000'")
    return _both(least or "1970-01-01", column)


def _number(column: Column) -> JsonValue:
    """Zero, or the least or greatest number that is allowed."""
    least, most = column.minimum, column.maximum
    lowest = Decimal(str(least)) if least is not None else Decimal(-1)
    if lowest > 0 or (column.exclusive_minimum and lowest == 0):
        return _beyond(column, lowest) if column.exclusive_minimum else least
    if most is not None and float(most) < 0:
        return most
    return 0


def _beyond(column: Column, least: Decimal) -> JsonValue:
    if column.type is ColumnType.DECIMAL:
        return str(least + Decimal(1).scaleb(-decimal_size(column)[1]))
    return int(least) + 1


def _words(column: Column) -> str:
    text = "unknown"[: column.max_length] if column.max_length else "unknown"
    return sql_literal(text.ljust(column.min_length or 0, "-"))


def _distinct(column: Column, row: str, database: DatabaseSchema) -> Filler:
    """Another value in each row."""
    match column.type:
        case ColumnType.STRING | ColumnType.TEXT | ColumnType.FILE:
            number = f"CAST({row} AS VARCHAR)"
            if column.format == "email":
                return _same(f"'unknown-' || {number} || '@example.invalid'")
            if column.format == "url":
                return _same(f"'https://example.invalid/' || {number}")
            longest, least = column.max_length or LENGTH_OF_FORMAT[None], column.min_length or 0
            if longest >= 28 and least <= longest - 20:
                return _same(f"'{'unknown-'.ljust(least, '-')}' || {number}")
            return _same(f"CAST({10 ** max(least - 1, 0)} + {row} AS VARCHAR)")
        case ColumnType.UUID:
            return Filler(*_RANDOM)
        case ColumnType.DATE:
            return Filler(f"DATE '1970-01-01' + CAST({row} AS INTEGER)", f"date(2440587.5 + {row})")
        case ColumnType.DATETIME:
            return Filler(
                f"to_timestamp({row})", f"strftime('%Y-%m-%d %H:%M:%f000', {row}, 'unixepoch')"
            )
        case ColumnType.TIME:
            return Filler(
                f"TIME '00:00' + {row} * INTERVAL '1 second'",
                f"strftime('%H:%M:%f000', {row}, 'unixepoch')",
            )
        case ColumnType.JSON:
            return Filler(f"to_jsonb({row})", f"CAST({row} AS VARCHAR)")
        case ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.FLOAT:
            return _same(row)
        case ColumnType.BOOLEAN | ColumnType.ENUM:  # too few values for many rows
            return filler(column.model_copy(update={"unique": False}), database)


def referred(
    table: DatabaseTable, column: Column, database: DatabaseSchema
) -> DatabaseTable | None:
    """The table whose row the column refers to."""
    for relation in table.relations:
        if relation.column == column.name and relation.cardinality is not Cardinality.MANY_TO_MANY:
            return database.table(relation.target)
    return None


def distinct(table: DatabaseTable, name: str) -> Column:
    """The column, unique also where a constraint of the table says so of it alone."""
    column = table.column(name)
    assert column is not None
    alone = any(item.kind == "unique" and item.columns == (name,) for item in table.constraints)
    return column.model_copy(update={"unique": True}) if alone else column
