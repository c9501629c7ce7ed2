"""A library: self-relations, tags with attributes, decimals, dates, constraints, no accounts."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    Constraint,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures.build import (
    belongs,
    choice,
    column,
    crud,
    integer,
    money,
    reference,
    service,
    text,
    tied,
)

AUTHORS = DatabaseTable(
    name="authors",
    model="Author",
    description="Somebody who writes books.",
    columns=(
        text("name", 200, min_length=1),
        column("born_on", "date", nullable=True, description="The day of birth."),
    ),
)
GENRES = DatabaseTable(
    name="genres",
    model="Genre",
    description="A kind of book; kinds have kinds below them.",
    columns=(
        text("name", 100, unique=True, error="GenreTaken"),
        reference("parent", nullable=True),
    ),
    relations=(belongs("parent", "genres", "children", on_delete="set_null"),),
)
BOOKS = DatabaseTable(
    name="books",
    model="Book",
    description="A book, of which the library has some copies.",
    columns=(
        text("title", 300, min_length=1),
        text("isbn", 13, min_length=10, unique=True, error="IsbnTaken"),
        money("price", minimum=0),
        integer("copies", default=1, minimum=0),
        integer("lent", default=0, exposure="read"),
        choice("condition", "Condition", default="good"),
        reference("author"),
    ),
    relations=(
        belongs("author", "authors", "books"),
        tied("tags", "tags", "book_tags", "book", "tag", inverse="books"),
    ),
    constraints=(
        Constraint(
            name="lent",
            kind="check",
            check=(CheckTerm(column="lent", op=Comparison.LE, other=CheckSide(column="copies")),),
            error="NoCopiesLeft",
        ),
        Constraint(
            name="price",
            kind="check",
            check=(CheckTerm(column="price", op=Comparison.LT, other=CheckSide(value="10000.50")),),
            error="TooExpensive",
        ),
    ),
    indexes=(Index(columns=("author_id", "title")), Index(columns=("price",))),
)
TAGS = DatabaseTable(
    name="tags", model="Tag", columns=(text("name", 50, unique=True, error="TagTaken"),)
)
BOOK_TAGS = DatabaseTable(
    name="book_tags",
    model="BookTag",
    description="That a book has a tag.",
    columns=(reference("book"), reference("tag"), integer("weight", default=1)),
    relations=(
        belongs("book", "books", "book_tags", on_delete="cascade"),
        belongs("tag", "tags", "book_tags", on_delete="cascade"),
    ),
    constraints=(
        Constraint(name="tie", kind="unique", columns=("book_id", "tag_id"), error="TaggedAlready"),
    ),
)
LOANS = DatabaseTable(
    name="loans",
    model="Loan",
    description="A copy that somebody has taken home.",
    columns=(
        reference("book"),
        text("borrower", 200),
        column("borrowed_at", "datetime", default="now", exposure="read"),
        column("due_on", "date", nullable=True),
        column("returned_at", "datetime", nullable=True, exposure="read"),
    ),
    relations=(belongs("book", "books", "loans"),),
    constraints=(
        Constraint(
            name="open",
            kind="unique",
            columns=("book_id", "borrower"),
            where=(CheckTerm(column="returned_at", op=Comparison.IS_NULL),),
            error="LentAlready",
        ),
    ),
)


def errors() -> tuple[ErrorType, ...]:
    """The errors that constraints raise."""
    titles = {
        "GenreTaken": "There is a genre of this name.",
        "IsbnTaken": "There is a book with this ISBN.",
        "NoCopiesLeft": "No copy of this book is left.",
        "TooExpensive": "No book costs so much.",
        "TagTaken": "There is a tag of this name.",
        "TaggedAlready": "The book has this tag already.",
        "LentAlready": "The borrower has this book already.",
    }
    codes = {
        name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        for name in titles
    }
    return tuple(
        ErrorType(name=name, base="Conflict", code=codes[name], title=title)
        for name, title in titles.items()
    )


def architecture() -> Architecture:
    """The Architecture."""
    routes = (
        *crud(AUTHORS, search=("name",), sorts=("name", "born_on"), ranges=("born_on",)),
        *crud(GENRES),
        *crud(
            BOOKS,
            filters=("author_id", "condition", "isbn"),
            ranges=("price", "copies"),
            search=("title",),
            sorts=("title", "price", "created_at"),
            default_sort="-created_at",
        ),
        *crud(BOOKS, "list", "create", parent=("author", "/authors/{author_id}"), module="authors"),
        *crud(TAGS),
        *crud(BOOK_TAGS, "create", "list", "delete"),
        *crud(LOANS, filters=("book_id", "borrower"), ranges=("due_on",), sorts=("due_on",)),
    )
    return service(
        "library",
        "A library",
        (AUTHORS, GENRES, BOOKS, TAGS, BOOK_TAGS, LOANS),
        routes,
        enums=(EnumType(name="Condition", values=("new", "good", "worn out")),),
        errors=errors(),
    )
