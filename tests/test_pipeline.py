"""The four stages in order: what is saved, what is asked, what goes back, and where it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from codex import pipeline
from codex.common.config import Settings
from codex.common.documents.application import (
    Application,
    Fault,
    Outcome,
    Verification,
    VerificationStep,
)
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Implementation
from codex.common.documents.run import Run, RunStatus
from codex.common.documents.specification import Specification
from codex.common.errors import BudgetReached, InputError, Interrupted, NotUnderstood
from codex.common.events import Notice
from codex.common.model.budget import Limits
from codex.common.services import Services
from codex.deploy.ahead import Begun
from codex.pipeline import Consent, stages
from codex.runtime import RunServices, Runtime, open_runtime
from tests.common.documents import samples

FAULT = Fault(message="It answers 500.", function="add_loan", route="POST /books/{book_id}/borrow")
OTHER = FAULT.model_copy(update={"message": "It answers 502."})


class Stages:
    """Stands in for the stages: their documents, and what each was handed."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, faults: Sequence[Sequence[Fault] | Exception]
    ) -> None:
        self.calls: list[str] = []
        self.handed: list[Any] = []
        self.faults = list(faults)
        self.specification = samples.specification()
        for name in ("design", "architect", "develop", "ahead", "deliver"):
            monkeypatch.setattr(pipeline, name, getattr(self, name))

    async def design(self, *_: Any, **__: Any) -> Specification:
        self.calls.append("design")
        return self.specification

    async def architect(self, specification: Specification, **_: Any) -> Architecture:
        self.calls.append("architect")
        return samples.architecture().model_copy(update={"specification": specification})

    @asynccontextmanager
    async def ahead(self, _: Architecture, services: Services) -> AsyncGenerator[Begun]:
        yield Begun(services)

    async def develop(
        self, architecture: Architecture, *, faults: Sequence[Fault] = (), **options: Any
    ) -> Implementation:
        self.calls.append("develop")
        self.handed.append(tuple(faults))
        before: Implementation = options.get("previous") or samples.implementation()
        functions = tuple(
            item.model_copy(update={"code": item.code + "# mended\n"})
            if item.name in {fault.function for fault in faults}
            else item
            for item in before.functions
        )
        return Implementation(architecture=architecture, functions=functions)

    async def deliver(self, implementation: Implementation, **_: Any) -> Application:
        self.calls.append("deliver")
        found = self.faults.pop(0) if self.faults else ()
        if isinstance(found, Exception):
            raise found
        outcome = Outcome.FAILED if found else Outcome.PASSED
        step = VerificationStep(name="fuzz", outcome=outcome, faults=tuple(found))
        return samples.application().model_copy(
            update={"implementation": implementation, "verification": Verification(steps=(step,))}
        )


Opened = Callable[..., AbstractAsyncContextManager[tuple[Runtime, RunServices]]]


@pytest.fixture
def opened(database_url: str, tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def run(resume: Run | None = None) -> AsyncGenerator[tuple[Runtime, RunServices]]:
        settings = Settings(database_url=database_url, data_dir=tmp_path, sandbox="none")
        async with open_runtime(settings) as runtime, runtime.run("x", resume=resume) as services:
            yield runtime, services

    return run


async def saved(services: RunServices) -> list[str]:
    return [kind for kind, _ in await services.store.run_documents(services.run_id)]


async def test_each_document_is_saved_as_soon_as_it_exists(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [])
    async with opened() as (_, services):
        application = await stages("x", services=services)
        assert done.calls == ["design", "architect", "develop", "deliver"]
        assert await saved(services) == [
            "specification",
            "architecture",
            "implementation",
            "application",
        ]
        run = await services.store.get_run(services.run_id)
        assert run.stage == "application"
        stored = await services.store.run_document(services.run_id, Application)
        assert stored == application


async def test_the_time_is_looked_at_where_no_question_is_asked(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [])
    async with opened() as (_, services):
        monkeypatch.setattr(services.budget, "limits", Limits(seconds=0))
        with pytest.raises(BudgetReached, match="of 0 seconds are over"):
            await stages("x", services=services)
        assert done.calls == ["design", "architect", "develop"]
        assert (await saved(services))[-1] == "implementation"


async def test_faults_go_back_two_times_at_most(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [[FAULT], [OTHER], [FAULT], [FAULT]])
    async with opened() as (_, services):
        application = await stages("x", services=services)
        assert done.calls[2:] == ["develop", "deliver"] * 3
        assert done.handed == [(), (FAULT,), (OTHER,)]
        # What is left of them is told.
        assert application.verification.faults == (FAULT,)
        kinds = await saved(services)
    assert kinds.count("implementation") == 3
    assert kinds.count("application") == 1


async def test_a_fault_that_no_function_is_behind_goes_nowhere(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [[Fault(message="It does not start.")]])
    async with opened() as (_, services):
        await stages("x", services=services)
    assert done.calls == ["design", "architect", "develop", "deliver"]


async def test_it_goes_on_with_what_was_saved_and_in_the_same_round(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stages(monkeypatch, [[FAULT], InputError("Somebody pulled the plug.")])
    async with opened() as (_, services):
        with pytest.raises(InputError):
            await stages("x", services=services)
        run = await services.store.get_run(services.run_id)
    # The first round was over, so one is left: the third fault is not sent back.
    second = Stages(monkeypatch, [[OTHER], [FAULT]])
    async with opened(run) as (_, services):
        application = await stages("x", services=services, resumed=True)
        assert second.calls == ["deliver", "develop", "deliver"]
        assert second.handed == [(OTHER,)]
        assert application.verification.faults == (FAULT,)
        # And when all is there, nothing is done at all.
        third = Stages(monkeypatch, [])
        assert await stages("x", services=services, resumed=True) == application
        assert third.calls == []


async def test_the_rest_is_built_when_that_is_agreed(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [])
    asked: list[str] = []

    async def no(specification: Specification) -> bool:
        asked.extend(item.quote for item in specification.not_understood)
        return False

    async with opened() as (_, services):
        with pytest.raises(NotUnderstood, match="Nothing was built"):
            await stages("x", services=services, consent=Consent(rest=no))
        assert asked == ["Make it sparkle"]
        assert done.calls == ["design"]
        assert await saved(services) == ["specification"]
        events = [row.event async for row in services.events.subscribe(live=False)]
        notices = [event.text for event in events if isinstance(event, Notice)]
        assert "Not understood: 'Make it sparkle'." in notices
        # Where nobody is asked, the rest is built.
        await stages("x", services=services, resumed=True)
    assert done.calls == ["design", "architect", "develop", "deliver"]


async def test_where_it_cannot_be_put_is_told_before_much_is_done(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Stages(monkeypatch, [])

    def taken(specification: Specification) -> None:
        raise InputError(f"{specification.title} is taken.")

    async with opened() as (_, services):
        with pytest.raises(InputError, match="is taken"):
            await stages("x", services=services, consent=Consent(place=taken))
    assert done.calls == ["design"]


async def test_the_size_is_shown_and_can_be_refused(opened: Opened) -> None:
    shown: list[str] = []

    async def no(size: Any) -> bool:
        shown.append(size.told)
        return False

    async with opened() as (_, services):
        with pytest.raises(BudgetReached, match="refused"):
            await stages("Books have a title.", services=services, consent=Consent(size=no))
        events = [row.event async for row in services.events.subscribe(live=False)]
    assert len(shown) == 1
    assert "routes" in shown[0]
    assert "which cost nothing" in shown[0]
    assert shown[0] in [event.text for event in events if isinstance(event, Notice)]


async def test_a_cancelled_run_raises_where_it_works_and_says_so(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    Stages(monkeypatch, [])
    working = asyncio.Event()

    async def endless(*_: Any, **__: Any) -> Specification:
        working.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(pipeline, "design", endless)
    store: Any = None
    run_id = ""

    async def build() -> None:
        nonlocal store, run_id
        async with opened() as (runtime, services):
            store, run_id = runtime.store, services.run_id
            try:
                await stages("x", services=services)
            finally:
                status = (await store.get_run(run_id)).status
                assert status is RunStatus.CANCELLED

    task = asyncio.create_task(build())
    await working.wait()
    assert await store.cancel_run(run_id)
    with pytest.raises(Interrupted, match="was cancelled"):
        await task
