"""Events of runs in the database, and who is woken by them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from typing import Any

from codex.common.database.failures import typed_failures
from codex.common.database.identifiers import new_id
from codex.common.database.rows import from_text, to_text
from codex.common.database.store_base import StoreBase
from codex.common.errors import DatabaseUnavailable, NotFound
from codex.common.events import Event, Logged, event_from

_CHANNEL = "codex_run_events"
# A wake that got lost (its connection broke) delays a reader by this much, and no more.
_LOOK_AGAIN_SECONDS = 5.0

# One statement: positions are given out under the lock of the run's row, and become visible with
# the events, so there are no gaps and a reader never sees a later event before an earlier one.
# The batch's token makes it harmless to repeat.
_APPEND = """
WITH batch AS (
    SELECT value, ordinality FROM json_array_elements($2::json) WITH ORDINALITY
), run AS (
    UPDATE "Run" SET "lastEvent" = "lastEvent" + $3::int, "updatedAt" = now(), "lastBatch" = $4
    WHERE "id" = $1 AND "lastBatch" IS DISTINCT FROM $4 RETURNING "lastEvent"
), written AS (
    INSERT INTO "RunEvent" ("runId", "position", "createdAt", "type", "data")
    SELECT $1, run."lastEvent" - $3::int + batch.ordinality, clock_timestamp(),
        batch.value->>'type', (batch.value->'data')::text
    FROM batch, run
)
SELECT "lastEvent" AS "last", pg_notify('codex_run_events', $1)::text FROM run
"""


class EventRows(StoreBase):
    """Events: appended in batches, read after a position, waited for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._wakers: dict[str, set[asyncio.Event]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Stop listening, then end the rest."""
        if self._listener:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        await super().close()

    async def events_append(self, run_id: str, events: Sequence[Event]) -> int:
        """Commit `events` in this order; the position of the last."""
        batch = [
            {"type": tag, "data": data}
            for event in events
            for data in [event.model_dump(mode="json")]
            for tag in [data.pop("type")]
        ]
        text = to_text(batch)
        token = new_id()
        rows = await self._repeatable(
            lambda: self._db.query_raw(_APPEND, run_id, text, len(batch), token)
        )
        if rows:
            last = int(rows[0]["last"])
        else:
            run = await self._db.run.find_unique({"id": run_id})
            if run is None:
                raise NotFound(f"There is no run {run_id!r}.", "See `codex runs list`.")
            last = run.lastEvent  # the first try was committed, though its answer was lost
        self._wake(run_id)
        return last

    async def events_after(self, run_id: str, position: int, limit: int = 500) -> list[Logged]:
        """The events after a position, in order."""
        rows = await self._db.runevent.find_many(
            where={"runId": run_id, "position": {"gt": position}},
            order={"position": "asc"},
            take=limit,
        )
        return [
            Logged(
                run_id=run_id,
                position=row.position,
                created_at=row.createdAt,
                event=event_from(row.type, from_text(row.data)),  # pyright: ignore[reportArgumentType] any of them
            )
            for row in rows
        ]

    async def event_wakes(self, run_id: str) -> AsyncGenerator[None]:
        """Yields at once, and again whenever the run may have new events."""
        waker = asyncio.Event()
        self._wakers.setdefault(run_id, set()).add(waker)
        try:
            await self._listen()
            while True:
                waker.clear()
                yield
                with suppress(TimeoutError):
                    await asyncio.wait_for(waker.wait(), _LOOK_AGAIN_SECONDS)
        finally:
            self._wakers[run_id].discard(waker)
            if not self._wakers[run_id]:
                del self._wakers[run_id]

    def _wake(self, run_id: str) -> None:
        for waker in self._wakers.get(run_id, ()):
            waker.set()

    async def _listen(self) -> None:
        """Return when this process is told of new events; one connection serves all readers."""
        if self._listener and not self._listener.done():
            return
        listening = asyncio.Event()
        self._listener = asyncio.create_task(self._pass_on(listening))
        await listening.wait()

    async def _pass_on(self, listening: asyncio.Event) -> None:
        while True:
            try:
                with typed_failures():
                    async with await self._connect() as connection:
                        await connection.execute(f"LISTEN {_CHANNEL}")
                        listening.set()
                        for run_id in list(self._wakers):
                            self._wake(run_id)  # something may have come while nobody listened
                        async for notice in connection.notifies():
                            self._wake(notice.payload)
            except DatabaseUnavailable:
                listening.set()  # readers look by themselves until it is back
                await asyncio.sleep(1)
