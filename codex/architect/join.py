"""Puts together what was drawn in parallel, in canonical order, and tells what that changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from codex.architect.inputs import Surface
from codex.blueprint.assemble import Assembled
from codex.blueprint.closure import settings_used, types_named
from codex.blueprint.join import Joined, join_graphs, merge_named
from codex.blueprint.module_routes import ModuleRoutes, computing_function
from codex.blueprint.planned import Planned
from codex.common.documents.architecture import Architecture, Module
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, RouteHeader
from codex.common.documents.scenario import Scenario
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Specification


def joined_routes(drafted: Surface, parts: dict[Module, ModuleRoutes], joined: Joined) -> Surface:
    """The routes of all modules with what they declare, each name for one thing."""
    by_place = {module.name: part for module, part in parts.items()}
    types, new_types = merge_named({p: m.types for p, m in by_place.items()}, joined, "type")
    errors, new_errors = merge_named({p: m.errors for p, m in by_place.items()}, joined, "error")
    # A renamed helper keeps its new name; that its own module's functions call it, they are told.
    shared, _ = merge_named({p: m.shared for p, m in by_place.items()}, joined, "function")
    drafts = {item.header.function_name: item for item in drafted.routes}
    routes = _Routes(joined, {item.name for item in shared})
    for place, part in by_place.items():
        joined.mends += part.mends
        for header in part.routes:
            changed = _renamed(header, new_types.get(place, {}), new_errors.get(place, {}))
            routes.add(changed, drafts.get(header.function_name))
    known = {error.name for error in errors}
    return replace(
        drafted,
        modules=tuple(parts),
        database=_with_computing(drafted.database, shared),
        routes=tuple(routes.by_shape.values()),
        types=types,
        errors=(*(e for e in drafted.errors if e.name not in known), *errors),
        shared=shared,
        served={k: v for part in parts.values() for k, v in part.served.items()},
    )


@dataclass
class _Routes:
    """Routes as they come together: each method and path once, each function name once."""

    joined: Joined
    names: set[str]

    def __post_init__(self) -> None:
        self.by_shape: dict[str, Planned] = {}

    def add(self, header: RouteHeader, draft: Planned | None) -> None:
        """One more route, or the requirements of one that is there already."""
        shape = re.sub(r"\{[^}]*\}", "{}", header.api_route)
        if shape in self.by_shape:
            one = self.by_shape[shape]
            ids = tuple(dict.fromkeys([*one.header.requirements, *header.requirements]))
            self.by_shape[shape] = one.serving(ids)
            self.joined.mend(header.api_route, "is one route, though two modules list it")
            return
        named = self._named(header)
        self.names.add(named.function_name)
        base = draft or Planned(header=named)
        self.by_shape[shape] = base.model_copy(update={"header": named})

    def _named(self, header: RouteHeader) -> RouteHeader:
        name = header.function_name
        if name not in self.names:
            return header
        new = next(n for n in (f"{name}_{i}" for i in range(2, 1000)) if n not in self.names)
        self.joined.mend(
            header.api_route, f"renamed its function {name} to {new}: another has that name"
        )
        return header.model_copy(update={"function_name": new})


def _renamed(header: RouteHeader, types: dict[str, str], errors: dict[str, str]) -> RouteHeader:
    def spelled(text: str | None) -> str | None:
        for old, new in types.items():
            text = re.sub(rf"\b{old}\b", new, text) if text else text
        return text

    if not types and not errors:
        return header
    return header.model_copy(
        update={
            "request": spelled(header.request),
            "response": spelled(header.response),
            "raises": tuple(errors.get(name, name) for name in header.raises),
        }
    )


def _with_computing(
    schema: DatabaseSchema, shared: tuple[FunctionDefinition, ...]
) -> DatabaseSchema:
    """Computed fields without a rule name the shared function that was declared for them."""
    names = {item.name for item in shared}
    tables = tuple(
        table.model_copy(
            update={
                "computed": tuple(
                    item.model_copy(update={"function": computing_function(table, item.name)})
                    if item.rule is None
                    and item.function is None
                    and computing_function(table, item.name) in names
                    else item
                    for item in table.computed
                )
            }
        )
        for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def architecture_of(
    specification: Specification,
    surface: Surface,
    drawn: list[Assembled],
    scenarios: list[Scenario],
    joined: Joined,
    previous: Architecture | None = None,
) -> Architecture:
    """The whole document; the name, ports and jobs of one that stands go on."""
    for item in drawn:
        joined.mends += item.mends
    # In the order in which they were drawn: what stood before keeps its names.
    graphs = tuple(item.graph for item in drawn)
    graphs, shared = join_graphs(graphs, surface.shared, joined)
    if previous is not None:
        shared = _called(previous, graphs, shared, surface.database)
    finished = {graph.function_name: graph for graph in graphs}
    routes = tuple(
        finished.get(item.header.function_name) or _derived(item.header) for item in surface.routes
    )
    used = _Used(surface, routes, shared)
    shown = {criterion for scenario in scenarios for criterion in scenario.criteria}
    criteria = [c.id for item in specification.requirements for c in item.criteria]
    routed = {item for route in routes for item in route.requirements}
    modules = tuple(m for m in surface.modules if any(r.module == m.name for r in routes))
    return Architecture(
        specification=specification,
        name=previous.name if previous else service_name(specification.title),
        modules=modules or surface.modules[:1],
        database=surface.database,
        types=types_named(surface.types, used.texts()),
        errors=tuple(error for error in surface.errors if error.name in used.errors()),
        settings=tuple(item for item in surface.settings if item.name in used.settings()),
        ports=previous.ports if previous else (),
        jobs=previous.jobs if previous else (),
        shared=shared,
        routes=routes,
        scenarios=tuple(scenarios),
        uncovered=tuple(name for name in criteria if name not in shown),
        served_by_schema={k: v for k, v in surface.served.items() if k not in routed},
        mends=tuple(dict.fromkeys([*(previous.mends if previous else ()), *joined.mends])),
    )


def _called(
    previous: Architecture,
    graphs: tuple[CodeGraph, ...],
    shared: tuple[FunctionDefinition, ...],
    database: DatabaseSchema,
) -> tuple[FunctionDefinition, ...]:
    """The shared functions without those that stood and that nothing calls any more."""
    known = {item.name: item for item in shared}
    used = {field.function for table in database.tables for field in table.computed}
    used |= {job.function for job in previous.jobs}
    used |= {name for graph in graphs for item in graph.functions for name in item.calls}
    waiting = [name for name in used if name in known]
    while waiting:
        more = [name for name in known[waiting.pop()].calls if name in known and name not in used]
        used |= {*more}
        waiting += more
    stood = {item.name for item in previous.shared}
    return tuple(item for item in shared if item.name in used or item.name not in stood)


def service_name(title: str) -> str:
    """`book_lending` for "Book lending!"."""
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return re.sub(r"^[^a-z]+", "", name)[:40].rstrip("_") or "service"


def _derived(header: RouteHeader) -> CodeGraph:
    return CodeGraph(**{name: getattr(header, name) for name in RouteHeader.model_fields})


@dataclass(frozen=True)
class _Used:
    """What of the declarations is named by something: the rest is left out."""

    surface: Surface
    routes: tuple[CodeGraph, ...]
    shared: tuple[FunctionDefinition, ...]

    @property
    def functions(self) -> list[FunctionDefinition]:
        """Every function."""
        return [*self.shared, *(item for route in self.routes for item in route.functions)]

    def texts(self) -> list[str | None]:
        """Every type expression."""
        texts: list[str | None] = []
        for route in self.routes:
            texts += [route.request, route.response, *(p.type for p in route.parameters)]
        for item in self.functions:
            texts += [item.return_type, *(parameter.type for parameter in item.parameters)]
        for table in self.surface.database.tables:
            texts += [computed.type for computed in table.computed]
        return texts

    def errors(self) -> set[str | None]:
        """Every error that something raises."""
        named: set[str | None] = {error for route in self.routes for error in route.raises}
        for item in self.functions:
            named |= set(item.raises)
        for table in self.surface.database.tables:
            named |= {column.error for column in table.columns}
            named |= {constraint.error for constraint in table.constraints}
        return named

    def settings(self) -> set[str]:
        """Every setting that something reads."""
        rules: list[object] = [item.rule for item in self.functions]
        for table in self.surface.database.tables:
            rules += [computed.rule for computed in table.computed]
        rules += [route.derived.where for route in self.routes if route.derived]
        named = {setting.name for setting in settings_used(self.surface.settings, *rules)}
        for item in self.functions:
            named |= {*item.settings, *(name for each in item.examples for name in each.settings)}
        return named
