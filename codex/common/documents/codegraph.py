"""CodeGraphs: one route each, with the functions that it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from codex.common.documents.base import JsonValue, Part, SnakeName
from codex.common.documents.rules import Condition, FieldPath, Grant, Rule
from codex.common.documents.typetext import TypeText

RoutePath = Annotated[
    str,
    Field(
        pattern=r"^(/([a-z0-9]+(-[a-z0-9]+)*|\{[a-z][a-z0-9_]*\}))+$",
        max_length=300,
    ),
]
"""`/books/{book_id}/loans`: kebab-case words and named parameters."""

# What a function may be handed besides its arguments, in this order, keyword-only.
CONTEXT = ("session", "user", "now", "settings", "files")
ContextName = Literal["session", "user", "now", "settings", "files"]

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class FunctionKind(StrEnum):
    """What a function is to its CodeGraph."""

    MAIN = "main"  # the route's own function
    STUB = "stub"  # called by the main function, or by another stub
    SHARED = "shared"  # declared once for several routes


class FunctionParameter(Part):
    """A parameter of a function."""

    name: SnakeName
    """What it is."""
    type: TypeText
    """As a Python annotation."""
    description: str = ""
    """What it means, where name and type do not say it."""
    keyword_only: bool = False
    """True for what comes after `*`."""
    default: str | None = None
    """The default as a Python literal: `None`, `50`, `"title"`; None (absent) for none."""


class Example(Part):
    """What a function does in one case, executable.

    Rows are objects by column name; `"loans:1"` stands for the first given row of `loans` (its id
    where an int is expected); absent required columns come from a factory. Values are decoded by
    annotation: dates as ISO 8601, decimals as strings.
    """

    name: str = ""
    """What the case shows, in a few words."""
    given: dict[str, tuple[dict[str, JsonValue], ...]] = {}
    """Rows that are there before, by table."""
    settings: dict[str, JsonValue] = {}
    """Settings that differ from their defaults."""
    args: dict[str, JsonValue] = {}
    """Arguments by parameter name; `user` and `now` too."""
    returns: JsonValue = None
    """What is returned: of a row what matters; of a query its rows in order; a mapping in full."""
    raises: str | None = None
    """The error that is raised instead."""
    then: dict[str, tuple[dict[str, JsonValue], ...]] = {}
    """Rows of these tables afterwards, in order of id, with the columns that matter."""


class FunctionDefinition(Part):
    """The contract of one function: all that its writer knows."""

    name: SnakeName
    """A verb first, telling what it does; unique in the whole Architecture."""
    description: str
    """What it does and guarantees, precisely enough to write it without asking."""
    parameters: tuple[FunctionParameter, ...] = ()
    """In order; keyword-only ones last."""
    return_type: TypeText = "None"
    """As a Python annotation."""
    kind: FunctionKind = FunctionKind.STUB
    """What it is to its CodeGraph."""
    is_async: bool = False
    """True only where it awaits something outside the database."""
    reads: tuple[SnakeName, ...] = ()
    """Tables that it reads."""
    writes: tuple[SnakeName, ...] = ()
    """Tables that it inserts into, changes or deletes from."""
    calls: tuple[SnakeName, ...] = ()
    """Other functions that it calls."""
    raises: tuple[str, ...] = ()
    """Errors that it raises itself."""
    settings: tuple[SnakeName, ...] = ()
    """Settings that it reads."""
    effects: tuple[Literal["files", "network", "process"], ...] = ()
    """What it does outside the database; nothing unless said."""
    examples: tuple[Example, ...] = ()
    """Cases that it is tested with; at least one."""
    # Not in answer schemas: code fills it in from the Specification's rules.
    rule: SkipJsonSchema[Rule | None] = None
    """What it does in typed form, where that is of a known kind."""

    @property
    def input_type(self) -> str:
        """The parameters as one line of Python."""
        parts: list[str] = []
        starred = False
        for parameter in self.parameters:
            if parameter.keyword_only and not starred:
                parts.append("*")
                starred = True
            default = "" if parameter.default is None else f" = {parameter.default}"
            parts.append(f"{parameter.name}: {parameter.type}{default}")
        return ", ".join(parts)


class SuccessKind(StrEnum):
    """What a successful answer carries."""

    JSON = "json"
    EMPTY = "empty"
    REDIRECT = "redirect"
    FILE = "file"
    TEXT = "text"


class Success(Part):
    """The answer of a route when all is well."""

    status: int = Field(default=200, ge=200, le=399)
    """201 for something created, 204 for an empty answer, 200 otherwise."""
    kind: SuccessKind = SuccessKind.JSON
    """What the answer carries."""
    headers: dict[str, str] = {}
    """Header to value; `{id}` and other fields of the answer may stand in it."""
    media_type: str | None = None
    """For `text` and `file`."""


class Lock(Part):
    """The row that is locked first, so that a check still holds when the write happens."""

    table: SnakeName
    """The table whose row is locked."""
    by: FieldPath
    """The parameter that holds the row's id: `book_id`, `body.book_id`, `user.id`."""


class QueryParameter(Part):
    """A query parameter of a route, or a request header that it reads."""

    name: SnakeName
    """Its name in the query, and in the function."""
    type: TypeText
    """As a Python annotation."""
    description: str = ""
    """What it does to the answer."""
    default: str | None = None
    """As a Python literal; None (absent) where it must be sent."""
    header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=100)] | None = None
    """The request header that holds it, such as `Referer`; None where it stands in the query."""


class DerivedOperation(StrEnum):
    """What is compiled with no call at all."""

    CREATE = "create"
    LIST = "list"
    GET = "get"
    UPDATE = "update"
    DELETE = "delete"


class Derived(Part):
    """A route that follows from a table."""

    operation: DerivedOperation
    """What it does."""
    table: SnakeName
    """The table that it does it to."""
    parent: SnakeName | None = None
    """The relation whose target the path names: `author` in `/authors/{author_id}/books`."""
    # Not in answer schemas: code draws these routes.
    tied: SkipJsonSchema[bool] = False
    """For `list` and `delete` of a table of ties, under `parent`: the path and the answer speak of
    the rows at the other side, as in `/bookmarks/{bookmark_id}/tags/{tag_id}`."""
    filters: tuple[SnakeName, ...] = ()
    """For `list`: columns that a query parameter of the same name narrows by, and ties of many to
    many, narrowed by the id of one tied row: `tags` by `tag_id`."""
    ranges: tuple[SnakeName, ...] = ()
    """For `list`: columns with `min_…` and `max_…`."""
    search: tuple[SnakeName, ...] = ()
    """For `list`: columns that `q` looks into."""
    sorts: tuple[SnakeName, ...] = ()
    """For `list`: columns that `sort` takes."""
    default_sort: str | None = None
    """For `list`: the sort when none is asked for; a leading `-` for descending; `id` otherwise."""
    # Not in answer schemas: code fills it in from the Specification's rules.
    where: SkipJsonSchema[tuple[Condition, ...]] = ()
    """Only rows that meet all of these are there for this route."""
    where_unless: tuple[str, ...] = ()
    """Roles that see the others too."""
    defaults: dict[str, JsonValue] = {}
    """For `create`: columns that the service sets itself."""
    fields: tuple[SnakeName, ...] = ()
    """For `update`: the only columns and ties that may be sent; empty for all that are exposed."""


class RouteHeader(Part):
    """One route without its functions: who may call it, what it takes and what it answers."""

    function_name: SnakeName
    """The route's main function, verb first: `borrow_book`."""
    module: SnakeName
    """The module that it belongs to."""
    method: Method
    """The HTTP method."""
    path: RoutePath
    """The path, with named parameters."""
    summary: str = ""
    """A few words for the API's documentation."""
    description: str = ""
    """What callers should know, for the API's documentation."""
    requirements: tuple[str, ...] = ()
    """The ids of the requirements that it serves."""
    access: tuple[Grant, ...] = ()
    """Who may; empty for the default: signed in where accounts exist, else everybody."""
    parameters: tuple[QueryParameter, ...] = ()
    """Query parameters and request headers of a route with functions; those of derived routes
    follow from the table."""
    path_types: dict[str, TypeText] = {}
    """Types of path parameters that are not `int`."""
    request: TypeText | None = None
    """The body's type; `Upload` for a file; None for no body."""
    response: TypeText | None = None
    """The answer's type; None where it is empty, a redirect, a file or text."""
    success: Success = Success()
    """What is answered when all is well."""
    raises: tuple[str, ...] = ()
    """Errors that it may answer, beyond those that every route has."""
    locks: tuple[Lock, ...] = ()
    """Rows that are locked first, in this order."""
    derived: Derived | None = None
    """What it is compiled from; None for a route with functions."""

    @property
    def api_route(self) -> str:
        """Method and path in one."""
        return f"{self.method} {self.path}"

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in the path, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


class CodeGraph(RouteHeader):
    """One route: who may call it, what it takes and answers, and the functions behind it."""

    template: str | None = None
    """The main function over its stubs, as Python source; None for a derived route."""
    functions: tuple[FunctionDefinition, ...] = ()
    """The main function and its stubs; empty for a derived route."""

    @property
    def main(self) -> FunctionDefinition | None:
        """The main function's definition."""
        return next((item for item in self.functions if item.kind is FunctionKind.MAIN), None)
