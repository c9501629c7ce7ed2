"""The routes of one module: drafted, patched, mended, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codex.blueprint.brief import Brief
from codex.blueprint.finding import Finding, finding
from codex.blueprint.helpers import with_context
from codex.blueprint.naming import RESERVED_PATHS, snake
from codex.blueprint.patches import patched
from codex.blueprint.spelling import respelled
from codex.common.documents import architecture_checks, route_checks
from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    Mend,
    Module,
    ObjectType,
    Setting,
)
from codex.common.documents.base import Part, Violations
from codex.common.documents.codegraph import (
    CodeGraph,
    DerivedOperation,
    FunctionDefinition,
    RouteHeader,
)
from codex.common.documents.schema import DatabaseSchema, DatabaseTable, Exposure


class ServedBySchema(Part):
    """A requirement that needs no route of its own."""

    requirement: str
    """Its id."""
    part: str
    """What serves it: a table (`books`), a column (`books.isbn`), `accounts` for signing up,
    logging in and roles, or `service` for what every service does, such as JSON over HTTP."""


class RoutesPatch(Part):
    """What is to change in the drafted routes of a module, and what its functions share."""

    routes: tuple[RouteHeader, ...] = ()
    """Routes that are new, and drafted routes that must differ, each one whole."""
    removed: tuple[str, ...] = ()
    """Function names of drafted routes that are not needed."""
    types: tuple[ObjectType, ...] = ()
    """Object types of requests and answers that no table gives."""
    errors: tuple[ErrorType, ...] = ()
    """Errors that the routes raise."""
    shared: tuple[FunctionDefinition, ...] = ()
    """Helpers that several routes need, and functions of computed fields."""
    served_by_schema: tuple[ServedBySchema, ...] = ()
    """Requirements that no route serves, because a part of the schema does."""


@dataclass(frozen=True)
class ModuleSurroundings:
    """What the routes of a module may name."""

    module: Module
    requirements: tuple[str, ...]
    """The ids of the requirements that it is answerable for."""
    specification: Brief
    database: DatabaseSchema
    types: tuple[ObjectType, ...] = ()
    errors: tuple[ErrorType, ...] = ()
    settings: tuple[Setting, ...] = ()
    draft: tuple[RouteHeader, ...] = ()
    shared: tuple[FunctionDefinition, ...] = ()
    """Helpers that stand already."""
    served: dict[str, str] = field(default_factory=dict[str, str])
    """Requirements that a part of the schema serves already."""


@dataclass
class ModuleRoutes:
    """The routes of one module with what they declare."""

    routes: tuple[RouteHeader, ...]
    types: tuple[ObjectType, ...]
    errors: tuple[ErrorType, ...]
    shared: tuple[FunctionDefinition, ...]
    served: dict[str, str]
    mends: list[Mend] = field(default_factory=list[Mend])


def apply_routes(patch: RoutesPatch, around: ModuleSurroundings) -> ModuleRoutes:
    """The drafted routes with the patch, types in their right spelling."""
    mends: list[Mend] = []
    types = patched(around.types, patch.types, lambda item: item.name)
    known = frozenset(architecture_checks.known_types(_document(around, types=types)))

    def spelled(text: str | None, place: str) -> str | None:
        new = respelled(text, known) if text else text
        if new != text:
            mends.append(Mend(place=place, what=f"spelled the type {text} as {new}"))
        return new

    drafts = {route.function_name: route for route in around.draft}

    def mended(route: RouteHeader) -> RouteHeader:
        updates: dict[str, object] = {
            "request": spelled(route.request, route.api_route),
            "response": spelled(route.response, route.api_route),
        }
        if route.module != around.module.name:
            updates["module"] = around.module.name
        before = drafts.get(route.function_name)
        if route.derived and before and before.derived and not route.derived.where:
            kept = {"where": before.derived.where, "where_unless": before.derived.where_unless}
            updates["derived"] = route.derived.model_copy(update=kept)
        return route.model_copy(update=updates)

    declared = patched(around.shared, patch.shared, lambda item: item.name)
    shared, handed = with_context(declared, around.database)
    mends += handed
    routes = patched(
        around.draft, map(mended, patch.routes), lambda route: route.function_name, patch.removed
    )
    served = {**around.served, **{i.requirement: i.part for i in patch.served_by_schema}}
    errors = patched(around.errors, patch.errors, lambda item: item.name)
    return ModuleRoutes(routes, types, errors, shared, served, mends)


def _document(around: ModuleSurroundings, **parts: object) -> Architecture:
    """As much of an Architecture as references inside one module need."""
    values: dict[str, object] = {
        "specification": around.specification,
        "modules": (around.module,),
        "database": around.database,
        "types": around.types,
        "errors": around.errors,
        "settings": around.settings,
        "ports": (),
        "jobs": (),
        "shared": (),
        "routes": (),
        **parts,
    }
    return Architecture.model_construct(None, **values)


def check_routes(made: ModuleRoutes, around: ModuleSurroundings) -> Iterator[Finding]:
    """Everything that is wrong with the routes of a module."""
    graphs = [
        CodeGraph(**{name: getattr(route, name) for name in RouteHeader.model_fields})
        for route in made.routes
    ]
    document = _document(
        around,
        types=made.types,
        errors=made.errors,
        shared=made.shared,
        routes=tuple(graphs),
    )
    found = Violations()
    architecture_checks.check_parts(document, found)
    route_checks.check_headers(document, found)
    for problem in found.found:
        yield finding("reference", problem=problem)
    yield from _served(made, around)
    for route in made.routes:
        yield from _path(route)
        yield from _makeable(route, around.database)
    yield from _answerable(made, around)
    for item in made.shared:
        if not item.description.strip():
            yield finding("no_description", name=item.name)
        if not item.examples:
            yield finding("no_example", name=item.name)


def _served(made: ModuleRoutes, around: ModuleSurroundings) -> Iterator[Finding]:
    routed = {item for route in made.routes for item in route.requirements}
    for item in around.requirements:
        if item not in routed and item not in made.served:
            yield finding("unserved", requirement=item)
    for requirement, part in made.served.items():
        if not names_part(part, around.database, around.specification):
            yield finding("no_such_part", requirement=requirement, part=part)


def names_part(part: str, database: DatabaseSchema, specification: Brief) -> bool:
    """Whether `part` is a table, a column, a constraint, the accounts or the service."""
    if part == "service" or (part == "accounts" and specification.account is not None):
        return True
    name, _, member = part.partition(".")
    table = database.table(name)
    if table is None or not member:
        return table is not None
    members = {column.name for column in table.all_columns}
    members |= {item.name for item in (*table.relations, *table.constraints, *table.computed)}
    return member in members


def _path(route: RouteHeader) -> Iterator[Finding]:
    first = route.path.strip("/").partition("/")[0]
    if first in RESERVED_PATHS:
        yield finding("reserved_path", route=route.api_route, word=f"/{first}")
    for name in route.path_parameters:
        if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
            yield finding("path_parameter", route=route.api_route, name=name)
    if len(set(route.path_parameters)) != len(route.path_parameters):
        yield finding("path_parameter", route=route.api_route, name=route.path_parameters[-1])


def _makeable(route: RouteHeader, database: DatabaseSchema) -> Iterator[Finding]:
    """Each required column of a derived row comes from somewhere."""
    derived = route.derived
    if derived is None or derived.operation is not DerivedOperation.CREATE:
        return
    table = database.table(derived.table)
    if table is None:
        return
    parent = table.relation(derived.parent) if derived.parent else None
    fed = {(table.owner or "").partition(".")[0], *derived.defaults}
    fed |= {parent.column} if parent and parent.column else set()
    for column in unfed(table, fed):
        yield finding("unfed", route=route.api_route, table=table.name, column=column)


def unfed(table: DatabaseTable, fed: set[str]) -> list[str]:
    """Required columns that neither the body nor a default nor `fed` fills."""
    return [
        column.name
        for column in table.columns
        if not column.nullable
        and column.default is None
        and column.exposure in (Exposure.READ, Exposure.NONE)
        and column.name not in fed
    ]


def _answerable(made: ModuleRoutes, around: ModuleSurroundings) -> Iterator[Finding]:
    """Each property of a read type is a column, a relation, or computed by a rule or function."""
    names = {item.name for item in made.shared}
    used = {route.derived.table for route in made.routes if route.derived}
    for table in around.database.tables:
        for item in table.computed:
            wanted = item.function or computing_function(table, item.name)
            if table.name in used and item.rule is None and wanted not in names:
                yield finding("uncomputed", table=table.name, field=item.name, function=wanted,
                              model=table.model, type=item.type)  # fmt: skip


def computing_function(table: DatabaseTable, name: str) -> str:
    """What the shared function of a computed field is called."""
    return f"compute_{snake(table.model)}_{name}"


def api_routes(routes: Iterable[RouteHeader]) -> tuple[str, ...]:
    """Method and path of each."""
    return tuple(route.api_route for route in routes)
