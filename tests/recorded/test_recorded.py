"""Services that the built-in model cannot make, built again from a capable writer's answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.architect.stage import architect
from codex.chains.chain import run
from codex.common.config import Settings
from codex.common.documents.implementation import Implementation
from codex.common.errors import RunFailed
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.compiler import compile_service
from codex.deploy.stage import deliver
from codex.design.stage import design
from codex.develop.stage import develop
from codex.runtime import open_runtime
from tests.chains.library import INPUTS, NAME_SHELF, library
from tests.recorded.recording import HERE, Recording, recording, recordings

BY_HAND = "tests/test_by_hand.py"
WHOLE = "links"
"""The one that is verified and packaged too; the others end with their functions, to save time."""


@pytest.mark.slow
@pytest.mark.parametrize("name", recordings())
async def test_the_service_is_built_again_and_keeps_its_special_rule(
    name: str,
    database_url: str,
    shared_data_dir: Path,
    service_environment: Environment,
    sandbox: Sandbox,
) -> None:
    kept = recording(name)
    model = kept.model()
    values = {"data_dir": shared_data_dir, "database_url": database_url}
    async with (
        open_runtime(Settings.model_validate(values), model=model) as runtime,
        runtime.run(kept.request, name=name) as services,
    ):
        specification = await design(kept.request, services=services)
        architecture = await architect(specification, services=services)
        implementation = await develop(architecture, services=services)
        assert not [item.name for item in implementation.functions if not item.verified]
        if name == WHOLE:
            application = await deliver(implementation, services=services)
            assert not application.missing, application.verification
    asked = {f"{question.chain}@{question.place}" for question in model.asked}
    assert len(model.asked) == len(asked), "each question was asked once"
    files = {**files_of(implementation), BY_HAND: (HERE / name / "by_hand.py").read_text("utf-8")}
    command = Command(
        ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", BY_HAND],
        environment=service_environment,
        files=files,
        limits=Limits(cpu_seconds=60, wall_seconds=300, memory_mb=1024),
    )
    result = await sandbox.run(command)
    assert result.ok, result.stdout[-4000:] + result.stderr[-1000:]


def files_of(implementation: Implementation) -> dict[str, str]:
    """The service, compiled."""
    functions = {item.name: item for item in implementation.functions}
    service = compile_service(implementation.architecture, functions)
    return {item.path: item.content for item in service.files}


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
