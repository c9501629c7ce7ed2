"""The event log of a run: typed events, written in order before anyone is shown them.

The event log is the only source of progress: terminal, API, dashboard and replay read the same
rows. The kinds of events stand in `event_types`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar, cast

from codex.common.documents.base import check_text, unsafe_character
from codex.common.event_types import (
    AnyEvent,
    CheckFailed,
    DocumentSaved,
    Event,
    FunctionVerified,
    Logged,
    ModelCalled,
    ModelRetried,
    Notice,
    Progress,
    RunEnded,
    RunStarted,
    StageFinished,
    StageStarted,
    UnknownEvent,
    event_from,
)
from codex.common.redact import redact

__all__ = [
    "COALESCE_SECONDS",
    "AnyEvent",
    "CheckFailed",
    "DocumentSaved",
    "Event",
    "EventLog",
    "EventStore",
    "FunctionVerified",
    "Logged",
    "ModelCalled",
    "ModelRetried",
    "Notice",
    "Progress",
    "RunEnded",
    "RunStarted",
    "StageFinished",
    "StageStarted",
    "UnknownEvent",
    "event_from",
    "follow",
]

COALESCE_SECONDS = 0.5
"""Streamed text is written at most this often for each call."""


class EventStore(Protocol):
    """Where events are kept."""

    async def events_append(self, run_id: str, events: Sequence[Event]) -> int:
        """Commit them in this order; the position of the last."""
        ...

    async def events_after(self, run_id: str, position: int, limit: int = 500) -> list[Logged]:
        """The events after a position, in order."""
        ...

    def event_wakes(self, run_id: str) -> AsyncGenerator[None]:
        """Yields at once, and again whenever the run may have new events."""
        ...


async def follow(
    store: EventStore, run_id: str, after: int = 0, *, live: bool = True
) -> AsyncIterator[Logged]:
    """The run's events after a position, then the new ones as they come, from any process.

    It ends with the run's `RunEnded`; when not `live`, with what there is now.
    """
    position = max(after - 1, 0)
    ended = False
    async with aclosing(store.event_wakes(run_id)) as wakes:
        async for _ in wakes:
            while page := await store.events_after(run_id, position):
                for logged in page:
                    position = logged.position
                    ended = isinstance(logged.event, RunEnded)
                    if position > after:  # the one at `after` only tells whether the run had ended
                        yield logged
            if ended or not live:
                return


Written = TypeVar("Written", bound=Event)


class EventLog:
    """The log of one run. What `append` returned from is committed and survives a crash."""

    def __init__(self, store: EventStore, run_id: str, secrets: Sequence[str] = ()) -> None:
        self.run_id = run_id
        self._store = store
        self._secrets = tuple(secrets)
        self._queue: list[tuple[Event, asyncio.Future[None] | None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._streams: dict[str, tuple[Progress, asyncio.TimerHandle]] = {}
        self._lost: Exception | None = None

    async def append(self, *events: Event) -> None:
        """Write `events`, in order, together with what others append at this moment."""
        self._tell_what_was_lost()
        if not events:
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        clean = [self._without_secrets(event, refuse=True) for event in events]
        for event in clean:
            if isinstance(event, ModelCalled):
                self._forget_stream(event.place)
        self._queue += [(event, None) for event in clean[:-1]]
        self._queue.append((clean[-1], written))
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
        self._tell_what_was_lost()

    def _tell_what_was_lost(self) -> None:
        """Raise what befell a stream that nobody waited for."""
        if error := self._lost:
            self._lost = None
            raise error

    def _without_secrets(self, event: Written, *, refuse: bool = False) -> Written:
        """`event` without the secrets that this run knows, and without passwords in addresses.

        What cannot be stored is refused here if `refuse`: a batch is written whole, so that one bad
        text would fail the others too.
        """
        data = event.model_dump()
        if refuse:
            check_text(unsafe_character(data) or "", f"The event {type(event).__name__}")
        clean = {name: self._clean(value) for name, value in data.items()}
        return event if clean == data else type(event).model_validate(clean)

    def _clean(self, value: Any) -> Any:
        match value:
            case str():
                return redact(value, self._secrets)
            case dict():
                items = cast("dict[str, Any]", value).items()
                return {key: self._clean(inner) for key, inner in items}
            case list():
                return [self._clean(inner) for inner in cast("list[Any]", value)]
            case tuple():
                return tuple(self._clean(inner) for inner in cast("tuple[Any, ...]", value))
            case _:
                return value

    def _forget_stream(self, place: str) -> None:
        """The whole answer is there, so the unwritten rest of its stream is of no use."""
        if pending := self._streams.pop(place, None):
            pending[1].cancel()

    def _write_stream(self, place: str) -> None:
        piece, timer = self._streams.pop(place)
        timer.cancel()
        # A stream may hold anything, and must not fail the events that it is written with.
        text = (
            piece.text.encode("utf-8", "replace")
            .decode()
            .replace("\0", "\N{REPLACEMENT CHARACTER}")
        )
        storable = piece.model_copy(update={"text": text})
        self._queue.append((self._without_secrets(storable), None))
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
            if not waiting:
                self._lost = error
            return
        for future in waiting:
            if not future.done():
                future.set_result(None)
