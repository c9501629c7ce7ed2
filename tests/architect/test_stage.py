"""The stage as a whole: what it makes, how deep it asks, what it costs, when it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel

from codex.architect.size import Size, size_of_functions
from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.chains.architect.code_graph import CodeGraphAnswer
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import DerivedOperation
from codex.common.documents.schema import Exposure
from codex.common.documents.specification import Entity, EntityField, Feature, Specification
from codex.common.errors import BudgetReached
from codex.common.events import ModelCalled, StageFinished
from codex.common.model.base import Question
from codex.common.model.budget import Budget
from codex.common.model.prices import Price
from tests.architect.conftest import by_place, offline
from tests.architect.specifications import crud, large, library


async def built(specification: Specification) -> Architecture:
    return await architect(specification, services=offline(BuiltinModel()))


async def test_the_library_has_the_routes_that_were_asked_for() -> None:
    result = await built(library())
    routes = {route.api_route: route for route in result.routes}
    assert len(routes) == 24
    borrow = routes["POST /books/{book_id}/borrow"]
    assert borrow.response == "LoanRead"
    assert borrow.success.status == 201
    assert [(lock.table, lock.by) for lock in borrow.locks] == [
        ("books", "book_id"),
        ("members", "user.id"),
    ]
    assert borrow.raises == ("LoanLimitReached", "BookTaken")
    assert routes["GET /loans/overdue"].response == "Page[LoanRead]"
    assert routes["GET /books/count-by-author"].response == "Groups[int, int]"
    listed = routes["GET /books"].derived
    assert listed is not None
    assert listed.operation is DerivedOperation.LIST
    assert listed.search == ("title",)
    assert set(listed.filters) == {"author_id", "status", "tags"}
    assert result.uncovered == ()
    assert result.served_by_schema == {"R5": "accounts"}


async def test_ties_of_many_to_many_have_routes_of_their_own() -> None:
    result = await built(library())
    routes = {route.api_route: route for route in result.routes}
    made = routes["POST /books/{book_id}/tags"]
    assert made.request == "BookTagCreate"
    assert made.derived is not None
    assert (made.derived.table, made.derived.parent) == ("book_tags", "book")
    assert routes["GET /books/{book_id}/tags"].response == "Page[TagRead]"
    assert "DELETE /books/{book_id}/tags/{tag_id}" in routes
    books = result.database.table("books")
    assert books is not None
    assert [tie.ids for tie in books.relations if tie.ids] == ["tag_ids"]
    listed = routes["GET /books"].derived
    assert listed is not None
    assert "tags" in listed.filters


async def test_code_adds_what_accounts_need() -> None:
    database = (await built(library())).database
    members = database.table("members")
    assert members is not None
    assert database.account == "members"
    assert members.owner == "id"
    email, password, role = (members.column(n) for n in ("email", "password_hash", "role"))
    assert email is not None
    assert email.unique
    assert password is not None
    assert password.exposure is Exposure.NONE
    assert role is not None
    assert role.exposure is Exposure.READ
    enum = database.enum(role.enum or "")
    assert enum is not None
    assert enum.values == ("member", "librarian")


async def test_what_is_filtered_and_referred_to_has_an_index() -> None:
    books = (await built(library())).database.table("books")
    assert books is not None
    indexed = {index.columns[0] for index in books.indexes}
    assert {"author_id", "status"} <= indexed


async def test_settings_are_the_parameters_that_something_reads() -> None:
    result = await built(library())
    assert {setting.name: setting.parameter for setting in result.settings} == {
        "loan_limit": "loan_limit",
        "loan_period": "loan_period",
    }


@pytest.mark.parametrize(("name", "path"), [("doc", "/docs-records"), ("auth", "/auths")])
async def test_reserved_paths_are_not_taken(name: str, path: str) -> None:
    entity = Entity(name=name, plural=f"{name}s", fields=(EntityField(name="title"),))
    result = await built(only(entity))
    assert {route.path.split("{")[0].rstrip("/") for route in result.routes} == {path}
    assert bool(result.mends) == (name == "doc")


@pytest.mark.parametrize("name", ["session", "page", "settings", "value", "file", "user", "group"])
async def test_names_of_the_library_are_not_taken(name: str) -> None:
    entity = Entity(name=name, plural=f"{name}_list", fields=(EntityField(name="title"),))
    result = await built(only(entity))
    assert len(result.routes) == 5


def only(entity: Entity) -> Specification:
    requirement = (
        library()
        .requirements[0]
        .model_copy(
            update={"operations": crud(entity.name), "feature": "All", "criteria": (), "quotes": ()}
        )
    )
    return Specification(
        title="One",
        summary="One thing.",
        request="One thing.",
        features=(Feature(name="All"),),
        entities=(entity,),
        requirements=(requirement,),
    )


async def test_the_depth_of_questions_does_not_grow_with_the_routes() -> None:
    """Four kinds of question, each asked once all of the kind before are answered."""
    for specification in (large(3, 2), large(25, 25)):
        services = offline(by_place(lambda _, answer: answer))
        await architect(specification, services=services)
        order = [question.chain for question in services.model.asked]
        assert list(dict.fromkeys(order)) == [
            "architect/database",
            "architect/modules",
            "architect/routes",
            "architect/scenarios",
        ]


async def test_equal_stubs_are_shared_and_different_ones_get_two_names() -> None:
    """Two graphs use one name: for the same thing, and for another one."""

    def turn(question: Question, answer: BaseModel) -> BaseModel:
        if not isinstance(answer, CodeGraphAnswer):
            return answer
        renamed = answer.model_dump_json()
        for old in ("set_loan_returned", "add_loan"):
            renamed = renamed.replace(old, "write_it")
        return CodeGraphAnswer.model_validate_json(renamed)

    result = await architect(library(), services=offline(by_place(turn)))
    names = {item.name for item in result.functions}
    assert {"write_it", "write_it_2"} <= names
    assert any("write_it_2" in (route.template or "") for route in result.routes)
    assert any("renamed the function write_it" in mend.what for mend in result.mends)


async def test_mends_are_made_by_code_and_recorded() -> None:
    """`Optional`, types in another spelling, the main function last: not worth a question."""

    def turn(question: Question, answer: Any) -> BaseModel:
        if question.place != "code_graph:borrow_book":
            return answer
        blocks = answer.template.split("\n\n\n")
        text = "\n\n\n".join([*blocks[1:], blocks[0]])
        text = text.replace("book: Book,", "book: book,").replace(
            "-> None:", "-> Optional[None]:", 1
        )
        return answer.model_copy(update={"template": text})

    services = offline(by_place(turn))
    result = await architect(library(), services=services)
    told = [mend.what for mend in result.mends]
    assert "put the main function first" in told
    assert "spelled the type book as Book" in told
    assert all(not call.problems for call in services.events.of(ModelCalled))
    graph = result.route("borrow_book")
    assert graph is not None
    assert (graph.template or "").startswith("def borrow_book(")


async def test_a_main_function_is_given_what_its_body_uses() -> None:
    """Code computes the signature; what a model wrote of the context does not matter."""

    def turn(question: Question, answer: Any) -> BaseModel:
        if question.place != "code_graph:return_loan":
            return answer
        text = answer.template.replace(
            "*, session: Session, user: Member, now: datetime)",
            "*, files: Files, session: Session, user: Member, now: datetime)",
            1,
        )
        assert text != answer.template
        return answer.model_copy(update={"template": text})

    result = await architect(library(), services=offline(by_place(turn)))
    graph = result.route("return_loan")
    assert graph is not None
    assert graph.main is not None
    assert [p.name for p in graph.main.parameters] == ["loan_id", "session", "user", "now"]


async def test_size_and_price_are_shown_and_can_be_refused() -> None:
    shown: list[Size] = []

    async def refuse(size: Size) -> bool:
        shown.append(size)
        return False

    services = offline(by_place(lambda _, answer: answer))
    services.budget = Budget(price=Price(input=Decimal(1), output=Decimal(10)))
    with pytest.raises(BudgetReached, match="refused"):
        await architect(library(), services=services, approve=refuse)
    asked = {question.chain for question in services.model.asked}
    assert asked == {"architect/database", "architect/modules", "architect/routes"}
    size = shown[0]
    assert (size.routes, size.derived, size.tables) == (24, 20, 6)
    assert [item.calls for item in size.planned][:2] == [4, 5]
    assert size.usd is not None
    assert size.usd > 0
    assert size.price.startswith("about $")
    assert size.as_json()["calls"] == size.calls


async def test_an_unknown_price_is_said_to_be_unknown() -> None:
    services = offline(by_place(lambda _, answer: answer))
    services.budget = Budget()
    result = await architect(library(), services=services)
    size = size_of_functions(result, services)
    assert size.usd is None
    assert size.price == "unknown for scripted"
    assert size.functions == len(result.functions)


async def test_the_built_in_model_costs_nothing() -> None:
    services = offline(BuiltinModel())
    size = size_of_functions(await architect(library(), services=services), services)
    assert size.price == "nothing"
    assert size.tokens == 0


async def test_the_same_specification_gives_the_same_bytes() -> None:
    first, second = await built(library()), await built(library())
    assert first.to_json() == second.to_json()
    assert Architecture.from_json(first.to_json()) == first


async def test_the_stage_tells_when_it_is_done() -> None:
    services = offline(BuiltinModel())
    await architect(library(), services=services)
    assert [event.stage for event in services.events.of(StageFinished)] == ["architect"]
