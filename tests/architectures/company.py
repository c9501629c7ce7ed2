"""A company: twenty-five tables and forty routes."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.rules import Grant
from codex.common.documents.schema import Constraint, DatabaseTable, EnumType, Index, Relation
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    choice,
    column,
    crud,
    everything,
    integer,
    money,
    own,
    reference,
    service,
    text,
)

USERS, ROLES = accounts("employee", "manager", "admin", columns=(text("name", 100),))
NAME_TAKEN = ErrorType(
    name="NameTaken", base="Conflict", code="name_taken", title="This name is taken."
)

# Tables with a name and references: name, class, what it refers to (with what happens then).
_PLAIN: tuple[tuple[str, str, dict[str, tuple[str, str]]], ...] = (
    ("countries", "Country", {}),
    ("currencies", "Currency", {}),
    ("cities", "City", {"country": ("countries", "restrict")}),
    ("offices", "Office", {"city": ("cities", "restrict")}),
    ("departments", "Department", {"office": ("offices", "restrict")}),
    ("teams", "Team", {"department": ("departments", "cascade")}),
    ("positions", "Position", {"department": ("departments", "cascade")}),
    ("suppliers", "Supplier", {"city": ("cities", "restrict")}),
    ("customers", "Customer", {"city": ("cities", "restrict"), "user": ("users", "restrict")}),
    ("categories", "Category", {"parent": ("categories", "set_null")}),
    ("warehouses", "Warehouse", {"city": ("cities", "restrict")}),
    ("shelves", "Shelf", {"warehouse": ("warehouses", "cascade")}),
    ("projects", "Project", {"customer": ("customers", "restrict"), "team": ("teams", "restrict")}),
    ("milestones", "Milestone", {"project": ("projects", "cascade")}),
    ("vehicles", "Vehicle", {"office": ("offices", "set_null")}),
    ("meetings", "Meeting", {"project": ("projects", "cascade"), "user": ("users", "cascade")}),
)


def _plain(name: str, model: str, references: dict[str, tuple[str, str]]) -> DatabaseTable:
    columns = [text("name", 120, min_length=1), text("code", 20, nullable=True)]
    relations: list[Relation] = []
    for relation, (target, on_delete) in references.items():
        columns.append(reference(relation, nullable=on_delete == "set_null"))
        inverse = "children" if relation == "parent" else name
        relations.append(belongs(relation, target, inverse, on_delete=on_delete))
    return DatabaseTable(
        name=name,
        model=model,
        description=f"The {name} of the company.",
        columns=tuple(columns),
        relations=tuple(relations),
        constraints=()
        if references
        else (Constraint(name="name", kind="unique", columns=("name",), error="NameTaken"),),
        owner="user_id" if "user" in references else None,
    )


PRODUCTS = DatabaseTable(
    name="products",
    model="Product",
    columns=(
        text("name", 200),
        text("sku", 40, unique=True, error="NameTaken"),
        money("price", minimum=0),
        money("weight", precision=9, scale=3, nullable=True),
        reference("category"),
        reference("supplier"),
    ),
    relations=(
        belongs("category", "categories", "products"),
        belongs("supplier", "suppliers", "products"),
    ),
    indexes=(Index(columns=("price",)), Index(columns=("name",))),
)
STOCKS = DatabaseTable(
    name="stocks",
    model="Stock",
    columns=(reference("product"), reference("shelf"), integer("quantity", default=0, minimum=0)),
    relations=(
        belongs("product", "products", "stocks", on_delete="cascade"),
        belongs("shelf", "shelves", "stocks", on_delete="cascade"),
    ),
    constraints=(
        Constraint(
            name="place", kind="unique", columns=("product_id", "shelf_id"), error="NameTaken"
        ),
    ),
)
ORDERS = DatabaseTable(
    name="orders",
    model="Order",
    columns=(
        reference("customer"),
        choice("state", "OrderState", default="draft"),
        column("ordered_on", "date", default="today"),
        reference("currency"),
    ),
    relations=(
        belongs("customer", "customers", "orders"),
        belongs("currency", "currencies", "orders"),
    ),
    owner="customer.user_id",
)
LINES = DatabaseTable(
    name="order_lines",
    model="OrderLine",
    columns=(
        reference("order"),
        reference("product"),
        integer("quantity", default=1, minimum=1),
        money("price"),
    ),
    relations=(
        belongs("order", "orders", "lines", on_delete="cascade"),
        belongs("product", "products", "order_lines"),
    ),
    owner="order.customer.user_id",
)
INVOICES = DatabaseTable(
    name="invoices",
    model="Invoice",
    columns=(
        reference("order", unique=True, error="NameTaken"),
        money("total", precision=15, scale=2),
        column("paid_at", "datetime", nullable=True, exposure="read"),
        column("number", "uuid", unique=True, error="NameTaken"),
    ),
    relations=(belongs("order", "orders", "invoice", cardinality="one_to_one"),),
    owner="order.customer.user_id",
)
EMPLOYMENTS = DatabaseTable(
    name="employments",
    model="Employment",
    columns=(
        reference("user"),
        reference("team"),
        reference("position"),
        column("since", "date", default="today"),
        money("salary", minimum=0),
    ),
    relations=(
        belongs("user", "users", "employments", on_delete="cascade"),
        belongs("team", "teams", "employments", on_delete="cascade"),
        belongs("position", "positions", "employments"),
    ),
    owner="user_id",
)
EXPENSES = DatabaseTable(
    name="expenses",
    model="Expense",
    columns=(
        reference("user", exposure="read"),
        money("amount", exclusive_minimum=True, minimum=0),
        text("purpose", 300),
        column("details", "json", default={}),
        column("spent_at", "datetime", default="now"),
    ),
    relations=(belongs("user", "users", "expenses", on_delete="cascade"),),
    indexes=(Index(columns=("user_id", "spent_at")),),
    owner="user_id",
)
ABSENCES = DatabaseTable(
    name="absences",
    model="Absence",
    columns=(
        reference("user", exposure="read"),
        column("first_day", "date"),
        column("half", "boolean", default=False),
        column("from_time", "time", nullable=True),
    ),
    relations=(belongs("user", "users", "absences", on_delete="cascade"),),
    owner="user_id",
)


def architecture() -> Architecture:
    """The Architecture."""
    plain = {name: _plain(name, model, references) for name, model, references in _PLAIN}
    tables = (
        USERS,
        *plain.values(),
        PRODUCTS,
        STOCKS,
        ORDERS,
        LINES,
        INVOICES,
        EMPLOYMENTS,
        EXPENSES,
        ABSENCES,
    )
    staff = (everything("manager"), everything("admin"))
    mine = (own("employee"), *staff)
    anybody: tuple[Grant, ...] = ()
    routes: list[CodeGraph] = []
    for name in ("countries", "cities", "offices", "departments"):
        routes += crud(plain[name], "list", "get", access=anybody, sorts=("name",), module="places")
        routes += crud(plain[name], "create", access=staff, module="places")
    routes += crud(plain["projects"], access=staff, search=("name",), filters=("team_id",))
    routes += crud(
        plain["milestones"],
        "list",
        "create",
        access=staff,
        parent=("project", "/projects/{project_id}"),
        module="projects",
    )
    routes += crud(PRODUCTS, search=("name",), ranges=("price",), sorts=("price", "name"))
    routes += crud(ORDERS, access=mine, filters=("state",), ranges=("ordered_on",))
    routes += crud(
        LINES, "list", "create", access=mine, parent=("order", "/orders/{order_id}"),
        module="orders",
    )  # fmt: skip
    routes += crud(EXPENSES, access=mine, ranges=("amount", "spent_at"), sorts=("spent_at",))
    routes += crud(ABSENCES, "create", "list", "get", "delete", access=mine)
    assert (len(tables), len(routes)) == (25, 40), (len(tables), len(routes))
    return service(
        "company",
        "A company",
        tables,
        tuple(routes),
        roles=("employee", "manager", "admin"),
        enums=(ROLES, EnumType(name="OrderState", values=("draft", "sent", "done"))),
        account="users",
        errors=(EMAIL_TAKEN, NAME_TAKEN),
    )
