"""Every check of the stage, violated once by a scripted model, which then answers rightly."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from codex.architect.stage import architect
from codex.blueprint.assemble import FunctionNotes
from codex.blueprint.brief import Brief
from codex.blueprint.module_routes import (
    ModuleSurroundings,
    RoutesPatch,
    ServedBySchema,
    apply_routes,
    check_routes,
)
from codex.chains.architect.code_graph import CodeGraphAnswer
from codex.common.documents.architecture import Architecture, Module
from codex.common.documents.codegraph import (
    Derived,
    DerivedOperation,
    Example,
    FunctionDefinition,
    RouteHeader,
)
from codex.common.documents.scenario import Expect, Step
from codex.common.documents.schema import (
    Column,
    ColumnType,
    ComputedField,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    Exposure,
    Relation,
)
from codex.common.errors import ChainExhausted
from codex.common.events import ModelCalled
from codex.common.model.base import Question
from tests.architect.conftest import Spoil, by_place, offline, spoiled
from tests.architect.specifications import library

GRAPH = ("architect/code_graph", "code_graph:borrow_book")
BOOKS = ("architect/routes", "routes:books")
DATABASE = ("architect/database", "database")
MODULES = ("architect/modules", "modules")
LENDING = ("architect/scenarios", "scenarios:R3")


def with_template(old: str, new: str) -> Spoil:
    """Replace a piece of the template, which must be there."""

    def spoil(answer: Any, _: Any) -> BaseModel:
        assert old in answer.template
        return answer.model_copy(update={"template": answer.template.replace(old, new)})

    return spoil


def with_stub(source: str, **note: Any) -> Spoil:
    """Add a function to the template, with its note."""

    def spoil(answer: Any, _: Any) -> BaseModel:
        name = source.partition("(")[0].removeprefix("def ")
        notes = (*answer.functions, FunctionNotes.model_validate({"name": name, **note}))
        return answer.model_copy(
            update={"template": f"{answer.template}\n\n{source}\n", "functions": notes}
        )

    return spoil


def with_note(function: str, **changes: Any) -> Spoil:
    """Change what is told of one function."""

    def spoil(answer: Any, _: Any) -> BaseModel:
        assert any(note.name == function for note in answer.functions)
        notes = tuple(
            note.model_copy(update=changes) if note.name == function else note
            for note in answer.functions
        )
        return answer.model_copy(update={"functions": notes})

    return spoil


def without_note(function: str) -> Spoil:
    def spoil(answer: Any, _: Any) -> BaseModel:
        kept = tuple(note for note in answer.functions if note.name != function)
        return answer.model_copy(update={"functions": kept})

    return spoil


EXAMPLE = Example(name="once", args={"user": "members:1"}, given={"members": ({},)})
STUB = 'def count_more(*, user: Member) -> int:\n    """Count more."""\n    ...'

GRAPHS: dict[str, tuple[Spoil, str]] = {
    "argument lost": (
        with_template("book_id: int, *, session", "*, session"),
        "borrow_book takes (*, session: Session, user: Member",
    ),
    "argument renamed": (
        with_template("    book_id: int, *,", "    number: int, *,"),
        "but the route gives it (book_id: int,",
    ),
    "main missing": (
        with_template("def borrow_book(", "def borrow_it("),
        "no function borrow_book",
    ),
    "main empty": (
        lambda answer, _: answer.model_copy(
            update={
                "template": "def borrow_book(book_id: int) -> Loan:\n"
                '    """Borrow a book."""\n    ...\n'
            }
        ),
        "borrow_book has no body",
    ),
    "stub with body": (
        with_template('not set.\n    """\n    ...', 'not set.\n    """\n    return None'),
        "The stub refuse_if_book_taken",
    ),
    "no docstring": (
        with_stub(STUB.replace('    """Count more."""\n', ""), examples=(EXAMPLE,)),
        "count_more (line",
    ),
    "unused stub": (with_stub(STUB, examples=(EXAMPLE,)), "borrow_book never calls count_more"),
    "recursion": (
        with_note("add_loan", calls=("add_loan",)),
        "Functions call each other in a circle: add_loan → add_loan",
    ),
    "unknown type": (
        with_template("refuse_if_book_taken(book: Book,", "refuse_if_book_taken(book: Tome,"),
        "parameter 'book' is of type Tome",
    ),
    "import": (with_template("def borrow_book(", "import os\n\n\ndef borrow_book("), "an import"),
    "class": (
        with_template("def borrow_book(", "class Shelf:\n    pass\n\n\ndef borrow_book("),
        "the class Shelf",
    ),
    "query": (
        with_template(
            "    refuse_if_book_taken(book, session=session)",
            "    refuse_if_book_taken(book, session=session)\n    session.exec(select(Loan))",
        ),
        "a template holds no queries",
    ),
    "unknown call": (
        with_template("    return add_loan", "    tell_everybody(book)\n    return add_loan"),
        "calls tell_everybody, which is no stub",
    ),
    "undefined name": (
        with_template("    return add_loan(book,", "    return add_loan(tome,"),
        "borrow_book uses tome, which nothing defines",
    ),
    "undeclared error": (
        with_template(
            "    return add_loan",
            "    if book.id < 0:\n        raise BookTaken\n    return add_loan",
        ),
        "borrow_book raises BookTaken in its body",
    ),
    "note without function": (
        lambda answer, _: answer.model_copy(
            update={
                "functions": (
                    *answer.functions,
                    answer.functions[1].model_copy(update={"name": "another"}),
                )
            }
        ),
        "`functions` describes another",
    ),
    "function without note": (without_note("add_loan"), "The template holds add_loan"),
    "no example": (with_note("add_loan", examples=()), "add_loan has no example"),
    "error without example": (
        with_note(
            "refuse_if_book_taken",
            examples=(Example(args={"book": "books:1"}, given={"books": ({},)}),),
        ),
        "refuse_if_book_taken raises BookTaken, but no example shows when",
    ),
    "bad example": (
        with_note("add_loan", examples=(Example(args={"shelf": 1}),)),
        "has argument 'shelf', which the function does not take",
    ),
}


async def converged(place: tuple[str, str], spoil: Spoil, told: str) -> Architecture:
    """The stage's result, with the sentence that the model was told after its first answer."""
    services = offline(spoiled(*place, spoil))
    result = await architect(library(), services=services)
    calls = [c for c in services.events.of(ModelCalled) if c.place == place[1]]
    assert [bool(call.problems) for call in calls] == [True, False]
    assert any(told in problem for problem in calls[0].problems), calls[0].problems
    return result


@pytest.mark.parametrize("case", GRAPHS)
async def test_a_wrong_code_graph_is_told_and_mended(case: str) -> None:
    spoil, told = GRAPHS[case]
    assert await converged(GRAPH, spoil, told)


def patch(**changes: Any) -> Spoil:
    return lambda answer, _: answer.model_copy(update=changes)


def route(**changes: Any) -> RouteHeader:
    plain: dict[str, Any] = {
        "function_name": "count_shelves",
        "module": "books",
        "method": "GET",
        "path": "/books/shelves",
        "response": "Value[int]",
        "requirements": ("R1",),
    }
    return RouteHeader.model_validate({**plain, **changes})


TABLE = DatabaseTable(
    name="shelves",
    model="Shelf",
    columns=(Column(name="code", type=ColumnType.STRING, exposure=Exposure.READ),),
)

ROUTES: dict[str, tuple[tuple[str, str], Spoil, str]] = {
    "requirement unserved": (
        BOOKS,
        patch(removed=("count_books_by_author",)),
        "Requirement R4 is served by no route",
    ),
    "reserved path": (
        BOOKS,
        patch(routes=(route(path="/auth/shelves"),)),
        "begins with /auth, which every service answers itself",
    ),
    "unknown type": (
        BOOKS,
        patch(routes=(route(response="Value[Shelving]"),)),
        "'Shelving' is not defined",
    ),
    "undeclared error": (
        BOOKS,
        patch(routes=(route(raises=("ShelfFull",)),)),
        "raises 'ShelfFull', which is not defined",
    ),
    "lock by nothing": (
        BOOKS,
        patch(routes=(route(locks=({"table": "books", "by": "shelf_id"},)),)),
        "has no parameter 'shelf_id'",
    ),
    "no such part": (
        BOOKS,
        patch(served_by_schema=(ServedBySchema(requirement="R4", part="shelves"),)),
        "which is no table, no column",
    ),
    "route elsewhere": (
        BOOKS,
        patch(routes=(route(method="GET", path="/loans", response="Page[LoanRead]"),)),
        "is a route of another module",
    ),
    "shared without example": (
        BOOKS,
        patch(shared=(FunctionDefinition(name="count_all", description="Count all."),)),
        "The shared function count_all has no example",
    ),
}


@pytest.mark.parametrize("case", ROUTES)
async def test_wrong_routes_are_told_and_mended(case: str) -> None:
    place, spoil, told = ROUTES[case]

    def valid(answer: Any, inputs: Any) -> BaseModel:
        return RoutesPatch.model_validate(spoil(answer, inputs).model_dump())

    assert await converged(place, valid, told)


TABLES: dict[str, tuple[Spoil, str]] = {
    "entity lost": (patch(removed=("tags",)), "No table keeps the entity tag"),
    "dangling relation": (
        patch(
            tables=(
                TABLE.model_copy(update={"relations": (Relation(name="wall", target="walls"),)}),
            )
        ),
        "points to table 'walls', which is not defined",
    ),
    "constraint without error": (
        patch(
            tables=(
                TABLE.model_copy(
                    update={
                        "constraints": (
                            Constraint(name="once", kind="unique", columns=("code",), error="Gone"),
                        )
                    }
                ),
            )
        ),
        "raises 'Gone', which is not defined",
    ),
    "owner astray": (
        patch(tables=(TABLE.model_copy(update={"owner": "wall.member_id"}),)),
        "which is no way to the account",
    ),
}


@pytest.mark.parametrize("case", TABLES)
async def test_a_wrong_database_is_told_and_mended(case: str) -> None:
    spoil, told = TABLES[case]
    assert await converged(DATABASE, spoil, told)


def modules_with(index: int, **changes: Any) -> Spoil:
    def spoil(answer: Any, _: Any) -> BaseModel:
        first = answer.modules[index].model_copy(update=changes)
        others = [m for n, m in enumerate(answer.modules) if n != index]
        return answer.model_copy(update={"modules": (first, *others)})

    return spoil


PARTS: dict[str, tuple[Spoil, str]] = {
    "none": (patch(modules=()), "There is no module"),
    "table lost": (modules_with(0, tables=()), "No module holds the table"),
    "table twice": (modules_with(0, tables=("authors", "books", "members")), "is in"),
    "requirement lost": (modules_with(0, requirements=()), "No module is answerable for"),
    "one name": (modules_with(0, name="books"), "Two modules are named books"),
}


@pytest.mark.parametrize("case", PARTS)
async def test_wrong_modules_are_told_and_mended(case: str) -> None:
    spoil, told = PARTS[case]
    assert await converged(MODULES, spoil, told)


def first_step(**changes: Any) -> Spoil:
    def spoil(answer: Any, _: Any) -> BaseModel:
        plan = answer.scenarios[0]
        step = plan.steps[-1].model_copy(update=changes)
        changed = plan.model_copy(update={"steps": (*plan.steps[:-1], step)})
        return answer.model_copy(update={"scenarios": (changed, *answer.scenarios[1:])})

    return spoil


PLAYS: dict[str, tuple[Spoil, str]] = {
    "not shown": (patch(scenarios=()), "No scenario shows R3.1"),
    "no route": (first_step(path="/shelves"), "which no route answers"),
    "nobody": (first_step(actor="king"), "king is nobody"),
    "unknown name": (first_step(path="/books/$tome.id/borrow"), "names $tome"),
    "other status": (first_step(expect=Expect(status=200)), "answers 201 when all is well"),
    "no expectation": (first_step(expect=None), "expects nothing"),
    "another's criterion": (
        lambda answer, _: answer.model_copy(
            update={
                "scenarios": (
                    answer.scenarios[0].model_copy(update={"criteria": ("R9.9",)}),
                    *answer.scenarios,
                )
            }
        ),
        "this name does not exist; choose one of: R3.1",
    ),
}


@pytest.mark.parametrize("case", PLAYS)
async def test_wrong_scenarios_are_told_and_mended(case: str) -> None:
    spoil, told = PLAYS[case]
    assert await converged(LENDING, spoil, told)


async def test_a_body_with_a_field_that_the_route_does_not_take_is_told() -> None:
    extra = Step(
        actor="librarian",
        method="POST",
        path="/books",
        body={"shelf": 1},
        expect=Expect(status=201),
    )

    def spoil(answer: Any, _: Any) -> BaseModel:
        plan = answer.scenarios[0].model_copy(update={"steps": (extra,)})
        return answer.model_copy(update={"scenarios": (plan, *answer.scenarios[1:])})

    assert await converged(("architect/scenarios", "scenarios:R1"), spoil, "sends shelf")


@pytest.mark.parametrize("in_body", [False, True])
async def test_a_check_that_guards_a_write_needs_a_lock(in_body: bool) -> None:
    """The route's own locks are drafted; one that a model adds has none unless it says so.

    What locks a row that only the main function finds, such as the group of an expense, is as good.
    """
    added = route(
        function_name="lend_book",
        method="POST",
        path="/books/{book_id}/lend",
        response="LoanRead",
        requirements=("R3",),
        raises=("BookTaken",),
    )
    notes = [
        {"name": "lend_book", "examples": [example()]},
        {
            "name": "refuse_if_lent",
            "reads": ["loans"],
            "raises": ["BookTaken"],
            "examples": [example(), example(raises="BookTaken")],
        },
        {"name": "add_lent", "writes": ["loans"], "examples": [example()]},
    ]
    template = (
        "def lend_book(book_id: int, *, session: Session) -> Loan:\n"
        '    """Lend a book."""\n'
        "    refuse_if_lent(book_id, session=session)\n"
        "    return add_lent(book_id, session=session)\n\n\n"
        "def refuse_if_lent(book_id: int, *, session: Session) -> None:\n"
        '    """Raise BookTaken if the book is lent."""\n    ...\n\n\n'
        "def add_lent(book_id: int, *, session: Session) -> Loan:\n"
        '    """Add a loan of the book."""\n    ...\n'
    )

    def turn(question: Question, answer: BaseModel) -> BaseModel:
        if question.place == "routes:books":
            return answer.model_copy(update={"routes": (added,)})
        if question.place == "code_graph:lend_book":
            again = question.attempt > 1
            locks = [{"table": "books", "by": "book_id"}] if again and not in_body else []
            locking = "    lock(session, Book, book_id)\n    refuse_if_lent(book_id, "
            said = template.replace("    refuse_if_lent(book_id, ", locking, again and in_body)
            return CodeGraphAnswer.model_validate(
                {"template": said, "functions": notes, "locks": locks}
            )
        return answer

    services = offline(by_place(turn))
    result = await architect(library(), services=services)
    calls = [c for c in services.events.of(ModelCalled) if c.place == "code_graph:lend_book"]
    assert "locks nothing" in calls[0].problems[0]
    graph = result.route("lend_book")
    assert graph is not None
    assert [lock.by for lock in graph.locks] == ([] if in_body else ["book_id"])
    assert len(calls) == 2
    assert "BookTaken" in graph.raises


def example(**values: Any) -> dict[str, Any]:
    return {"given": {"books": [{}]}, "args": {"book_id": "books:1"}, **values}


async def test_a_row_that_cannot_be_made_is_told() -> None:
    """A derived create of a table whose required column nobody feeds; a function would feed it."""
    code = Column(name="code", type=ColumnType.STRING, exposure=Exposure.READ)
    around = ModuleSurroundings(
        module=Module(name="shelves"),
        requirements=(),
        specification=Brief(),
        database=DatabaseSchema(
            tables=(DatabaseTable(name="shelves", model="Shelf", columns=(code,)),)
        ),
    )
    derived = Derived(operation=DerivedOperation.CREATE, table="shelves")
    made = route(
        module="shelves",
        method="POST",
        path="/shelves",
        request="ShelfCreate",
        response="ShelfRead",
        requirements=(),
        derived=derived,
    )
    routes = apply_routes(RoutesPatch(routes=(made,)), around)
    told = [item for item in check_routes(routes, around) if item.rule == "unfed"]
    assert [item.values["column"] for item in told] == ["code"]
    function = made.model_copy(update={"derived": None})
    routes = apply_routes(RoutesPatch(routes=(function,)), around)
    assert not list(check_routes(routes, around))


async def test_a_field_that_nothing_computes_is_told() -> None:
    """A computed field without a rule needs a shared function of its module."""
    table = DatabaseTable(
        name="tags",
        model="Tag",
        entity="tag",
        columns=(Column(name="name", type=ColumnType.STRING),),
        computed=(ComputedField(name="weight", type="int", description="How heavy."),),
    )
    definition = FunctionDefinition.model_validate(
        {
            "name": "compute_tag_weight",
            "description": "How heavy the tag is.",
            "parameters": [{"name": "tag", "type": "Tag"}],
            "return_type": "int",
            "examples": [{"given": {"tags": [{}]}, "args": {"tag": "tags:1"}, "returns": 1}],
        }
    )

    def turn(question: Question, answer: BaseModel) -> BaseModel:
        if question.place == "database":
            return answer.model_copy(update={"tables": (table,)})
        if question.place == "routes:tags" and question.attempt > 1:
            return answer.model_copy(update={"shared": (definition,)})
        return answer

    services = offline(by_place(turn))
    result = await architect(library(), services=services)
    calls = [c for c in services.events.of(ModelCalled) if c.place == "routes:tags"]
    assert "Nothing computes the field weight of tags" in calls[0].problems[0]
    tags = result.database.table("tags")
    assert tags is not None
    assert tags.computed[0].function == "compute_tag_weight"


async def test_one_that_never_answers_rightly_ends_with_the_evidence() -> None:
    spoil, told = GRAPHS["unused stub"]
    services = offline(spoiled(*GRAPH, spoil, attempts=99))
    with pytest.raises(ChainExhausted) as failure:
        await architect(library(), services=services)
    assert len(failure.value.attempts) == 3
    assert all(told in attempt.problems[0] for attempt in failure.value.attempts)
    assert all(attempt.reply for attempt in failure.value.attempts)
    # What was answered before, and beside it, is kept: a second run asks only what was wrong.
    answered = {c.place for c in services.events.of(ModelCalled) if not c.problems}
    assert {"database", "modules", "routes:books"} <= answered
    services.events.events.clear()
    with pytest.raises(ChainExhausted):
        await architect(library(), services=services)
    calls = services.events.of(ModelCalled)
    assert calls
    assert all(call.hit for call in calls)
