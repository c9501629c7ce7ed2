"""The stage of one example: who calls, the row of the path, what was sent, the rows around it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from codex.builtin.contracts.compose import Composer
from codex.builtin.contracts.operands import arguments_of
from codex.builtin.contracts.rows import (
    NoSuchRow,
    breaking,
    column_of,
    matching,
    referenced,
    set_at,
)
from codex.builtin.contracts.world import MOMENT, World, as_json, compare, sample
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import FunctionParameter
from codex.common.documents.rules import (
    Aggregate,
    Argument,
    Change,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Operand,
)
from codex.common.documents.schema import Column, Exposure

ENOUGH_ROWS = 25
UPLOAD: dict[str, JsonValue] = {
    "filename": "note.txt",
    "media_type": "text/plain",
    "content": "a few words",
}


class Scene:
    """A world with its actors, from which one example is written down."""

    def __init__(self, composer: Composer) -> None:
        self.composer = composer
        settings = {setting.name: setting for setting in composer.inputs.settings}
        self.world = World(composer.schema, settings)
        account = composer.inputs.account
        if composer.accounts and account:
            self.world.caller = self.world.add(account)
        self.row: str | None = None
        self.body: dict[str, Any] = {}

    # ── what is there ────────────────────────────────────────────────────────────────────────

    def enter(self, *conditions: Condition, broken: int | None = None) -> str:
        """The row of the path, which belongs to the caller and meets `conditions`."""
        table = self.composer.row_of_path()
        if table is None:
            raise NoSuchRow("the path names no row")
        if self.world.caller and table == self.composer.inputs.account and not conditions:
            self.row = self.world.caller
        elif broken is None:
            self.row = matching(self.world, table, conditions)
        else:
            self.row = breaking(self.world, table, conditions, broken)
        self.own(self.row)
        self.world.arguments[self.composer.route.path_parameters[-1]] = self.row
        return self.row

    def own(self, reference: str, owner: str | None = None) -> None:
        """Let the row belong to the caller, or to `owner`."""
        path = self.world.table(reference.partition(":")[0]).owner
        account = owner or self.world.caller
        if path and path != "id" and account:
            set_at(self.world, reference, path, account)

    def arguments(self, *parts: object) -> None:
        """Values for everything that `parts` take from the caller."""
        for part in parts:
            for name in arguments_of(part):
                if name not in self.world.arguments:
                    self.world.arguments[name] = self._argument(name)

    def _argument(self, name: str) -> Any:
        column = self.column_of_argument(name)
        if column is None:
            return 1
        target = referenced(self.world, column)
        return self.world.add(target) if target else sample(column, 1, self.world.schema)

    def column_of_argument(self, name: str) -> Column | None:
        """The column that an argument is compared with, or stored in."""
        argument = Argument(name=name)
        for table, field, operands in _uses(self.composer.inputs.rule):
            if argument in operands:
                with suppress(NoSuchRow):
                    return column_of(self.world, self.world.table(table), field)
        return None

    # ── guards ───────────────────────────────────────────────────────────────────────────────

    def subject(self, guard: Guard) -> str | None:
        """The row that a guard looks at."""
        if guard.argument is not None:
            return self.guarded(guard)
        if self.row is not None and self.row.startswith(f"{guard.table}:"):
            return self.row
        if guard.table == self.composer.inputs.account:
            return self.world.caller
        return None

    def guarded(self, guard: Guard) -> str:
        """The row that an argument names, made if need be."""
        name = guard.argument or ""
        if name not in self.world.arguments:
            self.world.arguments[name] = self.world.add(guard.table)
        return self.world.arguments[name]

    def stand(self, guard: Guard, *, holds: bool) -> None:
        """Make the guard hold, or not."""
        if guard.require and guard.argument is not None:
            number = None if holds else 0
            made = (
                matching(self.world, guard.table, guard.require)
                if number is None
                else breaking(self.world, guard.table, guard.require, number)
            )
            self.world.arguments[guard.argument] = made
        if guard.count is None or guard.limit is None:
            return
        self.arguments(guard)
        subject = self.subject(guard)
        limit = self._limit(guard.limit, subject)
        wanted = next(
            (n for n in range(ENOUGH_ROWS) if compare(n, guard.op, [limit]) == holds), None
        )
        if wanted is None:
            raise NoSuchRow(f"{limit} rows are too many for an example")
        have = len(self.counted(guard.count, subject))
        for _ in range(wanted - have):
            matching(self.world, guard.count.table, guard.count.where, other=subject)

    def counted(self, rule: Filter, subject: str | None) -> list[str]:
        """The rows that a guard counts now."""
        return [
            found
            for found in self.world.references(rule.table)
            if all(self.world.holds(c, found, subject) for c in rule.where)
        ]

    def _limit(self, limit: Operand, subject: str | None) -> Any:
        """The limit, made small where it can be chosen."""
        if isinstance(limit, Named):
            self.world.chosen[limit.name] = 1
            return 1
        if isinstance(limit, FieldValue) and subject is not None and "." not in limit.path:
            self.world.row(subject)[limit.path] = 1
            return 1
        return self.world.operand(limit, subject)

    # ── what is sent ─────────────────────────────────────────────────────────────────────────

    def send(self, table: str, *, update: bool = False) -> None:
        """A body for a new row of `table`, or one that changes a field."""
        found = self.world.table(table)
        for column in found.columns:
            if column.exposure not in (Exposure.BOTH, Exposure.WRITE) or column.name in self.body:
                continue
            optional = column.nullable or column.default is not None
            known = self.world.arguments.get(column.name)
            if known is None and (optional or update) and (not update or self.body):
                continue
            target = referenced(self.world, column)
            if update and (target is not None or not column.changeable):
                continue
            value = known
            if value is None:
                value = self.world.add(target) if target else sample(column, 2, self.world.schema)
            self.body[column.name] = value

    # ── writing it down ──────────────────────────────────────────────────────────────────────

    @property
    def given(self) -> dict[str, tuple[dict[str, JsonValue], ...]]:
        """The rows as an example holds them."""
        self._settle()
        return {
            table: tuple({k: as_json(v) for k, v in row.items()} for row in rows)
            for table, rows in self.world.rows.items()
        }

    def _settle(self) -> None:
        """Say of every row whose it is, where one that is there already could be taken for it."""
        for table in self.world.schema.tables:
            for row in self.world.rows.get(table.name, []):
                for relation in table.relations:
                    column = table.column(relation.column or "")
                    if column is None or column.nullable or column.name in row:
                        continue
                    if self.world.rows.get(relation.target):
                        row[column.name] = self.world.add(relation.target)

    def args(self, parameters: list[FunctionParameter], **rows: str | None) -> dict[str, JsonValue]:
        """A value for each parameter of a function."""
        found: dict[str, JsonValue] = {}
        for parameter in parameters:
            name = parameter.name
            if name in ("session", "settings", "files", "paging"):
                continue
            if name == "user":
                found[name] = self.world.caller
            elif name == "now":
                found[name] = as_json(MOMENT)
            elif parameter.type == "Upload":
                found[name] = dict(UPLOAD)
            elif name == "body":
                found[name] = self._body()
            elif name in rows:
                found[name] = rows[name]
            else:
                found[name] = as_json(self.world.arguments.get(name))
        return found

    def _body(self) -> dict[str, JsonValue]:
        values = dict(self.body)
        request = self.composer.route.request
        for item in self.composer.inputs.types:
            if item.name == request:
                for field in item.fields:
                    if field.name in self.world.arguments:
                        values[field.name] = self.world.arguments[field.name]
        return {name: as_json(value) for name, value in values.items()}


def _uses(rule: object) -> list[tuple[str, str, tuple[Operand, ...]]]:
    """Where operands meet columns: table, path, operands."""
    found: list[tuple[str, str, tuple[Operand, ...]]] = []
    match rule:
        case Filter() | Aggregate():
            found += [(rule.table, c.field, c.operands) for c in rule.where]
        case Change():
            found += [(rule.table, a.field, (a.operand,)) for a in rule.assign]
            for creation in rule.create:
                found += [(creation.table, a.field, (a.operand,)) for a in creation.assign]
            for guard in rule.guards:
                found += [(guard.table, c.field, c.operands) for c in guard.require]
                if guard.count:
                    found += [(guard.count.table, c.field, c.operands) for c in guard.count.where]
        case _:
            pass
    return found
