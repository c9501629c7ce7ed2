"""Lists a module's routes: what the drafted ones lack, with the helpers and types they share."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.brief import Brief
from codex.blueprint.module_routes import (
    ModuleRoutes,
    ModuleSurroundings,
    RoutesPatch,
    apply_routes,
    check_routes,
)
from codex.blueprint.revision import Revision
from codex.chains.architect._told import told
from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.architecture import ErrorType, Module, ObjectType, Setting
from codex.common.documents.base import Part
from codex.common.documents.codegraph import FunctionDefinition, RouteHeader
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from codex.common.documents.specification import Requirement
from codex.common.services import Services


class RoutesInputs(Part):
    """A module with what its routes may name."""

    module: Module
    """The module."""
    brief: Brief
    """What the client wants: this module's requirements, and the roles."""
    database: DatabaseSchema
    """The tables that the module's routes are about, and those that they point to."""
    others: tuple[DatabaseTable, ...] = ()
    """All other tables, which its functions may name too."""
    draft: tuple[RouteHeader, ...] = ()
    """The routes that the requirements' typed operations describe."""
    known: dict[str, tuple[str, ...]] = {}
    """What was agreed that a drafted route does, by its function's name, as sentences."""
    types: tuple[ObjectType, ...] = ()
    """The object types of the drafted routes."""
    errors: tuple[ErrorType, ...] = ()
    """The errors that are declared already."""
    settings: tuple[Setting, ...] = ()
    """The settings that there are."""
    elsewhere: tuple[str, ...] = ()
    """Routes of other modules, which must not be repeated."""

    shared: tuple[FunctionDefinition, ...] = ()
    """Helpers that are declared already, where the service stands."""
    served: dict[str, str] = {}
    """Requirements that a part of the schema serves already."""
    revision: Revision | None = None
    """Where the routes stand already: what of the requirements has changed since."""
    answerable: tuple[str, ...] = ()
    """The requirements that need a route of this module, or a part of the schema."""

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """The requirements that the module is about."""
        return self.brief.requirements

    @property
    def whole(self) -> DatabaseSchema:
        """All tables, its own first."""
        return self.database.model_copy(update={"tables": (*self.database.tables, *self.others)})

    @property
    def around(self) -> ModuleSurroundings:
        """What the answer may name."""
        return ModuleSurroundings(
            module=self.module,
            requirements=self.answerable,
            specification=self.brief,
            database=self.whole,
            types=self.types,
            errors=self.errors,
            settings=self.settings,
            draft=self.draft,
            shared=self.shared,
            served=self.served,
        )


SENTENCES = (
    Sentence("reference", "{problem}."),
    Sentence(
        "unserved",
        "Requirement {requirement} is served by no route; add one, name it in `requirements` of a "
        "route that serves it, or say in `served_by_schema` which part of the schema does.",
    ),
    Sentence(
        "no_such_part",
        "Requirement {requirement} is said to be served by {part}, which is no table, no column, "
        "not `accounts` and not `service`.",
    ),
    Sentence(
        "reserved_path",
        "{route} begins with {word}, which every service answers itself; choose another path.",
    ),
    Sentence("path_parameter", "{route} has the path parameter {name} twice or not in snake_case."),
    Sentence(
        "elsewhere", "{route} is a route of another module; leave it out or choose another path."
    ),
    Sentence(
        "unfed",
        "{route} cannot make a row of {table}: {column} is required, and neither the body, the "
        "owner, a default nor a function gives it a value. Make it a route with a function.",
    ),
    Sentence(
        "uncomputed",
        "Nothing computes the field {field} of {table}: declare the shared function {function} "
        "that takes a {model} and returns {type}.",
    ),
    Sentence("no_description", "The shared function {name} has no description."),
    Sentence("no_example", "The shared function {name} has no example; give at least one."),
)
_ELSEWHERE = next(item for item in SENTENCES if item.name == "elsewhere")


def made(inputs: RoutesInputs, output: RoutesPatch) -> ModuleRoutes:
    """The routes that an answer describes."""
    return apply_routes(output, inputs.around)


def check(inputs: RoutesInputs, output: RoutesPatch) -> Iterator[Problem]:
    """Everything that must hold of the module's routes."""
    routes = made(inputs, output)
    yield from told(check_routes(routes, inputs.around), SENTENCES)
    for route in routes.routes:
        if route.api_route in inputs.elsewhere:
            yield _ELSEWHERE(route=route.api_route)


def narrow(inputs: RoutesInputs) -> Narrowing:
    """The tables, requirements, roles and settings that exist."""
    tables = sorted(table.name for table in inputs.whole.tables)
    requirements = [item.id for item in inputs.requirements]
    return {
        "Derived.table": tables,
        "Lock.table": tables,
        "RouteHeader.requirements": requirements,
        "RoutesPatch.removed": [route.function_name for route in inputs.draft],
        "ServedBySchema.requirement": requirements,
        "Grant.role": sorted(inputs.brief.role_names),
        "FunctionDefinition.reads": tables,
        "FunctionDefinition.writes": tables,
        "FunctionDefinition.settings": sorted(setting.name for setting in inputs.settings),
    }


CHAIN = Chain(
    name="architect/routes",
    purpose="Lists a module's routes, with the helpers and types that they share.",
    inputs=RoutesInputs,
    output=RoutesPatch,
    check=check,
    sentences=SENTENCES,
    narrow=narrow,
    token_limit=24_000,
)


async def routes(inputs: RoutesInputs, services: Services, *, place: str) -> RoutesPatch:
    """What must change in the draft of one module."""
    return await run(CHAIN, inputs, services, place=place)
