"""The checks of single functions: what they cost, and what they let through of the corpus.

Times are CPU time: of this process and the linter for static checks; for cases, of the process in
the sandbox that executes them.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.table import Row
from codex.common.documents.codegraph import FunctionKind
from codex.common.sandbox import Environment, Environments, Sandbox, open_sandbox
from codex.compiler import compile_service
from codex.develop.bench import Bench
from codex.develop.checks import check_function
from codex.develop.properties import CASES, LIMITS, case_payload
from codex.develop.trial import judge, make_case
from tests.corpus.kit import Specimen, contract, corpus
from tests.corpus.measure import Count, measure
from tests.corpus.world import architecture

_TIMED = 24
"""Functions of each kind whose times are taken, spread over the corpus."""


def rows() -> Iterable[Row]:
    """Every figure, on this machine as it is loaded now."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    specimens = tuple(corpus())
    with tempfile.TemporaryDirectory(prefix="codex-bench-") as folder:
        sandbox = await open_sandbox()
        environment = await Environments(Path(folder)).service()
        pure = [item for item in specimens if not item.reads and not item.writes]
        database = [item for item in specimens if item.reads or item.writes]
        found = [_static_row(_spread(specimens))]
        found += await _case_rows(sandbox, environment, _spread(pure), _spread(database))
        counts = await measure(sandbox, environment, specimens)
    whole = sum(counts.values(), start=Count())
    parts = {
        "": whole,
        " written before them": counts["before"],
        " written after": counts["late"],
        " held out before the last changes": counts["held"],
        " held out after them": counts["newest"],
    }
    return found + [row for part, count in parts.items() for row in _soundness(part, count)]


def _spread(specimens: Sequence[Specimen]) -> Sequence[Specimen]:
    return specimens[:: max(1, len(specimens) // _TIMED)][:_TIMED]


def _static_row(specimens: Sequence[Specimen]) -> Row:
    contracts = [contract(item) for item in specimens]
    check_function(specimens[0].code, contracts[0])
    taken: list[float] = []
    for specimen, held_to in zip(specimens, contracts, strict=True):
        before = _cpu()
        check_function(specimen.code, held_to)
        taken.append((_cpu() - before) * 1000)
    name = "checks: static checks of one function, CPU"
    return Row(name, statistics.mean(taken), "ms", 25, f"mean of {len(taken)} functions, {_load()}")


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


async def _case_rows(
    sandbox: Sandbox,
    environment: Environment,
    pure: Sequence[Specimen],
    database: Sequence[Specimen],
) -> list[Row]:
    service = compile_service(architecture()).files
    async with Bench(sandbox, environment, service) as bench:
        await _examples(bench, database[0])
        plain = [await _examples(bench, item) for item in pure]
        stored = [await _examples(bench, item) for item in database]
        seeded = [await _properties(bench, item) for item in pure]
    with_types = [taken for taken in seeded if taken is not None]
    name = "checks: all examples of a"
    return [
        Row(f"{name} pure function, CPU", statistics.mean(plain), "ms", 30, _of(plain)),
        Row(
            f"{name} database function, warm, CPU", statistics.mean(stored), "ms", 150, _of(stored)
        ),
        Row(
            f"checks: {CASES} property cases of a pure function, CPU, median",
            statistics.median(with_types),
            "ms",
            100,
            _of(with_types).replace("mean", "median"),
        ),
    ]


async def _examples(bench: Bench, specimen: Specimen) -> float:
    definition = specimen.definition.model_copy(update={"kind": FunctionKind.SHARED})
    world = architecture().model_copy(update={"shared": (definition,)})
    code = check_function(specimen.code, contract(specimen)).code
    taken = 0.0
    for example in specimen.examples:
        case = make_case(world, definition, example, {definition.name: code})
        result = await bench.call("observe", case.payload)
        assert result.outcome == "returned"
        assert not judge(case, result.value)
        taken += result.cpu_seconds * 1000
    return taken


async def _properties(bench: Bench, specimen: Specimen) -> float | None:
    definition = specimen.definition.model_copy(update={"kind": FunctionKind.SHARED})
    world = architecture().model_copy(update={"shared": (definition,)})
    code = check_function(specimen.code, contract(specimen)).code
    payload = case_payload(world, definition, {definition.name: code})
    if payload is None:
        return None
    result = await bench.call("observe_many", payload, LIMITS)
    return result.cpu_seconds * 1000


def _soundness(part: str, count: Count) -> list[Row]:
    name = f"checks: corpus{part}"
    right = f"{len(count.right_rejected)} of {count.right}"
    statically = f"{len(count.wrong_accepted_statically)} of {count.wrong}"
    accepted = f"{len(count.wrong_accepted)} of {count.wrong}"
    return [
        Row(f"{name}, right rejected", _share(count.right_rejected, count.right), "%", 1, right),
        Row(
            f"{name}, wrong accepted statically",
            _share(count.wrong_accepted_statically, count.wrong),
            "%",
            None,
            statically,
        ),
        Row(
            f"{name}, wrong accepted with examples",
            _share(count.wrong_accepted, count.wrong),
            "%",
            # The bar is the whole corpus'; its parts are reported apart.
            None if part else 3,
            accepted,
        ),
    ]


def _share(some: Sequence[object], number: int) -> float:
    return 100 * len(some) / number


def _of(taken: Sequence[float]) -> str:
    return f"mean of {len(taken)} functions, worst {max(taken):.0f} ms, {_load()}"


def _load() -> str:
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
