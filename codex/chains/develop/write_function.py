"""Writes one function from its contract, or asks what the contract leaves open."""

from __future__ import annotations

from codex.chains.chain import Asking, Chain, CodeOrQuestion, run
from codex.common.documents.base import Part
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.compiler.closure import Closure


class SimilarFunction(Part):
    """A function that was verified before, offered as an example of the house's style."""

    description: str
    """What it does."""
    code: str
    """How it was written."""


class WriteFunctionInputs(Part):
    """One contract, what it names, and nothing else, so that the question stays the same."""

    header: str
    """The function's header, as it must be written."""
    definition: FunctionDefinition
    """The contract."""
    examples: tuple[Example, ...] = ()
    """What it must do in certain cases."""
    closure: Closure
    """What the contract's names mean."""
    template: str = ""
    """For a main function: the Architect's template, whose body it completes."""
    clarifications: tuple[str, ...] = ()
    """Answers that the Architect gave before; they belong to the contract."""
    may_ask: bool = True
    """Whether a question may be asked instead."""
    packages: tuple[str, ...] = ()
    """Packages that may be imported besides the standard library."""
    similar: tuple[SimilarFunction, ...] = ()
    """Verified functions that resemble it."""
    failures: tuple[str, ...] = ()
    """For a fresh start after repairs that led nowhere: what every attempt got wrong."""


CHAIN = Chain(
    name="develop/write_function",
    purpose="Writes one function from its contract, or asks what the contract leaves open.",
    inputs=WriteFunctionInputs,
    output=CodeOrQuestion,
    attempts=3,
)


async def write_function(
    inputs: WriteFunctionInputs, services: Asking, *, place: str
) -> CodeOrQuestion:
    """The code of a function, or a question about its contract."""
    return await run(CHAIN, inputs, services, place=place)
