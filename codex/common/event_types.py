"""What can happen in a run: one model for each kind of event, with a literal tag."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from codex.common.documents.base import JsonValue
from codex.common.documents.run import RunStatus, Usage


class Event(BaseModel):
    """Something that happened in a run; `type` tells what."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class RunStarted(Event):
    """A run began, or began again."""

    type: Literal["run_started"] = "run_started"
    kind: str = "build"
    """`build`, or one stage's name."""
    name: str = ""
    resumed: bool = False
    """Whether it goes on where an earlier attempt ended."""


class RunEnded(Event):
    """A run ended; the last event unless it is resumed."""

    type: Literal["run_ended"] = "run_ended"
    status: RunStatus
    detail: str = ""
    """One sentence on how it ended."""
    code: str = ""
    """The error's stable code, if one ended it."""
    missing: tuple[str, ...] = ()
    """What an incomplete result lacks, one sentence each."""


class StageStarted(Event):
    """A stage began."""

    type: Literal["stage_started"] = "stage_started"
    stage: str
    planned: int = 0
    """How many pieces of work it is known to have; 0 where that is not known yet."""


class StageFinished(Event):
    """A stage ended with its document."""

    type: Literal["stage_finished"] = "stage_finished"
    stage: str
    seconds: float = 0.0


class DocumentSaved(Event):
    """A document is in the store."""

    type: Literal["document_saved"] = "document_saved"
    kind: str
    """specification, architecture, implementation or application."""
    id: int
    """Its row."""


class ModelCalled(Event):
    """A chain has an answer: from a model, or from the journal."""

    type: Literal["model_called"] = "model_called"
    chain: str
    place: str
    """What the call was for inside the run: `code_graph:borrow_book`."""
    attempt: int = 1
    sample: int = 1
    key: str = ""
    """The answer in the journal."""
    model: str = ""
    usage: Usage = Usage()
    price: Decimal | None = None
    """In US dollars; None where the model's price is not known."""
    latency_ms: int = 0
    hit: bool = False
    """Whether the journal had the answer."""
    mended: tuple[str, ...] = ()
    """What lenient parsing mended in the reply."""
    problems: tuple[str, ...] = ()
    """What was wrong with the reply; empty when it was taken."""
    reason: str = ""
    """The kind of what was wrong: refusal, content_filter, length, empty, form or check."""


class ModelRetried(Event):
    """A request did not get through and is sent again."""

    type: Literal["model_retried"] = "model_retried"
    chain: str
    place: str
    reason: str
    """A word: rate_limit, timeout, connection, server, cut_stream."""
    wait_seconds: float = 0.0


class FunctionVerified(Event):
    """A function passed all its checks."""

    type: Literal["function_verified"] = "function_verified"
    function: str
    attempts: int = 1
    reused: bool = False


class CheckFailed(Event):
    """A check failed on something that was made; it is repaired, or given up."""

    type: Literal["check_failed"] = "check_failed"
    check: str
    """Which check: syntax, types, examples, scenarios …"""
    subject: str
    """What it failed on: a function, a route, a file."""
    message: str = ""


class Progress(Event):
    """How far something is; streamed text arrives here, coalesced."""

    type: Literal["progress"] = "progress"
    place: str
    chain: str = ""
    text: str = ""
    """What came since the last one."""
    done: int = 0
    planned: int = 0


class Notice(Event):
    """A sentence for the reader."""

    type: Literal["notice"] = "notice"
    level: Literal["info", "warning"] = "info"
    text: str
    todo: str = ""
    """What to do about it."""


class UnknownEvent(Event):
    """An event that another version of codex wrote."""

    type: Literal["unknown"] = "unknown"
    tag: str
    data: JsonValue = None


AnyEvent = Annotated[
    RunStarted
    | RunEnded
    | StageStarted
    | StageFinished
    | DocumentSaved
    | ModelCalled
    | ModelRetried
    | FunctionVerified
    | CheckFailed
    | Progress
    | Notice
    | UnknownEvent,
    Field(discriminator="type"),
]
_ADAPTER: TypeAdapter[Any] = TypeAdapter(AnyEvent)


class Logged(BaseModel):
    """An event in its place in the log."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    position: int
    """1, 2, 3 … without gaps."""
    created_at: datetime
    event: AnyEvent


def event_from(tag: str, data: Any) -> Event:
    """The event in a row of the log."""
    try:
        return _ADAPTER.validate_python({**data, "type": tag})
    except ValidationError:
        return UnknownEvent(tag=tag, data=data)
