"""Rows of an example made complete: what a case does not mention comes from a factory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
)

Row = dict[str, JsonValue]

# A moment before every example's own, so that what was there is in the past.
EARLIER = "2026-01-01T00:00:00Z"


@dataclass
class Rows:
    """Complete rows by table, in an order in which they can be inserted."""

    database: DatabaseSchema
    example: Example
    """As it is tried: with the ids that its rows have."""
    first: dict[str, int] = field(default_factory=dict[str, int])
    """Table to the id of its first row, where that is not 1."""
    tables: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    order: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    """Table and id, each row after those that it refers to."""

    def as_payload(self) -> list[dict[str, JsonValue]]:
        """What the runner inserts, in order."""
        payload: list[dict[str, JsonValue]] = []
        for name, number in self.order:
            table = self.database.table(name)
            row = next(row for row in self.tables[name] if row["id"] == number)
            assert table is not None
            payload.append({"model": table.model, "row": dict(row)})
        return payload


class UnknownRow(LookupError):
    """A case speaks of a row that it does not give."""


def complete_rows(
    database: DatabaseSchema, example: Example, first: Mapping[str, int] | None = None
) -> Rows:
    """The given rows of `example`, each required column filled, each reference resolved.

    `first` holds the ids from which the rows of a table are counted, where that is not 1.
    """
    rows = Rows(database, example, dict(first or {}))
    given = {name: [dict(row) for row in items] for name, items in example.given.items()}
    for name, items in given.items():
        # The n-th given row has the n-th id unless it says otherwise: "loans:1" is known here.
        for number, row in enumerate(items, rows.first.get(name, 1)):
            row.setdefault("id", number)
        rows.tables[name] = items
    maker = _Maker(database, rows)
    for name in given:
        for row in list(rows.tables[name]):
            maker.complete(name, row)
    return rows


def references(table: DatabaseTable) -> dict[str, str]:
    """Columns that hold the id of a row of another table, and that table."""
    return {
        relation.column: relation.target
        for relation in table.relations
        if relation.column and relation.cardinality is not Cardinality.MANY_TO_MANY
    }


def reference_id(value: JsonValue, rows: Rows) -> JsonValue:
    """The id that `"loans:1"` stands for; anything else as it is."""
    match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
    if match is None or rows.database.table(match[1]) is None:
        return value
    try:
        return rows.tables[match[1]][int(match[2]) - 1]["id"]
    except LookupError:
        raise UnknownRow(f"there is no {value}") from None


class _Maker:
    def __init__(self, database: DatabaseSchema, rows: Rows) -> None:
        self._database = database
        self._rows = rows
        self._under_way: set[tuple[str, int]] = set()

    def complete(self, name: str, row: Row) -> None:
        """Fill `row` of table `name` and everything that it refers to."""
        number = int(str(row["id"]))
        if (name, number) in self._rows.order or (name, number) in self._under_way:
            return
        self._under_way.add((name, number))
        table = self._table(name)
        targets = references(table)
        # What is made does not depend on where ids begin.
        place = number - self._rows.first.get(name, 1) + 1
        for column in table.all_columns:
            target = targets.get(column.name)
            if column.name in row:
                row[column.name] = reference_id(row[column.name], self._rows)
                if target and row[column.name] is not None:
                    self._visit(target, int(str(row[column.name])))
            elif target is not None:
                alone = _stands_alone(table, column)
                row[column.name] = (
                    None if column.nullable else self._target(target, name, column, alone=alone)
                )
            elif not column.nullable and column.default is None and column.name != "id":
                row[column.name] = _made(column, place, self._database)
            elif column.name in {"created_at", "updated_at"}:
                row[column.name] = EARLIER
        self._rows.order.append((name, number))

    def _table(self, name: str) -> DatabaseTable:
        table = self._database.table(name)
        assert table is not None
        return table

    def _visit(self, name: str, number: int) -> None:
        for row in self._rows.tables.get(name, []):
            if row["id"] == number:
                self.complete(name, row)

    def _target(self, name: str, source: str, column: Column, *, alone: bool) -> int:
        """A row to refer to: the first that is given, or one that no other row refers to so."""
        rows = self._rows.tables.setdefault(name, [])
        taken: set[str] = set()
        if alone:
            taken = {str(row.get(column.name)) for row in self._rows.tables[source]}
        free: list[Row] = [row for row in rows if str(row["id"]) not in taken]
        if not free:
            before = self._rows.first.get(name, 1) - 1
            free = [{"id": max([before, *(int(str(row["id"])) for row in rows)]) + 1}]
            rows += free
        self.complete(name, free[0])
        return int(str(free[0]["id"]))


def _stands_alone(table: DatabaseTable, column: Column) -> bool:
    """Whether two rows with the same value might be refused."""
    return column.unique or any(
        column.name in constraint.columns and constraint.kind == "unique"
        for constraint in table.constraints
    )


def _made(column: Column, number: int, database: DatabaseSchema) -> JsonValue:
    """A value that the column takes, different for each row."""
    if column.format == "email":
        return f"person{number}@example.com"
    if column.format == "url":
        return f"https://example.com/{number}"
    match column.type:
        case ColumnType.INTEGER | ColumnType.FLOAT:
            return _number(column, number)
        case ColumnType.DECIMAL:
            return str(_number(column, number))
        case ColumnType.BOOLEAN:
            return False
        case ColumnType.DATE:
            return EARLIER[:10]
        case ColumnType.DATETIME:
            return EARLIER
        case ColumnType.TIME:
            return "12:00:00"
        case ColumnType.UUID:
            return f"00000000-0000-4000-8000-{number:012d}"
        case ColumnType.JSON:
            return {}
        case ColumnType.ENUM:
            enum = database.enum(column.enum or "")
            return enum.values[0] if enum else ""
        case _:
            return _text(column, number)


def _number(column: Column, number: int) -> int:
    value = number
    for bound, exclusive, choose in (
        (column.minimum, column.exclusive_minimum, max),
        (column.maximum, column.exclusive_maximum, min),
    ):
        if isinstance(bound, int | float | str):
            try:
                limit = int(float(bound))
            except ValueError:
                continue
            step = 1 if choose is max else -1
            value = choose(value, limit + step if exclusive else limit)
    return value


def _text(column: Column, number: int) -> str:
    text = f"{column.name.replace('_', ' ')} {number}"
    if column.max_length is not None and len(text) > column.max_length:
        text = str(number).rjust(min(column.max_length, len(text)), "x")[-column.max_length :]
    return text.ljust(column.min_length or 0, "x")
