"""A Postgres for services that are verified: apart from codex's own, and without powers there.

What is verified runs code that nobody has looked at, and a superuser of Postgres may start programs
outside of the sandbox. So this server keeps services' databases alone, everybody on it needs a
password, and each verification gets a role without powers, with databases of its own that are
dropped afterwards.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from codex.common.database import postgres_programs as programs
from codex.common.database.embedded import SUPERUSER, EmbeddedPostgres
from codex.common.errors import CodexError

if TYPE_CHECKING:
    import psycopg

FOLDER = "service-databases"
NAMES = ("migrations", "boot")
"""The databases of one verification."""
_RULES = "local all all scram-sha-256\n"
# Whoever holds databases keeps a connection under their role's name: a killed one keeps none.
_LEFT = """
SELECT rolname FROM pg_roles WHERE rolname LIKE 'service\\_%'
AND rolname NOT IN (SELECT application_name FROM pg_stat_activity)
"""


@dataclass(frozen=True)
class Databases:
    """What one verification was lent."""

    url: str = ""
    """The address, with `NAME` for the name of a database; empty where there is no server."""
    sockets: Path = Path()
    """The folder of the server's socket."""
    why_not: str = ""
    """Why there is no server."""


class ServiceDatabases:
    """Lends databases on a server of its own below `data_dir`."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Have the server started meanwhile; where it does not start, whoever is lent is told."""
        server = EmbeddedPostgres(self._folder)
        starting = asyncio.create_task(asyncio.to_thread(server.enter))
        try:
            yield
        finally:
            # A thread cannot be cancelled: its end is waited for.
            await asyncio.shield(asyncio.gather(starting, return_exceptions=True))
            await asyncio.shield(asyncio.to_thread(server.leave))

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[Databases]:
        """Databases for one verification; nothing of them is left at the end."""
        loan = _Loan(self._folder)
        try:
            try:
                databases = await asyncio.shield(asyncio.to_thread(loan.begin))
            except (CodexError, OSError, ImportError) as error:
                told = error.what if isinstance(error, CodexError) else str(error)
                databases = Databases(why_not=f"Postgres cannot be started here: {told}")
            yield databases
        finally:
            await asyncio.shield(asyncio.to_thread(loan.end))


class _Loan:
    """One role with its databases, from the start of the server to its end."""

    def __init__(self, folder: Path) -> None:
        self._secret = folder / "password"
        self._embedded = EmbeddedPostgres(folder)
        self._role = f"service_{secrets.token_hex(8)}"
        self._connection: psycopg.Connection | None = None

    def begin(self) -> Databases:
        """Start the server if need be, and make the databases."""
        self._embedded.enter()
        with self._embedded.exclusive():
            connection = self._connection = self._prepared()
        for (role,) in connection.execute(_LEFT).fetchall():
            _drop(connection, role)
        password = secrets.token_hex(16)
        _do(connection, f"CREATE ROLE {self._role} LOGIN PASSWORD '{password}' CONNECTION LIMIT 60")
        for name in NAMES:
            database = f"{self._role}_{name}"
            _do(connection, f"CREATE DATABASE {database} OWNER {self._role} TEMPLATE template0")
        sockets = self._embedded.socket_folder()
        host = quote(str(sockets), safe="")
        return Databases(
            f"postgresql://{self._role}:{password}@/{self._role}_NAME?host={host}", sockets
        )

    def end(self) -> None:
        """Drop the databases; the last to leave stops the server."""
        try:
            if self._connection is not None:
                _drop(self._connection, self._role)
                self._connection.close()
        finally:
            self._embedded.leave()

    def _prepared(self) -> psycopg.Connection:
        """A connection of the superuser's, on a server that asks everybody for a password."""
        password = self._password()
        rules = self._embedded.cluster / "pg_hba.conf"
        if rules.read_text("utf-8") != _RULES:  # just made, or left half prepared
            connection = self._connected(password)
            _do(connection, f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'")
            rules.write_text(_RULES, "utf-8")
            programs.give_to_server(rules)
            _do(connection, "SELECT pg_reload_conf()")
            return connection
        return self._connected(password)

    def _password(self) -> str:
        """Known to this user alone, and written down before it is set."""
        if not self._secret.exists():
            beside = self._secret.with_suffix(".new")
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
            ) as file:
                file.write(secrets.token_hex(32))
            beside.rename(self._secret)
        return self._secret.read_text("utf-8")

    def _connected(self, password: str) -> psycopg.Connection:
        import psycopg

        from codex.common.errors import DatabaseUnavailable

        try:
            return psycopg.connect(
                host=str(self._embedded.socket_folder()),
                user=SUPERUSER,
                dbname="postgres",
                password=password,
                application_name=self._role,
                autocommit=True,
            )
        except psycopg.Error as error:
            said = str(error).strip().splitlines()[0]
            raise DatabaseUnavailable(f"it does not let codex in: {said}") from error


def _drop(connection: psycopg.Connection, role: str) -> None:
    for name in NAMES:
        _do(connection, f"DROP DATABASE IF EXISTS {role}_{name} WITH (FORCE)")
    _do(connection, f"DROP ROLE IF EXISTS {role}")


def _do(connection: psycopg.Connection, sql: str) -> None:
    """Execute what was put together here, out of names that were made here."""
    connection.execute(sql.encode())
