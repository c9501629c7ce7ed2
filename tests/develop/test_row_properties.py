"""Functions with rows, tried beyond their examples: odd arguments, and others' tables."""

from __future__ import annotations

import pytest

from codex.common.documents.codegraph import FunctionKind
from codex.common.sandbox import Environment, Sandbox
from codex.compiler import compile_service
from codex.develop.bench import Bench
from codex.develop.properties import problems_with
from codex.develop.row_properties import CASES, NOBODY, row_cases
from codex.develop.trial import make_case, untouched_tables
from tests.corpus.kit import Specimen, example
from tests.corpus.world import architecture

RIGHT = '''
def title_of(book_id: int, *, session: Session) -> str | None:
    """The title of a book; None where there is none."""
    book = session.get(Book, book_id)
    return book.title if book else None
'''
BOOK = Specimen(
    code=RIGHT,
    reads=("books",),
    examples=(
        example("Emma", given={"books": [{"title": "Emma"}]}, book_id="books:1"),
        example("Dune", given={"books": [{"title": "Emma"}, {"title": "Dune"}]}, book_id="books:2"),
    ),
)
DEFINITION = BOOK.definition.model_copy(update={"kind": FunctionKind.SHARED})
WORLD = architecture().model_copy(update={"shared": (DEFINITION,)})


def imported(code: str) -> dict[str, str]:
    names = "from app.database import Session\nfrom app.models import Author, Book\n"
    return {"title_of": names + code}


def test_cases_have_the_rows_of_examples_and_other_arguments() -> None:
    cases = row_cases(WORLD, DEFINITION, BOOK.examples, {"title_of": RIGHT})
    assert 0 < len(cases) <= CASES
    known = [(item.given, item.args) for item in BOOK.examples]
    assert all((case.example.given, case.example.args) not in known for case in cases)
    assert any(case.example.args["book_id"] == NOBODY for case in cases)
    again = row_cases(WORLD, DEFINITION, BOOK.examples, {"title_of": RIGHT})
    assert [item.example for item in again] == [item.example for item in cases]
    assert row_cases(WORLD, DEFINITION, (), {"title_of": RIGHT}) == []


def test_one_example_is_enough_for_types_with_few_values() -> None:
    code = (
        "def of(status: BookStatus | None, lost: bool, *, session: Session) -> int:\n    return 1\n"
    )
    known = Specimen(code, (example(1, given={"books": [{}]}, status="lost", lost=True),))
    definition = known.definition.model_copy(update={"kind": FunctionKind.SHARED})
    world = architecture().model_copy(update={"shared": (definition,)})
    cases = row_cases(world, definition, known.examples, {"of": code})
    tried = [case.example.args for case in cases]
    assert len(cases) == len({str(item) for item in tried}) == CASES
    assert all(item["status"] in (None, "available", "lent", "lost") for item in tried)
    assert any(item["lost"] is False for item in tried)
    assert any(item["status"] != "lost" for item in tried)


def test_tables_that_are_reached_by_deletion_are_not_watched() -> None:
    database = architecture().database
    told = example(given={"orders": [{}], "order_items": [{}], "books": [{}]})
    writing = DEFINITION.model_copy(update={"writes": ("orders",)})
    case = make_case(WORLD, DEFINITION, told, {"title_of": RIGHT})
    assert set(case.untouched) >= {"orders", "order_items", "books"}
    left = untouched_tables(database, [writing], case.rows)
    assert "books" in left
    assert not {"orders", "order_items"} & set(left)


@pytest.mark.slow
async def test_what_examples_do_not_show_is_found(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    """Nobody's id, and a write to a table of which no example says what is in it afterwards."""
    crashing = RIGHT.replace("book.title if book else None", "book.title")
    writing = RIGHT.replace("    return", "    book.author.name = 'me'\n    return").replace(
        "book = session.get(Book, book_id)",
        "book = session.get(Book, book_id)\n    if not book:\n        return None",
    )
    async with Bench(sandbox, service_environment, compile_service(architecture()).files) as bench:

        async def problems(code: str) -> list[str]:
            found = await problems_with(
                bench, WORLD, DEFINITION, imported(code), DEFINITION.examples
            )
            assert found is not None
            return found

        assert await problems(RIGHT) == []
        assert "AttributeError" in (await problems(crashing))[0]
        for code, said in ((writing, "changed rows of authors"), (RIGHT, "")):
            case = make_case(WORLD, DEFINITION, BOOK.examples[0], imported(code))
            told = (await bench.try_case(case)).problems
            assert said in " ".join(told)
            assert bool(told) == bool(said)
