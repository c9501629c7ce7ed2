"""Repairs a function after evidence that it does not do what its contract says."""

from __future__ import annotations

from codex.chains.chain import Asking, Chain, CodeOrQuestion, run
from codex.common.documents.base import Part
from codex.common.documents.codegraph import FunctionDefinition
from codex.compiler.closure import Closure


class RepairInputs(Part):
    """The contract, the code, and what was seen when it ran."""

    header: str
    """The function's header, as it must be written."""
    definition: FunctionDefinition
    """The contract."""
    closure: Closure
    """What the contract's names mean."""
    code: str
    """The code that failed."""
    problems: tuple[str, ...]
    """What is wrong, each in one sentence; the smallest failing case first."""
    earlier: tuple[str, ...] = ()
    """What was wrong with attempts before this one."""
    clarifications: tuple[str, ...] = ()
    """Answers that the Architect gave; they belong to the contract."""
    may_ask: bool = False
    """Whether a question may be asked instead."""


CHAIN = Chain(
    name="develop/repair",
    purpose="Repairs a function after evidence that it does not do what its contract says.",
    inputs=RepairInputs,
    output=CodeOrQuestion,
    attempts=3,
)


async def repair(inputs: RepairInputs, services: Asking, *, place: str) -> CodeOrQuestion:
    """New code, or a question about the contract."""
    return await run(CHAIN, inputs, services, place=place)
