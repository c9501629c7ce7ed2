"""A Postgres beside SQLite: a role and a database for each case, and the only door to them.

Generated code runs in a sandbox without a network. What it finds is one Unix socket, and behind it
a door that lets nobody through but the role of the case under way, to its own database. The role is
no superuser, so it can neither read files of the server nor start programs there.
"""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from codex.common.config import EMBEDDED, Settings
from codex.common.errors import DatabaseUnavailable
from codex.common.sandbox.tasks import uninterrupted

if TYPE_CHECKING:
    import psycopg

SOCKET = ".s.PGSQL.5432"
NAME = "codex_trial_"
_STARTUP = struct.Struct("!II")
_MAJOR = 3 << 16
_LONGEST_STARTUP = 10_000
_CHUNK = 1 << 16


class Postgres:
    """One server, used by one case at a time."""

    def __init__(self, url: str) -> None:
        """`url` is for a role that may make roles and databases."""
        self._url = url
        self._free = asyncio.Lock()
        self._guest = ""
        self._stack = AsyncExitStack()
        self._folder = Path()

    @property
    def folder(self) -> Path:
        """Where the socket is that generated code finds."""
        return self._folder

    async def __aenter__(self) -> Self:
        """Open the door; whether the server answers is known after that."""
        try:
            folder = self._stack.enter_context(TemporaryDirectory(prefix="codex-trial-"))
            self._folder = Path(folder)
            self._folder.chmod(0o755)
            door = await asyncio.start_unix_server(self._enter, self._folder / SOCKET)
            await self._stack.enter_async_context(door)
            (self._folder / SOCKET).chmod(0o777)
            async with self._connected():
                pass
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the door."""
        await self._stack.aclose()

    @asynccontextmanager
    async def fresh(self) -> AsyncGenerator[str]:
        """The address of an empty database that is gone afterwards."""
        async with self._free:
            name = f"{NAME}{secrets.token_hex(8)}"
            key = secrets.token_hex(16)
            async with self._connected() as server:
                try:
                    await _do(server, f"CREATE ROLE {name} LOGIN PASSWORD '{key}'")
                    # Who makes a database for another must be a member of that role.
                    await _do(server, f"GRANT {name} TO CURRENT_USER")
                    await _do(server, f"CREATE DATABASE {name} OWNER {name} TEMPLATE template0")
                    self._guest = name
                    host = quote(str(self._folder), safe="")
                    yield f"postgresql://{name}:{key}@/{name}?host={host}"
                finally:
                    self._guest = ""
                    await uninterrupted(_clear(server, name))

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        import psycopg

        try:
            server = await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=10
            )
        except psycopg.OperationalError as error:
            raise DatabaseUnavailable(
                f"The Postgres of `trial_database` does not answer: {_first_line(error)}.",
                "Start it, or leave `trial_database` out.",
            ) from None
        async with server:
            try:
                yield server
            except psycopg.errors.InsufficientPrivilege as error:
                raise DatabaseUnavailable(
                    f"The role of `trial_database` may not: {_first_line(error)}.",
                    "Give it CREATEDB and CREATEROLE.",
                ) from None

    async def _enter(self, guest: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        """Let a connection through if it is of the case under way."""
        try:
            hello = await _hello(guest)
            if self._guest and hello.get("user") == hello.get("database") == self._guest:
                await self._through(guest, answers, hello)
        except (OSError, asyncio.IncompleteReadError):
            pass  # one of the two hung up, as connections do
        finally:
            answers.close()
            with suppress(OSError):
                await answers.wait_closed()

    async def _through(
        self, guest: asyncio.StreamReader, answers: asyncio.StreamWriter, hello: dict[str, str]
    ) -> None:
        server, requests = await self._to_server()
        try:
            requests.write(_greeting(hello))
            # Whichever side ends first ends both.
            both = [
                asyncio.ensure_future(_pump(guest, requests)),
                asyncio.ensure_future(_pump(server, answers)),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in both:
                    one.cancel()
                await asyncio.gather(*both, return_exceptions=True)
        finally:
            requests.close()

    async def _to_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        from psycopg.conninfo import conninfo_to_dict

        told = conninfo_to_dict(self._url)
        host, port = str(told.get("host") or "localhost"), int(told.get("port") or 5432)
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)


@asynccontextmanager
async def open_postgres(settings: Settings) -> AsyncGenerator[Postgres | None]:
    """The Postgres that the settings name; None where they name none."""
    if settings.trial_database != EMBEDDED:
        if not settings.trial_database:
            yield None
            return
        async with Postgres(settings.trial_database) as opened:
            yield opened
        return
    from codex.common.database.embedded import EmbeddedPostgres

    # A cluster of its own: what is stored of codex is not even on the same server.
    server = EmbeddedPostgres(settings.data_dir / "trials")
    entering = asyncio.create_task(asyncio.to_thread(server.enter))
    try:
        async with Postgres(await asyncio.shield(entering)) as opened:
            yield opened
    finally:
        await asyncio.gather(entering, return_exceptions=True)
        await asyncio.to_thread(server.leave)


async def _do(server: psycopg.AsyncConnection, statement: str) -> None:
    await server.execute(statement.encode())


async def _clear(server: psycopg.AsyncConnection, name: str) -> None:
    await _do(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await _do(server, f"DROP ROLE IF EXISTS {name}")


async def _hello(guest: asyncio.StreamReader) -> dict[str, str]:
    """What a client says first: who it is, and which database it wants; nothing of other kinds."""
    length, version = _STARTUP.unpack(await guest.readexactly(_STARTUP.size))
    if version >> 16 != _MAJOR >> 16 or not _STARTUP.size < length <= _LONGEST_STARTUP:
        return {}
    words = (await guest.readexactly(length - _STARTUP.size)).decode("utf-8", "replace").split("\0")
    return dict(zip(words[::2], words[1::2], strict=False))


def _greeting(hello: dict[str, str]) -> bytes:
    """The same, made anew from what was looked at."""
    words = "".join(f"{name}\0{value}\0" for name, value in hello.items() if name) + "\0"
    said = words.encode()
    return _STARTUP.pack(_STARTUP.size + len(said), _MAJOR) + said


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await source.read(_CHUNK):
            target.write(data)
            await target.drain()


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or ["no reason was given"]
    return lines[0].rstrip(".")
