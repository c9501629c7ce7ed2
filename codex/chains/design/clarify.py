"""Finds the questions to the client that matter, each with a default."""

from __future__ import annotations

from collections.abc import Iterator

from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.base import Part
from codex.common.services import Services

MOST = 7


class ClarifyInputs(Part):
    """What the client asked for."""

    request: str
    """The client's request, word for word."""


class Question(Part):
    """One question to the client."""

    text: str
    """The question, one sentence in the request's language."""
    why: str
    """What of the service depends on the answer, in one sentence."""
    default: str
    """What is assumed without an answer, in words that complete the service."""
    choices: tuple[str, ...] = ()
    """Likely answers, where there are a few; the default is one of them."""


class Clarification(Part):
    """The questions whose answers change what is built; none where the request says enough."""

    questions: tuple[Question, ...] = ()
    """The most important first, seven at the most."""


TOO_MANY = Sentence("too_many", "There are {count} questions; keep the {most} that matter most.")
NO_DEFAULT = Sentence("no_default", "Question {number} has no default; say what is assumed.")
NO_REASON = Sentence("no_reason", "Question {number} does not say why it matters.")
NOT_A_QUESTION = Sentence("not_a_question", "Item {number} asks nothing: “{text}”.")
DEFAULT_NOT_OFFERED = Sentence(
    "default_not_offered",
    "The default of question {number}, “{default}”, is none of its choices; use one of {choices}.",
)
TWICE = Sentence("twice", "Question {number} is asked twice; leave it out.")


def check(inputs: ClarifyInputs, output: Clarification) -> Iterator[Problem]:  # noqa: ARG001 the shape of check()
    """Each question asks, says why, and has a default."""
    if len(output.questions) > MOST:
        yield TOO_MANY(count=len(output.questions), most=MOST, at=("questions",))
    seen: set[str] = set()
    for place, question in enumerate(output.questions):
        number, at = place + 1, ("questions", place)
        if not question.text.strip().endswith(("?", "？", "؟")):
            yield NOT_A_QUESTION(number=number, text=question.text, at=(*at, "text"))
        if not question.default.strip():
            yield NO_DEFAULT(number=number, at=(*at, "default"))
        elif question.choices and question.default not in question.choices:
            yield DEFAULT_NOT_OFFERED(
                number=number,
                default=question.default,
                choices=question.choices,
                at=(*at, "default"),
            )
        if not question.why.strip():
            yield NO_REASON(number=number, at=(*at, "why"))
        if question.text.strip().lower() in seen:
            yield TWICE(number=number, at=at)
        seen.add(question.text.strip().lower())


CHAIN = Chain(
    name="design/clarify",
    purpose="Finds the questions to the client that matter.",
    inputs=ClarifyInputs,
    output=Clarification,
    check=check,
    sentences=(TOO_MANY, NO_DEFAULT, NO_REASON, NOT_A_QUESTION, DEFAULT_NOT_OFFERED, TWICE),
)


async def clarify(inputs: ClarifyInputs, services: Services, *, place: str) -> Clarification:
    """The questions that matter."""
    return await run(CHAIN, inputs, services, place=place)
