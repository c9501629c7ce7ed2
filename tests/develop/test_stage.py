"""The Develop stage on a scripted model: what is right is kept, what is wrong is mended or told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.documents.implementation import Function, Implementation
from codex.common.errors import InputError
from codex.common.events import CheckFailed, FunctionVerified
from codex.common.model.scripted import Scripted
from codex.common.sandbox import Command, Environments, Result
from codex.develop import stage
from codex.develop.bench import Bench, Outcome
from codex.develop.trial import Case
from codex.runtime import RunServices, open_runtime
from tests.common.documents import samples
from tests.develop.scripts import RIGHT, writer

pytestmark = pytest.mark.slow

ARCHITECTURE = samples.architecture()
Opened = Callable[[Scripted], AbstractAsyncContextManager[RunServices]]


@pytest.fixture
def opened(database_url: str, tmp_path: Path, environments: Environments) -> Opened:
    @asynccontextmanager
    async def services(model: Scripted) -> AsyncGenerator[RunServices]:
        settings = Settings(database_url=database_url, data_dir=tmp_path)
        async with open_runtime(settings, model=model) as runtime:
            run = await runtime.store.create_run("develop")
            async with runtime.services(run) as handed:
                # The environments of the test run, so that none is installed for one test.
                object.__setattr__(handed, "environments", environments)
                yield handed

    return services


def by_name(done: Implementation) -> dict[str, Function]:
    return {item.name: item for item in done.functions}


def failed(function: Function) -> list[str]:
    return [check.name for check in function.evidence if not check.passed]


async def test_right_code_is_verified_with_its_evidence(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = writer()
    typed: list[Command] = []
    begun = asyncio.Event()
    try_case = Bench.try_case

    async def later(bench: Bench, case: Case) -> Outcome:
        await begun.wait()  # for the type checker, which waits for nothing that is tried
        return await try_case(bench, case)

    monkeypatch.setattr(Bench, "try_case", later)
    async with opened(model) as services, asyncio.timeout(300):
        run = services.sandbox.run

        async def noticed(command: Command) -> Result:
            if "pyright" in command.argv:
                typed.append(command)
                begun.set()
            return await run(command)

        monkeypatch.setattr(services.sandbox, "run", noticed)
        done = await stage.develop(ARCHITECTURE, services=services)
        events = [row.event async for row in services.events.subscribe(live=False)]
    assert done.complete
    assert len(typed) == 1, "once for all functions"
    function = by_name(done)["count_open_loans"]
    assert {"parses", "signature", "examples", "generated tests", "types"} <= {
        check.name for check in function.evidence
    }
    assert function.journal_keys
    assert "from app.models import Loan" in function.code
    verified = [event.function for event in events if isinstance(event, FunctionVerified)]
    assert sorted(verified) == sorted(RIGHT)
    # Depth: every function is asked once for code and once for cases, none waits for another; a
    # main function is asked for by nobody, since its template holds it.
    coded = {item.place for item in model.asked if item.chain == "develop/write_function"}
    mains = {item.function_name for item in ARCHITECTURE.routes if item.template}
    assert mains
    assert coded == {f"{name}:0:0" for name in RIGHT if name not in mains}
    assert len(model.asked) == 2 * len(RIGHT) - len(mains)
    for name in mains:
        assert {"generated tests", "types"} <= {
            check.name for check in by_name(done)[name].evidence
        }


async def test_wrong_code_is_repaired_from_what_was_seen(opened: Opened) -> None:
    wrong = (
        RIGHT["count_open_loans"]
        .replace(", col(Loan.returned_at).is_(None)", "")
        .replace("col(Loan.member_id) == member_id", "col(Loan.member_id) != member_id")
    )
    drawn = ARCHITECTURE.model_copy(
        update={
            "routes": tuple(
                item.model_copy(
                    update={"template": item.template.replace("loan_limit:", "loan_limit - 9:")}
                )
                if item.template
                else item
                for item in ARCHITECTURE.routes
            )
        }
    )
    model = writer({"count_open_loans": [wrong, RIGHT["count_open_loans"]]})
    async with opened(model) as services:
        done = await stage.develop(drawn, services=services)
        events = [row.event async for row in services.events.subscribe(live=False)]
    assert done.complete
    (repair,) = [item for item in model.asked if item.chain == "develop/repair"]
    shown = "\n".join(message.content for message in repair.messages)
    assert "expected 1, got 0" in shown
    told = [event for event in events if isinstance(event, CheckFailed)]
    assert [(event.check, event.subject) for event in told] == [
        ("examples", "count_open_loans"),
        ("generated tests", "borrow_book"),
    ]
    # A template that does not hold is no attempt: the main function is written after all.
    (written,) = [item for item in model.asked if item.place == "borrow_book:0:0"]
    assert written.chain == "develop/write_function"
    assert "LoanLimitReached" in written.messages[-1].content.partition("What was seen")[2]


async def test_a_question_is_answered_by_the_architect_and_kept(opened: Opened) -> None:
    model = writer({"label_book": ["QUESTION: With the status?", RIGHT["label_book"]]})
    async with opened(model) as services:
        done = await stage.develop(ARCHITECTURE, services=services)
    (clarification,) = by_name(done)["label_book"].clarifications
    assert clarification.question == "With the status?"
    second = next(item for item in model.asked if item.place == "label_book:0:1")
    assert "Both count." in second.messages[-1].content


async def test_what_never_works_is_given_up_with_evidence_and_who_calls_it_too(
    opened: Opened,
) -> None:
    wrong = "def count_open_loans(member_id: int, *, session: Session) -> int:\n    return {}\n"
    answers = [wrong.format(number) for number in (7, 8, 9, 10, 11, 12, 13, 14)]
    async with opened(writer({"count_open_loans": answers})) as services:
        done = await stage.develop(ARCHITECTURE, services=services)
    functions = by_name(done)
    assert set(done.missing) == {"count_open_loans", "borrow_book"}
    assert functions["count_open_loans"].code == ""
    assert failed(functions["count_open_loans"])
    assert "could not be verified" in functions["borrow_book"].evidence[-1].detail
    assert functions["join_titles"].verified


async def test_a_function_that_never_returns_costs_its_limit(opened: Opened) -> None:
    endless = "def label_book(book: Book) -> str:\n    while True:\n        pass\n"
    model = writer({"label_book": [endless, RIGHT["label_book"]]})
    async with opened(model) as services:
        done = await stage.develop(ARCHITECTURE, services=services)
    assert done.complete
    (repair,) = [item for item in model.asked if item.chain == "develop/repair"]
    assert "never ended" in repair.messages[-1].content


async def test_types_that_do_not_fit_send_a_function_back(opened: Opened) -> None:
    confused = RIGHT["add_loan"].replace("return loan", "return loan if loan.id else None")
    model = writer({"add_loan": [confused, RIGHT["add_loan"]]})
    async with opened(model) as services:
        done = await stage.develop(ARCHITECTURE, services=services)
    assert done.complete
    (repair,) = [item for item in model.asked if item.chain == "develop/repair"]
    assert "type checker" in repair.messages[-1].content


async def test_who_tries_the_whole_service_plays_its_scenarios(opened: Opened) -> None:
    told = "step 2: POST /books/1/borrow as member answered 500"
    drafts: list[Implementation] = []

    async def player(draft: Implementation) -> dict[str, str]:
        drafts.append(draft)
        return {"test_borrowing": told} if len(drafts) == 1 else {}

    model = writer()
    async with opened(model) as services:
        done = await stage.develop(ARCHITECTURE, services=services, player=player)
    assert done.complete
    assert len(drafts) == 2
    assert drafts[0].complete
    (written,) = [item for item in model.asked if item.place == "borrow_book:0:0"]
    assert f"Scenario test_borrowing: {told}" in written.messages[-1].content


async def test_types_that_never_fit_are_not_called_verified(opened: Opened) -> None:
    confused = RIGHT["add_loan"].replace("return loan", "return loan if loan.id else None")
    async with opened(writer({"add_loan": [confused]})) as services:
        done = await stage.develop(ARCHITECTURE, services=services)
    functions = by_name(done)
    assert set(done.missing) == {"add_loan", "borrow_book"}
    assert "type checker" in functions["add_loan"].evidence[-1].detail
    assert "speaks against" in functions["borrow_book"].evidence[-1].detail


async def test_an_interrupted_run_asks_nothing_twice(opened: Opened, database_url: str) -> None:
    model = writer()
    async with opened(model) as services:
        first = await stage.develop(ARCHITECTURE, services=services)
        asked = len(model.asked)
        again = await stage.develop(ARCHITECTURE, services=services)
        assert len(model.asked) == asked
    assert again == first


async def test_one_function_is_done_again_and_the_others_stay(opened: Opened) -> None:
    async with opened(writer()) as services:
        first = await stage.develop(ARCHITECTURE, services=services)
    shouting = RIGHT["label_book"].replace("{book.title}", "{str(book.title)}")
    model = writer({"label_book": [shouting]}, name="another")
    async with opened(model) as services:
        second = await stage.develop(
            ARCHITECTURE, services=services, only=["label_book"], previous=first
        )
    assert {getattr(item.inputs, "definition").name for item in model.asked} == {"label_book"}  # noqa: B009
    before, after = by_name(first), by_name(second)
    assert {name for name in before if before[name] != after[name]} == {"label_book"}


async def test_code_that_nothing_executed_is_not_verified(opened: Opened) -> None:
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    async with opened(writer(cases=False)) as services:
        function = await stage.write(definition, architecture=ARCHITECTURE, services=services)
    assert not function.verified
    assert "Nothing executed it" in function.evidence[-1].detail


async def test_a_name_that_is_not_there_is_told(opened: Opened) -> None:
    async with opened(writer()) as services:
        with pytest.raises(InputError, match="'sing'"):
            await stage.develop(ARCHITECTURE, services=services, only=["sing"])


async def test_one_function_alone_with_all_that_it_calls(opened: Opened) -> None:
    definition = ARCHITECTURE.function("borrow_book")
    assert definition is not None
    model = writer()
    async with opened(model) as services:
        function = await stage.write(definition, architecture=ARCHITECTURE, services=services)
    assert function.verified
    asked = {getattr(item.inputs, "definition").name for item in model.asked}  # noqa: B009
    assert asked == {"borrow_book", "count_open_loans", "add_loan"}
