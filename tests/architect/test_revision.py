"""A changed Specification over an Architecture that stands: little is asked, the rest stays."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from codex.architect.size import Size
from codex.architect.stage import architect
from codex.blueprint.assemble import FunctionNotes
from codex.blueprint.patches import SchemaPatch
from codex.blueprint.template_source import blocks_of
from codex.chains.architect.code_graph import CodeGraphAnswer
from codex.chains.architect.database import DatabaseInputs
from codex.chains.architect.scenarios import ScenariosAnswer, ScenariosInputs, made
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.schema import Constraint
from codex.common.documents.specification import (
    EntityField,
    Requirement,
    Specification,
)
from codex.common.errors import BudgetReached
from codex.common.model.base import Question
from tests.architect.conftest import by_place, offline
from tests.architect.specifications import library

BORROWING = "code_graph:borrow_book"


def the_same(_: Question, answer: Any) -> Any:
    return answer


@pytest.fixture(scope="module")
def standing() -> Architecture:
    """The library as it is built first."""
    return asyncio.run(architect(library(), services=offline(by_place(the_same))))


async def again(
    specification: Specification, previous: Architecture, turns: Any = the_same
) -> tuple[Architecture, list[Question]]:
    services = offline(by_place(turns))
    result = await architect(specification, services=services, previous=previous)
    return result, services.model.asked


def changed(name: str, **values: Any) -> Specification:
    """The library, one of whose requirements says something else."""
    whole = library()
    requirements = tuple(
        item.model_copy(update=values) if item.id == name else item for item in whole.requirements
    )
    return whole.model_copy(update={"requirements": requirements})


def without(name: str) -> Specification:
    whole = library()
    left = tuple(item for item in whole.requirements if item.id != name)
    return whole.model_copy(update={"requirements": left})


def graph(document: Architecture, name: str) -> CodeGraph:
    found = document.route(name)
    assert found is not None
    return found


async def test_what_has_not_changed_asks_nothing_and_is_the_same(standing: Architecture) -> None:
    result, asked = await again(library(), standing)
    assert asked == []
    assert result == standing


async def test_a_changed_requirement_asks_for_what_rests_on_it_alone(
    standing: Architecture,
) -> None:
    result, asked = await again(changed("R4", text="Books must be counted by author."), standing)
    assert [question.place for question in asked] == [
        "database",
        "routes:books",
        "code_graph:count_books_by_author",
        "scenarios:R4",
    ]
    parts = {name: getattr(result, name) for name in Architecture.model_fields}
    parts["specification"] = standing.specification
    assert Architecture(**parts) == standing, "what no patch names keeps its bytes"
    for question in asked[:2]:
        assert "New, or other than before: R4" in question.messages[-1].content
    drawn = graph(standing, "count_books_by_author")
    assert (drawn.template or "!") in asked[2].messages[-1].content


async def test_a_patch_of_a_graph_names_some_functions_and_the_others_keep_their_bytes(
    standing: Architecture,
) -> None:
    before = graph(standing, "borrow_book")
    blocks = blocks_of(before.template or "")
    main, guard, *others = blocks
    assert others

    def turn(question: Question, answer: Any) -> Any:
        if question.place != BORROWING:
            return answer
        head = blocks[guard].partition(":\n")[0]
        notes = next(item for item in answer.functions if item.name == guard)
        return CodeGraphAnswer(
            template=f'{head}:\n    """Refuse it in other words."""\n    ...\n',
            functions=(notes,),
        )

    result, _ = await again(
        changed("R3", text="Members must be able to lend books."), standing, turn
    )
    after = graph(result, "borrow_book")
    now = blocks_of(after.template or "")
    assert "in other words" in now[guard]
    assert {name: now[name] for name in (main, *others)} == {
        name: blocks[name] for name in (main, *others)
    }
    kept = {item.name: item for item in before.functions if item.name != guard}
    assert {item.name: item for item in after.functions if item.name != guard} == kept


async def test_a_function_that_nothing_calls_any_more_goes(standing: Architecture) -> None:
    before = graph(standing, "borrow_book")
    guards = [item.name for item in before.functions if item.return_type == "None"]
    main = before.main
    assert guards
    assert main is not None

    def turn(question: Question, answer: Any) -> Any:
        if question.place != BORROWING:
            return answer
        lines = blocks_of(before.template or "")["borrow_book"].splitlines()
        left = [line for line in lines if not any(name in line for name in guards)]
        notes = FunctionNotes(name="borrow_book", examples=main.examples[:1])
        return CodeGraphAnswer(template="\n".join(left) + "\n", functions=(notes,))

    result, _ = await again(
        changed("R3", text="Members must be able to lend books."), standing, turn
    )
    names = {item.name for item in graph(result, "borrow_book").functions}
    assert not names & {*guards}


async def test_a_new_field_reaches_the_table_beside_what_the_architect_added() -> None:
    def strict(question: Question, answer: Any) -> Any:
        """The first time, the Architect adds a constraint that no draft has."""
        if question.place != "database":
            return answer
        assert isinstance(question.inputs, DatabaseInputs)
        books = question.inputs.draft.table("books")
        assert books is not None
        once = Constraint(
            name="books_title_once",
            kind="unique",
            columns=("author_id", "title"),
            error="BookIsbnTaken",
        )
        return SchemaPatch(tables=(books.model_copy(update={"constraints": (once,)}),))

    standing = await architect(library(), services=offline(by_place(strict)))
    whole = library()
    entities = tuple(
        item.model_copy(update={"fields": (*item.fields, EntityField(name="subtitle"))})
        if item.name == "book"
        else item
        for item in whole.entities
    )
    result, asked = await again(whole.model_copy(update={"entities": entities}), standing)
    table = result.database.table("books")
    before = standing.database.table("books")
    assert table is not None
    assert before is not None
    assert [item.name for item in table.constraints] == ["books_title_once"]
    assert [item.name for item in table.columns if item not in before.columns] == ["subtitle"]
    others = [item for item in standing.database.tables if item.name != "books"]
    assert [item for item in result.database.tables if item.name != "books"] == others
    assert "modules" not in {question.place for question in asked}


async def test_what_is_no_longer_wanted_goes_and_comes_back(standing: Architecture) -> None:
    result, asked = await again(without("R4"), standing)
    gone = {route.api_route for route in standing.routes} - {r.api_route for r in result.routes}
    assert gone == {"GET /books/count-by-author"}
    assert "No longer wanted" in asked[1].messages[-1].content
    assert [question.place for question in asked] == ["database", "routes:books"]
    assert {item.requirement for item in result.scenarios} == {
        item.requirement for item in standing.scenarios
    } - {"R4"}
    back, asked = await again(library(), result)
    assert "modules" in [question.place for question in asked], "nobody was answerable for it"
    assert {r.api_route for r in back.routes} == {r.api_route for r in standing.routes}


async def test_a_changed_number_asks_for_the_functions_that_read_it(
    standing: Architecture,
) -> None:
    whole = library()
    parameters = tuple(
        item.model_copy(update={"value": 7}) if item.name == "loan_limit" else item
        for item in whole.parameters
    )
    result, asked = await again(whole.model_copy(update={"parameters": parameters}), standing)
    drawn = [q.place for q in asked if q.chain == "architect/code_graph"]
    assert drawn == [BORROWING]
    assert {item.name: item.default for item in result.settings}["loan_limit"] == 7


async def test_the_size_is_that_of_what_is_left(standing: Architecture) -> None:
    seen: list[Size] = []

    async def refuse(size: Size) -> bool:
        seen.append(size)
        return False

    for previous in (None, standing):
        services = offline(by_place(the_same))
        with pytest.raises(BudgetReached):
            await architect(
                changed("R4", text="Books must be counted by author."),
                services=services,
                approve=refuse,
                previous=previous,
            )
    whole, left = ({item.chain: item.calls for item in size.planned} for size in seen)
    assert left["architect/code_graph"] == left["architect/scenarios"] == 1
    assert whole["architect/code_graph"] > 1


def test_scenarios_stay_where_their_criteria_do() -> None:
    """An answer replaces those whose criteria it shows, and says why others cannot be shown."""
    one, two = (
        {"name": name, "criteria": [f"R1.{n}"], "steps": []} for n, name in ((1, "a"), (2, "b"))
    )
    inputs = ScenariosInputs.model_validate(
        {
            "requirement": Requirement(id="R1", feature="F", text="It must."),
            "database": {},
            "standing": [one, two],
        }
    )
    answer = ScenariosAnswer.model_validate({"scenarios": [{**one, "name": "anew"}]})
    assert [item.name for item in made(inputs, answer)] == ["b", "anew"]
