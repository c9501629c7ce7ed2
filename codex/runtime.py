"""The composition root: from the settings to the services that the stages are handed.

async with open_runtime(settings) as runtime:        once for a process
    run = await runtime.store.create_run(request)
    async with runtime.services(run) as services:    once for each run
        ...
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from codex.common.config import Settings
from codex.common.database.store import Store, open_store
from codex.common.documents.run import Run
from codex.common.errors import ConfigError
from codex.common.events import EventLog
from codex.common.journal import Journal, JournalMode
from codex.common.model.base import Model
from codex.common.model.budget import Budget
from codex.common.model.build import model_budget, model_limits, provider_model
from codex.common.model.limits import ModelLimits
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
        events = EventLog(self.store, run.id)
        journal = Journal(
            self.store,
            run_id=run.id,
            owner=run.owner,
            mode=JournalMode(self.settings.journal_mode),
            follow=follow,
        )
        try:
            yield RunServices(
                run_id=run.id,
                settings=self.settings,
                model=self.model,
                journal=journal,
                budget=model_budget(self.settings),
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
                    environments=Environments(settings.data_dir / "environments"),
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
        from codex.common.model.manual import FolderDesk, Manual, TerminalDesk

        folder = settings.manual_dir
        return Manual(FolderDesk(folder) if folder else TerminalDesk())
    if settings.model == "scripted":
        raise ConfigError(
            "The scripted model answers from a script, which only a program can give.",
            "Choose another --model, or hand `Scripted(...)` to `open_runtime` in Python.",
        )
    return provider_model(settings)
