"""Scenarios of guards: what a state or a limit refuses."""

from __future__ import annotations

from datetime import timedelta

from codex.blueprint.planned import Planned
from codex.builtin.contracts.world import compare
from codex.builtin.plays.cast import SENT, CannotPlay, moment
from codex.builtin.plays.making import Making
from codex.builtin.plays.plays import Plays
from codex.builtin.plays.wishes import negated
from codex.common.documents.base import JsonValue
from codex.common.documents.rules import (
    Change,
    Condition,
    FieldValue,
    Guard,
    Operand,
    Value,
)
from codex.common.documents.scenario import Step
from codex.common.documents.schema import ColumnType
from codex.common.documents.specification import CriterionCase

MOST_ROWS = 30


class Limits(Plays):
    """Brings about what a guard refuses, and tries it."""

    def prepare(self, making: Making, change: Change, name: str) -> None:
        """Rows that guards want to be there: at least one item, say."""
        for guard in change.guards:
            if guard.count is None or guard.limit is None:
                continue
            limit = making.plain(guard.limit)
            if isinstance(limit, int) and not compare(0, guard.op, [limit]):
                wanted = next((n for n in range(1, MOST_ROWS) if compare(n, guard.op, [limit])), 0)
                self._counted_rows(making, guard, wanted, name)

    def refused(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """A guard does not hold: 409."""
        change = planned.rule
        if not isinstance(change, Change) or len(change.guards) < case.guard:
            raise CannotPlay("it has no such guard")
        guard = change.guards[case.guard - 1]
        if guard.unless_role and not self.cast.accounts:
            raise CannotPlay("the guard binds nobody")
        making, table = self.making(planned), self.table_of(planned)
        header, noun = planned.header, self.cast.noun(table)
        new_row = any(creation.take_body for creation in change.create)
        if guard.count is not None:
            self._over_limit(making, planned, guard, new_row=new_row)
            return making.steps
        if guard.argument is not None:
            raise CannotPlay("the guarded row is named by the body")
        if new_row:
            raise CannotPlay("the guard looks at the new row itself")
        wanted = (negated(guard.require[0]),)
        rows = {noun: making.row(table, wanted)}
        body = making.body_of(header)
        if change.take_body:
            column = self.changeable(planned, table)
            body = {column.name: self.cast.value(table, column, making.actor, 7)}
        making.call(header, rows=rows, status=409, body=body)
        return making.steps

    def _over_limit(self, making: Making, planned: Planned, guard: Guard, *, new_row: bool) -> None:
        """As many rows as the limit allows, then one call more."""
        assert guard.count is not None
        assert guard.limit is not None
        table, header = self.table_of(planned), planned.header
        subject = None
        limit = making.plain(guard.limit)
        guarded = self.cast.table(guard.table)
        if isinstance(guard.limit, FieldValue):
            limit = 1
            subject = making.row(guarded, values={guard.limit.path: 1})
        elif guard.argument is None and guard.table == table.name and not new_row:
            subject = making.row(table)
        if not isinstance(limit, int):
            raise CannotPlay("the limit is not a whole number")
        wanted = next((n for n in range(MOST_ROWS) if not compare(n, guard.op, [limit])), None)
        if wanted is None:
            raise CannotPlay(f"{limit} rows are too many to make one by one")
        self._counted_rows(making, guard, wanted, subject)
        rows: dict[str, str] = {}
        if not new_row:
            noun = self.cast.noun(table)
            rows[noun] = subject or f"{noun}_{wanted + 1}" if subject or wanted else noun
        body = making.body_of(header, refs=wanted + 1)
        if new_row:
            values = self._fixed(making, guard, subject)
            body = self.cast.body(table, making.actor, number=wanted + 1, values=values)
        making.call(header, rows=rows, status=409, body=self._with_subject(body, guard, subject))

    def _with_subject(self, body: JsonValue, guard: Guard, subject: str | None) -> JsonValue:
        """The guarded row in the body: the same that the counted rows belong to."""
        if guard.argument and isinstance(body, dict) and guard.argument in body:
            name = subject or guard.argument.removesuffix("_id")
            return {**body, guard.argument: f"${name}.id"}
        return body

    def _fixed(self, making: Making, guard: Guard, subject: str | None) -> dict[str, JsonValue]:
        """The columns that tie a counted row to the guarded one."""
        values: dict[str, JsonValue] = {}
        assert guard.count is not None
        table = self.cast.table(guard.count.table)
        for condition in guard.count.where:
            column = table.column(condition.field)
            operand: Operand | None = condition.operands[0] if condition.operands else None
            if column is None or column.exposure not in SENT or operand is None:
                continue
            reference = making.reference(operand)
            if isinstance(operand, FieldValue) and operand.path == "id":
                reference = f"${subject or self.cast.noun(self.cast.table(guard.table))}.id"
            elif (
                subject
                and guard.argument
                and reference == f"${guard.argument.removesuffix('_id')}.id"
            ):
                reference = f"${subject}.id"
            if reference is not None:
                values[condition.field] = reference
            elif column.type in (ColumnType.DATE, ColumnType.DATETIME):
                later = 2 if str(condition.op) in ("gt", "ge") else 1
                values[condition.field] = moment(column, timedelta(days=later))
        return values

    def _counted_rows(self, making: Making, guard: Guard, number: int, subject: str | None) -> None:
        """Make so many rows that the guard counts."""
        assert guard.count is not None
        table = self.cast.table(guard.count.table)
        fixed = self._fixed(making, guard, subject)
        if subject and not fixed:
            key = next((c.field for c in guard.count.where if isinstance(
                c.operands[0] if c.operands else None, FieldValue)), None)  # fmt: skip
            if key is not None:
                fixed = {key: f"${subject}.id"}
        plain = tuple(c for c in guard.count.where if c.field not in fixed and _is_plain(c))
        for position in range(1, number + 1):
            making.row(table, plain, dict(fixed), refs=position)


def _is_plain(condition: Condition) -> bool:
    """Whether a condition is about the counted row alone."""
    return all(isinstance(operand, Value) for operand in condition.operands)
