"""Services that the built-in model cannot make, built again from a capable writer's answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.chains.chain import run
from codex.common.config import Settings
from codex.common.documents.application import Application
from codex.common.errors import RunFailed
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.pipeline import stages
from codex.runtime import open_runtime
from tests.chains.library import INPUTS, NAME_SHELF, library
from tests.recorded.recording import HERE, Recording, recording, recordings

BY_HAND = "tests/test_by_hand.py"


async def built(name: str, database_url: str, data_dir: Path) -> tuple[Application, int]:
    """The service of a recorded run, and how many questions it took."""
    kept = recording(name)
    model = kept.model()
    values = {"data_dir": data_dir, "database_url": database_url}
    async with (
        open_runtime(Settings.model_validate(values), model=model) as runtime,
        runtime.run(kept.request, name=name) as services,
    ):
        return await stages(kept.request, services=services), len(model.asked)


@pytest.mark.slow
@pytest.mark.parametrize("name", recordings())
async def test_the_service_is_built_again_and_keeps_its_special_rule(
    name: str,
    database_url: str,
    shared_data_dir: Path,
    service_environment: Environment,
    sandbox: Sandbox,
) -> None:
    application, asked = await built(name, database_url, shared_data_dir)
    failed = [step for step in application.verification.steps if step.faults]
    assert not failed, "\n".join(f"{step.name}: {step.detail}" for step in failed)
    assert not application.missing, application.missing
    assert asked <= len(recording(name).answers)
    by_hand = (HERE / name / "by_hand.py").read_text(encoding="utf-8")
    files = {file.path: file.content for file in application.files}
    command = Command(
        ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", BY_HAND],
        environment=service_environment,
        files={**files, BY_HAND: by_hand},
        limits=Limits(cpu_seconds=60, wall_seconds=180, memory_mb=1024),
    )
    result = await sandbox.run(command)
    assert result.ok, result.stdout[-4000:] + result.stderr[-1000:]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "has no answer for library/name_shelf@sea; for this chain it has none"),
        ({"library/name_shelf@sea": '{"name": "Harbour", "room": "hall"}'}, "Harbour is taken"),
    ],
)
async def test_what_a_recorded_run_does_not_answer_is_told_with_the_way_to_record_it(
    answers: dict[str, str], said: str
) -> None:
    kept = Recording("shelves", "Shelves.", answers)
    with pytest.raises(RunFailed) as caught:
        await run(NAME_SHELF, INPUTS, library(kept.model()), place="sea")
    assert said in caught.value.what
    assert "tools/record_run.py RUN --to tests/recorded/shelves" in caught.value.todo
