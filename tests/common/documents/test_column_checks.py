"""Defaults, bounds and rules that no column can have are refused, each by name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.rules import Comparison
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    Column,
    ColumnType,
    Constraint,
    DatabaseTable,
    EnumType,
)
from tests.architectures.build import choice, column, crud, integer, money, service, text


def problems(*columns: Column, check: CheckTerm | None = None, **derived: Any) -> str:
    """What is wrong with a service of one table; nothing where it may be."""
    constraints = (
        (Constraint(name="rule", kind="check", check=(check,), error="Bad"),) if check else ()
    )
    table = DatabaseTable(name="lines", model="Line", columns=columns, constraints=constraints)
    try:
        made = service(
            "lines",
            "Lines",
            (table,),
            crud(table, "create", **derived),
            enums=(EnumType(name="Kind", values=("old", "new")),),
            errors=(ErrorType(name="Bad", base="Invalid", code="bad", title="Bad."),),
        )
        Architecture.model_validate_json(made.model_dump_json())
    except ValidationError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (column("a", "decimal", precision=38, scale=2), "at most 18 are exact"),
        (column("a", "decimal", precision=4, scale=6), "of which 6 are after the point"),
        (integer("a", minimum=5, maximum=1), "at least 5 and at most 1"),
        (integer("a", minimum="abc"), "at least 'abc', which is no integer"),
        (integer("a", maximum=0.5), "at most 0.5, which is no integer"),
        (integer("a", minimum="now"), "which is no integer"),
        (column("a", "date", minimum="soon"), "at least 'soon', which is no date"),
        (column("a", "time", minimum="now"), "which is no time"),
        (text("a", minimum=3), "string have no bounds"),
        (text("a", 3, min_length=5), "at least 5 and at most 3 characters"),
        (text("a", 10**9), "that is for type text"),
        (text("a", 3, default="abcdef"), "has not its length"),
        (integer("a", default="x"), "default 'x', which is no integer"),
        (integer("a", default=2**63), "which is no integer"),
        (integer("a", default=0, minimum=1), "default 0, which is out of its bounds"),
        (integer("a", default=1, minimum=1, exclusive_minimum=True), "out of its bounds"),
        (money("a", default="NaN"), "which is no decimal"),
        (column("a", "boolean", default="yes"), "which is no boolean"),
        (column("a", "date", default="tomorrow"), "which is no date"),
        (column("a", "datetime", default="soon"), "which is no datetime"),
        (column("a", "uuid", default="x"), "which is no uuid"),
    ],
)
def test_what_cannot_be_is_refused(wrong: Column, told: str) -> None:
    found = problems(wrong)
    assert "column lines.a" in found
    assert told in found


@pytest.mark.parametrize(
    "right",
    [
        column("a", "decimal", precision=18, scale=18, default="0.5"),
        integer("a", minimum="1", maximum=3.0, default=2),
        column("a", "date", minimum="today", default="today"),
        column("a", "datetime", minimum="2020-01-01T00:00:00", maximum="now", default="now"),
        column("a", "time", minimum="08:00", maximum="18:00", default="09:00"),
        column("a", "float", minimum=0, default=1),
        column("a", "uuid", default="00000000-0000-4000-8000-000000000001"),
        column("a", "json", default=[1, {"b": None}]),
        text("a", default="now"),
    ],
)
def test_what_can_be_is_taken(right: Column) -> None:
    assert problems(right) == ""


@pytest.mark.parametrize(
    ("kind", "op", "value", "told"),
    [
        (ColumnType.INTEGER, Comparison.GE, "x", "with 'x', which is no integer"),
        (ColumnType.INTEGER, Comparison.EQ, None, "with None, which is no integer"),
        (ColumnType.INTEGER, Comparison.IN, [1, "b"], "with 'b', which is no integer"),
        (ColumnType.INTEGER, Comparison.CONTAINS, 1, "looks for text in column 'a'"),
        (ColumnType.DATE, Comparison.GE, "today", "which moves"),
        (ColumnType.JSON, Comparison.EQ, {"a": 1}, "which is json"),
    ],
)
def test_rules_of_the_database_compare_what_is_comparable(
    kind: ColumnType, op: Comparison, value: Any, told: str
) -> None:
    term = CheckTerm(column="a", op=op, other=CheckSide(value=value))
    assert told in problems(Column(name="a", type=kind), check=term)


def test_a_route_sets_what_a_column_can_be() -> None:
    state = choice("a", "Kind", exposure="read")
    assert problems(state, defaults={"a": "old"}) == ""
    assert "sets column 'a' to 'lost', which it cannot be" in problems(
        state, defaults={"a": "lost"}
    )
    moment = column("a", "datetime", exposure="read")
    assert problems(moment, defaults={"a": "now"}) == ""
    assert "sets column 'a' to None" in problems(moment, defaults={"a": None})
