"""Hostile names: classes called Field, Column and Request; reserved words; very long ones."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType, ObjectType, TypeField
from codex.common.documents.codegraph import QueryParameter
from codex.common.documents.rules import Aggregate, AggregateFunction, Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    ComputedField,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures.build import (
    belongs,
    choice,
    column,
    crud,
    function,
    integer,
    money,
    reference,
    service,
    text,
    written,
)

LONG = "an_exceedingly_long_name_that_somebody_thought_was_telling"  # 58 characters
COLUMNS = DatabaseTable(
    name="columns",
    model="Column",
    description='A "column" of the board; it\'s \\ not """what""" SQL means.',
    columns=(
        text("order", 20, default="first"),
        text("select", 40, unique=True, error="Response"),
        column("date", "date", nullable=True),
        column("datetime", "datetime", default="now"),
        column("time", "time", nullable=True),
        column("int", "integer", default=3, minimum=1),
        column("str", "string", max_length=30, default='"quoted" \\ text'),
        column("bool", "boolean", default=True),
        column("float", "float", default=1),
        column("list", "json", default=[]),
        column("type", "string", max_length=5, nullable=True),
        text("hash", 10, nullable=True),
    ),
    computed=(
        ComputedField(
            name="requests_count",
            type="int",
            rule=Aggregate(function=AggregateFunction.COUNT, table="requests"),
        ),
    ),
)
REQUESTS = DatabaseTable(
    name="requests",
    model="Request",
    description="Something that somebody wants.",
    columns=(
        text("text", 200),
        text("group", 30, nullable=True),
        reference("user"),
        reference("copy", nullable=True),
        choice("kind", "Index", default="B-tree"),
        column("session", "string", max_length=10, default="s"),
        column("body", "text", nullable=True),
        column("user", "string", max_length=10, nullable=True),
        integer("limit", default=0, maximum=100),
    ),
    relations=(
        belongs("column", "columns", "requests", column="user_id"),
        belongs("copy", "requests", "copies", on_delete="set_null"),
    ),
    constraints=(
        Constraint(
            name="limit",
            kind="check",
            check=(CheckTerm(column="limit", op=Comparison.LE, other=CheckSide(value=100)),),
            error="Depends",
        ),
        Constraint(
            name="group",
            kind="unique",
            columns=("group", "text"),
            where=(CheckTerm(column="group", op=Comparison.NOT_NULL),),
            error="Depends",
        ),
    ),
    indexes=(Index(columns=("group", "limit")),),
)
FIELDS = DatabaseTable(
    name="order",
    model="Field",
    columns=(
        text(LONG, 10, unique=True, error="Depends"),
        reference(LONG[:50], nullable=True),
        choice(f"{LONG[:40]}_choice", "Index", default="1st"),
        money("price"),
    ),
    relations=(belongs(LONG[:50], "columns", "fields", on_delete="cascade"),),
    indexes=(Index(columns=(LONG, "price")), Index(columns=("price",))),
)
SESSIONS = DatabaseTable(
    name=f"{LONG[:54]}s",
    model="Relationship",
    columns=(
        text("router", 10),
        text("app", 10, nullable=True),
        column("now", "datetime", default="now"),
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    tables = (COLUMNS, REQUESTS, FIELDS, SESSIONS)
    database = DatabaseSchema(tables=tables)
    count = function(
        {
            "function_name": "count",
            "module": "figures",
            "method": "POST",
            "path": "/query",
            "request": "Query",
            "response": "Path",
            "parameters": (
                QueryParameter(name="filter", type="str", default="'x'"),
                QueryParameter(name="query", type="int | None", default="None"),
            ),
        },
        database,
        "Counts.",
        "{signature}\n    ...\n",
        reads=("requests",),
    )
    return service(
        "kanban",
        "A board",
        tables,
        (
            *crud(
                COLUMNS,
                filters=("order", "date", "bool"),
                ranges=("int", "datetime"),
                search=("str",),
                sorts=("order", "float"),
            ),
            *crud(
                REQUESTS,
                filters=("kind", "group", "user"),
                search=("text", "body"),
                sorts=("limit",),
            ),
            *crud(FIELDS, path="/fields", filters=(LONG,), ranges=("price",), module="fields"),
            *crud(SESSIONS, module="sessions"),
            count,
        ),
        enums=(
            EnumType(
                name="Index",
                values=("B-tree", "1st", "größer", "", "a b", "a-b", "None", "mro", '"x"'),
            ),
        ),
        types=(
            ObjectType(
                name="Query",
                fields=(
                    TypeField(name="date", type="date | None", optional=True),
                    TypeField(name="int", type="list[int]", optional=True, default=[1]),
                    TypeField(name="kind", type="Index"),
                ),
            ),
            ObjectType(
                name="Path",
                fields=(
                    TypeField(name="str", type="str"),
                    TypeField(name="datetime", type="datetime | None"),
                ),
            ),
        ),
        errors=(
            ErrorType(name="Response", base="Conflict", code="response", title='It is "taken".'),
            ErrorType(name="Depends", base="Conflict", code="depends", title="That depends."),
        ),
    )


FUNCTIONS = written(
    count="""
        def count(
            body: Query, filter: str = "x", query: int | None = None, *, session: Session
        ) -> Path:
            number = session.exec(select(func.count()).select_from(Request)).one()
            return Path(str=f"{number}{filter}{query}{body.kind}", datetime=None)
    """,
)
