"""Puts every specimen and mutant before the checks, and counts what was said of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from codex.common.documents.codegraph import FunctionKind
from codex.common.sandbox import Environment, Sandbox
from codex.compiler import compile_service
from codex.develop.bench import Bench
from codex.develop.checks import check_function
from codex.develop.properties import problems_with
from codex.develop.trial import make_case
from tests.corpus.kit import Part, Specimen, contract, corpus
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


@dataclass(frozen=True)
class Verdict:
    """What the checks say of one piece of code."""

    code: str
    """As the static checks left it."""
    statically: bool
    """Whether these pass."""
    passed: bool
    """Whether everything passes."""
    why: str = ""
    """What does not."""


async def verdict(bench: Bench, specimen: Specimen, code: str, right: str = "") -> Verdict:
    """What the checks say of `code`; not tried where they turned it into `right`."""
    world = architecture()
    checked = check_function(code, contract(specimen, world))
    if not checked.passed:
        return Verdict(checked.code, statically=False, passed=False, why=checked.problems[0])
    if checked.code == right:
        return Verdict(right, statically=False, passed=False, why="it was put right")
    definition = specimen.definition.model_copy(update={"kind": FunctionKind.SHARED})
    tried = world.model_copy(update={"shared": (definition,)})
    codes = {definition.name: checked.code}
    problems: list[str] = []
    for example in specimen.examples:
        outcome = await bench.try_case(make_case(tried, definition, example, codes))
        problems += outcome.problems
        if problems:
            break
    if not problems:
        found = await problems_with(bench, tried, definition, codes, specimen.examples)
        problems += found or []
    return Verdict(checked.code, statically=True, passed=not problems, why="\n".join(problems[:1]))


async def measure(
    sandbox: Sandbox, environment: Environment, specimens: Sequence[Specimen] | None = None
) -> dict[str, Count]:
    """The counts of each part of the corpus."""
    counts = {part: Count() for part in get_args(Part)}
    async with Bench(sandbox, environment, compile_service(architecture()).files) as bench:
        limit = asyncio.Semaphore(4)

        async def one(specimen: Specimen) -> None:
            async with limit:
                await _count(bench, specimen, counts[specimen.part])

        await asyncio.gather(*(one(item) for item in specimens or tuple(corpus())))
    return counts


async def _count(bench: Bench, specimen: Specimen, count: Count) -> None:
    count.right += 1
    right = await verdict(bench, specimen, specimen.code)
    if not right.passed:
        count.right_rejected.append(f"{specimen.name}: {right.why}")
    for mutant in specimen.mutants:
        if mutant.equivalent:
            continue
        count.wrong += 1
        found = await verdict(bench, specimen, specimen.mutated(mutant), right.code)
        name = f"{specimen.name}: {mutant.kind}: {mutant.old!r} -> {mutant.new!r}"
        if found.statically:
            count.wrong_accepted_statically.append(name)
        if found.passed:
            count.wrong_accepted.append(name)
