"""What differs between the stored tables of two Architectures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import ColumnType
from codex.compiler.migration_renames import renamed_columns, renamed_tables
from codex.compiler.physical import (
    Check,
    ForeignKey,
    StoredColumn,
    StoredIndex,
    StoredTable,
    Unique,
    service_tables,
    stored_tables,
)

OLD = "__old"
"""What a column's name ends with while its values become those of another type."""

TEXTS = (ColumnType.STRING, ColumnType.TEXT, ColumnType.ENUM, ColumnType.FILE)


@dataclass(frozen=True)
class Retyped:
    """A column whose values are turned into another type."""

    old: StoredColumn
    new: StoredColumn
    lossy: bool
    """Whether a value can have no equal in the new type."""


@dataclass(frozen=True)
class TableChange:
    """What happens to a table that stays."""

    old_name: str
    old: StoredTable
    """As it was, under its new name and with the new names of its columns."""
    new: StoredTable
    renamed: Mapping[str, str]
    """Columns with another name: old to new."""
    added: tuple[StoredColumn, ...]
    removed: tuple[StoredColumn, ...]
    retyped: tuple[Retyped, ...]
    altered: tuple[tuple[StoredColumn, StoredColumn], ...]
    """Columns whose declared type grows, while the values stay as they are."""
    tightened: tuple[StoredColumn, ...]
    """Columns that may not be empty any more."""
    loosened: tuple[StoredColumn, ...]

    @property
    def name(self) -> str:
        """The table's name now."""
        return self.new.name

    def gone(self, kind: str) -> tuple[ForeignKey | Unique | Check | StoredIndex, ...]:
        """Constraints or indexes that go, or come back in another form."""
        return self._only(kind, self.old, self.new)

    def come(self, kind: str) -> tuple[ForeignKey | Unique | Check | StoredIndex, ...]:
        """Constraints or indexes that come."""
        return self._only(kind, self.new, self.old)

    def _only(
        self, kind: str, one: StoredTable, other: StoredTable
    ) -> tuple[ForeignKey | Unique | Check | StoredIndex, ...]:
        touched = {item.new.name for item in self.retyped} | set(self.renamed.values())
        same = {_essence(item) for item in getattr(other, kind)}
        return tuple(
            item
            for item in getattr(one, kind)
            if _essence(item) not in same or _mentions(item, touched)
        )

    @property
    def rebuilt(self) -> bool:
        """Whether more changes than names and columns that are added."""
        kinds = ("foreign_keys", "uniques", "checks")
        return bool(
            self.removed
            or self.retyped
            or self.altered
            or self.tightened
            or self.loosened
            or any(not column.nullable for column in self.added)
            or any(
                not (isinstance(item, Unique) and item.where)  # an index of its own
                for kind in kinds
                for item in (*self.gone(kind), *self.come(kind))
            )
        )

    @property
    def changed(self) -> bool:
        """Whether anything changes at all."""
        return bool(
            self.rebuilt
            or self.added
            or self.renamed
            or self.old_name != self.name
            or any(self.gone(kind) or self.come(kind) for kind in ("uniques", "indexes"))
        )


@dataclass(frozen=True)
class SchemaChange:
    """What happens to the database."""

    created: tuple[StoredTable, ...]
    removed: tuple[StoredTable, ...]
    """In the order in which they could be created."""
    altered: tuple[TableChange, ...]


def _essence(item: ForeignKey | Unique | Check | StoredIndex) -> object:
    """What the database knows of a constraint; errors and where it is said do not matter."""
    match item:
        case Unique():
            return replace(item, error=None, of_column=False)
        case Check():
            return replace(item, error=None, of_enum=None)
        case StoredIndex():
            return replace(item, of_column=False)
        case ForeignKey():
            return item


def _mentions(item: ForeignKey | Unique | Check | StoredIndex, names: set[str]) -> bool:
    match item:
        case ForeignKey():
            return item.column in names
        case Check():
            return any(_in_sql(name, item.sql) for name in names)
        case Unique():
            return bool(names & set(item.columns)) or any(_in_sql(n, item.where) for n in names)
        case StoredIndex():
            return bool(names & set(item.columns))


def _in_sql(name: str, sql: str) -> bool:
    return bool(re.search(rf"\b{re.escape(name)}\b", sql))


def schema_change(old: Architecture, new: Architecture) -> SchemaChange:
    """How the database of `old` becomes that of `new`."""
    before = {table.name: table for table in stored_tables(old)}
    after = {table.name: table for table in stored_tables(new)}
    names = renamed_tables(old, new, before, after)
    back = {new_name: old_name for old_name, new_name in names.items()}
    documents = {table.name: table for table in service_tables(new)}
    earlier = {table.name: table for table in service_tables(old)}
    altered = tuple(
        _table_change(
            before[back[name]],
            table,
            names,
            renamed_columns(earlier[back[name]], documents[name], before[back[name]], table),
        )
        for name, table in after.items()
        if name in back
    )
    return SchemaChange(
        created=tuple(table for name, table in after.items() if name not in back),
        removed=tuple(table for name, table in before.items() if name not in names),
        altered=tuple(change for change in altered if change.changed),
    )


def _table_change(
    before: StoredTable,
    after: StoredTable,
    tables: Mapping[str, str],
    renamed: Mapping[str, str],
) -> TableChange:
    old = _mapped(before, after.name, tables, renamed)
    pairs = [(column, after.column(column.name)) for column in old.columns]
    kept = [(one, other) for one, other in pairs if other is not None]
    retyped = tuple(
        Retyped(one, other, lossy)
        for one, other in kept
        if (lossy := _conversion(one, other)) is not None
    )
    converted = {item.new.name for item in retyped}
    return TableChange(
        old_name=before.name,
        old=old,
        new=after,
        renamed=dict(renamed),
        added=tuple(column for column in after.columns if old.column(column.name) is None),
        removed=tuple(one for one, other in pairs if other is None),
        retyped=retyped,
        altered=tuple(
            (one, other)
            for one, other in kept
            if other.name not in converted and _declared(one) != _declared(other)
        ),
        tightened=tuple(other for one, other in kept if one.nullable and not other.nullable),
        loosened=tuple(other for one, other in kept if other.nullable and not one.nullable),
    )


def _declared(column: StoredColumn) -> object:
    """What decides on the column's type in the database."""
    kind = ColumnType.STRING if column.type in TEXTS else column.type
    return kind, column.length, column.precision, column.scale


def _mapped(
    table: StoredTable, name: str, tables: Mapping[str, str], columns: Mapping[str, str]
) -> StoredTable:
    """The old table in the new words."""

    def sql(text: str) -> str:
        for old_name, new_name in columns.items():
            text = re.sub(rf"\b{re.escape(old_name)}\b", new_name, text)
        return text

    def those(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(columns.get(item, item) for item in names)

    return StoredTable(
        name,
        tuple(replace(item, name=columns.get(item.name, item.name)) for item in table.columns),
        tuple(
            replace(
                key,
                column=columns.get(key.column, key.column),
                target=tables.get(key.target, key.target),
            )
            for key in table.foreign_keys
        ),
        tuple(
            replace(
                item,
                columns=those(item.columns),
                where=sql(item.where),
                sqlite_where=sql(item.sqlite_where),
            )
            for item in table.uniques
        ),
        tuple(
            replace(item, sql=sql(item.sql), sqlite_sql=sql(item.sqlite_sql))
            for item in table.checks
        ),
        tuple(replace(item, columns=those(item.columns)) for item in table.indexes),
    )


def _conversion(old: StoredColumn, new: StoredColumn) -> bool | None:
    """None where the values stay as they are; else whether some of them can be lost."""
    if old.type in TEXTS and new.type in TEXTS:
        if new.type is ColumnType.ENUM:
            fits = old.type is ColumnType.ENUM and set(old.values) <= set(new.values)
            return None if fits else True
        longest = max(map(len, old.values)) if old.values else old.length
        short = new.length is not None and (longest is None or longest > new.length)
        return True if short else None
    if old.type is not new.type:
        return not _always_fits(old, new)
    if old.type is ColumnType.DECIMAL:
        assert old.precision is not None
        assert new.precision is not None
        whole = new.precision - (new.scale or 0) >= old.precision - (old.scale or 0)
        if old.scale == new.scale and whole:
            return None
        return not (whole and (new.scale or 0) >= (old.scale or 0))
    return None


def _always_fits(old: StoredColumn, new: StoredColumn) -> bool:
    """Whether every value of one type has an equal in the other."""
    if old.type is ColumnType.JSON:
        return False  # as text, nobody knows any more what was text before
    if new.type is ColumnType.JSON or new.type is ColumnType.TEXT:
        return True
    if new.type is ColumnType.STRING:
        needed = {ColumnType.BOOLEAN: 5, ColumnType.INTEGER: 20, ColumnType.DECIMAL: 40}
        needed |= {ColumnType.DATE: 10, ColumnType.DATETIME: 32, ColumnType.TIME: 15}
        needed |= {ColumnType.UUID: 36, ColumnType.FLOAT: 30}
        return (new.length or 0) >= needed.get(old.type, 10**9)
    match old.type, new.type:
        case ColumnType.BOOLEAN, ColumnType.INTEGER | ColumnType.DECIMAL | ColumnType.FLOAT:
            return True
        case ColumnType.DATE, ColumnType.DATETIME:
            return True
        case _:
            return False
