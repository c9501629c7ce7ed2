"""Staff: tables that refer to each other in a circle, one to one, every on-delete."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.rules import Aggregate, AggregateFunction, Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    ComputedField,
    Constraint,
    DatabaseTable,
    EnumType,
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
)

DEPARTMENTS = DatabaseTable(
    name="departments",
    model="Department",
    description="A part of the company.",
    columns=(
        text("name", 100, min_length=1, unique=True, error="NameTaken"),
        reference("head", nullable=True, description="Who leads it."),
    ),
    relations=(belongs("head", "employees", "leads", on_delete="set_null"),),
    computed=(
        ComputedField(
            name="employees_count",
            type="int",
            rule=Aggregate(function=AggregateFunction.COUNT, table="employees"),
        ),
        ComputedField(
            name="average_salary",
            type="Decimal | None",
            rule=Aggregate(function=AggregateFunction.AVERAGE, table="employees", field="salary"),
        ),
    ),
)
EMPLOYEES = DatabaseTable(
    name="employees",
    model="Employee",
    description="Somebody who works here.",
    columns=(
        text("name", 100, min_length=1),
        text("email", 254, format="email", unique=True, error="EmailTaken"),
        choice("contract", "Contract", default="full_time"),
        money("salary", precision=10, scale=2, minimum=0),
        column("hired_on", "date", default="today"),
        column("left_on", "date", nullable=True),
        reference("department"),
        reference("manager", nullable=True),
    ),
    relations=(
        belongs("department", "departments", "employees"),
        belongs("manager", "employees", "reports", on_delete="set_null"),
    ),
    constraints=(
        Constraint(
            name="dates",
            kind="check",
            check=(
                CheckTerm(column="left_on", op=Comparison.GE, other=CheckSide(column="hired_on")),
            ),
            error="LeftBeforeHired",
        ),
    ),
)
BADGES = DatabaseTable(
    name="badges",
    model="Badge",
    description="What opens the doors.",
    columns=(
        text("code", 12, min_length=4, unique=True, error="NameTaken"),
        reference("employee", unique=True, error="HasBadge"),
        integer("level", default=1, minimum=1, maximum=5),
    ),
    relations=(
        belongs("employee", "employees", "badge", on_delete="cascade", cardinality="one_to_one"),
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    titles = {
        "NameTaken": "The name is taken.",
        "EmailTaken": "The address is taken.",
        "LeftBeforeHired": "Nobody leaves before coming.",
        "HasBadge": "The employee has a badge.",
    }
    codes = {
        name: "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        for name in titles
    }
    return service(
        "staff",
        "Staff",
        (DEPARTMENTS, EMPLOYEES, BADGES),
        (
            *crud(DEPARTMENTS, search=("name",), sorts=("name",)),
            *crud(
                EMPLOYEES,
                filters=("contract", "department_id", "manager_id"),
                ranges=("salary", "hired_on"),
                search=("name", "email"),
                sorts=("salary", "name", "hired_on"),
                default_sort="name",
            ),
            *crud(
                EMPLOYEES,
                "list",
                parent=("department", "/departments/{department_id}"),
                module="departments",
            ),
            *crud(BADGES),
        ),
        enums=(EnumType(name="Contract", values=("full_time", "part_time", "intern")),),
        errors=tuple(
            ErrorType(name=name, base="Conflict", code=codes[name], title=title)
            for name, title in titles.items()
        ),
    )
