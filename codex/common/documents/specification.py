"""The Specification: what the client wants, agreed on, every clause of it accounted for."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, JsonValue, model_validator

from codex.common.documents.base import Document, Part, Scalar, SnakeName, Violations
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Grant, Rule

RequirementId = Annotated[str, Field(pattern=r"^R[1-9][0-9]*$", max_length=8)]


class Role(Part):
    """A kind of account, with the rights that requirements give it."""

    name: SnakeName
    """One word in the singular: `member`, `librarian`."""
    description: str
    """What people in this role do."""


class FieldType(StrEnum):
    """What a field holds, in domain words."""

    TEXT = "text"  # a line
    LONG_TEXT = "long_text"  # paragraphs
    INTEGER = "integer"
    DECIMAL = "decimal"  # money and other exact figures
    FLOAT = "float"  # measurements
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    EMAIL = "email"
    URL = "url"
    CHOICE = "choice"  # one of `choices`
    FILE = "file"
    JSON = "json"


class EntityField(Part):
    """Something that is known of an entity."""

    name: SnakeName
    """One or two words: `title`, `published_on`."""
    type: FieldType = FieldType.TEXT
    """What kind of value it holds."""
    description: str = ""
    """What it means, in one sentence."""
    required: bool = True
    """False where it may be left out."""
    unique: bool = False
    """True where no two entities share its value."""
    unique_with: tuple[SnakeName, ...] = ()
    """Other fields or references that the value is unique together with."""
    choices: tuple[str, ...] = ()
    """For `choice`: the values, in their natural order."""
    default: Scalar = None
    """What it is when it is left out; `now` or `today` for the moment of creation."""
    minimum: float | int | str | None = None
    """The least value, or the earliest date (`today`); a string is kept exactly."""
    maximum: float | int | str | None = None
    """The greatest value, or the latest date."""
    exclusive_minimum: bool = False
    """True where the value must be more than `minimum`, as "positive" says."""
    exclusive_maximum: bool = False
    """True where the value must be less than `maximum`."""
    min_length: int | None = None
    """The least number of characters."""
    max_length: int | None = None
    """The greatest number of characters."""
    scale: int | None = None
    """For `decimal`: digits after the point."""
    set_by: Literal["client", "server"] = "client"
    """`server` where the caller never sends it, such as the moment of a state change."""
    computed: Rule | None = None
    """Where it is not stored but follows from others: how."""


class RelationKind(StrEnum):
    """How many of one belong to how many of another."""

    BELONGS_TO = "belongs_to"
    ONE_TO_ONE = "one_to_one"
    MANY_TO_MANY = "many_to_many"


class EntityRelation(Part):
    """A tie to another entity, said once, on the side that belongs."""

    name: SnakeName
    """What the other is to this one: `author`, `parent`, `tags`."""
    target: SnakeName
    """The other entity's name."""
    kind: RelationKind = RelationKind.BELONGS_TO
    """How many belong to how many."""
    required: bool = True
    """False where there may be none."""
    inverse: SnakeName | None = None
    """What these are to the other one: `books`, `children`."""
    on_delete: Literal["refuse", "delete", "clear"] = "refuse"
    """What happens to this when the other is deleted."""
    attributes: tuple[EntityField, ...] = ()
    """For `many_to_many`: what is known of each tie."""
    unique_with: tuple[SnakeName, ...] = ()
    """Other fields or references that it is unique together with."""
    set_by: Literal["client", "server"] = "client"
    """`server` where the caller never sends it, such as the owner."""


class Entity(Part):
    """A kind of thing that the service keeps."""

    name: SnakeName
    """In the singular: `book`, `order_item`."""
    plural: SnakeName
    """`books`, `order_items`."""
    description: str = ""
    """What one of it is, in one sentence."""
    fields: tuple[EntityField, ...] = ()
    """What is known of each."""
    relations: tuple[EntityRelation, ...] = ()
    """What each is tied to."""
    is_account: bool = False
    """True for the one entity whose members sign in."""
    owner: str | None = None
    """The way to the account that it belongs to: `user`, `group.members`; None for nobody."""


class Parameter(Part):
    """A number or choice of the request, kept in one place and named."""

    name: SnakeName
    """What it limits or sets: `loan_limit`."""
    value: Scalar
    """The value that the request gives."""
    type: Literal["integer", "decimal", "boolean", "text"] = "integer"
    """What kind of value it is."""
    unit: str = ""
    """`days`, `books`, `EUR`."""
    description: str = ""
    """What it means, in one sentence."""
    quote: str = ""
    """Where the request says so, word for word; empty for an assumption."""


class CriterionCase(Part):
    """What a criterion shows, in typed form."""

    kind: Literal[
        "done",
        "missing",
        "invalid",
        "duplicate",
        "refused",
        "anonymous",
        "forbidden",
        "foreign",
        "narrowed",
        "account",
        "service",
    ]
    """`done`: it works; `missing`: 404 for no such row; `invalid`: 422; `duplicate`: 409 for a
    taken value; `refused`: 409 because a guard does not hold; `anonymous`: 401; `forbidden`: 403;
    `foreign`: 404 for somebody else's row; `narrowed`: a list shows only what matches; `account`:
    signing up, logging in, reading one's own account; `service`: the service answers at all."""
    operation: int = Field(default=1, ge=0)
    """The number of the requirement's operation that is tried, from 1; 0 for none."""
    field: SnakeName | None = None
    """The field that is invalid, taken, or narrowed by."""
    guard: int = Field(default=1, ge=1)
    """For `refused`: the number of the guard, from 1."""


class Criterion(Part):
    """An acceptance criterion: something that can be tried and seen."""

    id: Annotated[str, Field(pattern=r"^R[1-9][0-9]*\.[1-9][0-9]*$", max_length=12)]
    """The requirement's id and a number: `R3.1`."""
    given: str
    """What is there before."""
    when: str
    """What is done."""
    then: str
    """What is seen afterwards: an answer, a status, a changed thing."""
    case: CriterionCase | None = None
    """The same in typed form, where it is of a known kind."""


class Verb(StrEnum):
    """What an operation does."""

    CREATE = "create"
    LIST = "list"
    GET = "get"
    UPDATE = "update"
    DELETE = "delete"
    ACTION = "action"  # a change of state with a verb of its own
    FIGURE = "figure"  # a count, sum or average
    QUERY = "query"  # a computed list: overdue loans, top ten


class Operation(Part):
    """One thing that a requirement lets somebody do, in typed form."""

    verb: Verb
    """What is done."""
    entity: SnakeName
    """The entity that it is done to."""
    name: SnakeName | None = None
    """For `action`, `figure` and `query`: its own name, such as `complete`, `total`, `overdue`."""
    parent: SnakeName | None = None
    """The relation under which it is done, as in the books of one author."""
    filters: tuple[str, ...] = ()
    """Fields that a list can be narrowed by."""
    ranges: tuple[str, ...] = ()
    """Fields that a list can be narrowed by from and to."""
    search: tuple[str, ...] = ()
    """Fields that the text search `q` looks into."""
    sorts: tuple[str, ...] = ()
    """Fields that a list can be sorted by; a leading `-` marks the default, descending."""
    fields: tuple[SnakeName, ...] = ()
    """For `update` and `action`: the fields that the caller sends."""
    access: tuple[Grant, ...] = ()
    """Who may; empty for the default: whoever is signed in where accounts exist, else everybody."""
    rule: Rule | None = None
    """What exactly happens, where a rule says all of it: a `change` with its guards for `create`,
    `update`, `delete` and `action`, an `aggregate` or `filter` for `figure` and `query`, a
    `filter` for `list`. Without one, a developer writes it from the requirements' text."""


class Requirement(Part):
    """One thing that the service must do, testable, with the words of the request behind it."""

    id: RequirementId
    """R and a number; it never changes."""
    feature: str
    """The name of the feature that it belongs to."""
    text: str
    """One sentence with "must"."""
    quotes: tuple[str, ...] = ()
    """The clauses of the request that ask for it, word for word."""
    criteria: tuple[Criterion, ...] = ()
    """How one sees that it is met; at least one."""
    operations: tuple[Operation, ...] = ()
    """What it lets people do, in typed form, where that is known. One that stands in several
    requirements is written out in one of them; the others only name it."""


class Feature(Part):
    """A group of requirements that make sense together."""

    name: str
    """A few words: `Lending`."""
    description: str = ""
    """What it lets people do, in one sentence."""


class InterviewQuestion(Part):
    """A question to the client, with the answer that was given or assumed."""

    id: Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$", max_length=8)]
    """Q and a number."""
    text: str
    """The question, in plain words."""
    why: str
    """What depends on the answer."""
    default: str
    """What is assumed without an answer."""
    choices: tuple[str, ...] = ()
    """Likely answers, where there are a few."""
    answer: str | None = None
    """What the client said; None where the default was taken."""


class Assumption(Part):
    """What was decided without being asked for."""

    id: Annotated[str, Field(pattern=r"^A[1-9][0-9]*$", max_length=8)]
    """A and a number."""
    text: str
    """What is assumed, in one sentence."""
    question: str | None = None
    """The id of the interview question that was left to its default: `Q2`."""


class OutOfScope(Part):
    """A clause that is understood and will not be built, and why."""

    quote: str
    """The clause, word for word."""
    reason: str
    """Why it is not built, in one sentence."""


class NotUnderstoodClause(Part):
    """A clause whose meaning is not known; nothing was guessed."""

    quote: str
    """The clause, word for word."""
    reason: str = ""
    """What in it is not clear."""
    rephrasings: tuple[str, ...] = ()
    """Near misses: wordings that would be understood."""


class ChangeNote(Part):
    """What a revision changed."""

    element: str
    """`requirement R3`, `entity book`, `parameter loan_limit`."""
    change: Literal["added", "changed", "removed"]
    """What happened to it."""
    note: str = ""
    """How, in a few words."""


class Specification(Document):
    """What the client wants: roles, features, entities, parameters and testable requirements."""

    kind: ClassVar[str] = "specification"
    document: Literal["specification"] = "specification"
    """The kind of document."""

    title: str
    """The service's name, in a few words."""
    summary: str
    """What it is for, in one or two sentences."""
    request: str
    """The client's request, word for word."""
    feedback: tuple[str, ...] = ()
    """Every correction that the client gave afterwards, word for word."""
    language: str = "en"
    """The request's language."""
    roles: tuple[Role, ...] = ()
    """The kinds of accounts; empty where nobody signs in or all are alike."""
    features: tuple[Feature, ...] = ()
    """What the service offers, in groups."""
    entities: tuple[Entity, ...] = ()
    """What the service keeps."""
    parameters: tuple[Parameter, ...] = ()
    """Every number or choice that the request names."""
    requirements: tuple[Requirement, ...] = ()
    """What the service must do."""
    questions: tuple[InterviewQuestion, ...] = ()
    """What the client was asked, with the answers."""
    assumptions: tuple[Assumption, ...] = ()
    """What was decided without the client."""
    out_of_scope: tuple[OutOfScope, ...] = ()
    """What is understood and will not be built."""
    not_understood: tuple[NotUnderstoodClause, ...] = ()
    """What nobody could make sense of."""
    changes: tuple[ChangeNote, ...] = ()
    """What the last revision changed."""
    notes: dict[str, JsonValue] = {}
    """Remarks for later stages, by topic."""

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        from codex.common.documents import specification_checks

        found = Violations()
        specification_checks.check(self, found)
        found.raise_if_any()
        return self

    @property
    def account(self) -> Entity | None:
        """The entity whose members sign in."""
        return next((entity for entity in self.entities if entity.is_account), None)

    def entity(self, name: str) -> Entity:
        """The entity called `name`."""
        return next(entity for entity in self.entities if entity.name == name)

    @property
    def role_names(self) -> frozenset[str]:
        """Every role that a grant may name."""
        return frozenset({role.name for role in self.roles} | {PUBLIC, SIGNED_IN})
