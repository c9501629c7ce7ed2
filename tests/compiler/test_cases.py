"""Generated cases are shipped: readable, run by the service's pytest, and failing for a reason."""

from __future__ import annotations

import pytest

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import FunctionKind
from codex.common.documents.implementation import Check, Function, FunctionStatus, FunctionTest
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.compiler import compile_service
from codex.develop.checks import check_function
from tests.corpus.kit import Specimen, contract, corpus
from tests.corpus.world import architecture

LIMITS = Limits(cpu_seconds=120, wall_seconds=300, memory_mb=1024, processes=64)


def service(specimens: list[Specimen], codes: dict[str, str]) -> dict[str, str]:
    """The files of a service whose functions have the corpus' examples as generated cases."""
    definitions = tuple(
        item.definition.model_copy(update={"kind": FunctionKind.SHARED}) for item in specimens
    )
    wanted: Architecture = architecture().model_copy(update={"shared": definitions})
    functions = {
        item.name: Function(
            name=item.name,
            code=codes.get(item.name) or check_function(item.code, contract(item)).code,
            status=FunctionStatus.VERIFIED,
            evidence=(Check(name="parses", passed=True),),
            tests=tuple(
                FunctionTest(
                    name=f"{item.name}_{number}"[:60],
                    origin="generated",
                    code=example.model_dump_json(exclude_defaults=True),
                )
                for number, example in enumerate(item.examples, 1)
            ),
        )
        for item in specimens
    }
    return {item.path: item.content for item in compile_service(wanted, functions).files}


async def played(
    sandbox: Sandbox, environment: Environment, files: dict[str, str]
) -> tuple[int, str]:
    command = Command(
        ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_functions.py"],
        environment=environment,
        files=dict(files),
        limits=LIMITS,
    )
    result = await sandbox.run(command)
    return result.exit_code, result.stdout


def test_a_service_without_generated_cases_has_no_file_for_them() -> None:
    files = {item.path for item in compile_service(architecture()).files}
    assert not files & {"tests/test_functions.py", "tests/cases.py"}


def test_cases_are_readable() -> None:
    specimens = [item for item in corpus() if item.name == "pay_order"]
    text = service(specimens, {})["tests/test_functions.py"]
    assert "def test_pay_order_1(settings: Settings) -> None:" in text
    assert '"user": Row(User, 1)' in text
    assert "raises=NotAvailable," in text


@pytest.mark.slow
async def test_the_cases_hold_in_the_service_and_tell_wrong_functions(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    # Every second one: all of them take as long again, and are tried one by one elsewhere.
    specimens = [item for item in corpus() if not item.effects][::2]
    code, told = await played(sandbox, service_environment, service(specimens, {}))
    assert code == 0, told[-3000:]
    assert f"{sum(len(item.examples) for item in specimens)} passed" in told
    wrong = {
        item.name: check_function(item.mutated(item.mutants[0]), contract(item)).code
        for item in specimens[::8]
    }
    code, told = await played(sandbox, service_environment, service(specimens[::8], wrong))
    assert code == 1, told[-3000:]
