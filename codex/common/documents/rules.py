"""Typed rules: what a sentence means, in a form that code can compile and nobody parses twice.

In a Specification they speak of entities, fields and parameters; the Architect turns the same
types into tables, columns and settings. A model may leave every rule out; the built-in model,
which writes code from rules alone, fills in what it knows.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from codex.common.documents.base import Part, Scalar, SnakeName

FieldPath = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=300)]
"""A field, or a way to one through relations: `title`, `author.name`, `loans.returned_at`."""


class Scope(StrEnum):
    """Whose rows a grant reaches."""

    ALL = "all"
    OWN = "own"


class Grant(Part):
    """Who may do something, and with whose rows."""

    role: str
    """A role of the Specification; `public` for anybody, `user` for anybody who is signed in."""
    scope: Scope = Scope.ALL
    """`own` limits the grant to rows that belong to the caller."""


PUBLIC = "public"
SIGNED_IN = "user"


class Value(Part):
    """A value written down."""

    source: Literal["value"] = "value"
    """A value written down."""
    value: Scalar
    """The value."""


class Named(Part):
    """The value of a parameter (in a Specification) or of a setting (in an Architecture)."""

    source: Literal["parameter"] = "parameter"
    """A parameter or setting."""
    name: SnakeName
    """Its name."""


class FieldValue(Part):
    """The value of another field of the same row."""

    source: Literal["field"] = "field"
    """Another field."""
    path: FieldPath
    """The way to it from the same row."""


class Argument(Part):
    """What the caller sent: a path or query parameter, or a field of the body."""

    source: Literal["argument"] = "argument"
    """What the caller sent."""
    name: SnakeName
    """Its name."""


class Now(Part):
    """The moment of the request, moved by a number of time units."""

    source: Literal["now"] = "now"
    """The moment of the request."""
    date_only: bool = False
    """True for the day, False for the moment."""
    unit: Literal["minutes", "hours", "days", "weeks", "months", "years"] = "days"
    """What `plus` counts."""
    plus: int = 0
    """How many units later; negative for earlier."""
    plus_parameter: SnakeName | None = None
    """The parameter or setting that says how many units later, instead of `plus`."""
    minus: bool = False
    """With `plus_parameter`: earlier instead of later."""


class Caller(Part):
    """The account of the signed-in caller."""

    source: Literal["caller"] = "caller"
    """The signed-in account."""


Operand = Annotated[
    Value | Named | FieldValue | Argument | Now | Caller, Field(discriminator="source")
]


class Comparison(StrEnum):
    """How a field is compared."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    NOT_IN = "not_in"
    IS_NULL = "is_null"
    NOT_NULL = "not_null"
    CONTAINS = "contains"


class Condition(Part):
    """One comparison; several in a list must all hold."""

    field: FieldPath
    """What is compared."""
    op: Comparison = Comparison.EQ
    """How."""
    operands: tuple[Operand, ...] = ()
    """One, none (`is_null`, `not_null`), or several (`in`, `not_in`)."""


class Order(Part):
    """One sorting key."""

    field: FieldPath
    """What is sorted by."""
    descending: bool = False
    """True for the greatest first."""


class AggregateFunction(StrEnum):
    """What is computed over rows."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class Assignment(Part):
    """A field that gets a value."""

    field: SnakeName
    """The field that is set."""
    operand: Operand
    """What it is set to."""


class Filter(Part):
    """Rows of one table: those that meet every condition, ordered, at most so many."""

    kind: Literal["filter"] = "filter"
    """Rows of one table."""
    table: SnakeName
    """The table, or the entity in a Specification."""
    where: tuple[Condition, ...] = ()
    """What must hold of each."""
    order: tuple[Order, ...] = ()
    """How they are sorted."""
    limit: Operand | None = None
    """How many at the most."""
    visible: bool = False
    """Only rows that the caller may see."""


class Aggregate(Part):
    """A figure over rows of one table, in total or for each value of a field."""

    kind: Literal["aggregate"] = "aggregate"
    """A figure over rows."""
    function: AggregateFunction
    """What is computed."""
    table: SnakeName
    """The table, or the entity in a Specification."""
    field: FieldPath | None = None
    """What is summed or averaged; not needed to count."""
    times: FieldPath | None = None
    """A second field that the first is multiplied by, as in price times quantity."""
    where: tuple[Condition, ...] = ()
    """Which rows count."""
    group_by: FieldPath | None = None
    """For a figure of each value of this field."""
    descending: bool = True
    """With `group_by`: the largest figure first."""
    limit: Operand | None = None
    """With `group_by`: how many groups at the most, as in "top ten"."""
    visible: bool = False
    """Only rows that the caller may see count."""


class Guard(Part):
    """What must hold before a change; otherwise the error.

    Either `require` holds of the row that is changed, or the number of rows of `count` that meet
    its conditions compares to `limit` as `op` says, *before* the change.
    """

    kind: Literal["guard"] = "guard"
    """What must hold before a change."""
    table: SnakeName
    """The table whose row is looked at."""
    argument: SnakeName | None = None
    """The parameter or body field that names that row; None for the row of the path."""
    require: tuple[Condition, ...] = ()
    """What must hold of the row."""
    count: Filter | None = None
    """The rows that are counted."""
    op: Comparison = Comparison.LT
    """How the number compares to `limit`."""
    limit: Operand | None = None
    """What the number is compared to."""
    unless_role: tuple[str, ...] = ()
    """Roles that the guard does not bind."""
    error: str = ""
    """The name of the error that is raised; empty in a Specification."""
    message: str = ""
    """The sentence that the caller reads."""


class Creation(Part):
    """A row that a change adds."""

    table: SnakeName
    """The table that gets a row."""
    assign: tuple[Assignment, ...] = ()
    """Its values."""
    take_body: bool = False
    """Every field of the parameter `body` is its value too, as in a derived route."""


class Change(Part):
    """A change of state: guards first, then assignments to the row and rows that are added."""

    kind: Literal["change"] = "change"
    """A change of state."""
    table: SnakeName
    """The table of the row that the path names."""
    guards: tuple[Guard, ...] = ()
    """What must hold, in the order of checking."""
    assign: tuple[Assignment, ...] = ()
    """What is set on the path's row."""
    take_body: bool = False
    """Every field of the parameter `body` that was sent is set too, as in a derived route."""
    create: tuple[Creation, ...] = ()
    """The rows that are added."""
    delete: bool = False
    """The row itself is removed."""
    lock: SnakeName | None = None
    """The table whose row is locked first, where a guard counts what the change adds."""


class Formula(Part):
    """A value computed from one row: a truth, or arithmetic over its fields."""

    kind: Literal["formula"] = "formula"
    """A value computed from one row."""
    table: SnakeName
    """The table, or the entity in a Specification."""
    operation: Literal["all", "add", "subtract", "multiply", "divide", "days_between", "join"]
    """How it is computed."""
    conditions: tuple[Condition, ...] = ()
    """For `all`: true where every one holds."""
    operands: tuple[Operand, ...] = ()
    """For arithmetic and `join`."""


Rule = Annotated[Filter | Aggregate | Guard | Change | Formula, Field(discriminator="kind")]
