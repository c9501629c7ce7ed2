"""Scenarios as tests: steps completed with what must exist first, and the interpreter itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from codex.common.documents.architecture import Architecture
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.schema import DatabaseTable
from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from codex.compiler.prerequisites import Row, completed
from codex.compiler.scenarios import scenario_tests
from tests.architectures.build import belongs, crud, integer, reference, service, text
from tests.compiler import parcels
from tests.compiler.services import LIMITS

AUTHORS = DatabaseTable(name="authors", model="Author", columns=(text("name", 50),))
BOOKS = DatabaseTable(
    name="books",
    model="Book",
    columns=(text("title", 50), integer("year"), reference("author")),
    relations=(belongs("author", "authors", "books"),),
)


def shelves(*tables: DatabaseTable) -> Architecture:
    """Books and authors, with routes for `tables` alone."""
    routes = tuple(route for table in tables for route in crud(table, module="main"))
    return service("shelves", "Shelves", (AUTHORS, BOOKS), routes)


def scenario(*steps: Step) -> Scenario:
    """A course of events."""
    return Scenario(name="It works", requirement="R1", steps=steps)


def test_a_missing_reference_is_made_first() -> None:
    step = Step(method="POST", path="/books", body={"title": "T"}, expect=Expect(status=201))
    first, second = completed(shelves(AUTHORS, BOOKS), scenario(step))
    assert isinstance(first, Step)
    assert (first.path, first.save) == ("/authors", {"author": "."})
    assert isinstance(second, Step)
    assert second.body == {"title": "T", "year": 1, "author_id": "$author.id"}


def test_what_was_saved_is_not_made_again() -> None:
    made = Step(
        method="POST", path="/authors", body={"name": "A"}, expect=Expect(status=201),
        save={"author": "."},
    )  # fmt: skip
    step = Step(method="POST", path="/books", body={"title": "T"}, expect=Expect(status=201))
    assert len(completed(shelves(AUTHORS, BOOKS), scenario(made, step))) == 2


def test_a_name_that_nothing_saved_is_made_from_its_table() -> None:
    step = Step(path="/books/$book_2.id", expect=Expect(status=200))
    made = completed(shelves(AUTHORS, BOOKS), scenario(step))
    assert [item.path for item in made if isinstance(item, Step)] == [
        "/authors",
        "/books",
        "/books/$book_2.id",
    ]


def test_without_a_route_the_row_is_put_into_the_database() -> None:
    step = Step(method="POST", path="/books", body={"title": "T"}, expect=Expect(status=201))
    first, _ = completed(shelves(BOOKS), scenario(step))
    assert isinstance(first, Row)
    assert (first.table.name, first.save) == ("authors", "author")


def test_a_body_that_is_to_be_refused_stays_as_it_is() -> None:
    step = Step(method="POST", path="/books", body={"title": "T"}, expect=Expect(status=422))
    assert completed(shelves(AUTHORS, BOOKS), scenario(step)) == [step]


def test_whoever_may_does_what_nobody_asked_for() -> None:
    step = Step(
        actor="clerk", method="POST", path="/parcels/$parcel.id/deliver",
        expect=Expect(status=204),
    )  # fmt: skip
    first, _ = completed(parcels.architecture(), scenario(step))
    assert isinstance(first, Step)
    assert first.actor == "clerk"
    store = Step(actor="sender", path="/depots/$depot.id", expect=Expect(status=403))
    first, _ = completed(parcels.architecture(), scenario(store))
    assert isinstance(first, Step)
    assert first.actor == "clerk"


INTERPRETER = """
import json
from datetime import date
from tests.play import FixedClock, Play, differing, same

class App: pass
play = Play(App(), None, FixedClock())
play.saved = {"book": {"id": 7, "tags": [{"name": "x"}]}}
found = {
    "same": [
        same("10.0", 10), same(10, "10.00"), same("a", "a"), same(True, True), same(None, None),
        same("2030-01-01T00:00:00Z", "2030-01-01T01:00:00+01:00"),
    ],
    "different": [
        same(True, 1), same("007", 7), same("a", "b"), same(None, 0), same("1", "2"),
        same("2030-01-01", "2030-01-02"),
    ],
    "subset": differing({"a": {"b": 1}, "c": "*"}, {"a": {"b": 1, "x": 2}, "c": [1]}),
    "missing": differing({"a": 1, "b": [1, {"c": 2}]}, {"b": [1, {"c": 3}]}),
    "lists": differing([1], [1, 2]),
    "filled": play.filled({
        "id": "$book.id", "path": "/books/$book.id/x", "tag": "$book.tags.0.name",
        "other": "$nobody.id", "deep": ["$book.id"], "money": "costs $5",
    }),
    "today": play.filled("$today"), "later": play.filled("$today+2 weeks"),
    "moment": play.filled("$now-1 hour"),
}
play.advance("15 days")
found["moved"] = play.filled("$today")
print("RESULT " + json.dumps(found))
"""


@pytest.mark.slow
def test_the_interpreter(sandbox: Sandbox, service_environment: Environment) -> None:
    compiled = compile_service(shelves(AUTHORS, BOOKS))
    command = Command(
        ["python", "-c", INTERPRETER],
        environment=service_environment,
        files={item.path: item.content for item in compiled.files},
        env={"PYTHONPATH": "."},
        limits=LIMITS,
    )
    result = asyncio.run(sandbox.run(command))
    assert result.ok, result.stderr
    found: dict[str, Any] = json.loads(result.stdout.partition("RESULT ")[2])
    assert all(found["same"])
    assert not any(found["different"])
    assert found["subset"] == []
    assert found["missing"] == ["a is missing", "b.1.c is 3 instead of 2"]
    assert found["lists"]
    assert found["filled"] == {
        "id": 7,
        "path": "/books/7/x",
        "tag": "x",
        "other": "$nobody.id",
        "deep": [7],
        "money": "costs $5",
    }
    assert (found["today"], found["later"]) == ("2030-01-07", "2030-01-21")
    assert found["moment"] == "2030-01-07T08:00:00+00:00"
    assert found["moved"] == "2030-01-22"


def test_scenarios_with_the_same_steps_are_one_test() -> None:
    step = Step(path="/health", expect=Expect(status=200))
    shown = [
        Scenario(name="it lives", requirement=f"R{n}", criteria=(f"R{n}.1",), steps=(step,))
        for n in (1, 2)
    ]
    another = shown[0].model_copy(update={"steps": (step, step)})
    architecture = shelves(AUTHORS).model_copy(update={"scenarios": (*shown, another)})
    assert scenario_tests(architecture) == {
        "test_r1_it_lives": [0, 1],
        "test_r1_it_lives_2": [2],
    }
    files = {item.path: item.content for item in compile_service(architecture).files}
    text = files["tests/test_scenarios.py"]
    assert text.count("def test_") == 2
    assert '"""It lives (R1.1, R2.1)."""' in text
