"""The small service that the corpus' database functions belong to."""

from __future__ import annotations

from functools import lru_cache

from codex.common.documents.architecture import Architecture, ErrorType, Setting
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Exposure,
    Relation,
)
from codex.common.documents.specification import Feature, Requirement, Specification


def _text(name: str, **more: object) -> Column:
    return Column.model_validate({"name": name, "type": ColumnType.STRING, **more})


def _number(name: str, **more: object) -> Column:
    return Column.model_validate({"name": name, "type": ColumnType.INTEGER, **more})


def _belongs(name: str, target: str, inverse: str, on_delete: str = "restrict") -> Relation:
    return Relation.model_validate(
        {
            "name": name,
            "target": target,
            "column": f"{name}_id",
            "inverse": inverse,
            "on_delete": on_delete,
        }
    )


TABLES = (
    DatabaseTable(
        name="users",
        model="User",
        owner="id",
        columns=(
            _text("email", unique=True, format="email"),
            _text("password_hash", exposure=Exposure.NONE),
            _text("name", default=""),
        ),
    ),
    DatabaseTable(
        name="authors",
        model="Author",
        columns=(_text("name"), _number("born", nullable=True)),
    ),
    DatabaseTable(
        name="books",
        model="Book",
        columns=(
            _text("title"),
            _number("author_id"),
            _number("year", nullable=True),
            _number("stock", default=0),
            Column(name="price", type=ColumnType.DECIMAL, scale=2, default="10.00"),
            Column(name="status", type=ColumnType.ENUM, enum="BookStatus", default="available"),
        ),
        relations=(_belongs("author", "authors", "books"),),
    ),
    DatabaseTable(
        name="loans",
        model="Loan",
        owner="user_id",
        columns=(
            _number("user_id"),
            _number("book_id"),
            Column(name="due_on", type=ColumnType.DATE),
            Column(name="returned_at", type=ColumnType.DATETIME, nullable=True),
        ),
        relations=(_belongs("user", "users", "loans"), _belongs("book", "books", "loans")),
    ),
    DatabaseTable(
        name="reviews",
        model="Review",
        owner="user_id",
        columns=(
            _number("user_id"),
            _number("book_id"),
            _number("stars", minimum=1, maximum=5),
            _text("text", default=""),
        ),
        relations=(_belongs("user", "users", "reviews"), _belongs("book", "books", "reviews")),
    ),
    DatabaseTable(
        name="orders",
        model="Order",
        owner="user_id",
        columns=(
            _number("user_id"),
            Column(name="status", type=ColumnType.ENUM, enum="OrderStatus", default="open"),
            Column(name="shipped_at", type=ColumnType.DATETIME, nullable=True),
        ),
        relations=(_belongs("user", "users", "orders"),),
    ),
    DatabaseTable(
        name="order_items",
        model="OrderItem",
        columns=(
            _number("order_id"),
            _number("book_id"),
            _number("quantity", default=1, minimum=1),
            Column(name="unit_price", type=ColumnType.DECIMAL, scale=2, default="10.00"),
        ),
        relations=(
            _belongs("order", "orders", "items", "cascade"),
            _belongs("book", "books", "order_items"),
        ),
    ),
    DatabaseTable(
        name="tasks",
        model="Task",
        columns=(
            _text("title"),
            Column(name="done", type=ColumnType.BOOLEAN, default=False),
            _number("priority", default=3),
            Column(name="due_on", type=ColumnType.DATE, nullable=True),
            _number("parent_id", nullable=True),
        ),
        relations=(_belongs("parent", "tasks", "children", "cascade"),),
    ),
)


def _error(name: str, base: str, code: str) -> ErrorType:
    return ErrorType.model_validate({"name": name, "base": base, "code": code, "title": f"{name}."})


@lru_cache(maxsize=1)
def architecture() -> Architecture:
    """A bookshop that also lends and keeps tasks."""
    specification = Specification(
        title="Corpus",
        summary="A bookshop that also lends.",
        request="A bookshop that also lends.",
        features=(Feature(name="All"),),
        requirements=(Requirement(id="R1", feature="All", text="It must work."),),
    )
    return Architecture(
        specification=specification,
        name="corpus",
        database=DatabaseSchema(
            tables=TABLES,
            enums=(
                EnumType(name="BookStatus", values=("available", "lent", "lost")),
                EnumType(name="OrderStatus", values=("open", "paid", "shipped", "cancelled")),
            ),
            account="users",
        ),
        errors=(
            _error("LoanLimitReached", "Conflict", "loan_limit_reached"),
            _error("NotAvailable", "Conflict", "not_available"),
            _error("AlreadyShipped", "Conflict", "already_shipped"),
            _error("AlreadyReturned", "Conflict", "already_returned"),
            _error("EmptyOrder", "Invalid", "empty_order"),
            _error("BadInput", "Invalid", "bad_input"),
            _error("Missing", "NotFound", "missing"),
        ),
        settings=(
            Setting(name="loan_limit", default=5),
            Setting(name="loan_days", default=14),
            Setting(name="discount_percent", type="Decimal", default="10"),
        ),
    )
