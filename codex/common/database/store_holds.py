"""Which process a run belongs to: a lock that its process holds, and the word that stops it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from codex.common.database.failures import typed_failures
from codex.common.database.store_base import lock_number
from codex.common.database.store_events import EventRows
from codex.common.documents.run import LOCAL_OWNER, RunStatus
from codex.common.errors import DatabaseUnavailable, InputError
from codex.common.events import RunEnded

if TYPE_CHECKING:
    import psycopg

_CHANNEL = "codex_run_cancel"
_AGAIN_SECONDS = 1.0
DIED = "Its process ended without a word."

_GOING_ON = """
SELECT "id" FROM "Run" WHERE "owner" = $1 AND "status" IN ('running', 'waiting')
"""
# A key of 64 bits stands in two columns of 32.
_HELD = """
SELECT ((classid::bigint << 32) | objid::bigint)::text AS "number" FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# The status that was looked at may have changed meanwhile: then nothing is done.
_DIED = """
UPDATE "Run" SET "status" = 'interrupted', "detail" = $2, "updatedAt" = now()
WHERE "id" = $1 AND "status" IN ('running', 'waiting') RETURNING "id"
"""
_CANCEL = """
WITH told AS (
    UPDATE "Run" SET "status" = 'cancelled', "updatedAt" = now()
    WHERE "id" = $1 AND "status" IN ('running', 'waiting', 'interrupted') RETURNING "id"
)
SELECT "id", pg_notify('codex_run_cancel', "id")::text FROM told
"""


class HoldRows(EventRows):
    """Runs that go on belong to a process; the database notices when it dies, however it dies."""

    @asynccontextmanager
    async def hold_run(self, run_id: str, stop: Callable[[], None]) -> AsyncGenerator[None]:
        """Hold the run as this process's own; `stop` is called when somebody cancels it."""
        connection = await self._take(run_id)
        if connection is None:
            raise InputError(
                f"The run {run_id} is going on in another process.",
                f"Follow it with `codex runs logs -f {run_id}`, or end it with "
                f"`codex runs cancel {run_id}`.",
            )
        watching = asyncio.create_task(self._watch(run_id, connection, stop))
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def end_dead_runs(self, owner: str = LOCAL_OWNER) -> None:
        """Say of runs whose process died that they are interrupted."""
        going_on = [row["id"] for row in await self._db.query_raw(_GOING_ON, owner)]
        if not going_on:
            return
        # Looked at after the runs: a run is held before it is stored.
        held = {int(row["number"]) for row in await self._db.query_raw(_HELD)}
        for run_id in going_on:
            if _number(run_id) in held:
                continue
            if await self._db.query_raw(_DIED, run_id, DIED):
                ended = RunEnded(status=RunStatus.INTERRUPTED, detail=DIED, code="interrupted")
                await self.events_append(run_id, [ended])

    async def cancel_run(self, run_id: str) -> bool:
        """Mark the run as cancelled and tell its process; False where it has ended already."""
        return bool(await self._db.query_raw(_CANCEL, run_id))

    async def wait_for_end(self, run_id: str, seconds: float | None = None) -> bool:
        """Whether no process holds the run, now or within `seconds`; by default however long."""
        import psycopg

        with typed_failures():
            async with await self._connect() as connection:
                await connection.execute(
                    "SELECT set_config('lock_timeout', %s, false)",
                    (f"{round((seconds or 0) * 1000)}ms",),
                )
                try:
                    await connection.execute("SELECT pg_advisory_lock(%s)", (_number(run_id),))
                except psycopg.errors.LockNotAvailable:
                    return False
        return True

    async def _take(self, run_id: str) -> psycopg.AsyncConnection[Any] | None:
        """A connection that holds the run and hears what is said of it."""
        connection = await self._connect()
        try:
            with typed_failures():
                await connection.execute(f"LISTEN {_CHANNEL}")
                cursor = await connection.execute(
                    "SELECT pg_try_advisory_lock(%s)", (_number(run_id),)
                )
                row = await cursor.fetchone()
        except BaseException:
            await connection.close()
            raise
        if row and row[0]:
            return connection
        await connection.close()
        return None

    async def _watch(
        self, run_id: str, connection: psycopg.AsyncConnection[Any], stop: Callable[[], None]
    ) -> None:
        """Hold the run until this is cancelled, over a database that goes and comes back too."""
        held: psycopg.AsyncConnection[Any] | None = connection
        while True:
            with suppress(DatabaseUnavailable):  # whoever works on the run is told by itself
                if held is not None:
                    with typed_failures():
                        async with held:
                            async for notice in held.notifies():
                                if notice.payload == run_id:
                                    stop()
            await asyncio.sleep(_AGAIN_SECONDS)
            with suppress(DatabaseUnavailable):
                held = await self._take(run_id)
                row = await self._db.run.find_unique({"id": run_id})
                if row and row.status == RunStatus.CANCELLED:  # said while nobody listened
                    stop()


def _number(run_id: str) -> int:
    return lock_number(f"run {run_id}")
