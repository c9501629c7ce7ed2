"""From a reply to a typed output: leniently, and with errors marked where they are."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import pytest
from pydantic import Field

from codex.chains.marks import marked_code, marked_json
from codex.chains.output import Code, CodeOrQuestion
from codex.chains.parse import LONGEST, Fault, parse_code, parse_structured
from codex.chains.schema import answer_schema, narrowed_out, plain_schema
from codex.common.documents.base import Part
from codex.common.errors import PromptError
from codex.common.wording import Wording


class Method(StrEnum):
    GET = "get"
    POST = "post"


class Column(Part):
    """A column."""

    column_name: str
    """What it is called."""
    size: int = 0
    unique: bool = False


class Route(Part):
    """A route."""

    path: str
    """Where it is."""
    method: Method = Method.GET
    tables: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    note: str | None = None
    count: int = Field(default=1, ge=1)


GOOD = {"path": "/a", "tables": ["books"], "columns": [{"column_name": "title"}]}


def parsed(text: str, **narrowed: list[str]) -> Any:
    narrowing = {place.replace("__", "."): names for place, names in narrowed.items()}
    schema = answer_schema(Route, Wording(), narrowing)
    return parse_structured(text, Route, schema, narrowed=bool(narrowing))


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('```json\n{"path": "/a"}\n```', "fence"),
        ('Sure! Here it is:\n```\n{"path": "/a"}\n```\nAnything else?', "fence"),
        ('The answer: {"path": "/a"} as you asked.', "text around"),
        ('{"Route": {"path": "/a"}}', "envelope"),
        ('[{"path": "/a"}]', "list around"),
        ('"{\\"path\\": \\"/a\\"}"', "JSON inside a text"),
        ('{"path": "/a", "columns": "[{\\"column_name\\": \\"b\\"}]"}', "JSON inside a text"),
        ('{"path": "/a", "columns": {"column_name": "b"}}', "became a list"),
        ('{"path": "/a", "tables": "books"}', "became a list"),
        ('{"path": "/a", "tables": null}', "null was left out"),
        ('{"path": "/a", "columns": [{"columnName": "b"}]}', "became 'column_name'"),
        ('{"path": "/a", "method": "GET"}', "became 'get'"),
        ('{"path": "/a", "extra": 1}', "not in the schema"),
        ('{"path": 5}', "became a text"),
        ('{"path": "/a", "count": " 2 "}', "spaces"),
        ('{"path": "/a",}', "trailing comma"),
    ],
)
def test_what_is_plain_is_mended_and_told(text: str, mend: str) -> None:
    found = parsed(text)
    assert isinstance(found.value, Route), found.faults
    if mend != "spaces":
        assert any(mend in told for told in found.mended), found.mended


def test_a_right_reply_is_not_mended() -> None:
    found = parsed('{"path": "/a", "count": 3, "note": null}')
    assert found.value.count == 3
    assert not found.mended


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no JSON"),
        ("I would rather not.", "no JSON"),
        ('{"path": "/a', "breaks off"),
        ("{}", "path: this field is required and missing"),
        ('{"path": "/a", "count": 0}', "count: "),
        ('{"path": "/a", "columns": [{"size": "large", "column_name": "x"}]}', "columns[0].size"),
        ('{"path": "a\\u0000b"}', "U+0000"),
        ('{"path": "\\ud800"}', "U+D800"),
        ("[" * 5000, "nested"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    found = parsed(text)
    assert found.value is None
    assert any(told in fault.text for fault in found.faults), found.faults


def test_names_are_narrowed_to_those_that_exist() -> None:
    found = parsed('{"path": "/a", "tables": ["books", "boks"]}', Route__tables=["books", "loans"])
    [fault] = found.faults
    assert fault.at == ("tables", 1)
    assert "books, loans" in fault.text
    assert parsed('{"path": "/a", "tables": ["loans"]}', Route__tables=["books", "loans"]).value


@pytest.mark.parametrize("given", ["Book Items", " book_items", "bookItems"])
def test_a_slip_in_the_spelling_of_a_name_is_mended_where_one_name_fits(given: str) -> None:
    text = json.dumps({"path": "/a", "tables": ["loans", given]})
    found = parsed(text, Route__tables=["book_items", "loans"])
    assert found.value.tables == ("loans", "book_items")
    assert found.mended == (f"tables[1]: {given!r} became 'book_items'",)
    assert parsed(text, Route__tables=["book_items", "loans", "BookItems"]).value is None


def test_a_narrowed_schema_holds_the_names_and_leaves_the_others_alone() -> None:
    schema = answer_schema(Route, Wording(), {"Column.column_name": ["a", "b"]})
    assert schema["$defs"]["Column"]["properties"]["column_name"]["enum"] == ["a", "b"]
    assert "enum" not in plain_schema(Route)["$defs"]["Column"]["properties"]["column_name"]
    with pytest.raises(KeyError):
        answer_schema(Route, Wording(), {"Route.nothing": ["a"]})


def test_nullable_and_nested_names_are_narrowed_too() -> None:
    schema = answer_schema(Route, Wording(), {"Route.note": ["a"]})
    assert not list(narrowed_out({"path": "/", "note": None}, schema))
    assert [at for at, _ in narrowed_out({"path": "/", "note": "b"}, schema)] == [("note",)]


def test_descriptions_can_be_reworded() -> None:
    words = Wording({"Route.path": "The address.", "Column": "One column.", "Elsewhere.x": "?"})
    schema = answer_schema(Route, words, {})
    assert schema["properties"]["path"]["description"] == "The address."
    assert schema["$defs"]["Column"]["description"] == "One column."
    with pytest.raises(PromptError, match="pth"):
        answer_schema(Route, Wording({"Route.pth": "x"}), {})


def test_errors_are_marked_where_they_are() -> None:
    text = '{"path": "/a", "columns": [{"size": "large", "column_name": "x"}]}'
    marked = marked_json(text, parsed(text).faults)
    assert '"large" /* WRONG: columns[0].size' in marked
    missing = '{"path": "/a", "columns": [{"size": 1}]}'
    assert "[{ /* WRONG: columns[0].column_name" in marked_json(missing, parsed(missing).faults)
    broken = '{"path" "/a"}'
    assert '{"path"  /* WRONG from here on' in marked_json(broken, parsed(broken).faults)
    code = "Sure:\n```python\na = 1\nb = 2\n```\n"
    assert "b = 2  # WRONG: no b" in marked_code(code, [Fault("no b", (2,))])


def test_marks_do_not_hinder_the_next_parse() -> None:
    text = '{"path": "/a", "count": 0}'
    marked = marked_json(text, parsed(text).faults)
    assert parsed(marked.replace("0", "1")).value.count == 1


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("```python\nx = 1\n```", "x = 1\n"),
        ("Here you are:\n\n```py\nx = 1\n```\n\nIt sets x.", "x = 1\n"),
        ("~~~\nx = 1\n~~~", "x = 1\n"),
        ("````python\n'''\n```\nfence\n```\n'''\n````", "'''\n```\nfence\n```\n'''\n"),
        ("```python\nx = 1", "x = 1\n"),
        ("def f():\n    return 1", "def f():\n    return 1\n"),
        ("```python\nx = 1\n```\n```\n```", "x = 1\n"),
    ],
)
def test_code_is_found(reply: str, code: str) -> None:
    found = parse_code(reply, Code)
    assert found.value is not None, found.faults
    assert found.value.code == code


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("```\na = 1\n```\n```\nb = 2\n```", "2 fenced code blocks"),
        ("I do not know.", "no code"),
        ("OK", "no code"),
        ("```python\n\n```", "no code"),
        ("QUESTION: which one?", "cannot be asked"),
    ],
)
def test_what_is_no_code_is_told(reply: str, told: str) -> None:
    [fault] = parse_code(reply, Code).faults
    assert told in fault.text


@pytest.mark.parametrize(
    "reply", ["QUESTION: which one?", "Hm.\n\n**QUESTION:** which one?", "> QUESTION: which one?"]
)
def test_a_question_is_read_where_it_is_allowed(reply: str) -> None:
    found = parse_code(reply, CodeOrQuestion)
    assert found.value is not None
    assert (found.value.question, found.value.code) == ("which one?", "")


def test_a_question_inside_code_is_code() -> None:
    found = parse_code("```python\n# x\nQUESTION: 1\n```", CodeOrQuestion)
    assert found.value is not None
    assert not found.value.question


def test_code_and_a_question_together_are_told() -> None:
    [fault] = parse_code("QUESTION: a?\n```\nx = 1\n```", CodeOrQuestion).faults
    assert "both" in fault.text


def test_a_reply_without_end_is_not_read() -> None:
    text = "x" * (LONGEST + 1)
    assert "characters" in parsed(text).faults[0].text
    assert "characters" in parse_code(text, Code).faults[0].text
