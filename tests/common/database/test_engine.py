"""The query engine: reached by its parent alone, ends with it, and is started again when lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from unittest.mock import Mock

import pytest

from codex.common.database import engine_process, node
from codex.common.database.bridge import Client
from codex.common.database.client import errors
from codex.common.database.engine_process import EngineProcess, frame
from codex.common.errors import DatabaseUnavailable, EngineLost, InputError, StoreError

A_RUN = {
    "kind": "build",
    "name": "",
    "request": "",
    "status": "running",
    "stage": "",
    "options": "{}",
    "detail": "",
}


async def nothing() -> None:
    """Revives a server that nobody can revive."""


@pytest.fixture
async def client(database_url: str) -> AsyncGenerator[Client]:
    opened = Client(database_url, nothing)
    yield opened
    await opened.close()


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def gone_soon(pid: int) -> bool:
    """Whether the process ends; a busy machine takes its time."""
    until = time.monotonic() + 60
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def sockets_listening(pid: int) -> set[str]:
    """The sockets of a process on which somebody else could reach it."""
    links: list[str] = []
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed in the meantime
            links.append(str(link.readlink()))
    own = {link.split("[")[1].rstrip("]") for link in links if link.startswith("socket:[")}
    listening: set[str] = set()
    for table, state, inode, wanted in (
        *(("tcp", 3, 9, "0A"), ("tcp6", 3, 9, "0A"), ("unix", 3, 6, "00010000")),
    ):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[state] == wanted:
                listening.add(columns[inode])
    return own & listening


async def test_the_engine_listens_nowhere(client: Client) -> None:
    await client.run.count()
    pid = client.process.pid
    assert pid is not None
    assert sockets_listening(pid) == set()


async def test_a_read_is_asked_again_when_the_engine_was_killed(client: Client) -> None:
    await client.run.count()
    first = client.process.pid
    assert first is not None
    reading = asyncio.create_task(client.run.count())
    await asyncio.sleep(0)  # the question is on its way
    os.kill(first, signal.SIGKILL)
    assert await reading == 0
    assert client.process.pid != first


async def test_a_write_whose_engine_was_killed_says_so_and_the_next_call_works(
    client: Client,
) -> None:
    waiting = asyncio.create_task(client.execute_raw("SELECT pg_sleep(30)"))
    while not await is_sleeping(client):
        pass
    assert client.process.pid is not None
    os.kill(client.process.pid, signal.SIGKILL)
    with pytest.raises(EngineLost, match="ended"):
        await waiting
    assert await client.run.count() == 0


async def is_sleeping(client: Client) -> bool:
    rows = await client.query_raw(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
        "AND query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    )
    return bool(rows)


async def test_many_questions_at_once_get_their_own_answers(client: Client) -> None:
    for number in range(20):
        await client.run.create({"id": f"r{number}", **A_RUN})  # pyright: ignore[reportArgumentType] built above
    rows = await asyncio.gather(*[client.run.find_unique({"id": f"r{n % 20}"}) for n in range(200)])
    assert [row.id if row else None for row in rows] == [f"r{n % 20}" for n in range(200)]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nothing",
        "postgresql://nobody@/nothing?host=%2Fnonexistent",
    ],
)
async def test_a_dead_database_is_a_typed_error(url: str) -> None:
    client = Client(url, nothing)
    try:
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="does not answer"):
                await client.run.count()
    finally:
        await client.close()


async def test_a_database_that_is_not_there_is_a_typed_error(database_url: str) -> None:
    client = Client(database_url.replace("/test_", "/no_test_"), nothing)
    try:
        with pytest.raises(DatabaseUnavailable, match="refuses"):
            await client.run.count()
    finally:
        await client.close()


async def test_tables_that_are_not_there_are_a_typed_error(empty_database_url: str) -> None:
    client = Client(empty_database_url, nothing)
    try:
        with pytest.raises(StoreError, match="lacks a table") as caught:
            await client.run.count()
    finally:
        await client.close()
    assert "codex db migrate" in str(caught.value)


async def test_broken_constraints_are_told_apart(client: Client) -> None:
    await client.run.create({"id": "r", **A_RUN})  # pyright: ignore[reportArgumentType] built above
    with pytest.raises(errors.UniqueViolationError):
        await client.run.create({"id": "r", **A_RUN})  # pyright: ignore[reportArgumentType] built above
    with pytest.raises(errors.ForeignKeyViolationError):
        await client.rundocument.create({"runId": "x", "kind": "k", "documentId": 1})
    assert await client.run.delete({"id": "nobody"}) is None
    with pytest.raises(StoreError, match="division by zero"):
        await client.query_raw("SELECT 1/0")


async def test_a_batch_is_committed_whole_or_not_at_all(client: Client) -> None:
    unit = client.batch_()
    unit.run.create({"id": "a", **A_RUN})  # pyright: ignore[reportArgumentType] built above
    unit.rundocument.create({"runId": "nobody", "kind": "k", "documentId": 1})
    with pytest.raises(errors.ForeignKeyViolationError):
        await unit.commit()
    assert await client.run.count() == 0
    async with client.batch_() as unit:
        unit.run.create({"id": "a", **A_RUN})  # pyright: ignore[reportArgumentType] built above
        unit.execute_raw('UPDATE "Run" SET "name" = $1', "named")
    row = await client.run.find_unique({"id": "a"})
    assert row is not None
    assert row.name == "named"


async def test_values_keep_their_types(client: Client) -> None:
    moment = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
    rows = await client.query_raw(
        "SELECT $1::timestamptz AS moment, $2::text[] AS texts, $3::int AS number, "
        "$4::bool AS truth, 12345678901::bigint AS big, NULL AS nothing",
        *(moment, ["a,b", '"', "{}", ""], 5, True),
    )
    assert rows == [
        {
            "moment": "2026-02-03T04:05:06.789+00:00",
            "texts": ["a,b", '"', "{}", ""],
            "number": 5,
            "truth": True,
            "big": 12345678901,
            "nothing": None,
        }
    ]
    await client.run.create({"id": "r", "createdAt": moment, **A_RUN})  # pyright: ignore[reportArgumentType] built above
    row = await client.run.find_first(where={"createdAt": {"gte": moment}})
    assert row is not None
    assert row.createdAt == moment


async def test_decimals_are_exact(client: Client) -> None:
    rows = await client.query_raw("SELECT (0.1::numeric + 0.2::numeric)::text AS total")
    assert Decimal(rows[0]["total"]) == Decimal("0.3")


async def test_transactions_that_stay_open_are_not_offered(client: Client) -> None:
    with pytest.raises(NotImplementedError):
        client.tx()


def test_a_lone_surrogate_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(InputError, match=r"U\+D800"):
        frame({"text": "\ud800"})


async def test_closing_twice_is_harmless_and_ends_the_process(client: Client) -> None:
    await client.run.count()
    pid = client.process.pid
    assert pid is not None
    await client.close()
    await client.close()
    assert not alive(pid)


CHILD = """
import asyncio, sys, time
from codex.common.database.engine_process import EngineProcess

SCHEMA = 'datasource db {\\n provider = "postgresql"\\n url = "x"\\n}\\n'

async def main():
    engine = EngineProcess(sys.argv[1], SCHEMA)
    try:
        await engine.ask({"action": "queryRaw", "query": {"arguments": {"query": "SELECT 1",
            "parameters": "[]"}, "selection": {}}})
    finally:
        print(engine.pid, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_engine_never_outlives_its_parent(database_url: str, how: signal.Signals) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, database_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdout is not None
    engine = int(child.stdout.readline())
    assert alive(engine)
    child.send_signal(how)
    child.wait()
    child.stdout.close()
    assert gone_soon(engine)


async def test_an_engine_that_cannot_start_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str
) -> None:
    monkeypatch.setattr(node, "ENGINE_FOLDER", tmp_path)
    with pytest.raises(StoreError, match="not installed"):
        await EngineProcess(database_url, "").ask({})
    monkeypatch.undo()
    broken = tmp_path / "broken.mjs"
    broken.write_text("console.error('no luck'); process.exit(3)")
    monkeypatch.setattr(engine_process, "engine_script", Mock(return_value=broken))
    with pytest.raises(EngineLost, match="ended before"):
        await EngineProcess(database_url, "").ask({})
