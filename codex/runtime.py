"""The composition root: from the settings to the services that the stages are handed.

async with open_runtime(settings) as runtime:        once for a process
    run = await runtime.store.create_run(request)
    async with runtime.services(run) as services:    once for each run
        ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from codex.common.config import Settings
from codex.common.database.identifiers import new_id
from codex.common.database.store import Store, open_store
from codex.common.documents.base import JsonValue
from codex.common.documents.run import ModelCall, Run, RunStatus
from codex.common.errors import (
    BudgetReached,
    CodexError,
    ConfigError,
    Interrupted,
    NotUnderstood,
    StoreError,
    telling,
)
from codex.common.events import EventLog, Notice, RunEnded, RunStarted
from codex.common.journal import Journal, JournalMode
from codex.common.model.base import Model
from codex.common.model.budget import Budget
from codex.common.model.build import model_budget, model_limits, provider_model
from codex.common.model.limits import ModelLimits
from codex.common.run_options import way_back
from codex.common.sandbox import Environments, Sandbox, open_sandbox
from codex.common.templates import Templates


@dataclass(frozen=True)
class RunServices:
    """The services of one run; what several runs share is the runtime's."""

    run_id: str
    settings: Settings
    model: Model
    journal: Journal
    budget: Budget
    limits: ModelLimits
    store: Store
    events: EventLog
    templates: Templates
    sandbox: Sandbox
    environments: Environments


@dataclass(frozen=True)
class Runtime:
    """What the runs of a process share."""

    settings: Settings
    store: Store
    model: Model
    limits: ModelLimits
    templates: Templates
    sandbox: Sandbox
    environments: Environments

    @asynccontextmanager
    async def services(self, run: Run, *, follow: str = "") -> AsyncGenerator[RunServices]:
        """The services of `run`; a replay reads the answers of the run `follow`."""
        events = EventLog(self.store, run.id, [self.settings.api_key.get_secret_value()])
        journal = Journal(
            self.store,
            run_id=run.id,
            owner=run.owner,
            mode=JournalMode(self.settings.journal_mode),
            follow=follow,
        )
        budget = model_budget(self.settings)
        seconds = await self.store.worked_seconds(run.id)
        budget.resume(await self._asked_before(run), seconds)
        try:
            yield RunServices(
                run_id=run.id,
                settings=self.settings,
                model=self.model,
                journal=journal,
                budget=budget,
                limits=self.limits,
                store=self.store,
                events=events,
                templates=self.templates,
                sandbox=self.sandbox,
                environments=self.environments,
            )
        finally:
            await events.close()

    @asynccontextmanager
    async def run(
        self,
        request: str = "",
        *,
        kind: str = "build",
        name: str = "",
        options: Mapping[str, JsonValue] | None = None,
        resume: Run | None = None,
        follow: str = "",
    ) -> AsyncGenerator[RunServices]:
        """The services of a new run, or of one that goes on; it ends in the store as it ended.

        It belongs to this process until then, and another one can cancel it. Whoever delivers
        something incomplete says so with `finish`.
        """
        run_id = resume.id if resume else new_id()
        cancelled = _Cancelled()
        async with self.store.hold_run(run_id, cancelled):
            if resume:
                run = await self.store.update_run(run_id, status=RunStatus.RUNNING, detail="")
            else:
                run = await self.store.create_run(
                    request,
                    kind=kind,
                    name=name,
                    owner=self.settings.owner,
                    options=options,
                    run_id=run_id,
                )
            async with (
                self.services(run, follow=follow) as services,
                self._told(run, services, cancelled),
            ):
                began = RunStarted(kind=run.kind, name=run.name, resumed=resume is not None)
                await services.events.append(began, *self._remarks(run.kind))
                yield services

    @asynccontextmanager
    async def _told(
        self, run: Run, services: RunServices, cancelled: _Cancelled
    ) -> AsyncGenerator[None]:
        """Write down how the run ended, whatever happened."""
        again = way_back(run.kind, run.id)
        try:
            yield
            if (await self.store.get_run(services.run_id)).status is RunStatus.RUNNING:
                await self._end(services, RunStatus.DONE, None)
        except asyncio.CancelledError:
            if not cancelled.asked:
                stopped = Interrupted("It was interrupted.", again)
                await asyncio.shield(self._end(services, RunStatus.INTERRUPTED, stopped))
                raise
            cancelled.taken()
            stopped = Interrupted("The run was cancelled.", again)
            await self._end(services, RunStatus.CANCELLED, stopped)
            raise stopped from None
        except Exception as raised:
            error = telling(raised)
            if not isinstance(error, CodexError):
                error = CodexError(f"{type(error).__name__}: {error}")
            # Where the store itself is the trouble it cannot be told; whoever called is.
            with suppress(StoreError):
                await self._end(services, _status_of(error), error)
            if isinstance(raised, BaseExceptionGroup):
                raise telling(raised) from raised
            raise

    async def finish(
        self, services: RunServices, status: RunStatus, missing: Sequence[str] = ()
    ) -> None:
        """End a run that delivered, saying what is missing."""
        detail = missing[0] if missing else ""
        await self.store.update_run(services.run_id, status=status, detail=detail)
        ended = RunEnded(status=status, detail=detail, missing=tuple(missing))
        await services.events.append(ended)

    async def _end(
        self, services: RunServices, status: RunStatus, error: CodexError | None
    ) -> None:
        detail, code = (error.what, error.code) if error else ("", "")
        await self.store.update_run(services.run_id, status=status, detail=detail)
        await services.events.append(RunEnded(status=status, detail=detail, code=code))

    async def _asked_before(self, run: Run) -> list[ModelCall]:
        """What the run asked before it was interrupted: it counts, though it is not asked again."""
        uses = await self.store.run_calls(run.id)
        calls = [await self.store.journal_get(use.key) for use in uses if not use.hit]
        return [call for call in calls if call is not None]

    def _remarks(self, kind: str) -> list[Notice]:
        """What whoever follows the run should know from its first moment."""
        notices: list[Notice] = []
        if self.settings.model == "builtin" and kind != "deploy":  # which asks no model
            text = "The built-in rules answer; no language model is asked."
            notices.append(Notice(text=text, todo="Choose one with --model, as openai:gpt-5."))
        if not self.sandbox.safe:
            text = "Generated code runs without a sandbox, with all your rights."
            todo = "Leave --unsafe-no-sandbox out."
            notices.append(Notice(level="warning", text=text, todo=todo))
        return notices


class _Cancelled:
    """Stops the task that works on a run, once, when somebody cancels the run."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.asked = False

    def __call__(self) -> None:
        if self._task is not None and not self.asked:
            self.asked = True
            self._task.cancel()

    def taken(self) -> None:
        """The task knows; it may await again."""
        if self._task is not None:
            self._task.uncancel()


def _status_of(error: CodexError) -> RunStatus:
    match error:
        case Interrupted() | BudgetReached():
            return RunStatus.INTERRUPTED
        case NotUnderstood():
            return RunStatus.INCOMPLETE
        case _:
            return RunStatus.FAILED


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, model: Model | None = None
) -> AsyncGenerator[Runtime]:
    """Everything that `settings` choose, opened; `model` stands in for the one that they name."""
    # A model that cannot be had is told before a database is started for it.
    chosen = model or choose_model(settings)
    try:
        # The sandbox is tried in a process of its own meanwhile.
        trying = asyncio.create_task(open_sandbox(settings.sandbox))
        try:
            async with open_store(settings) as store:
                yield Runtime(
                    settings=settings,
                    store=store,
                    model=chosen,
                    limits=model_limits(settings),
                    templates=Templates(settings.prompts_dir),
                    sandbox=await trying,
                    environments=Environments(
                        settings.data_dir / "environments", index=settings.package_index
                    ),
                )
        finally:
            trying.cancel()
    finally:
        await chosen.close()


def choose_model(settings: Settings) -> Model:
    """The model that the settings name."""
    if settings.model == "builtin":
        from codex.builtin import BuiltinModel

        return BuiltinModel()
    if settings.model == "manual":
        from codex.common.model.manual import Manual, TerminalDesk
        from codex.common.model.manual_folder import FolderDesk

        folder = settings.manual_dir
        return Manual(FolderDesk(folder) if folder else TerminalDesk())
    if settings.model == "scripted":
        raise ConfigError(
            "The scripted model answers from a script, which only a program can give.",
            "Choose another --model, or hand `Scripted(...)` to `open_runtime` in Python.",
        )
    return provider_model(settings)
