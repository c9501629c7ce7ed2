"""The store: the only code that touches Prisma; psycopg serves migrations, locks and LISTEN."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from codex.common.database.embedded import EmbeddedPostgres
from codex.common.database.failures import check_url
from codex.common.database.migrate import migrate
from codex.common.database.store_documents import DocumentStore
from codex.common.database.store_functions import FunctionStore
from codex.common.database.store_holds import HoldRows
from codex.common.database.store_journal import JournalRows
from codex.common.database.store_runs import RunStore
from codex.common.errors import CodexError


class StoreSettings(Protocol):
    """The settings that say where the store is."""

    @property
    def database_url(self) -> str:
        """The address of a Postgres; empty for the embedded one."""
        ...

    @property
    def data_dir(self) -> Path:
        """The folder that the embedded Postgres lives in."""
        ...


class Store(RunStore, HoldRows, JournalRows, DocumentStore, FunctionStore):
    """Runs, their events, the call journal, documents, and Functions to use again."""


def embedded_server(settings: StoreSettings) -> EmbeddedPostgres:
    """The embedded server of these settings; nothing is started yet."""
    return EmbeddedPostgres(settings.data_dir / "postgres")


@asynccontextmanager
async def open_store(settings: StoreSettings) -> AsyncGenerator[Store]:
    """The store of these settings, its server started and its schema brought up to date."""
    if settings.database_url:
        async with _opened(check_url(settings.database_url), None) as store:
            yield store
        return
    server = embedded_server(settings)
    entering = asyncio.create_task(asyncio.to_thread(server.enter))
    try:
        # Importing the client takes about as long as starting the server, so both go on at once.
        await asyncio.to_thread(importlib.import_module, "codex.common.database.bridge")
        async with _opened(await asyncio.shield(entering), server) as store:
            yield store
    finally:
        with suppress(CodexError):  # raised above
            await entering
        await asyncio.to_thread(server.leave)


@asynccontextmanager
async def _opened(url: str, server: EmbeddedPostgres | None) -> AsyncGenerator[Store]:
    from codex.common.database.bridge import Client

    async def revive() -> None:
        if server:
            await asyncio.to_thread(server.enter)

    client = Client(url, revive)
    store = Store(client, url, revive)
    starting = asyncio.create_task(client.process.start())
    try:
        await asyncio.to_thread(migrate, url)
        await starting
        yield store
    finally:
        await asyncio.gather(starting, return_exceptions=True)  # raised above, if it failed
        await store.close()
