"""Turns a request, and what the interview answered, into the draft of a Specification."""

from __future__ import annotations

from collections.abc import Iterator

from codex.chains.contract import Chain
from codex.chains.design import _checks as checks
from codex.chains.runner import run
from codex.chains.sentence import Problem
from codex.common.documents.base import Part
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.specification import InterviewQuestion
from codex.common.services import Services


class SpecifyInputs(Part):
    """What the client said."""

    request: str
    """The client's request, word for word."""
    questions: tuple[InterviewQuestion, ...] = ()
    """The interview: each question with its answer, given or assumed."""


def check(inputs: SpecifyInputs, output: SpecificationDraft) -> Iterator[Problem]:
    """The draft is testable, complete, and contradicts neither itself nor the request."""
    for what in output.broken(inputs.request, inputs.questions):
        yield checks.REFERENCE(what=what[:1].upper() + what[1:])
    answers = [question.answer or "" for question in inputs.questions]
    yield from checks.of_draft(output, inputs.request, answers)


CHAIN = Chain(
    name="design/specify",
    purpose="Turns a request into the draft of a Specification.",
    inputs=SpecifyInputs,
    output=SpecificationDraft,
    check=check,
    sentences=checks.SENTENCES,
    token_limit=24_000,
)


async def specify(inputs: SpecifyInputs, services: Services, *, place: str) -> SpecificationDraft:
    """The draft of a Specification."""
    return await run(CHAIN, inputs, services, place=place)
