"""Makes rows that meet conditions, or break exactly one of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from codex.builtin.contracts.world import World, comparable, compare, sample
from codex.common.documents.rules import Comparison, Condition, FieldValue
from codex.common.documents.schema import Column, ColumnType, DatabaseTable
from codex.common.documents.schema_checks import step_to


class NoSuchRow(ValueError):
    """No row that this program can think of meets the conditions."""


def matching(
    world: World,
    table: str,
    conditions: Iterable[Condition],
    *,
    other: str | None = None,
    **values: Any,
) -> str:
    """A new row of `table` that meets all of `conditions`."""
    return _made(world, world.add(table, **values), list(conditions), None, other)


def breaking(
    world: World,
    table: str,
    conditions: Iterable[Condition],
    number: int,
    *,
    other: str | None = None,
    **values: Any,
) -> str:
    """A new row of `table` that meets all of `conditions` but the one with this number."""
    return _made(world, world.add(table, **values), list(conditions), number, other)


def _made(
    world: World,
    reference: str,
    conditions: list[Condition],
    broken: int | None,
    other: str | None,
) -> str:
    table = reference.partition(":")[0]
    _fill_compared(world, reference, conditions, other)
    by_path: dict[str, list[tuple[int, Condition]]] = {}
    for number, condition in enumerate(conditions):
        by_path.setdefault(condition.field, []).append((number, condition))
    for path, numbered in by_path.items():
        column = column_of(world, world.table(table), path)
        known = [value for value in world.values_at(reference, path) if value is not None]
        wanted = [
            (n, c, [world.operand(o, other or reference) for o in c.operands]) for n, c in numbered
        ]
        if known and _suits(known[0], wanted, broken):
            continue
        set_at(world, reference, path, _value(world, column, wanted, broken))
    for number, condition in enumerate(conditions):
        if world.holds(condition, reference, other) == (number == broken):
            raise NoSuchRow(f"no row of {table} for {condition.field} {condition.op}")
    return reference


def _fill_compared(
    world: World, reference: str, conditions: list[Condition], other: str | None
) -> None:
    """Values for fields of the same row that others are compared with."""
    if other is not None:
        return
    table = world.table(reference.partition(":")[0])
    for condition in conditions:
        for operand in condition.operands:
            column = table.column(operand.path) if isinstance(operand, FieldValue) else None
            if column is not None and world.row(reference).get(column.name) is None:
                world.row(reference)[column.name] = sample(column, 5, world.schema)


Wanted = list[tuple[int, Condition, list[Any]]]


def _suits(value: Any, wanted: Wanted, broken: int | None) -> bool:
    return all(compare(value, c.op, operands) != (n == broken) for n, c, operands in wanted)


def _value(world: World, column: Column, wanted: Wanted, broken: int | None) -> Any:
    """The first value at or beside the bounds that suits every condition on one field."""
    for candidate in _candidates(world, column, wanted):
        if (candidate is not None or column.nullable) and _suits(candidate, wanted, broken):
            return candidate
    raise NoSuchRow(f"no value of {column.name}")


def _candidates(world: World, column: Column, wanted: Wanted) -> Iterable[Any]:
    for _, condition, operands in wanted:
        for operand in operands:
            yield fitted(column, operand)
            yield from _beside(column, operand)
            if condition.op is Comparison.CONTAINS:
                yield f"{operand} and more"
    enum = world.schema.enum(column.enum or "")
    if enum is not None:
        yield from enum.values
    target = referenced(world, column)
    if target is not None:
        yield from world.references(target)
        yield world.add(target)
    yield None
    for number in range(1, 5):
        yield sample(column, number, world.schema)


def _beside(column: Column, operand: Any) -> Iterable[Any]:
    """A little less and a little more."""
    if isinstance(operand, bool):
        yield not operand
    elif isinstance(operand, datetime | date):
        for days in (-1, 1):
            yield fitted(column, operand + timedelta(days=days))
    elif isinstance(operand, int | float | Decimal):
        for step in (-1, 1):
            yield fitted(column, comparable(operand) + step)


def fitted(column: Column, value: Any) -> Any:
    """`value` in the form that the column keeps."""
    if isinstance(value, datetime) and column.type is ColumnType.DATE:
        return value.date()
    if (
        isinstance(value, date)
        and not isinstance(value, datetime)
        and column.type is ColumnType.DATETIME
    ):
        return comparable(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        match column.type:
            case ColumnType.INTEGER:
                return int(value)
            case ColumnType.FLOAT:
                return float(value)
            case ColumnType.DECIMAL:
                return Decimal(str(value)).quantize(Decimal(1).scaleb(-(column.scale or 2)))
            case _:
                return value
    return value


def referenced(world: World, column: Column) -> str | None:
    """The table that a key column points to."""
    for table in world.schema.tables:
        for relation in table.relations:
            if relation.column == column.name and table.column(column.name) is column:
                return relation.target
    return None


def column_of(world: World, table: DatabaseTable, path: str) -> Column:
    """The column at the end of `path`."""
    *steps, last = path.split(".")
    for step in steps:
        target = step_to(table, step, world.schema)
        if target is None:
            raise NoSuchRow(f"table {table.name} has no relation {step}")
        table = target
    column = table.column(last)
    if column is None:
        raise NoSuchRow(f"table {table.name} has no column {last}")
    return column


def set_at(world: World, reference: str, path: str, value: Any) -> None:
    """Set the value at the end of `path`, adding the rows on the way that are not there."""
    name, _, rest = path.partition(".")
    if not rest:
        if name != "id":
            world.row(reference)[name] = value
        return
    table = world.table(reference.partition(":")[0])
    found = world.followed(table, reference, name)
    if rest == "id" and isinstance(value, str) and ":" in value:
        _tie(world, table, reference, name, value)
        return
    target = found[0] if found else _tie(world, table, reference, name, None)
    set_at(world, target, rest, value)


def _tie(world: World, table: DatabaseTable, reference: str, name: str, value: str | None) -> str:
    """Tie a row to the one that relation or inverse `name` leads to, made if need be."""
    relation = table.relation(name)
    if relation is not None and relation.column:
        target = value or world.add(relation.target)
        world.row(reference)[relation.column] = target
        return target
    if relation is not None:
        link = world.table(relation.through or "")
        here = link.relation(relation.through_source or "")
        there = link.relation(relation.through_target or "")
        if here is None or there is None or not here.column or not there.column:
            raise NoSuchRow(f"table {table.name} has no way along {name}")
        target = value or world.add(relation.target)
        world.add(link.name, **{here.column: reference, there.column: target})
        return target
    for other in world.schema.tables:
        for tie in other.relations:
            if tie.target == table.name and tie.inverse == name and tie.column:
                if value is not None:
                    world.row(value)[tie.column] = reference
                    return value
                return world.add(other.name, **{tie.column: reference})
    raise NoSuchRow(f"table {table.name} has no relation {name}")
