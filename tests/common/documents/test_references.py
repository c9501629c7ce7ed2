"""Every reference between the parts of a document is checked, and both ends are named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from codex.common.documents.application import Application, is_safe_path
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Document
from codex.common.documents.implementation import Implementation
from codex.common.documents.specification import Specification
from codex.common.errors import DocumentError
from tests.common.documents import samples

SPECIFICATION = samples.specification().model_dump(mode="json")
ARCHITECTURE = samples.architecture().model_dump(mode="json")
IMPLEMENTATION = samples.implementation().model_dump(mode="json")
APPLICATION = samples.application().model_dump(mode="json")

TABLES = {table["name"]: at for at, table in enumerate(ARCHITECTURE["database"]["tables"])}


def put(raw: Any, path: str, value: Any) -> Any:
    """A copy of `raw` with `value` at `path`; `+` in it appends to a list."""
    changed = copy.deepcopy(raw)
    place = changed
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    if last == "+":
        place.append(value)
    elif last.isdigit():
        place[int(last)] = value
    else:
        place[last] = value
    return changed


def refused(kind: type[Document], raw: Any, path: str, value: Any, *parts: str) -> None:
    with pytest.raises(DocumentError) as caught:
        kind.parse(put(raw, path, value))
    for part in parts:
        assert part in caught.value.what


@pytest.mark.parametrize(
    ("path", "value", "parts"),
    [
        ("requirements.0.feature", "Nowhere", ["R1", "'Nowhere'"]),
        ("requirements.1.id", "R1", ["two requirements", "'R1'"]),
        ("requirements.0.criteria.0.id", "R2.1", ["R1", "R2.1"]),
        ("requirements.0.operations.0.entity", "sofa", ["R1", "'sofa'"]),
        ("requirements.1.operations.0.access.0.role", "king", ["R2", "'king'"]),
        (
            "requirements.1.operations.0.rule.guards.0.limit.name",
            "other_limit",
            ["R2", "'other_limit'"],
        ),
        ("requirements.0.quotes", ["never said"], ["R1", "never said"]),
        ("parameters.0.quote", "at most 6 books", ["'loan_limit'", "at most 6 books"]),
        ("out_of_scope.0.quote", "sing", ["out of scope", "'sing'"]),
        ("not_understood.0.quote", "dance", ["not understood", "'dance'"]),
        ("not_understood.0.quote", " ", ["not understood"]),
        ("entities.2.relations.0.target", "giraffe", ["'loan'", "'member'", "'giraffe'"]),
        ("entities.1.is_account", True, ["'member'".strip("'"), "book"]),
        ("entities.1.fields.0.unique_with", ["spine"], ["'book'", "'title'", "'spine'"]),
        ("entities.1.fields.0.name", "status", ["'book'", "two fields or relations", "'status'"]),
        ("entities.1.fields.1.choices", [], ["'book'", "'status'", "choice"]),
        ("entities.2.plural", "books", ["two entity plurals", "'books'"]),
        ("assumptions.0.question", "Q9", ["A1", "Q9"]),
        ("parameters.1.name", "loan_limit", ["two parameters", "'loan_limit'"]),
        ("roles.1.name", "member", ["two roles", "'member'"]),
    ],
)
def test_specification(path: str, value: Any, parts: list[str]) -> None:
    refused(Specification, SPECIFICATION, path, value, *parts)


def table(name: str, rest: str) -> str:
    return f"database.tables.{TABLES[name]}.{rest}"


@pytest.mark.parametrize(
    ("path", "value", "parts"),
    [
        # The database.
        (table("tags", "name"), "books", ["two tables", "'books'"]),
        (table("tags", "model"), "Book", ["two classes", "'Book'"]),
        (table("tags", "model"), "BookRead", ["two classes", "'BookRead'"]),
        (table("tags", "model"), "Session", ["'Session'", "every service"]),
        (table("books", "columns.0.name"), "id", ["'books'", "'id'"]),
        (table("books", "columns.0.name"), "created_at", ["'books'", "'created_at'"]),
        (table("books", "columns.1.enum"), "Mood", ["books.status", "'Mood'"]),
        (table("books", "columns.1.default"), "lost", ["books.status", "'lost'", "'BookStatus'"]),
        (table("books", "columns.0.enum"), "BookStatus", ["books.title", "'BookStatus'"]),
        (table("tags", "columns.0.error"), "Nope", ["tags.name", "'Nope'"]),
        (table("loans", "relations.1.target"), "sofas", ["loans.book", "'sofas'"]),
        (table("loans", "relations.1.column"), "sofa_id", ["loans.book", "'sofa_id'"]),
        (table("loans", "relations.1.column"), "returned_at", ["loans.book", "'returned_at'"]),
        (table("loans", "relations.1.on_delete"), "set_null", ["loans.book", "'book_id'"]),
        (table("loans", "relations.1.cardinality"), "one_to_one", ["loans.book", "'book_id'"]),
        (table("loans", "relations.1.inverse"), "title", ["loans.book", "'title'", "'books'"]),
        (table("books", "relations.1.through"), "ties", ["books.tags", "'ties'"]),
        (table("books", "relations.1.through_target"), "label", ["books.tags", "'label'"]),
        (table("books", "indexes.0.columns"), ["colour"], ["'books'", "'colour'"]),
        (table("loans", "constraints.0.error"), "Nope", ["loans.one_open_loan", "'Nope'"]),
        (table("loans", "constraints.0.columns"), ["shelf"], ["one_open_loan", "'shelf'"]),
        (table("loans", "constraints.0.columns"), [], ["one_open_loan", "unique"]),
        (table("loans", "constraints.1.check.0.column"), "x", ["returned_later", "'x'"]),
        (table("loans", "owner"), "book_id", ["'loans'", "'book_id'", "'members'"]),
        (table("loans", "owner"), "reader.id", ["'loans'", "'reader.id'"]),
        (table("books", "entity"), "sofa", ["'books'", "'sofa'"]),
        (table("books", "computed.1.function"), "paint", ["books.label", "'paint'"]),
        (table("books", "computed.1.type"), "Colour", ["books.label", "'Colour'"]),
        ("database.account", "people", ["'people'"]),
        ("database.account", None, ["'member'", "account"]),
        (table("members", "columns.0.unique"), False, ["'members'", "'email'"]),
        (table("members", "columns.1.exposure"), "read", ["'members'", "'password_hash'"]),
        ("database.enums.1.values", ["member"], ["'members'", "'role'"]),
        ("database.enums.0.values", ["in", "in"], ["'BookStatus'", "'in'"]),
        # Types, errors, settings.
        ("types.0.name", "Book", ["two classes", "'Book'"]),
        ("types.1.fields.1.type", "list[Nope]", ["'Waived'", "'reason'", "'Nope'"]),
        ("types.2.variants.0", "Nope", ["'Settlement'", "'Nope'"]),
        ("types.2.discriminator", "reason", ["'Settlement'", "'reason'", "'Paid'"]),
        ("errors.0.name", "NotFound", ["'NotFound'", "every service"]),
        ("errors.1.code", "loan_limit_reached", ["two error codes", "'loan_limit_reached'"]),
        ("settings.0.parameter", "speed", ["'loan_limit'", "'speed'"]),
        ("settings.2.assumption", "A7", ["'mail_key'", "'A7'"]),
        # Routes.
        ("routes.0.requirements", ["R9"], ["GET /books", "R9"]),
        ("routes.0.module", "attic", ["GET /books", "'attic'"]),
        ("routes.1.access.0.role", "king", ["GET /members/{member_id}/loans", "'king'"]),
        ("routes.0.response", "Page[Boook]", ["GET /books", "'Boook'"]),
        ("routes.0.derived.table", "sofas", ["GET /books", "'sofas'"]),
        ("routes.0.derived.filters", ["colour"], ["GET /books", "'colour'", "'books'"]),
        ("routes.0.derived.default_sort", "-colour", ["GET /books", "'colour'"]),
        ("routes.1.derived.parent", "sofa", ["members", "'sofa'", "'loans'"]),
        ("routes.1.path", "/books", ["two routes", "GET /books"]),
        ("routes.0.template", "def f(): ...", ["GET /books", "template"]),
        ("routes.3.raises", ["Nope"], ["POST /books/{book_id}/borrow", "'Nope'"]),
        ("routes.3.locks.0.table", "sofas", ["borrow", "'sofas'"]),
        ("routes.3.locks.0.by", "sofa_id", ["borrow", "'sofa_id'"]),
        ("routes.3.path_types", {"sofa_id": "int"}, ["borrow", "'sofa_id'"]),
        ("routes.2.response", "BookRead", ["GET /books/titles", "text"]),
        ("routes.1.function_name", "list_books", ["two functions", "'list_books'"]),
        # Templates.
        ("routes.3.path", "/books/{copy_id}/borrow", ["borrow_book", "book_id", "copy_id"]),
        ("routes.3.response", "BookRead", ["borrow_book", "Loan", "Book"]),
        ("routes.3.template", "def (", ["borrow", "line 1"]),
        ("routes.3.template", "import os", ["borrow", "import"]),
        ("routes.3.template", "class X: ...", ["borrow", "class X"]),
        (
            "routes.3.template",
            ARCHITECTURE["routes"][3]["template"] + "\ndef extra() -> int:\n    ...\n",
            ["borrow", "'extra'", "FunctionDefinition"],
        ),
        (
            "routes.3.template",
            ARCHITECTURE["routes"][3]["template"].replace("member_id: int", "member_id: str"),
            ["count_open_loans", "member_id: str", "member_id: int"],
        ),
        (
            "routes.3.template",
            ARCHITECTURE["routes"][3]["template"].replace("-> int", "-> bool"),
            ["count_open_loans", "bool", "int"],
        ),
        (
            "routes.3.template",
            ARCHITECTURE["routes"][3]["template"].replace("def count", "async def count"),
            ["count_open_loans", "async"],
        ),
        ("routes.3.functions.0.kind", "main", ["borrow", "exactly one main"]),
        ("routes.3.functions.0.name", "count_them", ["'count_them'", "template"]),
        # Functions and examples.
        ("shared.0.writes", ["sofas"], ["'add_loan'", "'sofas'"]),
        ("shared.0.name", "borrow_book", ["two functions", "'borrow_book'"]),
        ("shared.1.parameters.0.type", "Sofa", ["'label_book'", "'Sofa'"]),
        ("shared.2.calls", ["sing"], ["'remind_members'", "'sing'"]),
        ("routes.3.functions.1.settings", ["speed"], ["'borrow_book'", "'speed'"]),
        ("routes.3.functions.1.raises", ["Nope"], ["'borrow_book'", "'Nope'"]),
        ("routes.3.functions.1.examples.0.raises", "TagExists", ["example 1", "'TagExists'"]),
        ("routes.3.functions.1.examples.0.settings", {"x": 1}, ["example 1", "'x'"]),
        ("routes.3.functions.1.examples.0.args.book_id", "books:2", ["example 1", "'books:2'"]),
        ("routes.3.functions.1.examples.0.args", {"book": 1}, ["example 1", "'book'", "'book_id'"]),
        ("routes.3.functions.1.examples.0.given", {"sofas": []}, ["example 1", "'sofas'"]),
        ("routes.3.functions.1.examples.0.then", {"books": [{"x": 1}]}, ["'x'", "'books'"]),
        ("jobs.0.function", "borrow_book", ["'remind'", "'borrow_book'"]),
        # Scenarios and coverage.
        ("scenarios.0.requirement", "R7", ["a member borrows", "R7"]),
        ("scenarios.0.criteria", ["R1.1"], ["a member borrows", "R1.1", "R2"]),
        ("scenarios.0.steps.0.actor", "king:2", ["a member borrows", "step 1", "'king'"]),
        ("scenarios.0.steps.0.path", "/sofas/1", ["step 1", "POST /sofas/1"]),
        ("uncovered", ["R8.1"], ["R8.1"]),
        ("served_by_schema", {"R8": "table books"}, ["R8"]),
    ],
)
def test_architecture(path: str, value: Any, parts: list[str]) -> None:
    refused(Architecture, ARCHITECTURE, path, value, *parts)


@pytest.mark.parametrize(
    ("path", "value", "parts"),
    [
        ("functions.0.name", "paint", ["'paint'", "'add_loan'"]),
        ("functions.1.name", "add_loan", ["two functions", "'add_loan'"]),
        ("functions.0.code", " ", ["'add_loan'", "no code"]),
        ("functions.0.evidence", [], ["'add_loan'", "without evidence"]),
        ("functions.0.evidence.0.passed", False, ["'add_loan'", "without evidence"]),
        ("functions.0.packages.+", {"name": "babel"}, ["'add_loan'", "'babel'"]),
    ],
)
def test_implementation(path: str, value: Any, parts: list[str]) -> None:
    refused(Implementation, IMPLEMENTATION, path, value, *parts)


@pytest.mark.parametrize(
    ("path", "value", "parts"),
    [
        ("routes.0.function_name", "sing", ["'sing'", "'list_books'"]),
        ("routes.0.functions", ["sing"], ["'list_books'", "'sing'"]),
        ("files.0.content", "x", ["app/main.py", "hash"]),
        ("files.0.path", "../x", ["'../x'"]),
        ("files.1.path", "APP/main.py", ["two files", "app/main.py"]),
        ("source_map.0.file", "app/other.py", ["app/other.py"]),
        (
            "verification.steps.0.faults",
            [{"message": "it lends twice", "function": "sing"}],
            ["blames", "'sing'"],
        ),
        ("lock.+", {"name": "FastAPI", "version": "2"}, ["two locked packages", "fastapi"]),
    ],
)
def test_application(path: str, value: Any, parts: list[str]) -> None:
    refused(Application, APPLICATION, path, value, *parts)


def test_all_violations_are_told_at_once() -> None:
    raw = put(SPECIFICATION, "requirements.0.feature", "Nowhere")
    raw = put(raw, "assumptions.0.question", "Q9")
    with pytest.raises(DocumentError) as caught:
        Specification.parse(raw)
    assert "'Nowhere'" in caught.value.what
    assert "Q9" in caught.value.what


@pytest.mark.parametrize(
    "text", ["list[", "1", "print()", "a.b", "x if y else z", "lambda: 1", "Book & Loan", "'x'"]
)
def test_a_type_is_an_annotation_and_nothing_else(text: str) -> None:
    refused(Architecture, ARCHITECTURE, "routes.0.response", text, "response")


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\b", "c:/x", "a\nb", "a/"]
)
def test_an_unsafe_path_is_known(path: str) -> None:
    assert not is_safe_path(path)


@pytest.mark.parametrize("path", ["a", "a/b.py", ".codex/x.json", "a b/ü.txt"])
def test_a_plain_path_is_known(path: str) -> None:
    assert is_safe_path(path)


@pytest.mark.parametrize("name", ["a" * 64, "Book", "book-shelf", "book shelf", "../x", "ü", "_a"])
def test_a_hostile_name_is_refused_where_it_stands(name: str) -> None:
    refused(Architecture, ARCHITECTURE, table("tags", "name"), name, "database.tables.2.name")
