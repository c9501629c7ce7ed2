"""The stage: what the client wants, agreed on, every clause of it accounted for."""

from __future__ import annotations

import time
from collections.abc import Sequence

from pydantic import ValidationError

from codex.chains.design.clarify import ClarifyInputs, clarify
from codex.chains.design.revise import ReviseInputs, revise
from codex.chains.design.specify import SpecifyInputs, specify
from codex.common.documents.base import check_text
from codex.common.documents.patch import apply
from codex.common.documents.specification import InterviewQuestion, Specification
from codex.common.errors import InputError, NotUnderstood
from codex.common.events import StageFinished, StageStarted
from codex.common.services import Services
from codex.design.interview import Answers, answered, assumed, numbered

LONGEST_REQUEST = 50_000
LONGEST_FEEDBACK = 10_000
_HINT = 'Say it in other words, or use a language model, for example: --model "openai:gpt-5".'


async def design(
    request: str,
    *,
    services: Services,
    answers: Answers | None = None,
    feedback: Sequence[str] = (),
) -> Specification:
    """What the client wants: the request, the interview's answers, then each correction in turn.

    Questions without an answer take their defaults, which are recorded as assumptions.
    """
    request = read_request(request)
    corrections = [read_request(text, "The feedback", LONGEST_FEEDBACK) for text in feedback]
    await services.events.append(StageStarted(stage="design"))
    started = time.monotonic()
    asked = answered(await questions(request, services=services), answers or {})
    document = await _specified(request, asked, services)
    for number, text in enumerate(corrections, 1):
        document = await _revised(document, text, number, services)
    seconds = round(time.monotonic() - started, 3)
    await services.events.append(StageFinished(stage="design", seconds=seconds))
    return document


async def questions(request: str, *, services: Services) -> tuple[InterviewQuestion, ...]:
    """The questions to the client whose answers would change what is built."""
    inputs = ClarifyInputs(request=read_request(request))
    return numbered(await clarify(inputs, services, place="clarify"))


def read_request(text: str, what: str = "The request", longest: int = LONGEST_REQUEST) -> str:
    """`text` if it can be taken as a request: not empty, not too long, storable."""
    if len(text) > longest:
        raise InputError(
            f"{what} has {len(text):,} characters; at most {longest:,} are taken.",
            "Shorten it to what the service must do, or split it into several services.",
        )
    check_text(text, what)
    if not text.strip():
        raise InputError(f"{what} is empty.", "Say in a sentence or more what the service must do.")
    return text


async def _specified(
    request: str, asked: tuple[InterviewQuestion, ...], services: Services
) -> Specification:
    inputs = SpecifyInputs(request=request, questions=asked)
    draft = await specify(inputs, services, place="specify")
    if not draft.entities and not any(item.operations for item in draft.requirements):
        clauses = [item.quote for item in (*draft.not_understood, *draft.out_of_scope)]
        first = " ".join(clauses[0].split())[:120] if clauses else request.strip()[:120]
        raise NotUnderstood(
            "Nothing in the request could be understood as part of a service; it begins with "
            f"“{first}”.",
            _HINT,
        )
    document = draft.specification(request, asked)
    added = assumed(asked, draft.assumptions)
    return document.model_copy(update={"assumptions": (*document.assumptions, *added)})


async def _revised(
    document: Specification, feedback: str, number: int, services: Services
) -> Specification:
    inputs = ReviseInputs(document=document.to_json(), feedback=feedback)
    patch = await revise(inputs, services, place=f"revise:{number}")
    try:
        return apply(document, patch, feedback)
    except ValidationError as error:  # the chain's check applies the same patch
        raise AssertionError("a checked patch does not apply") from error
