"""What must exist before a scenario's steps make sense: computed from references and routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import CodeGraph, DerivedOperation
from codex.common.documents.rules import PUBLIC, SIGNED_IN
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.schema import Cardinality, Column, ColumnType, DatabaseTable, Exposure
from codex.compiler.names import snake
from codex.compiler.samples import sample

_REFERENCE = re.compile(r"\$([a-z][a-z0-9_]*)(?::[0-9]+)?")
_SENT = (Exposure.BOTH, Exposure.WRITE)


@dataclass(frozen=True)
class Row:
    """A row that no route can make, put into the database directly."""

    table: DatabaseTable
    values: dict[str, JsonValue]
    save: str


def route_of(architecture: Architecture, method: str, path: str) -> CodeGraph | None:
    """The route that answers `method` and `path`; one with fewer parameters wins."""
    plain = path.partition("?")[0]
    found = [
        route
        for route in architecture.routes
        if route.method == method
        and re.fullmatch(re.sub(r"\{[a-z0-9_]+\}", "[^/]+", route.path), plain)
    ]
    return min(found, key=lambda route: len(route.path_parameters), default=None)


def completed(architecture: Architecture, scenario: Scenario) -> list[Step | Row]:
    """The steps of `scenario`, with those before them that make what they need."""
    return _Completion(architecture).run(scenario)


@dataclass
class _Completion:
    """One scenario being completed."""

    architecture: Architecture
    out: list[Step | Row] = field(default_factory=list[Step | Row])
    known: set[str] = field(default_factory=set[str])
    made: int = 0

    def run(self, scenario: Scenario) -> list[Step | Row]:
        """All steps."""
        for step in scenario.steps:
            if step.expect is None:
                self.out.append(step)
                continue
            for name in _references(step):
                self._make_known(name, step.actor)
            self.out.append(self._with_body(step))
            self.known |= step.save.keys()
        return self.out

    def _make_known(self, name: str, actor: str | None) -> None:
        roles = {role.name for role in self.architecture.specification.roles}
        roles |= {SIGNED_IN} if self.architecture.database.account else set[str]()
        if name in self.known or name in roles or name in {"today", "now"}:
            return
        table = self._table_called(name)
        if table is not None:
            self._make(table, name, actor)

    def _table_called(self, name: str) -> DatabaseTable | None:
        plain = re.sub(r"_?[0-9]+$", "", name)
        for table in self.architecture.database.tables:
            if plain in {snake(table.model), table.entity, table.name}:
                return table
        return None

    def _with_body(self, step: Step) -> Step:
        """The step, with required fields of its body that were left out."""
        route = route_of(self.architecture, step.method, step.path)
        good = step.expect is not None and step.expect.status < 400
        if route is None or not good or not isinstance(step.body, dict | None):
            return step
        derived = route.derived
        if derived is None or derived.operation is not DerivedOperation.CREATE:
            return step
        table = self.architecture.database.table(derived.table)
        assert table is not None
        parent = table.relation(derived.parent or "")
        body = dict(step.body or {})
        given = {*body, *derived.defaults, *([parent.column] if parent else [])}
        body |= self._required(table, step.actor, given)
        return step.model_copy(update={"body": body}) if body != step.body else step

    def _required(
        self, table: DatabaseTable, actor: str | None, given: set[str | None]
    ) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {}
        for column in table.columns:
            if column.name in given or column.exposure not in _SENT or not _is_required(column):
                continue
            values[column.name] = self._value(table, column, actor)
        return values

    def _value(self, table: DatabaseTable, column: Column, actor: str | None) -> JsonValue:
        for relation in table.relations:
            if relation.column != column.name or relation.cardinality is Cardinality.MANY_TO_MANY:
                continue
            target = self.architecture.database.table(relation.target)
            assert target is not None
            if target.name == self.architecture.database.account:
                return f"${actor or self._some_role()}.id"
            name = snake(target.model)
            if name not in self.known:
                self._make(target, name, actor)
            return f"${name}.id"
        self.made += 1
        return sample(column, self.architecture.database, self.made)

    def _some_role(self) -> str:
        roles = [role.name for role in self.architecture.specification.roles]
        return roles[0] if roles else SIGNED_IN

    def _make(self, table: DatabaseTable, name: str, actor: str | None) -> None:
        """A step that creates a row of `table` and saves it as `name`."""
        self.known.add(name)
        route = self._creating(table)
        if route is None:
            columns = [column for column in table.columns if _is_required(column)]
            values = {column.name: self._value(table, column, actor) for column in columns}
            self.out.append(Row(table, values, name))
            return
        assert route.derived is not None
        parent = table.relation(route.derived.parent or "")
        path = route.path
        for parameter in route.path_parameters:
            column = table.column(parent.column or "") if parent else None
            assert column is not None
            path = path.replace("{" + parameter + "}", str(self._value(table, column, actor)))
        given = {*route.derived.defaults, *([parent.column] if parent else [])}
        body = self._required(table, actor, given)
        self.out.append(
            Step(
                actor=self._allowed(route, actor),
                method="POST",
                path=path,
                body=body,
                expect=Expect(status=201),
                save={name: "."},
            )
        )

    def _creating(self, table: DatabaseTable) -> CodeGraph | None:
        for route in self.architecture.routes:
            derived = route.derived
            if (
                derived is not None
                and derived.table == table.name
                and derived.operation is DerivedOperation.CREATE
                and len(route.path_parameters) <= (1 if derived.parent else 0)
            ):
                return route
        return None

    def _allowed(self, route: CodeGraph, actor: str | None) -> str | None:
        """Who does a step that nobody asked for: the actor, if allowed, else the first who is."""
        if self.architecture.database.account is None:
            return None
        roles = [grant.role for grant in route.access]
        if not roles or SIGNED_IN in roles or PUBLIC in roles:
            return actor or (None if PUBLIC in roles else self._some_role())
        if actor and actor.partition(":")[0] in roles:
            return actor
        return roles[0]


def _is_required(column: Column) -> bool:
    return not column.nullable and column.default is None and column.type is not ColumnType.FILE


def _references(step: Step) -> Iterator[str]:
    yield from _REFERENCE.findall(step.path)
    yield from _in_value(step.body)
    yield from _in_value(dict(step.query))


def _in_value(value: JsonValue) -> Iterator[str]:
    match value:
        case str():
            yield from _REFERENCE.findall(value)
        case dict():
            for item in value.values():
                yield from _in_value(item)
        case list():
            for item in value:
                yield from _in_value(item)
        case _:
            return
