"""Later versions of some Architectures: everything that a table can become."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    Column,
    Constraint,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures import library, notes, tasks
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    choice,
    column,
    integer,
    money,
    reference,
    service,
    text,
)


def with_columns(
    table: DatabaseTable, *added: Column, without: tuple[str, ...] = (), **changed: Column
) -> DatabaseTable:
    """`table` with columns added, removed and replaced."""
    columns = [changed.get(item.name, item) for item in table.columns if item.name not in without]
    return table.model_copy(update={"columns": (*columns, *added)})


def notes_2() -> Architecture:
    """Notes: a column more, one renamed, one that may not be empty any more."""
    table = DatabaseTable(
        name="notes",
        model="Note",
        description="Something to remember.",
        columns=(
            text("headline", 200, min_length=1, renamed_from="title"),
            column("body", "text", description="The note itself."),
            column("pinned", "boolean", default=False),
            text("color", 20, default="white"),
            integer("stars", minimum=1, maximum=5),
        ),
        indexes=(Index(columns=("pinned", "stars")),),
    )
    return service("notes", "Notes", (table,), ())


def notes_3() -> Architecture:
    """Notes: other types, nothing renamed."""
    table = with_columns(
        notes.NOTES,
        title=text("title", 5),
        pinned=integer("pinned", default=0),
        body=column("body", "json", nullable=True),
    )
    return service("notes", "Notes", (table,), ())


def notes_4() -> Architecture:
    """Notes: columns whose older rows need values of every kind, and what only some rows keep."""
    table = with_columns(
        notes.NOTES,
        column("extra", "json", default={"a": [1, "b :c"]}),
        column("list", "json"),
        column("at", "time", default="09:30"),
        column("token", "uuid", default="0000000A-0000-4000-8000-00000000000B"),
        column("day", "date", unique=True, error="Taken"),
        column("moment", "datetime", unique=True, error="Taken"),
        column("hour", "time", unique=True, error="Taken"),
        money("share", precision=12, scale=4, minimum="0.3", exclusive_minimum=True),
        text("words", 40, default="9% :of \\:it"),
        choice("mood", "Mood", default="so :so"),
    ).model_copy(
        update={
            "constraints": (
                Constraint(
                    name="words",
                    kind="unique",
                    columns=("title",),
                    where=(
                        CheckTerm(
                            column="words", op=Comparison.NE, other=CheckSide(value="9% :of \\:it")
                        ),
                    ),
                    error="Taken",
                ),
            )
        }
    )
    mood = EnumType(name="Mood", values=("so :so", "good"))
    taken = ErrorType(name="Taken", base="Conflict", code="taken", title="Taken.")
    return service("notes", "Notes", (table,), (), enums=(mood,), errors=(taken,))


def library_2() -> Architecture:
    """A library: renamed, retyped, tightened, loosened, constrained, with new references."""
    publishers = DatabaseTable(
        name="publishers",
        model="Publisher",
        columns=(text("name", 100, unique=True, error="TagTaken"), reference("country")),
        relations=(belongs("country", "countries", "publishers"),),
    )
    countries = DatabaseTable(
        name="countries",
        model="Country",
        columns=(text("code", 2, min_length=2, unique=True, error="TagTaken"), text("name", 90)),
    )
    writers = library.AUTHORS.model_copy(
        update={
            "name": "writers",
            "model": "Writer",
            "renamed_from": "authors",
            "columns": (
                text("name", 200, min_length=1),
                text("email", 254, format="email", unique=True, error="IsbnTaken"),
            ),
        }
    )
    books = DatabaseTable(
        name="books",
        model="Book",
        description="A book, of which the library has some copies.",
        columns=(
            text("name", 300, min_length=1, renamed_from="title"),
            text("isbn", 20, unique=True, error="IsbnTaken"),
            money("price", precision=14, scale=4),
            text("copies", 20, default="1"),
            integer("lent", default=0, exposure="read"),
            choice("condition", "Condition", default="good"),
            reference("writer", renamed_from="author_id"),
            reference("publisher"),
            column("bought_on", "date", default="today"),
        ),
        relations=(
            belongs("writer", "writers", "books", on_delete="cascade"),
            belongs("publisher", "publishers", "books"),
        ),
        constraints=(
            Constraint(name="name", kind="unique", columns=("writer_id", "name"), error="TagTaken"),
            Constraint(
                name="price",
                kind="check",
                check=(
                    CheckTerm(column="price", op=Comparison.LT, other=CheckSide(value="20000")),
                ),
                error="TooExpensive",
            ),
        ),
        indexes=(Index(columns=("name", "isbn")),),
    )
    tags = with_columns(library.TAGS, name=text("name", 3, nullable=True))
    book_tags = with_columns(
        library.BOOK_TAGS, weight=money("weight", precision=10, scale=1, default="1.0")
    )
    loans = DatabaseTable(
        name="loans",
        model="Loan",
        columns=(
            reference("book"),
            text("borrower", 200, nullable=True),
            column("borrowed_at", "date", default="today", exposure="read"),
            column("due_on", "datetime"),
            column("uid", "uuid", unique=True, error="TagTaken"),
        ),
        relations=(belongs("book", "books", "loans", on_delete="cascade"),),
        timestamps=False,
    )
    return service(
        "library",
        "A library",
        (writers, books, tags, book_tags, loans, publishers, countries),
        (),
        enums=(EnumType(name="Condition", values=("new", "good", "bad")),),
        errors=library.errors(),
    )


def tasks_2() -> Architecture:
    """Tasks: accounts with another role, groups gone, tasks of one person."""
    users, roles = accounts(
        "member",
        "admin",
        "guest",
        columns=(text("name", 100), column("seen_at", "datetime", default="now")),
    )
    mine = with_columns(
        tasks.TASKS,
        reference("user"),
        without=("group_id", "assignee_id"),
        state=choice("state", "TaskState", default="open"),
    ).model_copy(
        update={
            "relations": (
                belongs("user", "users", "tasks", on_delete="cascade"),
                belongs("parent", "tasks", "children", on_delete="set_null"),
            ),
            "indexes": (),
            "owner": "user_id",
        }
    )
    return service(
        "tasks",
        "Tasks",
        (users, mine),
        (),
        roles=("member", "admin", "guest"),
        enums=(roles, EnumType(name="TaskState", values=("open", "done", "dropped"))),
        account="users",
        errors=(EMAIL_TAKEN,),
    )
