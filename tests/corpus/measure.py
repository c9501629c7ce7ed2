"""Puts every specimen and mutant before the checks, and counts what was said of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from codex.common.documents.codegraph import FunctionKind
from codex.common.sandbox import Environment, Sandbox
from codex.compiler import compile_service
from codex.develop.bench import Bench
from codex.develop.checks import check_function
from codex.develop.properties import problems_with
from codex.develop.trial import make_case
from tests.corpus.kit import Specimen, contract, corpus
from tests.corpus.world import architecture


@dataclass
class Count:
    """What became of the code in one part of the corpus."""

    right: int = 0
    right_rejected: list[str] = field(default_factory=list[str])
    wrong: int = 0
    wrong_accepted_statically: list[str] = field(default_factory=list[str])
    wrong_accepted: list[str] = field(default_factory=list[str])

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(
            self.right + other.right,
            self.right_rejected + other.right_rejected,
            self.wrong + other.wrong,
            self.wrong_accepted_statically + other.wrong_accepted_statically,
            self.wrong_accepted + other.wrong_accepted,
        )


async def verdict(bench: Bench, specimen: Specimen, code: str) -> tuple[bool, bool, str]:
    """Whether the static checks pass, whether everything passes, and why not."""
    world = architecture()
    checked = check_function(code, contract(specimen, world))
    if not checked.passed:
        return False, False, checked.problems[0]
    definition = specimen.definition.model_copy(update={"kind": FunctionKind.SHARED})
    tried = world.model_copy(update={"shared": (definition,)})
    for example in specimen.examples:
        case = make_case(tried, definition, example, {definition.name: checked.code})
        outcome = await bench.try_case(case)
        if outcome.problems:
            return True, False, outcome.problems[0]
    codes = {definition.name: checked.code}
    problems = await problems_with(bench, tried, definition, codes, specimen.examples)
    return True, not problems, problems[0] if problems else ""


async def measure(
    sandbox: Sandbox, environment: Environment, specimens: Sequence[Specimen] | None = None
) -> dict[str, Count]:
    """The counts of what was written before the checks were finished, after (`late`), and last."""
    counts = {"before": Count(), "late": Count(), "held": Count()}
    async with Bench(sandbox, environment, compile_service(architecture()).files) as bench:
        limit = asyncio.Semaphore(4)

        async def one(specimen: Specimen) -> None:
            async with limit:
                await _count(bench, specimen, counts[_part(specimen)])

        await asyncio.gather(*(one(item) for item in specimens or tuple(corpus())))
    return counts


def _part(specimen: Specimen) -> str:
    if specimen.held:
        return "held"
    return "late" if specimen.late else "before"


def _as_mended(specimen: Specimen, code: str) -> str:
    return check_function(code, contract(specimen)).code


async def _count(bench: Bench, specimen: Specimen, count: Count) -> None:
    count.right += 1
    _, passed, why = await verdict(bench, specimen, specimen.code)
    if not passed:
        count.right_rejected.append(f"{specimen.name}: {why}")
    for mutant in specimen.mutants:
        if mutant.equivalent:
            continue
        count.wrong += 1
        code = specimen.mutated(mutant)
        if _as_mended(specimen, code) == _as_mended(specimen, specimen.code):
            continue  # the checks put it right by themselves
        statically, passed, _ = await verdict(bench, specimen, code)
        name = f"{specimen.name}: {mutant.kind}: {mutant.old!r} -> {mutant.new!r}"
        if statically:
            count.wrong_accepted_statically.append(name)
        if passed:
            count.wrong_accepted.append(name)
