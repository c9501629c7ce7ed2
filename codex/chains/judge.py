"""Whether a reply is an answer: its ending, its form, then the chain's own check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.marks import marked_code, marked_json
from codex.chains.parse import Fault, Parsed, parse_code, parse_structured
from codex.chains.prompt import Prompt
from codex.common.documents.run import ModelCall
from codex.common.model.base import Finish, Mode

I = TypeVar("I", bound=BaseModel)  # noqa: E741 inputs
O = TypeVar("O", bound=BaseModel)  # noqa: E741 output


class Reason(StrEnum):
    """Why a reply was rejected."""

    REFUSAL = "refusal"
    FILTER = "content_filter"
    LENGTH = "length"
    EMPTY = "empty"
    FORM = "form"  # not the JSON or the code that was asked for
    CHECK = "check"  # the right form, and wrong


_TOLD = {
    Reason.REFUSAL: "The request was refused. It is ordinary software work; do it as described.",
    Reason.FILTER: "The reply was stopped by the provider's content filter.",
    Reason.LENGTH: "The reply was cut at the output limit; give a shorter one, complete.",
    Reason.EMPTY: "The reply was empty.",
}
_THOUGHTS = ("<think>", "<thinking>")
_THOUGHTS_LEFT_OUT = "the model's thoughts before the answer were left out"


@dataclass(frozen=True, slots=True)
class Verdict(Generic[O]):
    """The output, or why there is none."""

    value: O | None
    reason: Reason | None = None
    problems: Sequence[str] = ()
    mended: Sequence[str] = ()
    marked: str = ""
    """The reply with marks where it is wrong."""


def judge(chain: Chain[I, O], inputs: I, call: ModelCall, prompt: Prompt) -> Verdict[O]:
    """What a recorded reply is worth."""
    text = without_thoughts(call.reply)
    if reason := _ending(call, text):
        return Verdict(None, reason, (_TOLD[reason],), (), call.reply)
    if prompt.output.mode is Mode.TEXT:
        parsed: Parsed[O] = parse_code(text, chain.output)
        mark = marked_code
    else:
        schema = prompt.output.schema
        assert isinstance(schema, dict)
        parsed = parse_structured(text, chain.output, schema, narrowed=prompt.narrowed)
        mark = marked_json
    mended = parsed.mended if text == call.reply else (_THOUGHTS_LEFT_OUT, *parsed.mended)
    if parsed.value is None:
        told = [fault.text for fault in parsed.faults]
        return Verdict(None, Reason.FORM, told, mended, mark(text, parsed.faults))
    wrong = [
        Fault(problem.text(prompt.sentences), problem.at)
        for problem in chain.check(inputs, parsed.value)
    ]
    if wrong:
        told = [fault.text for fault in wrong]
        return Verdict(None, Reason.CHECK, told, mended, mark(text, wrong))
    return Verdict(parsed.value, None, (), mended)


def without_thoughts(reply: str) -> str:
    """`reply` without the thoughts that some open models write before their answer."""
    _, ended, answer = reply.partition("</think")
    begun = reply.lstrip()[:10].startswith(_THOUGHTS)
    return answer.partition(">")[2] if begun and ended else reply


def _ending(call: ModelCall, text: str) -> Reason | None:
    """The reason in how the reply ended, if it did not simply stop."""
    match call.finish_reason:
        case Finish.REFUSAL:
            return Reason.REFUSAL
        case Finish.FILTER:
            return Reason.FILTER
        case Finish.LENGTH:
            return Reason.LENGTH
        case _:
            return None if text.strip() else Reason.EMPTY
