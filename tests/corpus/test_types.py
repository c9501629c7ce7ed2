"""Right functions, as the static checks leave them, under the strict type checker."""

from __future__ import annotations

import pytest

from codex.common.documents.codegraph import FunctionKind
from codex.common.documents.implementation import Function, FunctionStatus
from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from codex.compiler.vocabulary import Vocabulary
from codex.develop.assembly import TYPE_LIMITS, read_pyright
from codex.develop.checks import Contract, check_function, load_policy
from tests.corpus.kit import corpus
from tests.corpus.world import architecture

pytestmark = pytest.mark.slow


async def test_the_type_checker_sends_no_right_function_back(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    specimens = list(corpus())
    shared = tuple(
        item.definition.model_copy(update={"kind": FunctionKind.SHARED}) for item in specimens
    )
    world = architecture().model_copy(update={"shared": shared})
    vocabulary, policy = Vocabulary.of(world), load_policy("curated")
    functions: dict[str, Function] = {}
    for item, definition in zip(specimens, shared, strict=True):
        contract = Contract(definition, vocabulary, policy, frozenset(definition.calls))
        checked = check_function(item.code, contract)
        functions[item.name] = Function(
            name=item.name,
            code=checked.code,
            status=FunctionStatus.VERIFIED,
            evidence=checked.evidence,
        )
    service = compile_service(world, functions)
    files = {
        file.path: file.content
        for file in service.files
        if file.path.startswith("app/") or file.path == "pyproject.toml"
    }
    command = Command(
        argv=["python", "-m", "pyright", "--outputjson", "app/functions"],
        environment=service_environment,
        files=dict(files),
        limits=TYPE_LIMITS,
    )
    said = (await sandbox.run(command)).stdout
    assert '"filesAnalyzed": 2' in said or '"filesAnalyzed": 1' in said, said[-500:]
    assert read_pyright(said, service.source_map, files) == {}
