"""The part of an Architecture that describes its database: tables, columns, relations, enums."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from codex.common.documents.base import JsonValue, Part, PascalName, SnakeName
from codex.common.documents.rules import Comparison, FieldPath, Rule
from codex.common.documents.typetext import TypeText


class ColumnType(StrEnum):
    """What a column stores."""

    INTEGER = "integer"  # 64 bits
    STRING = "string"  # a line, of at most `max_length` characters
    TEXT = "text"  # any length
    BOOLEAN = "boolean"
    DECIMAL = "decimal"  # exact, with `scale` digits after the point
    FLOAT = "float"
    DATE = "date"
    DATETIME = "datetime"  # aware, UTC
    TIME = "time"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"  # one value of `enum`
    FILE = "file"  # the key of a stored file


PYTHON_TYPES: dict[ColumnType, str] = {
    ColumnType.INTEGER: "int",
    ColumnType.STRING: "str",
    ColumnType.TEXT: "str",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DECIMAL: "Decimal",
    ColumnType.FLOAT: "float",
    ColumnType.DATE: "date",
    ColumnType.DATETIME: "datetime",
    ColumnType.TIME: "time",
    ColumnType.UUID: "UUID",
    ColumnType.JSON: "JsonValue",
    ColumnType.FILE: "str",
}


class Exposure(StrEnum):
    """In which of the compiled types a column appears."""

    BOTH = "both"  # callers read and write it
    READ = "read"  # they read it; the service sets it
    WRITE = "write"  # they send it and never see it
    NONE = "none"  # neither


class Column(Part):
    """A column; every table also has `id`, and `created_at` and `updated_at` unless it says no."""

    name: SnakeName
    """One or two words: `title`, `due_on`; a reference ends in `_id`."""
    type: ColumnType
    """What it stores."""
    description: str = ""
    """What it means, in one sentence."""
    nullable: bool = False
    """True where it may be empty."""
    unique: bool = False
    """True where no two rows share its value; name the error in `error`."""
    default: JsonValue = None
    """What it is when nothing is sent; `now` or `today` for dates; None for no default."""
    enum: PascalName | None = None
    """For `enum`: the enum's name."""
    precision: int | None = Field(default=None, ge=1, le=38)
    """For `decimal`: all digits."""
    scale: int | None = Field(default=None, ge=0, le=18)
    """For `decimal`: digits after the point."""
    minimum: float | int | str | None = None
    """The least value that callers may send; a string keeps it exact; `today` and `now` too."""
    maximum: float | int | str | None = None
    """The greatest value that callers may send."""
    exclusive_minimum: bool = False
    """True where the value must be more than `minimum`."""
    exclusive_maximum: bool = False
    """True where the value must be less than `maximum`."""
    min_length: int | None = Field(default=None, ge=0)
    """The least number of characters."""
    max_length: int | None = Field(default=None, ge=1)
    """The greatest number of characters."""
    format: Literal["email", "url"] | None = None
    """For `string`: what is checked of its form."""
    media_types: tuple[str, ...] = ()
    """For `file`: what may be uploaded; empty for anything."""
    exposure: Exposure = Exposure.BOTH
    """In which types it appears."""
    changeable: bool = True
    """False where callers may set it at creation only."""
    error: str | None = None
    """For `unique`: the error that a duplicate raises."""
    renamed_from: SnakeName | None = None
    """What it was called in an earlier Architecture, so that a migration keeps its values."""


class Cardinality(StrEnum):
    """How many rows of this table belong to how many of the target."""

    MANY_TO_ONE = "many_to_one"
    ONE_TO_ONE = "one_to_one"
    MANY_TO_MANY = "many_to_many"


class Relation(Part):
    """A relation, said once: on the table that holds the foreign key, or on one side of a link."""

    name: SnakeName
    """The attribute on this table's rows: `author`, `tags`."""
    target: SnakeName
    """The other table."""
    cardinality: Cardinality = Cardinality.MANY_TO_ONE
    """How many belong to how many."""
    column: SnakeName | None = None
    """The foreign key column of this table (`author_id`); None for `many_to_many`."""
    through: SnakeName | None = None
    """For `many_to_many`: the table that holds the ties, with a relation to each side."""
    through_source: SnakeName | None = None
    """For `many_to_many`: the relation of `through` that leads back to this table."""
    through_target: SnakeName | None = None
    """For `many_to_many`: the relation of `through` that leads to the target."""
    # Not in answer schemas: code names it wherever a tie is no more than a tie.
    ids: SkipJsonSchema[SnakeName | None] = None
    """For `many_to_many`: the field of bodies and answers that holds the ids of the tied rows:
    `tag_ids`; None where ties are made by routes of their own only."""
    inverse: SnakeName | None = None
    """The attribute on the target's rows: `books`; None for none."""
    on_delete: Literal["restrict", "cascade", "set_null"] = "restrict"
    """What happens to this row when the target row is deleted."""
    description: str = ""
    """What it means, where the name does not say it."""


class CheckSide(Part):
    """What a column is compared with."""

    column: SnakeName | None = None
    """Another column of the same row."""
    value: JsonValue = None
    """Or a value."""


class CheckTerm(Part):
    """One comparison of a constraint, inside one row."""

    column: SnakeName
    """What is compared."""
    op: Comparison
    """How."""
    other: CheckSide = CheckSide()
    """Not needed for `is_null` and `not_null`; a list of values for `in`."""


class Constraint(Part):
    """A rule that the database itself keeps, with the error that breaking it raises."""

    name: SnakeName
    """What it keeps: `one_open_loan_per_copy`."""
    kind: Literal["unique", "check"]
    """What it is."""
    columns: tuple[SnakeName, ...] = ()
    """For `unique`: the columns whose values stand together only once."""
    where: tuple[CheckTerm, ...] = ()
    """For `unique`: only rows that meet all of these count."""
    check: tuple[CheckTerm, ...] = ()
    """For `check`: every one must hold."""
    error: str
    """The error that is raised."""
    description: str = ""
    """What it keeps, in one sentence."""


class Index(Part):
    """An index that queries need."""

    columns: Annotated[tuple[SnakeName, ...], Field(min_length=1)]
    """In order."""


class ComputedField(Part):
    """A value of the read type that is not stored."""

    name: SnakeName
    """Its name in the read type."""
    type: TypeText
    """As a Python annotation."""
    description: str = ""
    """What it means, in one sentence."""
    # Not in answer schemas: code fills it in from the Specification's rules.
    rule: SkipJsonSchema[Rule | None] = None
    """How it is computed, where that is a known kind; then it is compiled."""
    function: SnakeName | None = None
    """Otherwise the shared function that computes it from the row."""


class DatabaseTable(Part):
    """A table with its rows' class."""

    name: SnakeName
    """In the plural: `books`."""
    model: PascalName
    """The class of its rows, in the singular: `Book`; BookCreate, BookUpdate, BookRead follow."""
    entity: SnakeName | None = None
    """The entity of the Specification that it keeps."""
    description: str = ""
    """What a row is, in one sentence."""
    columns: tuple[Column, ...] = ()
    """Its columns, without those that every table has."""
    timestamps: bool = True
    """Whether rows know when they were created and changed."""
    relations: tuple[Relation, ...] = ()
    """What its rows are tied to."""
    constraints: tuple[Constraint, ...] = ()
    """Rules that the database keeps."""
    indexes: tuple[Index, ...] = ()
    """What its queries need."""
    computed: tuple[ComputedField, ...] = ()
    """Values of the read type that are not stored."""
    owner: FieldPath | None = None
    """The way to the account that a row belongs to: `user_id`, `group.memberships.user_id`; the
    account's own table says `id`. None where rows belong to nobody."""
    renamed_from: SnakeName | None = None
    """What it was called in an earlier Architecture, so that a migration keeps its rows."""

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns with those that every table has."""
        return (ID, *self.columns, *((CREATED_AT, UPDATED_AT) if self.timestamps else ()))

    def column(self, name: str) -> Column | None:
        """The column called `name`."""
        return next((column for column in self.all_columns if column.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """The relation called `name`, seen from this side."""
        return next((relation for relation in self.relations if relation.name == name), None)


class EnumType(Part):
    """A closed set of values, stored by value."""

    name: PascalName
    """What one value is: `BookStatus`."""
    values: Annotated[tuple[str, ...], Field(min_length=1)]
    """In their natural order."""
    description: str = ""
    """What it tells apart, in one sentence."""


class DatabaseSchema(Part):
    """All tables of the service."""

    description: str = ""
    """What the database keeps, in one sentence."""
    tables: tuple[DatabaseTable, ...] = ()
    """All of them."""
    enums: tuple[EnumType, ...] = ()
    """The closed sets of values that columns use."""
    account: SnakeName | None = None
    """The table whose rows sign in: with `email`, `password_hash` and, given roles, `role`."""

    def table(self, name: str) -> DatabaseTable | None:
        """The table called `name`."""
        return next((table for table in self.tables if table.name == name), None)

    def model(self, name: str) -> DatabaseTable | None:
        """The table whose rows are of class `name`."""
        return next((table for table in self.tables if table.model == name), None)

    def enum(self, name: str) -> EnumType | None:
        """The enum called `name`."""
        return next((enum for enum in self.enums if enum.name == name), None)


ID = Column(
    name="id", type=ColumnType.INTEGER, description="The row's number.", exposure=Exposure.READ
)
CREATED_AT = Column(
    name="created_at",
    type=ColumnType.DATETIME,
    description="When it was created.",
    default="now",
    exposure=Exposure.READ,
)
UPDATED_AT = Column(
    name="updated_at",
    type=ColumnType.DATETIME,
    description="When it was last changed.",
    default="now",
    exposure=Exposure.READ,
)
