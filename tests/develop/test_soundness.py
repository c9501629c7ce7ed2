"""Right functions in unusual clothes pass the static checks; wrong ones that look right do not."""

from __future__ import annotations

from typing import Any

import pytest

from codex.common.documents.codegraph import Example
from codex.common.documents.typetext import parse_type
from codex.compiler.rows import UnknownRow, complete_rows
from codex.develop.checks import check_function
from codex.develop.compare import difference
from codex.develop.conformity import conforms
from codex.develop.numbering import numbered_apart, same_row
from codex.develop.trial import make_case
from tests.corpus.kit import Specimen, contract
from tests.corpus.world import architecture

RIGHT = {
    "old names of types": """
from typing import Dict, List, Optional

def f(values: List[int], other: Optional[Dict[str, int]] = None) -> List[int]:
    return sorted(values) if other is None else []
""",
    "types by their module": """
import datetime

def f(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)
""",
    "a union the other way round": """
def f(x: None | int) -> None | int:
    return x
""",
    "to-dos and placeholders as a subject": """
def f(x: int) -> int:
    # The oldest TODO comes first; a placeholder stands for what is missing.
    return x + 1
""",
    "a closure that is called at once": """
def f(xs: list[int]) -> list[int]:
    out: list[int] = []
    for x in xs:
        def double() -> int:
            return x * 2
        out.append(double())
    return out
""",
    "print into a text": """
def f(x: int) -> str:
    out = io.StringIO()
    print(x, file=out)
    return out.getvalue()
""",
    "the name of a type in a loop": """
def f(times: list[time]) -> list[str]:
    return [time.isoformat() for time in times]
""",
    "a method that is called like one of text": """
class _Arm:
    def __init__(self) -> None:
        self.height = 3
    def lower(self) -> None:
        self.height -= 1

def f(x: int) -> int:
    arm = _Arm()
    arm.lower()
    return arm.height + x
""",
    "a condition that may be missing": """
def f(stock: int | None, *, session: Session) -> list[Book]:
    statement = select(Book).where(stock is None or col(Book.stock) == stock)
    return list(session.exec(statement).all())
""",
    "enums are no columns": """
def f(x: BookStatus) -> bool:
    return x is BookStatus.LOST or x == BookStatus.LENT
""",
}

CONTRACTS = {
    "List[": "list[",
    "Dict[": "dict[",
    "datetime.date": "date",
    "None | int": "int | None",
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_functions_pass(name: str) -> None:
    code = RIGHT[name]
    plain = code.replace("Optional[Dict[str, int]]", "dict[str, int] | None")
    for written, meant in CONTRACTS.items():
        plain = plain.replace(written, meant)
    held_to = contract(Specimen(code=plain, examples=()))
    assert check_function(code, held_to).problems == ()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("    statement.where(col(Book.stock) > x)\n", "where() returns is thrown away"),
        ("    sorted([x])\n", "sorted() returns is thrown away"),
        ("    statement = statement.where(col(Loan.returned_at) is None)\n", "use .is_()"),
        ("    statement = statement.where(Book.stock in [x])\n", "use .in_()"),
        ("    statement = statement.where(not Task.done)\n", "use not_()"),
        ("    statement = statement.where(col(Book.stock) > x and Book.year == x)\n", "use and_()"),
    ],
)
def test_what_only_looks_like_a_query_is_told(body: str, problem: str) -> None:
    head = "def f(x: int, *, session: Session) -> list[Book]:\n    statement = select(Book)\n"
    code = f"{head}{body}    return list(session.exec(statement).all())\n"
    told = check_function(code, contract(Specimen(code=code, examples=()))).problems
    assert problem in " ".join(told)


@pytest.mark.parametrize(
    ("expected", "observed", "same"),
    [
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1}, {"$type": "row", "value": {"id": 1, "a": 1}}, True),
        ({"a": 1}, {"$type": "object", "value": {"a": 1, "b": 2}}, True),
        ({"a": 1, "b": 3}, {"$type": "object", "value": {"a": 1, "b": 2}}, False),
        ([1, 2], {"$type": "iterator", "value": [1, 2]}, False),
        ([2, 1], {"$type": "set", "value": [1, 2]}, True),
        ([1, 1], {"$type": "set", "value": [1, 2]}, False),
        ([1], {"$type": "set", "value": [1, 2]}, False),
        (
            ["1.0", "9"],
            {
                "$type": "set",
                "value": [{"$type": "Decimal", "value": "9"}, {"$type": "Decimal", "value": "1"}],
            },
            True,
        ),
    ],
)
def test_values_are_compared(expected: Any, observed: Any, same: bool) -> None:
    rows = complete_rows(architecture().database, Example())
    assert (difference(expected, observed, rows) is None) == same


@pytest.mark.parametrize(
    ("value", "kind", "right"),
    [
        (2.0, "int", False),
        ({"$type": "Decimal", "value": "2"}, "int", True),
        (None, "JsonValue", True),
        ({"a": 1.5}, "dict[str, Decimal]", False),
        ({"$type": "Decimal", "value": "2"}, "dict[str, Decimal]", False),
        ({"a": {"$type": "Decimal", "value": "2"}}, "dict[str, Decimal]", True),
        ({"$type": "set", "value": [1]}, "set[int]", True),
        ([1], "set[int]", False),
        ("lost", "BookStatus | None", True),
    ],
)
def test_types_of_values(value: Any, kind: str, right: bool) -> None:
    enums = {item.name: list(item.values) for item in architecture().database.enums}
    assert conforms(value, parse_type(kind), enums) == right


def numbered(**parts: Any) -> tuple[Example, dict[str, int]]:
    return numbered_apart(architecture().database, Example.model_validate(parts))


def test_ids_of_different_tables_have_nothing_in_common() -> None:
    moved, first = numbered(
        given={"books": [{"title": "A"}], "loans": [{"book_id": 1, "user_id": "users:1"}]},
        args={"book_id": 1, "body": {"order_ids": [1, 99], "quantity": 1}, "done": True},
        then={"loans": [{"id": 1, "book_id": 1}]},
        returns=1,
    )
    assert len(set(first.values())) == len(first) == len(architecture().database.tables)
    books, orders, loans = first["books"], first["orders"], first["loans"]
    assert moved.args == {
        "book_id": books,
        "body": {"order_ids": [orders, orders + 98], "quantity": 1},
        "done": True,
    }
    assert moved.given["loans"] == ({"book_id": books, "user_id": "users:1"},)
    assert moved.then["loans"] == ({"id": loans, "book_id": books},)
    assert same_row(1, books, first)
    assert not same_row(2, books, first)


@pytest.mark.parametrize(
    "parts",
    [
        {"args": {"source_id": 1}},
        {"args": {"ids": [1]}},
        {"args": {"book": 1}},
        {"returns": "order 1 of Ada"},
        {"returns": {"1": "Ada"}},
    ],
)
def test_where_an_id_may_be_meant_that_nothing_tells_rows_are_counted_from_one(
    parts: dict[str, Any],
) -> None:
    assert numbered(**parts)[1] == {}


@pytest.mark.parametrize("text", ["2026-01-01", "10.50", "ABC-12", "users:1"])
def test_numbers_that_are_no_ids_are_no_reason(text: str) -> None:
    assert numbered(returns=text, args={"stars": 5})[1] != {}


def test_references_inside_objects_are_resolved_and_unknown_ones_told() -> None:
    database = architecture().database
    body: dict[str, Any] = {"items": [{"book_id": "books:2", "quantity": 1}]}
    told = Example(given={"books": ({}, {})}, args={"body": body})
    definition = Specimen(code="def f(body: dict[str, Any]) -> None: ...", examples=()).definition
    world = architecture().model_copy(update={"shared": (definition,)})
    case = make_case(world, definition, told, {"f": ""})
    second = complete_rows(database, *numbered_apart(database, told)).tables["books"][1]["id"]
    assert case.payload["args"]["body"] == {"items": [{"book_id": second, "quantity": 1}]}
    for args in ({"body": "books:3"}, {"body": {"items": [{"book_id": "loans:1"}]}}):
        with pytest.raises(UnknownRow):
            make_case(world, definition, told.model_copy(update={"args": args}), {"f": ""})
