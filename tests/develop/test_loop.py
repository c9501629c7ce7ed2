"""Cases and contracts that are at fault: they are asked about again, and never bent to fit code."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import Example, FunctionDefinition, FunctionParameter
from codex.common.documents.implementation import Function
from codex.common.model.base import Question
from codex.common.model.scripted import Scripted
from codex.common.sandbox import Call, CallResult, Environments, Sandbox, Zygote
from codex.develop import stage
from codex.develop.loop import contradictions
from codex.runtime import RunServices, open_runtime
from tests.common.documents import samples
from tests.common.sandbox.support import beneath, entries, eventually, parent
from tests.develop.scripts import CASE, RIGHT, writer

EMMA: dict[str, object] = {"given": {"books": [{"title": "Emma"}]}, "args": {"book": "books:1"}}
RIGHT_CASE: dict[str, object] = {**EMMA, "returns": "Emma (in)"}
WRONG_CASE: dict[str, object] = {**EMMA, "returns": "EMMA"}


def architecture(*examples: dict[str, object]) -> Architecture:
    """The sample, the contract of `label_book` with these examples."""
    sample = samples.architecture()
    shared = [
        item.model_copy(update={"examples": tuple(map(Example.model_validate, examples))})
        if item.name == "label_book"
        else item
        for item in sample.shared
    ]
    return sample.model_copy(update={"shared": tuple(shared)})


@asynccontextmanager
async def handed(
    model: Scripted, database_url: str, folder: Path, environments: Environments
) -> AsyncGenerator[RunServices]:
    settings = Settings(database_url=database_url, data_dir=folder)
    async with open_runtime(settings, model=model) as runtime:
        run = await runtime.store.create_run("develop")
        async with runtime.services(run) as services:
            object.__setattr__(services, "environments", environments)
            yield services


async def labelled(services: RunServices, wanted: Architecture) -> Function:
    definition = wanted.function("label_book")
    assert definition is not None
    return await stage.write(definition, architecture=wanted, services=services)


def asked(model: Scripted, chain: str) -> list[Question]:
    return [item for item in model.asked if item.chain == chain]


def cases(*examples: dict[str, object]) -> str:
    return json.dumps({"examples": examples})


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ({"returns": 1}, {"returns": 2}, True),
        ({"returns": 1}, {"raises": "NotFound"}, True),
        ({"returns": 1}, {"returns": 1}, False),
        ({"args": {"a": 1}, "returns": 1}, {"args": {"a": 2}, "returns": 2}, False),
        ({"settings": {"a": 1}, "returns": 1}, {"returns": 2}, False),
        ({"then": {"books": [{"id": 1}]}}, {"then": {"books": []}}, True),
        ({"then": {"books": []}}, {"then": {"loans": []}}, False),
        # What is left to a default is the same case; what says more of a row is no other outcome.
        ({"args": {"a": 1, "b": 2}, "returns": 1}, {"args": {"a": 1}, "returns": 2}, True),
        ({"args": {"a": 1, "b": 3}, "returns": 1}, {"args": {"a": 1}, "returns": 2}, False),
        ({"returns": {"id": 1}}, {"returns": {"id": 1, "name": "x"}}, False),
        ({"returns": [{"id": 1}]}, {"returns": [{"id": 2, "name": "x"}]}, True),
    ],
)
def test_examples_contradict_each_other(
    one: dict[str, object], other: dict[str, object], *, clash: bool
) -> None:
    examples: Sequence[Example] = [Example.model_validate(item) for item in (one, other)]
    definition = FunctionDefinition(
        name="f",
        description="F.",
        parameters=(
            FunctionParameter(name="a", type="int"),
            FunctionParameter(name="b", type="int", default="2"),
        ),
        return_type="Book",
    )
    assert bool(contradictions(definition, examples)) is clash
    mapping = definition.model_copy(update={"return_type": "dict[str, int]"})
    less = Example(returns={"a": 1})
    assert contradictions(mapping, [less, Example(returns={"a": 1, "b": 2})])


@pytest.mark.slow
async def test_a_contract_that_contradicts_itself_goes_back_as_a_question(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    model = writer()
    model.script["architect/answer"] = json.dumps(
        {"answer": "As it is.", "addition": "As it is.", "examples": [RIGHT_CASE]}
    )
    async with handed(model, database_url, tmp_path, environments) as services:
        function = await labelled(services, architecture(RIGHT_CASE, WRONG_CASE))
    assert function.verified
    (question,) = [item.question for item in function.clarifications]
    assert "contradict each other" in question
    assert "Emma (in)" in question
    assert "EMMA" in question
    told = {check.name: check.detail for check in function.evidence}
    assert told["examples"].startswith("1 of 1 hold")


@pytest.mark.slow
async def test_cases_that_assert_nothing_are_asked_for_again(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    nothing = json.loads(CASE["add_loan"]) | {"returns": {}}
    model = writer()
    model.script["develop/write_tests"] = [cases(nothing), cases(json.loads(CASE["add_loan"]))]
    sample = samples.architecture()
    definition = sample.function("add_loan")
    assert definition is not None
    async with handed(model, database_url, tmp_path, environments) as services:
        function = await stage.write(definition, architecture=sample, services=services)
    assert function.verified
    first, second = asked(model, "develop/write_tests")
    assert "asserts nothing" not in first.messages[-1].content
    assert "Case 1 asserts nothing: add_loan returns Loan" in second.messages[-1].content


@pytest.mark.slow
@pytest.mark.parametrize("mended", [True, False])
async def test_a_case_that_every_candidate_fails_is_suspected_once_and_never_dropped(
    mended: bool,
    database_url: str,
    tmp_path: Path,
    environments: Environments,
) -> None:
    others = [
        RIGHT["label_book"].replace("{book.title}", f"{{book.title{method}}}")
        for method in ("", "[:]", ".strip()", ".lstrip()", ".rstrip()", ".title()", ".format()")
    ]
    model = writer({"label_book": [*others, *(f"# {n}\n{RIGHT['label_book']}" for n in range(9))]})
    model.script["develop/write_tests"] = cases(WRONG_CASE)
    if mended:
        model.script["develop/write_tests@label_book:again"] = cases(RIGHT_CASE)
    async with handed(model, database_url, tmp_path, environments) as services:
        function = await labelled(services, architecture())
    assert function.verified is mended
    again = asked(model, "develop/write_tests")[1]
    assert 'expected "EMMA"' in again.messages[-1].content
    if not mended:
        # The last word has the case that failed, not code that was let through.
        assert "generated tests" in {item.name for item in function.evidence if not item.passed}
        assert function.code == ""
        assert [json.loads(item.code)["returns"] for item in function.tests] == ["EMMA"]


def offspring() -> set[int]:
    """The processes below this one that live."""
    parents: dict[int, int] = {}
    for item in Path("/proc").iterdir():
        with suppress(OSError):
            if item.name.isdigit():
                parents[int(item.name)] = parent(int(item.name))
    found = {os.getpid()}
    while more := {pid for pid, above in parents.items() if above in found} - found:
        found |= more
    return found


@pytest.mark.slow
async def test_a_stage_that_is_cancelled_leaves_no_process_and_no_file(
    database_url: str,
    tmp_path: Path,
    environments: Environments,
    each_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warm: set[int] = set()
    real = Zygote.call

    async def noted(self: Zygote, call: Call) -> CallResult:
        warm.update(offspring())
        return await real(self, call)

    monkeypatch.setattr(Zygote, "call", noted)
    endless = "def label_book(book: Book) -> str:\n    while True:\n        pass\n"
    model = writer({"label_book": [endless]})
    scratch = tmp_path / "scratch"
    scratch.mkdir(mode=0o755)
    async with handed(model, database_url, tmp_path, environments) as services:
        object.__setattr__(services, "sandbox", beneath(each_sandbox, scratch))
        before = offspring()
        working = asyncio.create_task(labelled(services, architecture(RIGHT_CASE)))
        # The case is under way when there is more than the warm interpreter.
        assert await eventually(lambda: bool(warm) and bool(offspring() - warm), 120)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert offspring() <= before
        assert entries(scratch) == []
        # And nothing holds what the next one needs.
        model.otherwise = writer().otherwise
        async with asyncio.timeout(120):
            assert (await labelled(services, architecture())).verified
