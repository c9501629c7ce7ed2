"""Asks, checks, asks again: the loop that every chain runs in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.judge import Reason, Verdict, judge
from codex.chains.prompt import Prompt, Rejected, render
from codex.common.documents.base import unsafe_character
from codex.common.documents.run import ModelCall
from codex.common.errors import Attempt, ChainExhausted, ContentFiltered, ModelRefused
from codex.common.events import Event, ModelCalled, ModelRetried, Notice, Progress
from codex.common.journal import Asked, Journal, JournalMode
from codex.common.model.base import (
    Mode,
    Model,
    ModeUnsupported,
    OnToken,
    Question,
    Reply,
    TransportFault,
)
from codex.common.model.budget import Budget
from codex.common.model.limits import ModelLimits
from codex.common.model.transport import with_retries
from codex.common.templates import Templates

I = TypeVar("I", bound=BaseModel)  # noqa: E741 inputs
O = TypeVar("O", bound=BaseModel)  # noqa: E741 output


class Events(Protocol):
    """What the runner needs of the event log."""

    async def append(self, *events: Event) -> None:
        """Write events, in order."""
        ...

    def progress(self, piece: Progress) -> None:
        """Show streamed text."""
        ...


class Asking(Protocol):
    """What the runner needs of the services."""

    @property
    def run_id(self) -> str: ...  # noqa: D102 as in Services
    @property
    def model(self) -> Model: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102
    @property
    def budget(self) -> Budget: ...  # noqa: D102
    @property
    def limits(self) -> ModelLimits: ...  # noqa: D102
    @property
    def templates(self) -> Templates: ...  # noqa: D102
    @property
    def events(self) -> Events: ...  # noqa: D102


@dataclass(frozen=True)
class Answer(Generic[O]):
    """A checked output, and how it came about."""

    value: O
    keys: tuple[str, ...]
    """The journal keys of every attempt; the last one's answer is `value`."""
    attempts: int
    mended: tuple[str, ...]
    hit: bool
    """Whether the journal had every reply."""


async def run(
    chain: Chain[I, O], inputs: I, services: Asking, *, place: str = "", sample: int = 1
) -> O:
    """The checked output of `chain` for `inputs`."""
    return (await answer(chain, inputs, services, place=place, sample=sample)).value


async def answer(
    chain: Chain[I, O], inputs: I, services: Asking, *, place: str = "", sample: int = 1
) -> Answer[O]:
    """The same, with journal keys, attempts and mends."""
    attempts: list[Attempt] = []
    keys: list[str] = []
    hits = True
    rejected: Rejected | None = None
    reason: Reason | None = None
    for number in range(1, chain.attempts + 1):
        spot = (place, number, sample)
        prompt, question, call, hit = await _replied(chain, inputs, services, spot, rejected)
        keys.append(call.key)
        hits = hits and hit
        verdict = judge(chain, inputs, call, prompt)
        await services.events.append(_event(question, call, verdict, hit=hit))
        if verdict.value is not None:
            return Answer(verdict.value, tuple(keys), number, tuple(verdict.mended), hits)
        reason = verdict.reason
        problems = tuple(storable(problem) for problem in verdict.problems)
        attempts.append(
            Attempt(prompt.messages, call.reply, problems, call.usage, tuple(verdict.mended))
        )
        if reason is Reason.FILTER:
            break  # the same text would meet the same filter
        rejected = Rejected(storable(verdict.marked), call.reply, problems, number + 1)
    raise _given_up(chain, attempts, reason)


_Spot = tuple[str, int, int]  # place, attempt, sample


async def _question(
    chain: Chain[I, O],
    inputs: I,
    services: Asking,
    spot: _Spot,
    rejected: Rejected | None,
) -> tuple[Prompt, Question]:
    """One attempt's question, rendered."""
    model = services.model
    mode = model.mode
    if services.journal.mode is JournalMode.REPLAY:
        recorded = await services.journal.expected(chain.name, *spot)
        if recorded is not None and recorded.output_mode in {*Mode} - {Mode.TEXT}:
            mode = Mode(recorded.output_mode)
    prompt = render(
        chain,
        inputs,
        services.templates,
        model=model.name,
        mode=mode,
        rejected=rejected,
        reads_text=model.reads_text,
    )
    place, attempt, sample = spot
    question = Question(
        chain=chain.name,
        inputs=inputs,
        messages=prompt.messages,
        output=prompt.output,
        parameters=chain.parameters,
        attempt=attempt,
        sample=sample,
        place=place,
        run_id=services.run_id,
    )
    return prompt, question


async def _replied(
    chain: Chain[I, O], inputs: I, services: Asking, spot: _Spot, rejected: Rejected | None
) -> tuple[Prompt, Question, ModelCall, bool]:
    """One attempt's question with its committed reply, and whether the journal had it."""
    while True:
        prompt, question = await _question(chain, inputs, services, spot, rejected)
        asked = services.journal.asked(question, services.model.identity, prompt.fingerprint)
        try:
            call, hit = await services.journal.call(asked, lambda: _ask(services, asked))  # noqa: B023 awaited in this turn of the loop
        except ModeUnsupported as change:
            # The model has chosen its next mode: another question, with a key of its own.
            await services.events.append(_mode_changed(services.model.name, change))
            continue
        return prompt, question, call, hit


async def _ask(services: Asking, asked: Asked) -> ModelCall:
    """Ask the model itself, under budget and limits; the record of its reply."""
    question = asked.question
    limits = services.limits.of(services.model.identity)
    ticket, estimate = services.budget.reserve(question)
    started = 0.0

    async def once() -> Reply:
        nonlocal started
        async with limits.slot(question.run_id, estimate.tokens):
            services.budget.check_time()
            started = time.perf_counter()
            streams = limits.in_flight <= limits.streamed_at_once
            show = _stream_to(services.events, question) if streams else None
            return await services.model.ask(question, show)

    async def retried(fault: TransportFault, tries: int, wait: float) -> None:  # noqa: ARG001 the shape of OnRetry
        if fault.retry_after is not None:
            limits.pause(wait)
        await services.events.append(
            ModelRetried(
                chain=question.chain,
                place=question.place,
                reason=fault.reason,
                wait_seconds=wait,
            )
        )

    try:
        reply = await with_retries(once, patience=limits.patience, on_retry=retried)
    except BaseException:
        services.budget.release(ticket)
        raise
    latency = round((time.perf_counter() - started) * 1000)
    usage, price = services.budget.settle(ticket, question.chain, reply.usage)
    limits.correct(estimate.tokens, usage.input_tokens + usage.output_tokens)
    return asked.record(
        reply=storable(reply.text),
        finish_reason=reply.finish.value,
        usage=usage,
        price=price,
        latency_ms=latency,
    )


def _stream_to(events: Events, question: Question) -> OnToken:
    def show(piece: str) -> None:
        text = storable(piece)
        events.progress(Progress(place=question.place, chain=question.chain, text=text))

    return show


def storable(text: str) -> str:
    """`text` with what no database takes (NUL, lone surrogates) replaced by U+FFFD."""
    if unsafe_character(text) is None:
        return text
    return (
        text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def _mode_changed(model: str, change: ModeUnsupported) -> Notice:
    return Notice(
        level="warning",
        text=f"{model} does not support {change.mode.value}; using {change.now.value}.",
        todo=f'Set structured_output = "{SETTING[change.now]}" to choose it from the start.',
    )


SETTING = {Mode.JSON_SCHEMA: "json_schema", Mode.TOOL: "tools", Mode.JSON: "json"}
"""What the setting `structured_output` calls each mode."""


def _event(question: Question, call: ModelCall, verdict: Verdict[Any], *, hit: bool) -> ModelCalled:
    # Every part was checked where it was made.
    return ModelCalled.model_construct(
        type="model_called",
        chain=question.chain,
        place=question.place,
        attempt=question.attempt,
        sample=question.sample,
        key=call.key,
        model=call.model,
        usage=call.usage,
        price=call.price,
        latency_ms=call.latency_ms,
        hit=hit,
        mended=tuple(storable(mend) for mend in verdict.mended),
        problems=tuple(storable(problem) for problem in verdict.problems),
        reason=verdict.reason.value if verdict.reason else "",
    )


def _given_up(
    chain: Chain[Any, Any], attempts: list[Attempt], reason: Reason | None
) -> ChainExhausted | ModelRefused:
    """The error that fits the last attempt, with all of them attached."""
    match reason:
        case Reason.FILTER:
            return ContentFiltered(
                f"The provider's content filter stopped {chain.name}.",
                "Reword the request, or use another provider.",
                attempts=attempts,
            )
        case Reason.REFUSAL:
            return ModelRefused(
                f"The model refused {chain.name} in {len(attempts)} attempts: "
                f"{attempts[-1].reply[:200].strip()}",
                "Reword the request, or use another model.",
                attempts=attempts,
            )
        case Reason.LENGTH:
            todo = "Raise `max_output_tokens`, or use a model with longer replies."
            return ChainExhausted(chain.name, attempts, todo)
        case _:
            return ChainExhausted(chain.name, attempts)
