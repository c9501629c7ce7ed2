"""A migration in the making: its statements, what it keeps for the way back, what it loses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from codex.compiler.migration_changes import OLD, SchemaChange
from codex.compiler.physical import shortened
from codex.compiler.source import text_literal


@dataclass(frozen=True)
class Kept:
    """What a migration keeps in tables of its own, for the way back."""

    tables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tables that go: the name of the table with their rows."""
    columns: Mapping[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[str, tuple[str, ...]]]
    )
    """For each table that stays: the table with the values, and which columns they are of."""


@dataclass
class Steps:
    """One direction of a migration in the making."""

    lines: list[str] = field(default_factory=list[str])
    losses: list[str] = field(default_factory=list[str])
    """What has no place in the new tables."""
    made_up: list[str] = field(default_factory=list[str])
    """Values that rows got without anybody saying so."""
    helpers: set[str] = field(default_factory=set[str])
    placeholders: list[str] = field(default_factory=list[str])
    """Tables that got a row for others to refer to."""

    def call(self, function: str, *arguments: str) -> None:
        """Add a call of a helper."""
        self.helpers.add(function)
        self.lines.append(f"{function}({', '.join(arguments)})")

    def by_dialect(self, sql: str, sqlite: str) -> str:
        """SQL as a source expression."""
        if sql == sqlite:
            return text_literal(sql)
        self.helpers.add("on_sqlite")
        return f"{text_literal(sqlite)} if on_sqlite() else {text_literal(sql)}"


def kept_by(change: SchemaChange, revision: str) -> Kept:
    """What the migration called `revision` keeps: what goes, and what could not be turned back."""
    tables = {table.name: shortened(f"kept_{revision}_{table.name}") for table in change.removed}
    columns: dict[str, tuple[str, tuple[str, ...]]] = {}
    for table in change.altered:
        names = [column.name for column in table.removed]
        tight = {column.name for column in table.tightened}
        names += [
            item.old.name + OLD for item in table.retyped if item.lossy or item.new.name in tight
        ]
        retyped = {item.new.name for item in table.retyped}
        names += [column.name for column in table.tightened if column.name not in retyped]
        if names:
            columns[table.name] = (
                shortened(f"kept_{revision}_{table.name}"),
                tuple(names),
            )
    return Kept(tables, columns)
