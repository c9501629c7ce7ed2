"""The Develop stage as a whole: a service of 40 functions, 100 functions behind a slow model."""

from __future__ import annotations

import asyncio
import math
import os
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.table import Row
from codex.chains.develop.write_tests import WrittenTests
from codex.common.config import Settings
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import Example, FunctionDefinition, FunctionKind
from codex.common.documents.implementation import Implementation
from codex.common.model.base import Identity, Question
from codex.common.model.scripted import Scripted
from codex.develop.stage import develop
from codex.runtime import open_runtime
from tests.corpus.kit import Specimen, corpus
from tests.corpus.world import architecture

FUNCTIONS = 40
MANY = 100
LATENCY = 0.5
LIMIT = 25


def rows() -> Iterable[Row]:
    """Both figures, on this machine as it is loaded now."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    specimens = [item for item in corpus() if item.part in {"before", "late"} and _declares(item)]
    with tempfile.TemporaryDirectory(prefix="codex-bench-") as folder:
        settings = Settings(data_dir=Path(folder), concurrency=LIMIT)
        await _developed(settings, _service(specimens[:1]), Answers())  # the environment is made
        chosen = specimens[:: len(specimens) // FUNCTIONS][:FUNCTIONS]
        began = time.perf_counter()
        done = await _developed(settings, _service(chosen), Answers())
        taken = time.perf_counter() - began
        assert done.complete, done.missing
        slow = Answers(LATENCY)
        began = time.perf_counter()
        many = await _developed(settings, _service(specimens[:MANY]), slow)
        whole = time.perf_counter() - began
        assert many.complete, many.missing
    bound = math.ceil(slow.calls / LIMIT) * LATENCY
    asking = slow.last - slow.first
    return [
        Row(
            f"develop: a service of {FUNCTIONS} functions, model at once",
            taken,
            "s",
            20,
            f"all checks, types and cases, {_load()}",
        ),
        Row(
            f"develop: asking for {MANY} functions at {LATENCY * 1000:.0f} ms, limit {LIMIT}",
            asking / bound,
            "x",
            1.1,
            f"{asking:.1f} s for {slow.calls} calls, bound {bound:.1f} s; "
            f"all checks done after {whole:.1f} s, {_load()}",
        ),
    ]


class Answers:
    """Writes what the corpus holds, each answer after a while."""

    def __init__(self, latency: float = 0.0) -> None:
        self.latency = latency
        self.calls = 0
        self.first = self.last = 0.0
        self.codes = {item.name: item for item in corpus()}

    def model(self) -> Scripted:
        """The model, with a journal of its own for each run."""
        name = f"bench-{time.monotonic_ns()}"
        return Scripted(otherwise=self.answer, identity=Identity(provider="bench", model=name))

    async def answer(self, question: Question) -> str:
        """The code of a function, or its examples as further cases."""
        self.calls += 1
        self.first = self.first or time.perf_counter()
        await asyncio.sleep(self.latency)
        self.last = time.perf_counter()
        specimen = self.codes[_definition(question).name]
        if question.chain == "develop/write_tests":
            example: Example = specimen.examples[0]
            return WrittenTests(examples=(example,)).model_dump_json()
        return f"```python\n{specimen.code.strip()}\n```"


def _definition(question: Question) -> FunctionDefinition:
    definition = getattr(question.inputs, "definition")  # noqa: B009 any chain's inputs
    assert isinstance(definition, FunctionDefinition)
    return definition


def _declares(specimen: Specimen) -> bool:
    """Whether its examples raise what it declares alone, as an Architecture demands."""
    return all(item.raises in {None, *specimen.raises} for item in specimen.examples)


def _service(specimens: Sequence[Specimen]) -> Architecture:
    definitions = tuple(
        item.definition.model_copy(update={"kind": FunctionKind.SHARED}) for item in specimens
    )
    return architecture().model_copy(update={"shared": definitions})


async def _developed(settings: Settings, wanted: Architecture, answers: Answers) -> Implementation:
    async with (
        open_runtime(settings, model=answers.model()) as runtime,
        runtime.run(kind="develop") as services,
    ):
        return await develop(wanted, services=services)


def _load() -> str:
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
