"""The Architecture: modules, database, types, errors, settings, and a CodeGraph for each route."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from codex.common.documents.base import (
    ConstantName,
    Document,
    JsonValue,
    Part,
    PascalName,
    SnakeName,
    Violations,
)
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition
from codex.common.documents.scenario import Scenario
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Specification
from codex.common.documents.typetext import TypeText


class Module(Part):
    """A manageable part of the service: routes that belong together."""

    name: SnakeName
    """One word, usually a plural: `loans`."""
    description: str = ""
    """What its routes are about, in one sentence."""


class TypeField(Part):
    """A field of an object type."""

    name: SnakeName
    """The name in JSON."""
    type: TypeText
    """What it holds."""
    description: str = ""
    """What it means, in one sentence."""
    default: JsonValue = None
    """What it is when it is left out; only with `optional`."""
    optional: bool = False
    """True where it may be left out."""
    minimum: float | int | str | None = None
    """The least value."""
    maximum: float | int | str | None = None
    """The greatest value."""
    min_length: int | None = None
    """The least number of characters."""
    max_length: int | None = None
    """The greatest number of characters."""


class ObjectType(Part):
    """A type of requests and answers that no table gives: an object, or one of several objects."""

    name: PascalName
    """What one of it is: `Settlement`."""
    description: str = ""
    """What it carries, in one sentence."""
    fields: tuple[TypeField, ...] = ()
    """Its fields, for an object."""
    variants: tuple[PascalName, ...] = ()
    """For a choice between object types: their names."""
    discriminator: SnakeName | None = None
    """With `variants`: the field, a Literal in each, that tells them apart."""


ErrorBase = Literal["NotFound", "Conflict", "Invalid", "Forbidden", "Gone"]
STATUS_OF: dict[ErrorBase, int] = {
    "NotFound": 404,
    "Conflict": 409,
    "Invalid": 422,
    "Forbidden": 403,
    "Gone": 410,
}


class ErrorType(Part):
    """An error that callers meet, with a stable code."""

    name: PascalName
    """Telling what is wrong: `LoanLimitReached`."""
    base: ErrorBase
    """`NotFound` 404, `Conflict` 409, `Invalid` 422, `Forbidden` 403, `Gone` 410."""
    code: SnakeName
    """What programs compare: `loan_limit_reached`."""
    title: str
    """What people read, in one sentence."""
    field: SnakeName | None = None
    """For `Invalid`: the field that is wrong."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS_OF[self.base]


class Setting(Part):
    """A value that whoever runs the service may change, from the environment."""

    name: SnakeName
    """What it sets: `loan_limit`."""
    type: Literal["int", "str", "bool", "float", "Decimal"] = "int"
    """What kind of value it is."""
    default: JsonValue = None
    """None for a setting that must be given."""
    secret: bool = False
    """True for what must never be shown or logged."""
    parameter: str | None = None
    """The Specification's parameter behind it."""
    assumption: str | None = None
    """Or the assumption."""
    description: str = ""
    """What it means, in one sentence."""

    @property
    def variable(self) -> ConstantName:
        """The environment variable."""
        return self.name.upper()


class Port(Part):
    """Something outside that the service needs, with a default that only logs."""

    name: SnakeName
    """`mail`, `payments`."""
    description: str = ""
    """What it reaches, in one sentence."""
    functions: tuple[FunctionDefinition, ...] = ()
    """What the service can ask of it."""


class Job(Part):
    """Work that is done on a schedule by `app jobs run NAME`."""

    name: SnakeName
    """What it does: `expire_links`."""
    description: str = ""
    """What it does, in one sentence."""
    function: SnakeName
    """The shared function that does it."""
    schedule: str = ""
    """How often, in words."""
    requirements: tuple[str, ...] = ()
    """The ids of the requirements that it serves."""


class Mend(Part):
    """Something that code put right, where a model was not asked again."""

    place: str
    """The element: `route POST /loans`."""
    what: str
    """What was changed, in one sentence."""


class Architecture(Document):
    """How the service is built, complete enough that every function can be written on its own."""

    kind: ClassVar[str] = "architecture"
    document: Literal["architecture"] = "architecture"
    """The kind of document."""

    specification: Specification
    """What is to be built."""
    name: SnakeName = Field(default="service")
    """The service's package and project name."""
    modules: tuple[Module, ...] = ()
    """The parts that routes are grouped in."""
    database: DatabaseSchema = DatabaseSchema()
    """Tables, columns, relations and enums."""
    types: tuple[ObjectType, ...] = ()
    """Types of requests and answers that no table gives."""
    errors: tuple[ErrorType, ...] = ()
    """What can go wrong in ways that callers should tell apart."""
    settings: tuple[Setting, ...] = ()
    """Values that whoever runs the service may change."""
    ports: tuple[Port, ...] = ()
    """What the service needs of the world outside."""
    jobs: tuple[Job, ...] = ()
    """Work that is done on a schedule."""
    shared: tuple[FunctionDefinition, ...] = ()
    """Functions that several routes, jobs or computed fields need."""
    routes: tuple[CodeGraph, ...] = ()
    """One CodeGraph for each route."""
    scenarios: tuple[Scenario, ...] = ()
    """Acceptance criteria in executable form."""
    uncovered: tuple[str, ...] = ()
    """Ids of acceptance criteria that no scenario shows."""
    served_by_schema: dict[str, str] = {}
    """Requirements that no route serves, with the part of the schema that does."""
    mends: tuple[Mend, ...] = ()
    """What code put right in the answers that this was made from."""

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        from codex.common.documents import architecture_checks

        found = Violations()
        architecture_checks.check(self, found)
        found.raise_if_any()
        return self

    @property
    def functions(self) -> tuple[FunctionDefinition, ...]:
        """Every FunctionDefinition that is written, shared ones first, then route by route."""
        return (*self.shared, *(item for route in self.routes for item in route.functions))

    @property
    def port_functions(self) -> tuple[FunctionDefinition, ...]:
        """The functions of ports, whose default bodies are compiled."""
        return tuple(item for port in self.ports for item in port.functions)

    def function(self, name: str) -> FunctionDefinition | None:
        """The FunctionDefinition called `name`."""
        everything = (*self.functions, *self.port_functions)
        return next((item for item in everything if item.name == name), None)

    def route(self, function_name: str) -> CodeGraph | None:
        """The CodeGraph whose main function is `function_name`."""
        return next((item for item in self.routes if item.function_name == function_name), None)

    def error(self, name: str) -> ErrorType | None:
        """The error called `name`."""
        return next((item for item in self.errors if item.name == name), None)
