"""What every part of the store stands on: the Prisma client, and psycopg for locks and LISTEN."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from codex.common.database.failures import typed_failures
from codex.common.errors import DatabaseUnavailable, EngineLost

if TYPE_CHECKING:
    import psycopg

    from codex.common.database.bridge import Client

Answer = TypeVar("Answer")
_RELEASE_SECONDS = 0.01
_UNLOCK = "SELECT count(pg_advisory_unlock(n)) FROM unnest(%s::bigint[]) AS n"
_ANSWERED = 'SELECT EXISTS (SELECT FROM "ModelCall" WHERE "key" = %s)'
# Two statements on one way: the second sees what others committed before they gave the lock back.
_TRY = f"SELECT pg_try_advisory_lock(%s), ({_UNLOCK}); {_ANSWERED}"


class StoreBase:
    """One open store: for one event loop, and for as many tasks as like."""

    def __init__(self, client: Client, url: str, revive: Callable[[], Awaitable[None]]) -> None:
        self._db = client
        self._url = url
        self._revive = revive
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}
        self._lock_connection: psycopg.AsyncConnection[Any] | None = None
        self._lock_turn = asyncio.Lock()
        self._released: list[int] = []
        self._releaser: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The address of the database; it may hold a password."""
        return self._url

    async def close(self) -> None:
        """End what this store started."""
        if self._releaser:
            self._releaser.cancel()
        if self._lock_connection:
            await self._lock_connection.close()
        await self._db.close()

    async def _repeatable(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `call` gives, asked again when the engine was lost: only for what may run twice."""
        try:
            return await call()
        except EngineLost:
            return await call()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        """A psycopg connection; the embedded server is started again when it was lost."""
        import psycopg

        with typed_failures():
            try:
                return await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=10, application_name="codex"
                )
            except psycopg.OperationalError:
                await self._revive()
                raise

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncGenerator[bool]:
        """Held by one task at a time, in this process and in all others; no transaction is open.

        What it gives tells whether the journal has an answer under `key`: who takes the lock needs
        to know that at once, and so it costs no question of its own.
        """
        local, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (local, users + 1)
        try:
            async with local, self._held_across_processes(key) as answered:
                yield answered
        finally:
            local, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (local, users - 1)

    @asynccontextmanager
    async def _held_across_processes(self, key: str) -> AsyncGenerator[bool]:
        # All free locks are held by one connection. Only who must wait gets one of its own, since
        # waiting blocks a connection.
        number = lock_number(key)
        locked, answered = await self._try_shared(number, key)
        if locked:
            try:
                yield answered
            finally:
                self._release_shared(number)
            return
        with typed_failures():
            connection = await self._connect()
            async with connection:
                await connection.execute("SELECT pg_advisory_lock(%s)", (number,))
                cursor = await connection.execute(_ANSWERED, (key,))
                row = await cursor.fetchone()
                yield bool(row and row[0])

    async def _try_shared(self, number: int, key: str) -> tuple[bool, bool]:
        """Whether the lock was free and is held now, and whether `key` has an answer."""
        async with self._lock_turn:
            for attempt in (1, 2):
                if self._lock_connection is None or self._lock_connection.closed:
                    self._lock_connection = await self._connect()
                try:
                    with typed_failures():
                        return await self._tried(number, key)
                except DatabaseUnavailable:
                    await self._lock_connection.close()
                    if attempt == 2:
                        raise
        raise AssertionError("unreachable")

    async def _tried(self, number: int, key: str) -> tuple[bool, bool]:
        import psycopg

        assert self._lock_connection is not None
        # This kind of cursor takes several statements at once.
        cursor = psycopg.AsyncClientCursor(self._lock_connection)
        await cursor.execute(_TRY, (number, self._take_released(), key))
        locked = await cursor.fetchone()
        cursor.nextset()
        answered = await cursor.fetchone()
        return bool(locked and locked[0]), bool(answered and answered[0])

    def _release_shared(self, number: int) -> None:
        """Release a lock with the next one that is taken, or in a moment: one statement less."""
        self._released.append(number)
        if self._releaser is None or self._releaser.done():
            self._releaser = asyncio.create_task(self._release_soon())

    async def _release_soon(self) -> None:
        while self._released:
            await asyncio.sleep(_RELEASE_SECONDS)
            async with self._lock_turn:
                connection, numbers = self._lock_connection, self._take_released()
                if not numbers or connection is None or connection.closed:
                    continue  # nothing is held, or the locks went with their connection
                try:
                    with typed_failures():
                        await connection.execute(_UNLOCK, (numbers,))
                except DatabaseUnavailable:
                    await connection.close()

    def _take_released(self) -> list[int]:
        numbers, self._released = self._released, []
        return numbers


def lock_number(key: str) -> int:
    """A number for Postgres' advisory locks, of 64 bits."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
