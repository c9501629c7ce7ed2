"""The built-in Architect over the labelled requests: valid, compilable, shown, fast."""

from __future__ import annotations

import pytest

from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.builtin.design.specify import specify
from codex.builtin.develop.write_function import write_function
from codex.chains.design.specify import SpecifyInputs
from codex.chains.develop.write_function import WriteFunctionInputs
from codex.chains.offline import Offline
from codex.common.documents.architecture import Architecture
from codex.common.documents.rules import Change
from codex.common.documents.specification import Specification
from codex.compiler import compile_service
from codex.compiler.closure import closure_of
from codex.compiler.vocabulary import Vocabulary
from codex.develop.checks import check_function, load_policy
from codex.develop.checks.finding import Contract
from tests.requests.labels import LabelledRequest, requests

REQUESTS = requests()


def specification(request: str) -> Specification:
    return specify(SpecifyInputs(request=request)).specification(request)


async def built(document: Specification) -> Architecture:
    return await architect(document, services=Offline(BuiltinModel()))  # pyright: ignore[reportArgumentType] enough of them


SHOWN: dict[str, tuple[int, int]] = {}
"""How many criteria of a request scenarios show, and of how many, as this process found it."""


@pytest.mark.slow
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda item: item.name)
async def test_each_request_becomes_an_architecture_that_compiles(
    request_: LabelledRequest,
) -> None:
    await _check(request_)


@pytest.mark.parametrize("request_", REQUESTS[::15], ids=lambda item: item.name)
async def test_a_few_requests_become_architectures_that_compile(
    request_: LabelledRequest,
) -> None:
    await _check(request_)


async def _check(request_: LabelledRequest) -> None:
    document = specification(request_.text)
    result = await built(document)
    SHOWN[request_.name] = shown(result)
    assert compile_service(result).files
    assert Architecture.from_json(result.to_json()) == result
    # Every distinct operation has its route.
    wanted = {
        (op.verb, op.entity, op.name, op.parent)
        for item in document.requirements
        for op in item.operations
    }
    assert len(result.routes) >= len(wanted)

    _check_functions(result)
    _check_locks(result)


def _check_functions(result: Architecture) -> None:
    """Code for each contract, which passes the static checks; each has an example."""
    templates = {item.name: r.template or "" for r in result.routes for item in r.functions}
    vocabulary, policy = Vocabulary.of(result), load_policy("curated")
    for definition in result.functions:
        assert definition.examples
        inputs = WriteFunctionInputs(
            header="",
            definition=definition,
            closure=closure_of(result, definition),
            template=templates.get(definition.name, ""),
        )
        code = write_function(inputs).code
        contract = Contract(definition, vocabulary, policy, frozenset(definition.calls))
        report = check_function(code, contract)
        assert not report.problems, (definition.name, report.problems, code)


def _check_locks(result: Architecture) -> None:
    """A guarded write locks what it checks."""
    for route in result.routes:
        for function in route.functions:
            if isinstance(function.rule, Change) and route.raises:
                assert route.locks, route.api_route


def shown(result: Architecture) -> tuple[int, int]:
    """How many criteria scenarios show, and of how many."""
    total = sum(len(each.criteria) for each in result.specification.requirements)
    return sum(len(scenario.criteria) for scenario in result.scenarios), total


@pytest.mark.slow
async def test_nearly_all_criteria_are_shown_by_scenarios() -> None:
    for item in REQUESTS:
        if item.name not in SHOWN:
            SHOWN[item.name] = shown(await built(specification(item.text)))
    of_all = [SHOWN[item.name] for item in REQUESTS]
    assert sum(each for each, _ in of_all) / sum(total for _, total in of_all) > 0.98
