"""Names and texts that generated code could stumble over: Python's, SQL's, the libraries'."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType, ObjectType, TypeField
from codex.common.documents.base import CLASS_MEMBERS
from codex.common.documents.codegraph import QueryParameter
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Comparison,
    Condition,
    FieldValue,
    Formula,
    Value,
)
from codex.common.documents.schema import (
    ComputedField,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures.build import (
    belongs,
    column,
    crud,
    function,
    integer,
    money,
    reference,
    service,
    text,
    tied,
    written,
)

NASTY = 'Says "so", \\n, \'\'\', """, {x}, %s, # and \u202e\x07 \u00e4\U0001f600 \u2028.'

# Every name that a class of rows has from its bases, and words of Python and SQL.
WORDS = DatabaseTable(
    name="words",
    model="Word",
    description=NASTY,
    columns=(
        text("class", 50),
        text("from", 50, nullable=True, description=NASTY),
        integer("import", default=1, minimum=0),
        *(text(name, 50, nullable=True) for name in sorted(CLASS_MEMBERS)),
        *(
            text(name, 40, default=name)
            for name in ("select", "order", "group", "user", "values", "where")
        ),
        *(
            integer(name, nullable=True)
            for name in ("int", "str", "list", "bool", "row", "rows", "now", "settings", "session")
        ),
        *(
            column(name, kind, nullable=True)
            for name, kind in (
                *(("date", "date"), ("datetime", "datetime"), ("time", "time"), ("uuid", "uuid")),
                *(("decimal", "float"), ("any", "json"), ("type", "boolean")),
            )
        ),
        *(text(name, 30, nullable=True) for name in ("body", "paging", "response", "database")),
        text("a" * 63, 20, nullable=True),
    ),
    constraints=(
        Constraint(name="class", kind="unique", columns=("class", "import"), error="Query"),
    ),
    indexes=(Index(columns=("from", "class")),),
)
CLASSES = DatabaseTable(
    name="classes",
    model="Class",
    columns=(
        text("name", 50, unique=True, error="NameTaken"),
        money("yield", minimum=0),
        column("lambda", "enum", enum="Type", default="None"),
        reference("word"),
        reference("with", nullable=True),
    ),
    relations=(
        belongs("word", "words", "global", on_delete="cascade"),
        belongs("with", "classes", "is", on_delete="set_null"),
        tied("metadata", "orders", "tables", "class", "order", inverse="copy"),
    ),
    computed=(
        ComputedField(
            name="return",
            type="Decimal",
            rule=Formula(
                table="classes",
                operation="multiply",
                operands=(FieldValue(path="yield"), FieldValue(path="word.import")),
            ),
        ),
        ComputedField(
            name="json",
            type="int",
            rule=Aggregate(
                function=AggregateFunction.COUNT,
                table="tables",
                where=(
                    Condition(field="class", op=Comparison.EQ, operands=(FieldValue(path="id"),)),
                ),
            ),
        ),
    ),
)
ORDERS = DatabaseTable(
    name="orders", model="Order", columns=(text("group", 50), text("order", 50, nullable=True))
)
TABLES = DatabaseTable(
    name="tables",
    model="Table",
    timestamps=False,
    columns=(reference("class"), reference("order")),
    relations=(
        belongs("class", "classes", on_delete="cascade"),
        belongs("order", "orders", on_delete="cascade"),
    ),
    constraints=(
        Constraint(name="once", kind="unique", columns=("class_id", "order_id"), error="Once"),
    ),
)
TYPE = EnumType(
    name="Type",
    values=("None", "class", "mro", "name", "value", "a b", "A B", "ÄÖ", "日本", "", NASTY),
    description=NASTY,
)
LONGEST = "b" * 63
NOTE = ObjectType(
    name="BaseModel",
    description=NASTY,
    fields=(
        TypeField(name="class", type="str", description=NASTY),
        TypeField(name="model_config", type="int", optional=True, default=3),
        TypeField(name="str", type="str | None", optional=True),
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    tables = (WORDS, CLASSES, ORDERS, TABLES)
    echo = function(
        {
            "function_name": "select",
            "module": "main",
            "method": "POST",
            "path": "/select",
            "summary": NASTY,
            "request": "BaseModel",
            "response": "BaseModel",
            "parameters": (QueryParameter(name="len", type="str", default='""'),),
        },
        DatabaseSchema(tables=tables, enums=(TYPE,)),
        NASTY,
        "{signature}\n    return body\n",
        context=(),
    )
    return service(
        "class",
        NASTY,
        tables,
        (
            *crud(
                WORDS,
                module="app",
                filters=("class", "import", "metadata", "from", "self", "date", "list"),
                ranges=("import", "date"),
                search=("class", "json", "schema"),
                sorts=("class", "import", "metadata", "id"),
                default_sort="-class",
            ),
            *crud(
                CLASSES,
                module="routes",
                filters=("lambda", "with_id"),
                ranges=("yield",),
                sorts=("yield", "lambda"),
            ),
            *crud(
                ORDERS,
                module=LONGEST,
                path=f"/{LONGEST}",
                item="order",
                where=(Condition(field="group", op=Comparison.NE, operands=(Value(value=NASTY),)),),
            ),
            *crud(TABLES, "create", "list", "get", "delete", module="typing"),
            *crud(CLASSES, "list", module="routes", parent=("word", "/words/{word_id}")),
            echo,
        ),
        enums=(TYPE,),
        types=(NOTE,),
        errors=(
            ErrorType(name="Query", base="Conflict", code="query", title=NASTY),
            ErrorType(name="NameTaken", base="Conflict", code="class", title="Taken."),
            ErrorType(name="Once", base="Conflict", code="once", title="Once."),
        ),
    )


FUNCTIONS = written(
    select='''
    def select(body: BaseModel, len: str = "") -> BaseModel:
        """Say it again."""
        return BaseModel(class_=body.class_, model_config_=body.model_config_)
    '''
)

# A plain sample would be taken for the beginning of a statement that leaked.
SAMPLES = {
    "words": dict.fromkeys(("sqlmodel_update", "update_forward_refs", "select", "from"), "plain")
}
