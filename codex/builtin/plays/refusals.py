"""Scenarios of refusals: missing, invalid, taken, or not for this caller."""

from __future__ import annotations

from codex.blueprint.planned import Planned
from codex.builtin.plays.bad import NOBODY, bad_value
from codex.builtin.plays.cast import SENT, CannotPlay
from codex.builtin.plays.making import Making
from codex.builtin.plays.plays import Plays
from codex.builtin.plays.reading import Readings
from codex.common.documents.base import JsonValue
from codex.common.documents.scenario import Expect, Step
from codex.common.documents.schema import Column, DatabaseTable
from codex.common.documents.specification import CriterionCase


class Refusals(Plays):
    """Tries what must be refused."""

    def missing(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """404 for a row that is not there."""
        del case
        header = planned.header
        if not header.path_parameters:
            raise CannotPlay("the path names no row")
        path = header.path
        for parameter in header.path_parameters:
            path = path.replace(f"{{{parameter}}}", str(NOBODY))
        making = self.making(planned)
        table = self.table_of(planned)
        body: JsonValue = None
        if header.request:
            body = making.body_of(header)
            if body is None:
                body = (
                    self.cast.body(table, making.actor, without=tuple(header.path_parameters))
                    if header.request.endswith("Create")
                    else {}
                )
        return [
            Step(
                actor=making.actor,
                method=header.method,
                path=path,
                body=body,
                expect=Expect(status=404),
            )
        ]

    def invalid(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """422 for a value that is not taken."""
        making, table = self.making(planned), self.table_of(planned)
        header = planned.header
        column = table.column(case.field or "") or self._key_of(table, case.field)
        if column is None:
            column = next((c for c in table.columns if c.exposure in SENT and not c.nullable), None)
        if column is None or column.exposure not in SENT:
            raise CannotPlay("callers do not send this field")
        bad = bad_value(column, reference=self.cast.relation_of(table, column.name) is not None)
        if header.method == "PATCH":
            rows = {self.cast.noun(table): making.row(table)}
            making.call(header, rows=rows, status=422, body={column.name: bad})
            return making.steps
        body = self.cast.body(table, making.actor, values={column.name: bad})
        body[column.name] = bad
        making.call(header, status=422, body=body)
        return making.steps

    def absent(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """422 for a body that lacks a field which it needs."""
        making, table = self.making(planned), self.table_of(planned)
        column = table.column(case.field or "")
        if column is None or column.exposure not in SENT or planned.header.method == "PATCH":
            return self.invalid(planned, case)
        body = self.cast.body(table, making.actor, without=(column.name,))
        making.call(planned.header, status=422, body=body)
        return making.steps

    def _key_of(self, table: DatabaseTable, field: str | None) -> Column | None:
        relation = table.relation(field or "")
        return table.column(relation.column or "") if relation else None

    def duplicate(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """409 for a value that is there already."""
        making, table = self.making(planned), self.table_of(planned)
        header = self.cast.creating(table)
        if header is None:
            raise CannotPlay("no call makes such a row")
        column = table.column(case.field or "") or self._key_of(table, case.field)
        keep = {column.name} if column else set[str]()
        for constraint in table.constraints:
            if constraint.kind == "unique" and (
                column is None or column.name in constraint.columns
            ):
                keep |= set(constraint.columns)
        values: dict[str, JsonValue] = {}
        for name in keep:
            found = table.column(name)
            if found is not None and found.exposure in SENT:
                values[name] = self.cast.value(table, found, making.actor)
        first = self.cast.body(table, making.actor, values=values)
        second = self.cast.body(table, making.actor, number=2, values=values)
        making.call(header, body=first)
        making.call(header, status=409, body=second)
        return making.steps

    def anonymous(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """401 without a token."""
        del case
        if not self.cast.accounts or self.cast.actor(planned.header) is None:
            raise CannotPlay("nobody needs to sign in for this")
        return [self._alone(planned, None, 401)]

    def forbidden(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """403 for another role."""
        del case
        return [self._alone(planned, self.cast.outsider(planned.header), 403)]

    def _alone(self, planned: Planned, actor: str | None, status: int) -> Step:
        """One call by somebody who may not."""
        header, table = planned.header, self.table_of(planned)
        making = Making(self.cast, self.cast.actor(header))
        body: JsonValue = None
        if header.request:
            body = making.body_of(header)
            if body is None:
                gone = tuple(header.path_parameters)
                created = header.request.endswith("Create")
                body = self.cast.body(table, making.actor, without=gone) if created else {}
        return Step(
            actor=actor,
            method=header.method,
            path=self.cast.path(header),
            body=body,
            expect=Expect(status=status),
        )

    def foreign(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """404 for somebody else's row."""
        del case
        making, table = self.making(planned), self.table_of(planned)
        header = planned.header
        actor = making.actor
        if actor is None or not table.owner:
            raise CannotPlay("the rows belong to nobody")
        name = making.row(table)
        other = f"{actor}:2"
        if not header.path_parameters:
            making.call(header, actor=other, expect={"items": [], "total": 0})
            return making.steps
        body: JsonValue = making.body_of(header)
        if body is None and header.request:
            column = self.changeable(planned, table)
            body = {column.name: self.cast.value(table, column, actor, 7)}
        rows = {self.cast.noun(table): name}
        making.call(header, actor=other, rows=rows, status=404, body=body)
        return making.steps

    def narrowed(self, planned: Planned, case: CriterionCase) -> list[Step]:
        """A list shows only what matches."""
        making = self.making(planned)
        Readings(self.cast).narrow(making, planned, case.field)
        return making.steps
