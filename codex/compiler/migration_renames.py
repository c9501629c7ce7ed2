"""Which tables and columns are older ones by another name, so that what they hold is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable
from codex.common.errors import DocumentError
from codex.compiler.physical import StoredTable


def renamed_tables(
    old: Architecture,
    new: Architecture,
    before: Mapping[str, StoredTable],
    after: Mapping[str, StoredTable],
) -> dict[str, str]:
    """Old name to new name of every table that stays."""
    names = {name: name for name in before if name in after}
    for one, other, forward in ((new, before, True), (old, after, False)):
        for table in one.database.tables:
            origin = table.renamed_from
            pair = (origin, table.name) if forward else (table.name, origin)
            free = pair[0] not in names and pair[1] not in names.values()
            if origin in other and origin != table.name and free:
                names[str(pair[0])] = str(pair[1])
    gone = [name for name in before if name not in names]
    come = [name for name in after if name not in names.values()]
    entities = {t.name: t.entity for a in (old, new) for t in a.database.tables if t.entity}
    for name in gone:
        alike = [
            other
            for other in come
            if _same_entity(entities, name, other) or _alike(before[name], after[other])
        ]
        rivals = [other for other in gone if other != name and _alike(before[other], before[name])]
        if len(alike) == 1 and not rivals and alike[0] not in names.values():
            names[name] = alike[0]
    return names


def _same_entity(entities: Mapping[str, str], one: str, other: str) -> bool:
    return one in entities and entities.get(other) == entities[one]


def _alike(one: StoredTable, other: StoredTable) -> bool:
    """Whether two tables have the same columns, and enough of them to be no accident."""
    columns = [{(c.name, c.type) for c in table.columns} for table in (one, other)]
    return columns[0] == columns[1] and len(columns[0]) >= 5


def renamed_columns(
    old: DatabaseTable, new: DatabaseTable, before: StoredTable, after: StoredTable
) -> dict[str, str]:
    """Old name to new name of every column that has another one."""
    gone = [column for column in before.columns if after.column(column.name) is None]
    come = [column for column in after.columns if before.column(column.name) is None]
    names: dict[str, str] = {}
    for column in new.columns:
        if column.renamed_from in {item.name for item in gone}:
            names[str(column.renamed_from)] = column.name
        elif column.renamed_from in {item.name for item in before.columns} and column.name in {
            item.name for item in come
        }:
            raise DocumentError(
                f"column {new.name}.{column.name} was called {column.renamed_from!r}, but there is"
                " another column of that name now",
                "Rename it in one version and add the other in the next.",
            )
    for column in old.columns:  # on the way back
        if column.renamed_from in {item.name for item in come} and column.name not in names:
            names.setdefault(column.name, str(column.renamed_from))
    about_old = {column.name: column.description for column in old.columns}
    about_new = {column.name: column.description for column in new.columns}
    for column in gone:
        same = [
            other
            for other in come
            if about_old.get(column.name)
            and about_old.get(column.name) == about_new.get(other.name)
            and replace(other, name=column.name) == column
            and other.name not in names.values()
        ]
        if column.name not in names and len(same) == 1:
            names[column.name] = same[0].name
    return names
