"""What scenarios may say: names that stand for rows, callers and moments; steps that make sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codex.blueprint.finding import Finding, finding
from codex.blueprint.naming import singular, snake
from codex.common.documents.base import JsonValue, Part
from codex.common.documents.codegraph import DerivedOperation, RouteHeader
from codex.common.documents.rules import SIGNED_IN
from codex.common.documents.scenario import Scenario, Step
from codex.common.documents.schema import DatabaseSchema, DatabaseTable, Exposure
from codex.common.documents.specification import Requirement

REFERENCE = re.compile(r"\$([a-z][a-z0-9_]*)(?::[0-9]+)?")
MOMENTS = frozenset({"today", "now"})
MAKES = frozenset({DerivedOperation.CREATE, DerivedOperation.UPDATE})


class ScenarioPlan(Part):
    """One course of events that shows criteria of the requirement."""

    name: str
    """What it shows, in a few words."""
    criteria: tuple[str, ...]
    """The ids of the criteria that it shows; at least one."""
    steps: tuple[Step, ...]
    """At least one call whose answer shows it."""


class Uncovered(Part):
    """A criterion that cannot be shown by calls."""

    criterion: str
    """Its id."""
    reason: str
    """Why, in one sentence."""


def references(value: JsonValue) -> Iterator[str]:
    """The names behind `$` in a value, however deep."""
    match value:
        case str():
            yield from REFERENCE.findall(value)
        case dict():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)
        case _:
            return


def pattern(path: str) -> re.Pattern[str]:
    """What a path with values looks like."""
    parts = re.split(r"\{[a-z0-9_]+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts) + r"\Z")


def route_of(step: Step, routes: Iterable[RouteHeader]) -> RouteHeader | None:
    """The route that answers a step; one with fewer parameters wins."""
    plain = step.path.partition("?")[0]
    found = [r for r in routes if r.method == step.method and pattern(r.path).match(plain)]
    return min(found, key=lambda route: len(route.path_parameters), default=None)


@dataclass(frozen=True)
class PlayCheck:
    """What the scenarios of one requirement may name."""

    requirement: Requirement
    routes: tuple[RouteHeader, ...]
    database: DatabaseSchema
    roles: tuple[str, ...]

    @property
    def actors(self) -> frozenset[str]:
        """Who may call."""
        return frozenset({*self.roles, SIGNED_IN}) if self.database.account else frozenset()

    def check(
        self, plans: Iterable[ScenarioPlan], uncovered: Iterable[Uncovered]
    ) -> Iterator[Finding]:
        """Everything that is wrong with the scenarios."""
        known = [criterion.id for criterion in self.requirement.criteria]
        shown: set[str] = {item.criterion for item in uncovered}
        for plan in plans:
            shown |= set(plan.criteria)
            for name in sorted(set(plan.criteria) - set(known)):
                yield finding("no_criterion", name=plan.name, criterion=name)
            if not plan.criteria:
                yield finding("shows_nothing", name=plan.name)
            if not any(step.expect for step in plan.steps):
                yield finding("no_call", name=plan.name)
            saved: set[str] = set()
            for number, step in enumerate(plan.steps, 1):
                for found in self._step(step, saved):
                    values = {"name": plan.name, "number": number, **found.values}
                    yield Finding(found.rule, values)
                saved |= step.save.keys()
        for name in known:
            if name not in shown:
                yield finding("not_shown", criterion=name)

    def _step(self, step: Step, saved: set[str]) -> Iterator[Finding]:
        role = step.actor.partition(":")[0] if step.actor else None
        if role is not None and role not in self.actors:
            yield finding("no_actor", role=role, actors=sorted(self.actors))
        if step.expect is None:
            if not step.advance:
                yield finding("no_expectation")
            return
        status = step.expect.status
        route = route_of(step, self.routes)
        fixed = step.path in ("/health", "/ready")
        fixed |= self.database.account is not None and step.path.startswith("/auth/")
        if route is None and not fixed and status not in (404, 405):
            yield finding("no_route", call=f"{step.method} {step.path}")
        if route is not None and status < 300 and status != route.success.status:
            yield finding("other_status", call=route.api_route, status=route.success.status)
        names = [*references(step.path), *references(step.body), *references(dict(step.query))]
        for name in dict.fromkeys(names):
            if name in saved | MOMENTS | self.actors or (name == "turn" and step.times > 1):
                continue
            if table_called(name, self.database) is None:
                yield finding("unknown_name", unknown=name)
        if route is not None and status < 400:
            yield from self._body(step, route)

    def _body(self, step: Step, route: RouteHeader) -> Iterator[Finding]:
        """Fields that the route does not take, in a call that is meant to succeed."""
        derived = route.derived
        writes = derived is not None and derived.operation in MAKES
        table = self.database.table(derived.table) if derived and writes else None
        if table is None or not isinstance(step.body, dict):
            return
        taken = {c.name for c in table.columns if c.exposure in (Exposure.BOTH, Exposure.WRITE)}
        taken |= {f"{singular(relation.name)}_ids" for relation in table.relations}
        for name in sorted(step.body.keys() - taken):
            yield finding("unknown_field", field=name, call=route.api_route, known=sorted(taken))


def table_called(name: str, database: DatabaseSchema) -> DatabaseTable | None:
    """The table that `$name` stands for a row of: `book`, `book_2`."""
    plain = re.sub(r"_?[0-9]+$", "", name)
    for table in database.tables:
        if plain in {snake(table.model), table.entity, table.name}:
            return table
    return None


def as_scenarios(plans: Iterable[ScenarioPlan], requirement: Requirement) -> list[Scenario]:
    """The scenarios of a requirement as the document keeps them."""
    return [
        Scenario(
            name=plan.name, requirement=requirement.id, criteria=plan.criteria, steps=plan.steps
        )
        for plan in plans
    ]
