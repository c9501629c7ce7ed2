"""Brings rows into the state that a scenario needs: by bodies, by actions, by waiting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from codex.blueprint.planned import Planned
from codex.builtin.plays.cast import SENT, CannotPlay
from codex.builtin.plays.wishes import UNKNOWN, Wishes
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import RouteHeader
from codex.common.documents.rules import (
    Assignment,
    Change,
    Comparison,
    Condition,
    Creation,
    FieldValue,
    Now,
)
from codex.common.documents.scenario import Expect, Step
from codex.common.documents.schema import DatabaseTable


@dataclass
class Making(Wishes):
    """The steps that were taken so far."""

    steps: list[Step] = field(default_factory=list[Step])
    waited: timedelta = timedelta()
    made: int = 0

    def call(
        self,
        route: RouteHeader,
        *,
        status: int | None = None,
        actor: str | None = None,
        rows: dict[str, str] | None = None,
        body: JsonValue = None,
        query: dict[str, JsonValue] | None = None,
        expect: JsonValue = None,
        save: str | None = None,
    ) -> None:
        """One more call, by somebody who may make it."""
        self.steps.append(
            Step(
                actor=self.cast.allowed(route, actor or self.actor),
                method=route.method,
                path=self.cast.path(route, rows),
                query=query or {},
                body=body,
                expect=Expect(status=status or route.success.status, body=expect),
                save={save: "."} if save else {},
            )
        )

    # ── rows ─────────────────────────────────────────────────────────────────────────────────

    def row(
        self,
        table: DatabaseTable,
        conditions: tuple[Condition, ...] = (),
        values: dict[str, JsonValue] | None = None,
        *,
        refs: int = 1,
    ) -> str:
        """Make a row that meets `conditions`; gives its `$name`.

        `refs` numbers the rows that it refers to.
        """
        self.made += 1
        noun = self.cast.noun(table)
        name = f"the_{noun}" if self.made == 1 else f"the_{noun}_{self.made}"
        sent = dict(values or {})
        left = [item for item in conditions if not self._by_body(table, item, sent)]
        route = self.cast.creating(table)
        if route is not None:
            rows = {p.removesuffix("_id"): _parent(p, sent) for p in route.path_parameters}
            gone = tuple(f"{noun}_id" for noun in rows)
            body = self.cast.body(table, self.actor, number=refs, values=sent, without=gone)
            self.call(route, rows=rows, body=body, save=name)
            state = self._state(table, body)
        else:
            state = self._by_action(table, sent, name, refs)
        for condition in left:
            self._bring(table, name, condition, state)
        return name

    def _state(self, table: DatabaseTable, body: dict[str, JsonValue]) -> dict[str, Any]:
        """What is known of a row after it was made."""
        state: dict[str, Any] = {}
        for column in table.columns:
            if column.name in body:
                state[column.name] = body[column.name]
            elif column.default is not None:
                state[column.name] = column.default
            elif column.nullable:
                state[column.name] = None
        return state

    def _by_body(
        self, table: DatabaseTable, condition: Condition, sent: dict[str, JsonValue]
    ) -> bool:
        """Let the body meet a condition, where callers send that column."""
        column = table.column(condition.field)
        if column is None or "." in condition.field:
            raise CannotPlay(f"{condition.field} is not a column of {table.name}")
        known = sent.get(column.name, column.default if column.default is not None else UNKNOWN)
        if known is UNKNOWN and column.nullable:
            known = None
        if known is not UNKNOWN and self.met(condition, known):
            return True
        if column.exposure not in SENT:
            return False
        value = self.meeting(column, condition)
        if value is UNKNOWN:
            return False
        sent[column.name] = value
        return True

    # ── states that bodies cannot set ────────────────────────────────────────────────────────

    def _by_action(
        self, table: DatabaseTable, sent: dict[str, JsonValue], name: str, refs: int
    ) -> dict[str, Any]:
        """Let an action make the row, such as a loan by borrowing."""
        for item in self.cast.routes:
            change = item.rule
            if not isinstance(change, Change):
                continue
            for creation in change.create:
                if creation.table == table.name and not creation.take_body:
                    return self._acted(item, creation, sent, name, refs)
        if not sent:
            return self._state(table, {})  # it is put there when it is named
        raise CannotPlay(f"no call makes a row of {table.name} in this state")

    def _acted(
        self, item: Planned, creation: Creation, sent: dict[str, JsonValue], name: str, refs: int
    ) -> dict[str, Any]:
        route = item.header
        rows: dict[str, str] = {}
        state: dict[str, Any] = {}
        for assignment in creation.assign:
            wanted = sent.get(assignment.field)
            if isinstance(assignment.operand, FieldValue) and route.path_parameters:
                noun = route.path_parameters[-1].removesuffix("_id")
                rows[noun] = (
                    str(wanted)[1:].removesuffix(".id") if wanted else _numbered(noun, refs)
                )
            state[assignment.field] = self._assigned(assignment)
        self.call(route, rows=rows, body=self.body_of(route, sent, refs), save=name)
        table = self.cast.table(creation.table)
        return {**self._state(table, {}), **state}

    def body_of(
        self, route: RouteHeader, sent: dict[str, JsonValue] | None = None, refs: int = 1
    ) -> JsonValue:
        """A body of the route's own object type."""
        found = next((t for t in self.cast.inputs.types if t.name == route.request), None)
        if found is None:
            return None
        body: dict[str, JsonValue] = {}
        for number, item in enumerate(found.fields):
            if sent and item.name in sent:
                body[item.name] = sent[item.name]
            elif item.name.endswith("_id") and item.type.startswith("int"):
                noun = item.name.removesuffix("_id")
                body[item.name] = f"${_numbered(noun, refs)}.id"
            elif not item.optional:
                body[item.name] = self._plain_value(item.type, number, item.minimum)
        return body

    def _plain_value(self, kind: str, number: int, least: object) -> JsonValue:
        kind = kind.split(" | ", maxsplit=1)[0]
        enum = self.cast.database.enum(kind)
        if enum is not None:
            return enum.values[0]
        if kind in {"date", "datetime"}:
            word = "today" if kind == "date" else "now"
            return f"${word}+{number + 1} day{'s' if number else ''}"
        return {
            "int": least if isinstance(least, int) else 1,
            "float": 1.5,
            "Decimal": str(least or "1.00"),
            "bool": True,
            "time": "12:00:00",
        }.get(kind, f"some text {number}")

    def _assigned(self, assignment: Assignment) -> Any:
        if isinstance(assignment.operand, Now):
            return self.waited + self.offset(assignment.operand)
        value = self.plain(assignment.operand)
        return self.reference(assignment.operand) if value is UNKNOWN else value

    def _bring(
        self,
        table: DatabaseTable,
        name: str,
        condition: Condition,
        state: dict[str, Any],
        depth: int = 0,
    ) -> None:
        """Change a row's state by an action, after those that it takes first, or by waiting."""
        if depth > len(self.cast.routes):
            raise CannotPlay(f"no call brings {table.name} into the state {condition.field}")
        value = state.get(condition.field, UNKNOWN)
        operand = condition.operands[0] if condition.operands else None
        if isinstance(value, timedelta) and isinstance(operand, Now):
            self._wait(value, condition.op, operand)
            return
        if value is not UNKNOWN and not isinstance(value, timedelta) and self.met(condition, value):
            return
        if isinstance(value, timedelta) and condition.op is Comparison.NOT_NULL:
            return
        for item in self.cast.routes:
            change = item.rule
            if not isinstance(change, Change) or change.table != table.name or change.take_body:
                continue
            for assignment in change.assign:
                if assignment.field == condition.field and self._gives(assignment, condition):
                    for needed in _required(change):
                        if needed.field in state:
                            self._bring(table, name, needed, state, depth + 1)
                    body = self.body_of(item.header)
                    self.call(item.header, rows={self.cast.noun(table): name}, body=body)
                    state |= {a.field: self._assigned(a) for a in change.assign}
                    return
        raise CannotPlay(f"no call brings {table.name} into the state {condition.field}")

    def _gives(self, assignment: Assignment, condition: Condition) -> bool:
        if isinstance(assignment.operand, Now):
            return condition.op is Comparison.NOT_NULL
        value = self.plain(assignment.operand)
        return value is not UNKNOWN and self.met(condition, value)

    def _wait(self, value: timedelta, op: Comparison, operand: Now) -> None:
        """Let time pass until a moment that the service set compares as it should."""
        now = self.offset(operand) + self.waited
        if op in (Comparison.LT, Comparison.LE):
            gap = value - now + timedelta(days=1)
            if gap > timedelta():
                days = -(-gap // timedelta(days=1))
                self.steps.append(Step(advance=f"{days} day{'' if days == 1 else 's'}"))
                self.waited += timedelta(days=days)
        elif value < now:
            raise CannotPlay("time does not run backwards")


def _required(change: Change) -> list[Condition]:
    """What the row itself must be for an action to be done to it."""
    own = [item for item in change.guards if item.table == change.table and item.argument is None]
    return [condition for guard in own for condition in guard.require]


def _parent(parameter: str, sent: dict[str, JsonValue]) -> str:
    """The row above, taken from the body where a condition put it there."""
    value = sent.get(parameter)
    if isinstance(value, str) and value.startswith("$"):
        return value[1:].removesuffix(".id")
    return parameter.removesuffix("_id")


def _numbered(noun: str, number: int) -> str:
    return noun if number == 1 else f"{noun}_{number}"
