"""Puts together what was drawn in parallel, in canonical order, and tells what that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from codex.architect.inputs import Surface
from codex.blueprint.assemble import Assembled
from codex.blueprint.brief import Brief
from codex.blueprint.closure import settings_used
from codex.blueprint.database import Database
from codex.blueprint.join import Joined, join_graphs, merge_named
from codex.blueprint.module_routes import ModuleRoutes, computing_function
from codex.blueprint.planned import Planned
from codex.common.documents.architecture import Architecture, ErrorType, Mend, Module, Setting
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, RouteHeader
from codex.common.documents.scenario import Scenario
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Specification
from codex.common.documents.typetext import names_in


def joined_routes(
    brief: Brief,
    database: Database,
    modules: tuple[Module, ...],
    parts: list[ModuleRoutes],
    drafts: tuple[Planned, ...],
    settings: tuple[Setting, ...],
    joined: Joined,
) -> Surface:
    """The routes of all modules with what they declare, each name for one thing."""
    places = [module.name for module in modules]
    by_place = dict(zip(places, parts, strict=True))
    types, new_types = merge_named({p: m.types for p, m in by_place.items()}, joined, "type")
    errors, new_errors = merge_named(
        {"database": database.errors, **{p: m.errors for p, m in by_place.items()}},
        joined,
        "error",
    )
    shared, new_shared = merge_named({p: m.shared for p, m in by_place.items()}, joined, "function")
    planned = {item.header.function_name: item for item in drafts}
    routes: list[Planned] = []
    seen: dict[str, Planned] = {}
    names: set[str] = {item.name for item in shared}
    for place, part in by_place.items():
        for header in part.routes:
            changed = _renamed(header, new_types.get(place, {}), new_errors.get(place, {}))
            shape = re.sub(r"\{[^}]*\}", "{}", changed.api_route)
            if shape in seen:
                routes[routes.index(seen[shape])] = seen[shape] = _merged(seen[shape], changed)
                joined.mend(changed.api_route, f"is one route for {place} and another module")
                continue
            changed = _own_name(changed, names, joined)
            names.add(changed.function_name)
            draft = planned.get(header.function_name)
            item = (
                draft.model_copy(update={"header": changed})
                if draft is not None
                else Planned(header=changed)
            )
            seen[shape] = item
            routes.append(item)
    del new_shared  # a renamed helper is known to its own module's routes by its new name only
    schema = _with_computing(database.schema, shared)
    for part in parts:
        joined.mends += part.mends
    return Surface(brief, schema, modules, tuple(routes), types, errors, settings, shared)


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


def _merged(one: Planned, other: RouteHeader) -> Planned:
    requirements = tuple(dict.fromkeys([*one.header.requirements, *other.requirements]))
    return one.serving(requirements)


def _own_name(header: RouteHeader, taken: set[str], joined: Joined) -> RouteHeader:
    name = header.function_name
    if name not in taken:
        return header
    new = next(n for n in (f"{name}_{i}" for i in range(2, 1000)) if n not in taken)
    joined.mend(header.api_route, f"renamed its function {name} to {new}: another has that name")
    return header.model_copy(update={"function_name": new})


def _with_computing(
    schema: DatabaseSchema, shared: tuple[FunctionDefinition, ...]
) -> DatabaseSchema:
    """Computed fields without a rule name the shared function that was declared for them."""
    names = {item.name for item in shared}
    tables = []
    for table in schema.tables:
        computed = tuple(
            item.model_copy(update={"function": computing_function(table, item.name)})
            if item.rule is None
            and item.function is None
            and computing_function(table, item.name) in names
            else item
            for item in table.computed
        )
        tables.append(table.model_copy(update={"computed": computed}))
    return schema.model_copy(update={"tables": tuple(tables)})


def joined_graphs(surface: Surface, drawn: Iterable[Assembled], joined: Joined) -> Surface:
    """Not used for routes: see `architecture_of`."""
    del drawn, joined
    return surface


def architecture_of(
    specification: Specification,
    surface: Surface,
    drawn: list[Assembled],
    scenarios: list[Scenario],
    served: dict[str, str],
    joined: Joined,
    name: str,
) -> Architecture:
    """The whole document."""
    by_name = {item.graph.function_name: item for item in drawn}
    for item in drawn:
        joined.mends += item.mends
    graphs = tuple(by_name[p.header.function_name].graph for p in surface.drawn)
    graphs, shared = join_graphs(graphs, surface.shared, joined)
    finished = {graph.function_name: graph for graph in graphs}
    routes = tuple(
        finished.get(p.header.function_name) or _derived(p.header) for p in surface.routes
    )
    shown = {criterion for scenario in scenarios for criterion in scenario.criteria}
    criteria = [c.id for item in specification.requirements for c in item.criteria]
    routed = {item for route in routes for item in route.requirements}
    return Architecture(
        specification=specification,
        name=name,
        modules=tuple(m for m in surface.modules if any(r.module == m.name for r in routes))
        or surface.modules[:1],
        database=surface.database,
        types=_used_types(surface, routes, shared),
        errors=_used_errors(surface, routes, shared),
        settings=_used_settings(surface, routes, shared),
        shared=shared,
        routes=routes,
        scenarios=tuple(scenarios),
        uncovered=tuple(name for name in criteria if name not in shown),
        served_by_schema={k: v for k, v in served.items() if k not in routed},
        mends=tuple(joined.mends),
    )


def _derived(header: RouteHeader) -> CodeGraph:
    return CodeGraph(**{name: getattr(header, name) for name in RouteHeader.model_fields})


def _functions(
    routes: tuple[CodeGraph, ...], shared: tuple[FunctionDefinition, ...]
) -> list[FunctionDefinition]:
    return [*shared, *(item for route in routes for item in route.functions)]


def _used_types(
    surface: Surface, routes: tuple[CodeGraph, ...], shared: tuple[FunctionDefinition, ...]
) -> tuple[object, ...]:
    from codex.blueprint.closure import types_named

    texts: list[str | None] = []
    for route in routes:
        texts += [route.request, route.response, *(p.type for p in route.parameters)]
    for item in _functions(routes, shared):
        texts += [item.return_type, *(parameter.type for parameter in item.parameters)]
    for table in surface.database.tables:
        texts += [computed.type for computed in table.computed]
    return types_named(surface.types, texts)


def _used_errors(
    surface: Surface, routes: tuple[CodeGraph, ...], shared: tuple[FunctionDefinition, ...]
) -> tuple[ErrorType, ...]:
    named: set[str | None] = {error for route in routes for error in route.raises}
    for item in _functions(routes, shared):
        named |= set(item.raises)
    for table in surface.database.tables:
        named |= {column.error for column in table.columns}
        named |= {constraint.error for constraint in table.constraints}
    return tuple(error for error in surface.errors if error.name in named)


def _used_settings(
    surface: Surface, routes: tuple[CodeGraph, ...], shared: tuple[FunctionDefinition, ...]
) -> tuple[Setting, ...]:
    named: set[str] = set()
    rules: list[object] = []
    for item in _functions(routes, shared):
        named |= set(item.settings)
        rules.append(item.rule)
    rules += [computed.rule for table in surface.database.tables for computed in table.computed]
    rules += [route.derived.where for route in routes if route.derived]
    named |= {setting.name for setting in settings_used(surface.settings, *rules)}
    return tuple(setting for setting in surface.settings if setting.name in named)


__all__ = ["Joined", "Mend", "architecture_of", "joined_routes", "names_in"]
