"""Rows to fill a compiled service with: enough of them, each different, for every table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from codex.common.documents.architecture import Architecture
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import Cardinality, ColumnType, Constraint, DatabaseTable
from codex.compiler.prerequisites import route_of
from codex.compiler.samples import sample

ENOUGH = 400
"""Of each table; whoever needs more changes the numbers in them."""


def specimens(
    architecture: Architecture,
    samples: Mapping[str, Mapping[str, Any]] | None = None,
    enough: int = ENOUGH,
) -> dict[str, list[dict[str, Any]]]:
    """For each table rows by column; `{"ref": table}` stands for the id of a row of that table.

    `samples` has values for columns of a table whose constraints plain ones would break; without
    any, the rows of examples and scenarios tell them.
    """
    chosen = told_values(architecture) if samples is None else samples
    return {
        table.name: [
            {**kept(table, _row(architecture, table, number)), **chosen.get(table.name, {})}
            for number in range(1, enough + 1)
        ]
        for table in architecture.database.tables
    }


# How far a value must be from another to be on the right side of it.
_APART = {Comparison.GT: 1, Comparison.GE: 0, Comparison.LT: -1, Comparison.LE: 0}


def kept(table: DatabaseTable, row: dict[str, Any]) -> dict[str, Any]:
    """The row with values moved to the right side of those that a check compares them with."""
    for constraint in table.constraints:
        for term in constraint.check:
            other = row.get(term.other.column or "", term.other.value)
            if other is None or row.get(term.column) is None:
                continue
            if term.op is Comparison.EQ:
                row[term.column] = other
            elif term.op is Comparison.NE and row[term.column] == other:
                row[term.column] = _moved(other, 1)
            elif term.op is Comparison.IN and isinstance(other, list):
                row[term.column] = other[0]
            elif term.op in _APART:
                row[term.column] = _moved(other, _APART[term.op])
    return row


def _moved(value: Any, apart: int) -> Any:
    """A value that is so far from `value`: a number, a day, a moment, a time of day."""
    match value:
        case bool():
            return value != bool(apart)
        case int() | float():
            return value + apart
        case str() if re.fullmatch(r"-?\d+(\.\d+)?", value):
            return str(Decimal(value) + apart)
        case str() if shift := re.fullmatch(r"(\$today|\$now)(?:([+-]\d+) days?)?", value):
            days = int(shift[2] or 0) + apart
            return f"{shift[1]}{days:+d} day" if days else shift[1]
        case str() if re.fullmatch(r"\d\d:\d\d:\d\d", value):
            return f"{(int(value[:2]) + apart) % 24:02d}{value[2:]}"
        case str() if re.match(r"\d{4}-\d\d-\d\d", value):
            day = date.fromisoformat(value[:10]) + timedelta(days=apart)
            return f"{day.isoformat()}{value[10:]}"
        case _:
            return value


def told_values(architecture: Architecture) -> dict[str, dict[str, Any]]:
    """Values that meet the check constraints of each table, where a row of an example has them."""
    found: dict[str, dict[str, Any]] = {}
    for table in architecture.database.tables:
        checks = [item for item in table.constraints if item.kind == "check"]
        names = {name for item in checks for name in _columns(item)}
        # A plain null is as good as a missing value.
        rows = _rows_of(architecture, table) if names else ()
        row = next((row for row in rows if names <= row.keys() and _plain(row, names)), None)
        if row is not None:
            # Whatever row an example refers to, a specimen refers to a new one.
            targets = {item.column: item.target for item in table.relations if item.column}
            found[table.name] = {
                name: {"ref": targets[name]} if name in targets else row[name]
                for name in sorted(names)
            }
    return found


def _columns(constraint: Constraint) -> set[str]:
    sides = [(term.column, term.other.column) for term in constraint.check]
    return {name for pair in sides for name in pair if name}


def _plain(row: Mapping[str, Any], names: set[str]) -> bool:
    """Whether none of these values stands for something else."""
    values = [row[name] for name in names]
    return not any(isinstance(value, str) and value.startswith("$") for value in values)


def _rows_of(architecture: Architecture, table: DatabaseTable) -> Iterator[Mapping[str, Any]]:
    """What scenarios send for rows of `table`, and what examples put there."""
    for scenario in architecture.scenarios:
        for step in scenario.steps:
            if step.expect is None or step.expect.status >= 300 or not isinstance(step.body, dict):
                continue
            route = route_of(architecture, step.method, step.path)
            derived = route.derived if route else None
            if derived and derived.table == table.name and step.method == "POST":
                yield step.body
    for function in architecture.functions:
        for example in function.examples:
            yield from example.given.get(table.name, ())


def _row(architecture: Architecture, table: DatabaseTable, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    references = {
        relation.column: relation.target
        for relation in table.relations
        if relation.cardinality is not Cardinality.MANY_TO_MANY
    }
    for column in table.columns:
        if column.name in references:
            if not column.nullable:
                values[column.name] = {"ref": references[column.name]}
        elif column.type is ColumnType.FILE and column.nullable:
            continue
        elif column.default is None or column.type is ColumnType.STRING:
            values[column.name] = sample(column, architecture.database, number)
    return values
