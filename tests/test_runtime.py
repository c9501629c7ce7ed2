"""The composition root: what the settings choose is what a run is handed."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.builtin import BuiltinModel
from codex.common.config import Settings
from codex.common.errors import ConfigError
from codex.common.events import Notice
from codex.common.journal import JournalMode
from codex.common.model.manual import Manual
from codex.common.model.scripted import Scripted
from codex.common.services import Services
from codex.runtime import choose_model, open_runtime


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
