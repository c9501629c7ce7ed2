"""What happens in a run: typed events, written in order before anyone is shown them.

The event log is the only source of progress: terminal, API, dashboard and replay read the same
rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from codex.common.documents.base import JsonValue, check_text, unsafe_character
from codex.common.documents.run import RunStatus, Usage

COALESCE_SECONDS = 0.5
"""Streamed text is written at most this often for each call."""


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


class EventStore(Protocol):
    """Where events are kept."""

    async def events_append(self, run_id: str, events: Sequence[Event]) -> int:
        """Commit them in this order; the position of the last."""
        ...

    async def events_after(self, run_id: str, position: int, limit: int = 500) -> list[Logged]:
        """The events after a position, in order."""
        ...

    def event_wakes(self, run_id: str) -> AsyncIterator[None]:
        """Yields at once, and again whenever the run may have new events."""
        ...


def event_from(tag: str, data: Any) -> Event:
    """The event in a row of the log."""
    try:
        return _ADAPTER.validate_python({**data, "type": tag})
    except ValidationError:
        return UnknownEvent(tag=tag, data=data)


async def follow(
    store: EventStore, run_id: str, after: int = 0, *, live: bool = True
) -> AsyncIterator[Logged]:
    """The run's events after a position, then the new ones as they come, from any process.

    It ends with the run's `RunEnded`; when not `live`, with what there is now.
    """
    position = max(after - 1, 0)
    ended = False
    async for _ in store.event_wakes(run_id):
        while page := await store.events_after(run_id, position):
            for logged in page:
                position = logged.position
                ended = isinstance(logged.event, RunEnded)
                if position > after:  # the one at `after` only tells whether the run had ended
                    yield logged
        if ended or not live:
            return


class EventLog:
    """The log of one run. What `append` returned from is committed and survives a crash."""

    def __init__(self, store: EventStore, run_id: str) -> None:
        self.run_id = run_id
        self._store = store
        self._queue: list[tuple[Event, asyncio.Future[None] | None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._streams: dict[str, tuple[Progress, asyncio.TimerHandle]] = {}

    async def append(self, *events: Event) -> None:
        """Write `events`, in order, together with what others append at this moment."""
        if not events:
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for event in events:
            # Refused here, since a batch is written whole: one bad text would fail the others too.
            check_text(
                unsafe_character(event.model_dump()) or "", f"The event {type(event).__name__}"
            )
            if isinstance(event, ModelCalled):
                self._forget_stream(event.place)
        self._queue += [(event, None) for event in events[:-1]]
        self._queue.append((events[-1], written))
        self._ensure_writer()
        await written

    def progress(self, piece: Progress) -> None:
        """Show streamed text: pieces are joined and written now and then, not one row each."""
        if pending := self._streams.get(piece.place):
            before, timer = pending
            joined = piece.model_copy(update={"text": before.text + piece.text})
            self._streams[piece.place] = (joined, timer)
            return
        loop = asyncio.get_running_loop()
        timer = loop.call_later(COALESCE_SECONDS, self._write_stream, piece.place)
        self._streams[piece.place] = (piece, timer)

    def subscribe(self, after: int = 0, *, live: bool = True) -> AsyncIterator[Logged]:
        """The run's events after a position, then the new ones as they come."""
        return follow(self._store, self.run_id, after, live=live)

    async def close(self) -> None:
        """Write what is still on its way."""
        for place in list(self._streams):
            self._write_stream(place)
        while self._writer:
            await self._writer

    def _forget_stream(self, place: str) -> None:
        """The whole answer is there, so the unwritten rest of its stream is of no use."""
        if pending := self._streams.pop(place, None):
            pending[1].cancel()

    def _write_stream(self, place: str) -> None:
        piece, timer = self._streams.pop(place)
        timer.cancel()
        self._queue.append((piece, None))
        self._ensure_writer()

    def _ensure_writer(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._queue:
                batch, self._queue = self._queue, []
                await self._write_batch(batch)
        finally:
            self._writer = None

    async def _write_batch(self, batch: list[tuple[Event, asyncio.Future[None] | None]]) -> None:
        waiting = [future for _, future in batch if future is not None]
        try:
            await self._store.events_append(self.run_id, [event for event, _ in batch])
        except Exception as error:  # noqa: BLE001  each appender is told; none may wait for ever
            for future in waiting:
                if not future.done():
                    future.set_exception(error)
            return
        for future in waiting:
            if not future.done():
                future.set_result(None)
