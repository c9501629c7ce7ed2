"""Carries out filters and aggregates on a few rows, to know what an example must return."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from codex.builtin.contracts.world import World, comparable
from codex.common.documents.rules import Aggregate, AggregateFunction, Filter


def filtered(world: World, rule: Filter) -> list[str]:
    """The rows that a filter gives, in order."""
    found = [
        reference
        for reference in world.references(rule.table)
        if all(world.holds(condition, reference) for condition in rule.where)
        and (not rule.visible or may_see(world, reference))
    ]
    for order in reversed(rule.order):
        found.sort(key=lambda r, o=order: _sort_key(world, r, o.field), reverse=order.descending)
    limit = world.operand(rule.limit, None) if rule.limit else None
    return found[: int(limit)] if limit is not None else found


def _sort_key(world: World, reference: str, path: str) -> Any:
    if path == "id":
        return int(reference.partition(":")[2])
    value = next(world.values_at(reference, path), None)
    return (value is not None, comparable(value) if value is not None else 0)


def may_see(world: World, reference: str) -> bool:
    """Whether the row belongs to the caller."""
    owner = world.table(reference.partition(":")[0]).owner
    return not owner or world.caller in list(world.values_at(reference, owner))


def aggregated(world: World, rule: Aggregate) -> Any:
    """The figure, or key and figure of each group, as JSON holds them."""
    rows = filtered(world, Filter(table=rule.table, where=rule.where, visible=rule.visible))
    if rule.group_by is None:
        return _figure(world, rule, rows)
    groups: dict[Any, list[str]] = {}
    for row in rows:
        for key in world.values_at(row, rule.group_by):
            groups.setdefault(key, []).append(row)
    figures = [(key, _figure(world, rule, members)) for key, members in groups.items()]
    figures.sort(key=lambda item: str(item[0]))
    figures.sort(key=lambda item: comparable(item[1] or 0), reverse=rule.descending)
    limit = world.operand(rule.limit, None) if rule.limit else None
    return figures[: int(limit)] if limit is not None else figures


def _figure(world: World, rule: Aggregate, rows: list[str]) -> Any:
    if rule.function is AggregateFunction.COUNT:
        return len(rows)
    values: list[Decimal] = []
    plain: list[Any] = []
    for row in rows:
        value = next(world.values_at(row, rule.field or "id"), None)
        times = next(world.values_at(row, rule.times), None) if rule.times else 1
        if value is not None and times is not None:
            plain.append(value)
            if isinstance(value, int | float | Decimal):
                values.append(Decimal(str(value)) * Decimal(str(times)))
    match rule.function:
        case AggregateFunction.SUM:
            return _same_kind(sum(values, Decimal(0)), plain)
        case AggregateFunction.AVERAGE:
            average = sum(values, Decimal(0)) / len(values) if values else None
            exact = any(isinstance(value, Decimal) for value in plain)
            return average if exact or average is None else float(average)
        case AggregateFunction.MINIMUM:
            return min(plain, key=comparable) if plain else None
        case _:
            return max(plain, key=comparable) if plain else None


def _same_kind(total: Decimal, values: list[Any]) -> Any:
    if any(isinstance(value, Decimal) for value in values):
        return total
    return float(total) if any(isinstance(value, float) for value in values) else int(total)
