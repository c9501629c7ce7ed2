"""A table in the midst of a migration, from which SQLite builds the new one."""

from __future__ import annotations

import re
from dataclasses import replace

from codex.compiler.migration_changes import OLD, TableChange
from codex.compiler.migration_text import (
    check_text,
    column_text,
    foreign_key_text,
    index_arguments,
    unique_text,
)
from codex.compiler.physical import StoredIndex, Unique
from codex.compiler.source import text_literal


def table_between(table: TableChange) -> list[str]:
    """The elements of the table once columns are added, and before anything is dropped."""
    retyped = {item.old.name for item in table.retyped}
    elements: list[str] = []
    for column in table.old.columns:
        text = column_text(column)
        if column.name in retyped:
            text = text.replace(f'"{column.name}"', f'"{column.name}{OLD}"', 1)
        elements.append(text)
    elements += [column_text(item.new, nullable=True) for item in table.retyped]
    elements += [column_text(column, nullable=True) for column in table.added]
    elements.append(f'sa.PrimaryKeyConstraint("id", name=op.f("pk_{table.name}"))')

    def now(name: str) -> str:
        return name + OLD if name in retyped else name

    for key in table.old.foreign_keys:
        elements.append(foreign_key_text(replace(key, column=now(key.column))))
    for unique in table.old.uniques:
        if not unique.where:
            columns = tuple(now(name) for name in unique.columns)
            elements.append(unique_text(replace(unique, columns=columns)))
    for check in table.old.checks:
        sql, sqlite_sql = check.sql, check.sqlite_sql
        for name in retyped:
            word = re.compile(rf"\b{re.escape(name)}\b")
            sql, sqlite_sql = word.sub(name + OLD, sql), word.sub(name + OLD, sqlite_sql)
        elements.append(check_text(replace(check, sql=sql, sqlite_sql=sqlite_sql)))
    return elements + [_index(item) for item in indexes_left(table)]


def _index(item: StoredIndex | Unique) -> str:
    names = ", ".join(text_literal(name) for name in item.columns)
    more = index_arguments(item).partition("], ")[2]
    return f'sa.Index(op.f("{item.name}"), {names}{", " + more if more else ""})'


def indexes_left(table: TableChange) -> list[StoredIndex | Unique]:
    """The indexes that neither go nor come."""
    gone = {item.name for kind in ("uniques", "indexes") for item in table.gone(kind)}
    partial = [item for item in table.old.uniques if item.where]
    return [item for item in (*partial, *table.old.indexes) if item.name not in gone]
