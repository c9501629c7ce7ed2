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
    description: str = ""


class TypeField(Part):
    """A field of an object type."""

    name: SnakeName
    type: TypeText
    description: str = ""
    default: JsonValue = None
    """What it is when it is left out; only with `optional`."""
    optional: bool = False
    """True where it may be left out."""
    minimum: float | int | str | None = None
    maximum: float | int | str | None = None
    min_length: int | None = None
    max_length: int | None = None


class ObjectType(Part):
    """A type of requests and answers that no table gives: an object, or one of several objects."""

    name: PascalName
    description: str = ""
    fields: tuple[TypeField, ...] = ()
    variants: tuple[PascalName, ...] = ()
    """For a choice between object types: their names."""
    discriminator: SnakeName | None = None
    """With `variants`: the field, a Literal in each, that tells them apart."""


ErrorBase = Literal["NotFound", "Conflict", "Invalid", "Forbidden"]
STATUS_OF: dict[ErrorBase, int] = {
    "NotFound": 404,
    "Conflict": 409,
    "Invalid": 422,
    "Forbidden": 403,
}


class ErrorType(Part):
    """An error that callers meet, with a stable code."""

    name: PascalName
    """Telling what is wrong: `LoanLimitReached`."""
    base: ErrorBase
    """`NotFound` 404, `Conflict` 409, `Invalid` 422, `Forbidden` 403."""
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
    type: Literal["int", "str", "bool", "float", "Decimal"] = "int"
    default: JsonValue = None
    """None for a setting that must be given."""
    secret: bool = False
    parameter: str | None = None
    """The Specification's parameter behind it."""
    assumption: str | None = None
    """Or the assumption."""
    description: str = ""

    @property
    def variable(self) -> ConstantName:
        """The environment variable."""
        return self.name.upper()


class Port(Part):
    """Something outside that the service needs, with a default that only logs."""

    name: SnakeName
    """`mail`, `payments`."""
    description: str = ""
    functions: tuple[FunctionDefinition, ...] = ()


class Job(Part):
    """Work that is done on a schedule by `app jobs run NAME`."""

    name: SnakeName
    description: str = ""
    function: SnakeName
    """The shared function that does it."""
    schedule: str = ""
    """How often, in words."""
    requirements: tuple[str, ...] = ()


class Mend(Part):
    """Something that code put right, where a model was not asked again."""

    place: str
    what: str


class Architecture(Document):
    """How the service is built, complete enough that every function can be written on its own."""

    kind: ClassVar[str] = "architecture"
    document: Literal["architecture"] = "architecture"

    specification: Specification
    name: SnakeName = Field(default="service")
    """The service's package and project name."""
    modules: tuple[Module, ...] = ()
    database: DatabaseSchema = DatabaseSchema()
    types: tuple[ObjectType, ...] = ()
    errors: tuple[ErrorType, ...] = ()
    settings: tuple[Setting, ...] = ()
    ports: tuple[Port, ...] = ()
    jobs: tuple[Job, ...] = ()
    shared: tuple[FunctionDefinition, ...] = ()
    """Functions that several routes, jobs or computed fields need."""
    routes: tuple[CodeGraph, ...] = ()
    scenarios: tuple[Scenario, ...] = ()
    uncovered: tuple[str, ...] = ()
    """Ids of acceptance criteria that no scenario shows."""
    served_by_schema: dict[str, str] = {}
    """Requirements that no route serves, with the part of the schema that does."""
    mends: tuple[Mend, ...] = ()

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
