"""Templates are read as they stand, and a main function's signature follows from its route."""

from __future__ import annotations

from typing import Any

import pytest

from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, QueryParameter, Success
from codex.common.documents.rules import Grant
from codex.common.documents.template import (
    main_parameters,
    main_return_type,
    pages_itself,
    read_template,
)
from codex.common.documents.typetext import canonical, names_in, outer_and_inner
from tests.common.documents.samples import database


def route(**changes: Any) -> CodeGraph:
    values: dict[str, Any] = {
        "function_name": "do_it",
        "module": "books",
        "method": "POST",
        "path": "/books/{book_id}/shelves/{shelf}",
        "path_types": {"shelf": "str"},
        "request": "BookCreate",
        "parameters": (QueryParameter(name="days", type="Optional[int]", default=" 7 "),),
        "response": "BookRead",
        "template": "",
    } | changes
    return CodeGraph(**values)


def signature(graph: CodeGraph, *context: str) -> str:
    parameters = (
        main_parameters(graph, database(), context)
        if context
        else main_parameters(graph, database())
    )
    return FunctionDefinition(name="f", description="", parameters=parameters).input_type


def test_the_order_is_path_body_query_then_context() -> None:
    assert signature(route(), "now", "session") == (
        "book_id: int, shelf: str, body: BookCreate, days: int | None = 7, "
        "*, session: Session, now: datetime"
    )


def test_what_has_a_default_comes_last() -> None:
    parameters = (
        QueryParameter(name="days", type="int", default="7"),
        QueryParameter(name="city", type="str"),
    )
    graph = route(path="/x", request=None, parameters=parameters, response="Page[Settlement]")
    assert signature(graph, "now") == "city: str, paging: Paging, days: int = 7, *, now: datetime"


def test_everything_is_offered_unless_said_otherwise() -> None:
    assert signature(route(path="/books", request=None, parameters=())) == (
        "*, session: Session, user: Member, now: datetime, settings: Settings, files: Files"
    )


@pytest.mark.parametrize(
    ("access", "wanted"),
    [
        ((), "*, user: Member"),
        ((Grant(role="member"),), "*, user: Member"),
        ((Grant(role="public"), Grant(role="librarian")), "*, user: Member | None"),
        ((Grant(role="public"),), ""),
    ],
)
def test_who_calls_depends_on_access(access: tuple[Grant, ...], wanted: str) -> None:
    graph = route(path="/books", request=None, parameters=(), access=access)
    assert signature(graph, "user") == wanted


@pytest.mark.parametrize(
    ("response", "wanted", "pages"),
    [
        ("BookRead", "Book", False),
        ("Page[BookRead]", "Select[Book]", False),
        ("Page[Settlement]", "Page[Settlement]", True),
        ("Items[BookRead]", "list[Book]", False),
        ("Items[Settlement]", "list[Settlement]", False),
        ("Value[Decimal | None]", "Decimal | None", False),
        ("Groups[str, int]", "list[tuple[str, int]]", False),
        ("Settlement", "Settlement", False),
        (None, "None", False),
    ],
)
def test_what_it_returns_follows_from_the_answer(
    response: str | None, wanted: str, pages: bool
) -> None:
    graph = route(response=response)
    assert main_return_type(graph, database()) == wanted
    assert pages_itself(graph, database()) is pages
    assert ("paging: Paging" in signature(graph)) is pages


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("redirect", "str"), ("text", "str"), ("file", "StoredFile"), ("empty", "None")],
)
def test_what_it_returns_follows_from_the_kind_of_success(kind: str, wanted: str) -> None:
    graph = route(response=None, success=Success.model_validate({"kind": kind}))
    assert main_return_type(graph, database()) == wanted


def test_calls_are_read_off_the_body_and_a_stub_has_none() -> None:
    template = read_template(
        'def f(a: int, *, b: "str" = "x") -> None:\n'
        '    """Doc."""\n    h(g(a))\n    s.m(g(b))\n\n\n'
        'async def g(a: int) -> int:\n    """Doc."""\n    ...\n'
    )
    assert template.problems == ()
    first, second = template.functions
    assert first.calls == ("h", "g")
    assert not first.is_stub
    assert (first.parameters[1].type, first.parameters[1].default) == ("str", "'x'")
    assert second.is_stub
    assert second.is_async


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def f(a) -> int: ...", "'a' without a type"),
        ("def f(a: int): ...", "no return type"),
        ("def f(*a: int) -> int: ...", "plain names"),
        ("def f(a: int, /) -> int: ...", "plain names"),
        ("@cache\ndef f() -> int: ...", "decorator"),
        ("def f() -> int:\n    import os\n    return 1", "import in line 2"),
        ("def f() -> int:\n    def g() -> int: ...\n    return 1", "the function g"),
        ("x = 1", "assignment"),
        ("print(1)", "a statement"),
        ("def f() -> int:\nreturn", "not Python in line 2"),
        ("x" * 10 + "\x00", "not Python"),
        ("(" * 5000, "not Python"),
    ],
)
def test_what_may_not_stand_in_a_template_is_told(source: str, problem: str) -> None:
    assert any(problem in found for found in read_template(source).problems)


def test_types_have_one_spelling() -> None:
    assert canonical("Optional[ list[Book] ]") == "list[Book] | None"
    assert canonical("Union[int, str]") == "int | str"
    assert canonical("dict[str,list[int]]") == "dict[str, list[int]]"
    assert names_in("Literal['a', 'b'] | Page[Book]") == {"Literal", "Page", "Book"}
    assert outer_and_inner("Groups[str, int]") == ("Groups", "str, int")
    assert outer_and_inner("int") == ("int", None)
