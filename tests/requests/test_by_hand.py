"""Ten services, built from their sentences, answer as somebody expects who read only those."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.chains.offline import Offline
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.compiler import compile_service
from codex.design import design
from tests.builtin.test_architect_runs import written
from tests.requests.labels import requests

BY_HAND = Path(__file__).parent / "by_hand"
NAMES = sorted({item.stem for item in BY_HAND.glob("*.py")} - {"__init__", "stranger"})


def test_there_are_ten_of_them() -> None:
    assert len(set(NAMES) & {item.name for item in requests("plain")}) == 10


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
async def test_it_answers_as_expected(
    name: str, sandbox: Sandbox, service_environment: Environment
) -> None:
    request = next(item for item in requests() if item.name == name)
    services = Offline(BuiltinModel())
    specification = await design(request.text, services=services)  # pyright: ignore[reportArgumentType] enough of them
    architecture = await architect(specification, services=services)  # pyright: ignore[reportArgumentType] as above
    service = compile_service(architecture, written(architecture))
    files = {item.path: item.content for item in service.files}
    for module in ("stranger", name):
        files[f"{module}.py"] = (BY_HAND / f"{module}.py").read_text("utf-8")
    result = await sandbox.run(
        Command(
            ["python", "stranger.py", name],
            environment=service_environment,
            files=files,
            env={"LOG_LEVEL": "error"},
            limits=Limits(cpu_seconds=60, wall_seconds=300, memory_mb=1024, processes=128),
        )
    )
    assert result.stdout.endswith("as expected\n"), result.stdout[-2000:] + result.stderr[-3000:]
