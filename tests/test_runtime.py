"""The composition root: what the settings choose is what a run is handed."""

from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from codex.builtin import BuiltinModel
from codex.common.config import Settings
from codex.common.database.embedded import EmbeddedPostgres
from codex.common.documents.run import RunStatus
from codex.common.errors import BudgetReached, ConfigError, DatabaseUnavailable
from codex.common.events import Notice
from codex.common.journal import JournalMode
from codex.common.model.manual import Manual
from codex.common.model.scripted import Scripted
from codex.common.services import Services
from codex.runtime import Runtime, choose_model, open_runtime


async def test_a_run_gets_its_services(database_url: str, tmp_path: Path) -> None:
    settings = Settings(
        database_url=database_url,
        data_dir=tmp_path,
        prompts_dir=tmp_path / "prompts",
        budget_calls=3,
        journal_mode="refresh",
    )
    async with open_runtime(settings) as runtime:
        run = await runtime.store.create_run("a to-do list", owner="me")
        async with runtime.services(run) as services:
            handed: Services = services  # what the protocol promises
            assert handed.run_id == run.id
            assert handed.budget.limits.calls == 3
            assert handed.journal.mode is JournalMode.REFRESH
            assert handed.journal.owner == "me"
            assert handed.templates.overlay == tmp_path / "prompts"
            assert isinstance(handed.model, BuiltinModel)
            await services.events.append(Notice(text="begun"))
        rows = await runtime.store.events_after(run.id, 0)
        assert [row.event for row in rows] == [Notice(text="begun")]


async def test_two_runs_share_the_limits_and_not_the_budget(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    async with open_runtime(settings, model=Scripted()) as runtime:
        one, other = [await runtime.store.create_run("x") for _ in range(2)]
        async with runtime.services(one) as first, runtime.services(other) as second:
            assert first.limits is second.limits
            assert first.store is second.store
            assert first.budget is not second.budget
            assert first.journal.run_id != second.journal.run_id


def test_each_model_can_be_chosen(tmp_path: Path) -> None:
    assert isinstance(choose_model(Settings()), BuiltinModel)
    assert isinstance(choose_model(Settings(model="manual", manual_dir=tmp_path)), Manual)
    assert isinstance(choose_model(Settings(model="manual")), Manual)
    with pytest.raises(ConfigError, match="script"):
        choose_model(Settings(model="scripted"))


def test_no_real_model_is_reached_under_pytest() -> None:
    with pytest.raises(ConfigError, match="CODEX_FORBID_REAL_MODELS"):
        choose_model(Settings(model="openai:gpt-5"))


async def test_a_model_that_cannot_be_had_starts_no_database(tmp_path: Path) -> None:
    settings = Settings(model="openai:gpt-5", data_dir=tmp_path / "data")
    with pytest.raises(ConfigError):
        async with open_runtime(settings):
            pass
    assert not (tmp_path / "data").exists()


async def test_a_run_that_goes_on_counts_what_it_used_before(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path, sandbox="none")
    async with open_runtime(settings, model=Scripted()) as runtime:
        async with runtime.run("x") as services:
            assert services.budget.seconds < 60
            run_id = services.run_id
        # As if it had worked for a minute and a half, and ended a day later without a word.
        with psycopg.connect(database_url, autocommit=True) as connection:
            moved = 'UPDATE "RunEvent" SET "createdAt" = "createdAt" + %s WHERE "runId" = %s'
            connection.execute(
                f"{moved} AND type = 'notice'",
                (timedelta(seconds=90), run_id),  # pyright: ignore[reportArgumentType, reportCallIssue] built here
            )
            connection.execute(f"{moved} AND type = 'run_ended'", (timedelta(days=1), run_id))  # pyright: ignore[reportArgumentType, reportCallIssue] built here
        run = await runtime.store.get_run(run_id)
        async with runtime.run(resume=run) as services:
            await services.events.append(Notice(text="again"))
            assert services.budget.seconds >= 90
        assert 90 <= await runtime.store.worked_seconds(run_id) < 150


async def test_a_group_of_failures_ends_a_run_with_the_one_that_tells_most(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path, sandbox="none")
    failures = [RuntimeError("broken"), BudgetReached("all is spent")]

    async def work(runtime: Runtime) -> None:
        async with runtime.run("x"):
            raise ExceptionGroup("at once", failures)

    async with open_runtime(settings, model=Scripted()) as runtime:
        with pytest.raises(BudgetReached, match="all is spent"):
            await work(runtime)
        (run,) = (await runtime.store.list_runs()).runs
    assert (run.status, run.detail) == (RunStatus.INTERRUPTED, "all is spent")


async def test_a_database_that_goes_away_is_told_and_waited_for_by_nobody(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix="codex-test-"))  # one that its server's user may enter
    server = EmbeddedPostgres(folder / "postgres")

    async def work(settings: Settings) -> None:
        opened = open_runtime(settings, model=Scripted())
        async with opened as runtime, runtime.run("x") as services:
            server.stop()
            await services.events.append(Notice(text="Nobody keeps this."))

    try:
        settings = Settings(database_url=server.enter(), data_dir=tmp_path, sandbox="none")
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            await work(settings)
        server.enter()
        async with open_runtime(settings, model=Scripted()) as runtime:
            await runtime.store.end_dead_runs()
            (run,) = (await runtime.store.list_runs()).runs
        assert run.status is RunStatus.INTERRUPTED
    finally:
        server.leave()
        shutil.rmtree(folder)
