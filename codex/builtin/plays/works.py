"""Scenarios of what works: created, listed, shown, changed, deleted, acted, figured."""

from __future__ import annotations

from codex.blueprint.planned import Planned
from codex.builtin.plays.cast import CannotPlay
from codex.builtin.plays.limits import Limits
from codex.builtin.plays.making import Making
from codex.builtin.plays.reading import Readings
from codex.common.documents.base import JsonValue
from codex.common.documents.rules import (
    Change,
    Comparison,
    Condition,
    FieldValue,
    Now,
    Value,
)
from codex.common.documents.scenario import Step
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.specification import CriterionCase, Verb


class Works(Limits):
    """Tries an operation with everything as it should be."""

    def done(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """The operation does what it should."""
        assert planned.operation is not None
        del case
        making, table = self.making(planned), self.table_of(planned)
        header = planned.header
        match planned.operation.verb:
            case Verb.CREATE:
                self._create(making, planned, table)
            case Verb.LIST:
                name = self._listed_row(making, planned, table)
                rows = self._above(planned, name)
                making.call(header, rows=rows, expect=_only(name))
            case Verb.GET:
                name = self._listed_row(making, planned, table)
                rows = {self.cast.noun(table): name}
                making.call(header, rows=rows, expect={"id": f"${name}.id"})
            case Verb.UPDATE:
                self._update(making, planned, table)
            case Verb.DELETE:
                rows = {self.cast.noun(table): self._ready(making, planned, table)}
                making.call(header, rows=rows)
                shown = self.cast.showing(table)
                if shown is not None:
                    making.call(shown, rows=rows, status=404)
            case Verb.ACTION:
                self._act(making, planned, table)
            case _:
                Readings(self.cast).show(making, planned)
        return making.steps

    def _create(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        header = planned.header
        gone = tuple(header.path_parameters)
        body = self.cast.body(table, making.actor, without=gone)
        expect: JsonValue = {k: v for k, v in body.items() if _is_shown(table, k)}
        making.call(header, body=body, expect=expect, save="made")
        shown = self.cast.showing(table)
        if shown is not None and self.cast.allowed(shown, making.actor) == making.actor:
            noun = self.cast.noun(table)
            making.call(shown, rows={noun: "made"}, expect={"id": "$made.id"})

    def _above(self, planned: Planned, name: str) -> dict[str, str]:
        """Path parameters of a list under a parent: the parent of the row that was made."""
        del name
        return {
            p.removesuffix("_id"): p.removesuffix("_id") for p in planned.header.path_parameters
        }

    def _listed_row(self, making: Making, planned: Planned, table: DatabaseTable) -> str:
        derived = planned.header.derived
        values: dict[str, JsonValue] = {}
        relation = table.relation(derived.parent) if derived and derived.parent else None
        if relation is not None and relation.column:
            noun = planned.header.path_parameters[0].removesuffix("_id")
            values[relation.column] = f"${noun}.id"
        return making.row(table, derived.where if derived else (), values)

    def _update(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        name = self._ready(making, planned, table)
        column = self.changeable(planned, table)
        value = self.cast.value(table, column, making.actor, 7)
        rows = {self.cast.noun(table): name}
        making.call(
            planned.header, rows=rows, body={column.name: value}, expect={column.name: value}
        )

    def _ready(self, making: Making, planned: Planned, table: DatabaseTable) -> str:
        """A row of the path on which every guard holds."""
        change = planned.rule
        wanted: tuple[Condition, ...] = ()
        values: dict[str, JsonValue] = {}
        if isinstance(change, Change):
            for guard in change.guards:
                if guard.table == table.name and guard.argument is None:
                    wanted += guard.require
                    if isinstance(guard.limit, FieldValue) and "." not in guard.limit.path:
                        values[guard.limit.path] = 3
            wanted += self._unchanged(change, wanted)
        return making.row(table, wanted, values)

    def _unchanged(self, change: Change, wanted: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """The row is not yet in the state that the change brings, so that it can be seen."""
        fixed = {condition.field for condition in wanted}
        return tuple(
            Condition(field=a.field, op=Comparison.NE, operands=(a.operand,))
            for a in change.assign
            if isinstance(a.operand, Value)
            and a.field not in fixed
            and isinstance(a.operand.value, bool)
        )

    def _act(self, making: Making, planned: Planned, table: DatabaseTable) -> None:
        change = planned.rule
        if not isinstance(change, Change):
            raise CannotPlay("what it does is not known in typed form")
        name = self._ready(making, planned, table)
        noun = self.cast.noun(table)
        self.prepare(making, change, name)
        expect: dict[str, JsonValue] = {}
        for assignment in change.assign:
            if isinstance(assignment.operand, Value):
                expect[assignment.field] = assignment.operand.value
            elif isinstance(assignment.operand, Now):
                expect[assignment.field] = "*"
        if not change.assign and len(change.create) == 1:
            expect = {"id": "*"}
        body = making.body_of(planned.header)
        status = planned.header.success.status
        shown: JsonValue = dict(expect) if expect and status != 204 else None
        making.call(planned.header, rows={noun: name}, body=body, expect=shown)


def _only(name: str) -> JsonValue:
    return {"items": [{"id": f"${name}.id"}], "total": 1}


def _is_shown(table: DatabaseTable, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.exposure not in ("write", "none")
