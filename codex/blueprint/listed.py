"""What lists can be narrowed and sorted by: what was asked for, and what people expect anyway."""

from __future__ import annotations

from codex.common.documents.rules import Grant, Scope
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
)

UNLISTED = frozenset({ColumnType.TEXT, ColumnType.JSON, ColumnType.FILE})


def known_columns(
    table: DatabaseTable, names: list[str], without: str | None = None
) -> tuple[str, ...]:
    """Each of `names` once, in order, where the table has a column or tie that callers see."""
    shown = {
        column.name
        for column in table.all_columns
        if column.exposure in (Exposure.BOTH, Exposure.READ)
    }
    shown |= {relation.name for relation in table.relations if relation.ids}
    return tuple(name for name in dict.fromkeys(names) if name != without and name in shown)


def tie_filters(table: DatabaseTable, parent: str | None) -> list[str]:
    """The ties that a list can be narrowed by, but for the one that its path speaks of."""
    above = table.relation(parent or "")
    return [
        relation.name
        for relation in table.relations
        if relation.ids and (above is None or above.target != relation.target)
    ]


def usual_filters(table: DatabaseTable, access: tuple[Grant, ...]) -> list[str]:
    """What a list can be narrowed by without being asked: choices, flags, references.

    Whose the rows are says nothing where everybody sees only their own.
    """
    references = {
        relation.column
        for relation in table.relations
        if relation.cardinality is not Cardinality.MANY_TO_MANY
    }
    if access and all(grant.scope is Scope.OWN for grant in access):
        references.discard(table.owner)
    return [
        column.name
        for column in table.columns
        if column.type in (ColumnType.ENUM, ColumnType.BOOLEAN) or column.name in references
    ]


def default_sorts(table: DatabaseTable) -> list[str]:
    """What a list can be sorted by without being asked: whatever has an order that people read."""
    keys = {relation.column for relation in table.relations}

    def readable(column: Column) -> bool:
        return column.type not in UNLISTED and column.name not in keys

    return [column.name for column in table.all_columns if readable(column)]
