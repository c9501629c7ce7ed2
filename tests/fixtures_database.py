"""Databases for tests: one real server per session, one fresh database per test."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from codex.common.database.embedded import DATABASE, EmbeddedPostgres
from codex.common.database.migrate import migrate
from codex.common.database.store import Store, open_store

TEMPLATE = "codex_template"


@dataclass(frozen=True)
class Place:
    """The settings that the store reads."""

    database_url: str
    data_dir: Path = Path("/nonexistent")


class TestServer:
    """The session's server, and databases on it."""

    __test__ = False

    def __init__(self, embedded: EmbeddedPostgres) -> None:
        self.embedded = embedded

    def url(self, database: str) -> str:
        return self.embedded.url.replace(f"/{DATABASE}?", f"/{database}?")

    def execute(self, sql: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)  # pyright: ignore[reportArgumentType, reportCallIssue] built here

    def create(self, database: str, template: str | None = None) -> str:
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template or "template0"}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database_server() -> Generator[TestServer]:
    """The embedded server, in a folder of its own, with a migrated template database."""
    # Not below pytest's own folder: that is closed to the user that root runs the server as.
    folder = Path(tempfile.mkdtemp(prefix="codex-test-"))
    embedded = EmbeddedPostgres(folder / "postgres")
    try:
        embedded.enter()
        server = TestServer(embedded)
        migrate(server.create(TEMPLATE))
        yield server
    finally:
        embedded.leave()
        shutil.rmtree(folder)


@pytest.fixture
def empty_database_url(database_server: TestServer) -> Generator[str]:
    """The address of a database with nothing in it."""
    name = f"test_{uuid.uuid4().hex}"
    yield database_server.create(name)
    database_server.drop(name)


@pytest.fixture
def database_url(database_server: TestServer) -> Generator[str]:
    """The address of a fresh database of this codex's schema."""
    name = f"test_{uuid.uuid4().hex}"
    yield database_server.create(name, TEMPLATE)
    database_server.drop(name)


@pytest.fixture
async def store(database_url: str) -> AsyncGenerator[Store]:
    """A store on a fresh database."""
    async with open_store(Place(database_url)) as opened:
        yield opened
