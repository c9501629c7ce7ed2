"""What the built-in Architect draws holds when it runs: its examples, and its scenarios."""

from __future__ import annotations

import pytest

from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.builtin.develop.write_function import write_function
from codex.chains.develop.write_function import WriteFunctionInputs
from codex.chains.offline import Offline
from codex.common.config import Settings
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Check, Function, FunctionStatus
from codex.common.sandbox import Command, Environment, Environments, Limits, Sandbox
from codex.compiler import compile_service
from codex.compiler.closure import closure_of
from codex.develop.stage import develop
from tests.architect.specifications import library

TESTS = "tests/test_scenarios.py"


class Services(Offline):
    """Enough to develop with."""

    settings: Settings
    sandbox: Sandbox
    environments: Environments


async def lending() -> Architecture:
    return await architect(library(), services=Offline(BuiltinModel()))  # pyright: ignore[reportArgumentType] enough of them


@pytest.mark.slow
async def test_every_example_holds(sandbox: Sandbox, environments: Environments) -> None:
    """The code that follows from each rule does what the examples of its contract say."""
    services = Services(BuiltinModel())
    services.settings, services.sandbox = Settings(), sandbox
    services.environments = environments
    done = await develop(await lending(), services=services)  # pyright: ignore[reportArgumentType] enough of them
    missing = [item for item in done.functions if not item.verified]
    assert not missing, [(item.name, item.evidence) for item in missing]
    # Stubs are tried on further cases too, which follow from their rules.
    further = [item for item in done.functions if item.tests]
    assert len(further) > 3
    assert all(any(c.name == "generated tests" for c in item.evidence) for item in further)


def written(architecture: Architecture) -> dict[str, Function]:
    """Code for every function, taken as it is."""
    found: dict[str, Function] = {}
    templates = {i.name: r.template or "" for r in architecture.routes for i in r.functions}
    for definition in architecture.functions:
        inputs = WriteFunctionInputs(
            header="",
            definition=definition,
            closure=closure_of(architecture, definition),
            template=templates.get(definition.name, ""),
        )
        found[definition.name] = Function(
            name=definition.name,
            code=write_function(inputs).code,
            status=FunctionStatus.VERIFIED,
            evidence=(Check(name="taken as it is", passed=True),),
        )
    return found


@pytest.mark.slow
async def test_every_scenario_passes(sandbox: Sandbox, service_environment: Environment) -> None:
    """Lists, searches, refusals, limits, other people's rows: all as the criteria say."""
    architecture = await lending()
    service = compile_service(architecture, written(architecture))
    assert len(architecture.scenarios) == 17
    result = await sandbox.run(
        Command(
            argv=["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", TESTS],
            environment=service_environment,
            files={item.path: item.content for item in service.files},
            limits=Limits(cpu_seconds=240, wall_seconds=300, memory_mb=1024, processes=64),
        )
    )
    assert "17 passed" in result.stdout, result.stdout[-3000:]
