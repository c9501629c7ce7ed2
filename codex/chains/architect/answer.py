"""Answers a question about a function's contract, and says it in the contract from then on."""

from __future__ import annotations

from collections.abc import Iterator

from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.base import Part
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.implementation import Clarification
from codex.common.documents.specification import Requirement
from codex.common.services import Services

ROUNDS = 2
"""How often one function may be asked about."""


class AnswerInputs(Part):
    """A contract, the question about it, and what is behind both."""

    definition: FunctionDefinition
    """The contract as it stands."""
    question: str
    """What its writer must know."""
    earlier: tuple[Clarification, ...] = ()
    """What was asked and answered before."""
    requirements: tuple[Requirement, ...] = ()
    """The requirements that the function serves."""
    context: str = ""
    """Tables, types, errors and functions that the contract names, as text."""


class ContractAnswer(Part):
    """The answer, and what it adds to the contract."""

    answer: str
    """The answer, in one to three sentences."""
    addition: str
    """A sentence for the contract's description, so that nobody needs to ask again."""
    examples: tuple[Example, ...] = ()
    """Cases that show the answer; they must not contradict the ones that are there."""


EMPTY = Sentence("empty", "The answer is empty; decide, and say it in a sentence.")
NO_ADDITION = Sentence("no_addition", "`addition` is empty; put the decision into one sentence.")
UNKNOWN = Sentence(
    "unknown_argument", "An example gives {argument}, which {name} does not take; leave it out."
)
MISSING = Sentence(
    "missing_argument", "An example gives no {argument}, which {name} takes; add it."
)
CONTRADICTS = Sentence(
    "contradicts", "Example {number} gives another result for the same case as one of the contract."
)


def check(inputs: AnswerInputs, output: ContractAnswer) -> Iterator[Problem]:
    """The answer decides, and its examples fit the contract."""
    if not output.answer.strip():
        yield EMPTY(at=("answer",))
    if not output.addition.strip():
        yield NO_ADDITION(at=("addition",))
    definition = inputs.definition
    taken = {parameter.name for parameter in definition.parameters}
    needed = {
        parameter.name
        for parameter in definition.parameters
        if parameter.default is None
        and parameter.name not in {"session", "settings", "files", "paging"}
    }
    for number, example in enumerate(output.examples, 1):
        at = ("examples", number - 1, "args")
        for name in sorted(example.args.keys() - taken):
            yield UNKNOWN(argument=name, name=definition.name, at=at)
        for name in sorted(needed - example.args.keys()):
            yield MISSING(argument=name, name=definition.name, at=at)
        for known in definition.examples:
            same = (known.given, known.settings, known.args) == (
                example.given,
                example.settings,
                example.args,
            )
            if same and (known.returns, known.raises) != (example.returns, example.raises):
                yield CONTRADICTS(number=number, at=at)


CHAIN = Chain(
    name="architect/answer",
    purpose="Answers a question about a function's contract, and adds the answer to it.",
    inputs=AnswerInputs,
    output=ContractAnswer,
    check=check,
    sentences=(EMPTY, NO_ADDITION, UNKNOWN, MISSING, CONTRADICTS),
)


async def answer(inputs: AnswerInputs, services: Services, *, place: str) -> ContractAnswer:
    """What the contract means."""
    return await run(CHAIN, inputs, services, place=place)
