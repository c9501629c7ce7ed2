"""An Architecture that stands, revised: what has not changed is kept, the rest is asked as a patch.

Three things are laid over each other: what code drafted from the earlier Specification, what became
of it, and what code drafts from the one that holds now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from codex.architect.inputs import Surface, graph_inputs, scenario_inputs
from codex.architect.resting import graph_rests_on, scenarios_rest_on
from codex.blueprint.brief import Brief
from codex.blueprint.closure import settings_of
from codex.blueprint.database import Database, drafted
from codex.blueprint.module_routes import RoutesPatch
from codex.blueprint.patches import patched
from codex.blueprint.planned import Planned
from codex.blueprint.play import ScenarioPlan, Uncovered
from codex.blueprint.revision import (
    Revision,
    notes_of,
    rebased,
    rebased_part,
    revision_of,
)
from codex.blueprint.routes import RouteDrafts, draft_routes
from codex.chains.architect import routes, scenarios
from codex.chains.architect.code_graph import CodeGraphInputs, StandingGraph
from codex.chains.architect.database import DatabaseInputs
from codex.chains.architect.modules import ModulePlan, ModulesInputs
from codex.chains.architect.routes import RoutesInputs
from codex.chains.architect.scenarios import ScenariosAnswer, ScenariosInputs
from codex.common.documents.architecture import Architecture, ErrorType, ObjectType
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, RouteHeader
from codex.common.documents.scenario import Scenario


@dataclass(frozen=True)
class Standing:
    """An Architecture taken apart as the stage knows it while it is made."""

    previous: Architecture
    surface: Surface
    plan: tuple[ModulePlan, ...]
    drafts: RouteDrafts
    revision: Revision

    @classmethod
    def of(cls, previous: Architecture, now: Brief) -> Standing:
        """`previous`, with what differs from it in what is wanted now."""
        brief = Brief.of(previous.specification)
        plan = _plan_of(previous)
        first = plan[0].name if plan else "service"
        homes = {table.name: first for table in previous.database.tables}
        homes |= {table: item.name for item in plan for table in item.tables}
        drafts = draft_routes(brief, previous.database, homes)
        known = {item.header.function_name: item for item in drafts.routes}
        routes = tuple(
            known.get(route.function_name, Planned(header=_header(route))).model_copy(
                update={"header": _header(route)}
            )
            for route in previous.routes
        )
        surface = Surface(
            brief=brief,
            database=previous.database,
            routes=routes,
            types=previous.types,
            errors=previous.errors,
            settings=settings_of(brief.parameters),
            shared=previous.shared,
            modules=previous.modules,
            served=previous.served_by_schema,
        )
        return cls(previous, surface, plan, drafts, revision_of(brief, now))

    # ── questions of the stage's first half ──────────────────────────────────────────────────

    def database_inputs(self, brief: Brief) -> DatabaseInputs | None:
        """What is asked about the database; None where nothing has changed."""
        before, now = drafted(self.surface.brief), drafted(brief)
        if self.revision == Revision() and before == now:
            return None
        draft = rebased_part(before.schema, self.previous.database, now.schema)
        errors = rebased(before.errors, self.previous.errors, now.errors, _name)
        return DatabaseInputs(
            brief=brief.without_quotes(), draft=draft, errors=errors, revision=self.revision
        )

    @property
    def database(self) -> Database:
        """The database as it stands."""
        return Database(self.previous.database, self.previous.errors, ())

    def placed(self, inputs: ModulesInputs) -> tuple[ModulePlan, ...]:
        """The modules as they stand, without what is no longer there."""
        tables = {table.name for table in inputs.tables}
        requirements = {item.id for item in inputs.requirements}
        return tuple(
            item.model_copy(
                update={
                    "tables": tuple(name for name in item.tables if name in tables),
                    "requirements": tuple(n for n in item.requirements if n in requirements),
                }
            )
            for item in self.plan
        )

    def rebased(self, drafts: RouteDrafts, brief: Brief, database: Database) -> Surface:
        """The routes and what they declare as they stand, with what is drafted otherwise now."""
        headers = rebased(
            [item.header for item in self.drafts.routes],
            [item.header for item in self.surface.routes],
            [item.header for item in drafts.routes],
            lambda header: header.function_name,
        )
        known = {item.header.function_name: item for item in drafts.routes}
        wanted = {item.id for item in brief.requirements}
        routes = tuple(
            known.get(header.function_name, Planned(header=header))
            .model_copy(update={"header": header})
            .serving(tuple(name for name in header.requirements if name in wanted))
            for header in headers
        )
        types = rebased(self.drafts.types, self.previous.types, drafts.types, _name)
        errors = rebased(self.drafts.errors, self.previous.errors, drafts.errors, _name)
        return Surface(
            brief=brief,
            database=database.schema,
            routes=routes,
            types=types,
            errors=patched(database.errors, errors, _name),
            settings=settings_of(brief.parameters),
            shared=self.previous.shared,
        )

    def routes_inputs(self, inputs: RoutesInputs, *, first: bool) -> RoutesInputs:
        """The question about a module, with what it has declared already."""
        name = inputs.module.name
        homes = {table: plan.name for plan in self.plan for table in plan.tables}

        def is_here(item: FunctionDefinition) -> bool:
            used = [homes[table] for table in (*item.writes, *item.reads) if table in homes]
            return used[0] == name if used else first

        about = {item.id for item in inputs.requirements}
        routed = {item for route in inputs.draft for item in route.requirements}
        left = {
            item
            for route in self.previous.routes
            if route.module == name
            for item in route.requirements
        }
        return inputs.model_copy(
            update={
                "shared": tuple(item for item in self.previous.shared if is_here(item)),
                "served": {
                    item: part
                    for item, part in self.previous.served_by_schema.items()
                    if item in inputs.answerable and item not in routed
                },
                "revision": Revision(
                    changed=tuple(item for item in self.revision.changed if item in about),
                    gone=tuple(item for item in self.revision.gone if item.id in left),
                ),
            }
        )

    def touches(self, inputs: RoutesInputs) -> bool:
        """Whether something about a module has changed, or does not hold any more."""
        mine = (item.header for item in self.surface.routes)
        before = {item.function_name: item for item in mine if item.module == inputs.module.name}
        now = {item.function_name: item for item in inputs.draft}
        changed = inputs.revision != Revision() or before != now
        return changed or any(routes.check(inputs, RoutesPatch()))

    def joined(self, surface: Surface, drafted: Surface) -> Surface:
        """The joined routes, with the types that only functions name."""
        known = {item.name for item in surface.types}
        more = tuple(item for item in drafted.types if item.name not in known)
        return replace(surface, types=(*surface.types, *more))

    # ── what is left of the second half ──────────────────────────────────────────────────────

    def graph(self, asked: CodeGraphInputs) -> CodeGraph | CodeGraphInputs:
        """A CodeGraph that rests on the same as before; else the question with what stands."""
        name = asked.route.function_name
        graph = self.previous.route(name)
        before = next((i for i in self.surface.routes if i.header.function_name == name), None)
        if graph is None or before is None or graph.template is None:
            return asked
        then = graph_inputs(before, self.surface)
        if graph_rests_on(then, graph) == graph_rests_on(asked, graph):
            return graph
        standing = StandingGraph(template=graph.template, functions=notes_of(graph))
        return asked.model_copy(update={"standing": standing})

    def play(self, asked: ScenariosInputs) -> tuple[Scenario, ...] | ScenariosInputs:
        """The scenarios of a requirement where nothing speaks against them; else the question."""
        wanted = asked.requirement
        brief = self.surface.brief
        before = next((item for item in brief.requirements if item.id == wanted.id), None)
        if before is None:
            return asked
        same = {item.id for item in before.criteria if item in wanted.criteria}
        kept = tuple(
            item
            for item in self.previous.scenarios
            if item.requirement == wanted.id and same >= {*item.criteria}
        )
        plans = tuple(
            ScenarioPlan(name=item.name, criteria=item.criteria, steps=item.steps) for item in kept
        )
        then = scenarios_rest_on(scenario_inputs(before, self.surface), plans)
        shown = {name for item in kept for name in item.criteria}
        hidden = tuple(
            Uncovered(criterion=item.id, reason="As before.")
            for item in wanted.criteria
            if item.id in self.previous.uncovered and item.id not in shown
        )
        standing = asked.model_copy(update={"standing": plans})
        holds = not any(scenarios.check(standing, ScenariosAnswer(uncovered=hidden)))
        return kept if holds and then == scenarios_rest_on(asked, plans) else standing


def _header(route: CodeGraph) -> RouteHeader:
    return RouteHeader(**{name: getattr(route, name) for name in RouteHeader.model_fields})


def _name(item: ObjectType | ErrorType) -> str:
    return item.name


def _plan_of(previous: Architecture) -> tuple[ModulePlan, ...]:
    """The modules as they were planned, read off what came of them."""
    first = previous.modules[0].name if previous.modules else ""
    tables: dict[str, str] = {}
    requirements = dict.fromkeys(previous.served_by_schema, first)
    for route in previous.routes:
        if route.derived is not None:
            tables.setdefault(route.derived.table, route.module)
        for name in route.requirements:
            requirements.setdefault(name, route.module)
    linked = {
        relation.through for table in previous.database.tables for relation in table.relations
    }
    for table in previous.database.tables:
        if table.name not in linked:
            tables.setdefault(table.name, first)
    return tuple(
        ModulePlan(
            name=module.name,
            description=module.description,
            tables=tuple(name for name, home in tables.items() if home == module.name),
            requirements=tuple(n for n, home in requirements.items() if home == module.name),
        )
        for module in previous.modules
    )
