"""What the store costs: opening it, reading, writing, events and lists, against bare psycopg."""

from __future__ import annotations

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from benchmarks.table import Row
from codex.common.config import Settings
from codex.common.database.store import Store, open_store
from codex.common.documents.run import ModelCall
from codex.common.events import EventLog, Notice

RUNS = 100_000
CALLS = 300

OPEN = """
import asyncio, sys, time
from pathlib import Path
started = time.perf_counter()
from codex.common.config import Settings
from codex.runtime import open_runtime

async def main():
    async with open_runtime(Settings(data_dir=Path(sys.argv[1]))) as runtime:
        await runtime.store.list_runs(limit=1)
        print(time.perf_counter() - started, time.process_time())

asyncio.run(main())
"""


def rows() -> Iterable[Row]:
    """The figures of the store on the embedded server."""
    with folder() as data_dir:
        settings = Settings(data_dir=data_dir)
        first, _ = seconds_to_open(data_dir)
        stopped = [seconds_to_open(data_dir) for _ in range(5)]
        wall, cpu = (statistics.median(column) for column in zip(*stopped, strict=True))
        included = "imports and first read included"
        yield Row("open a runtime, no database yet", first, "s")
        yield Row("open a runtime, database stopped", wall, "s", 1.5, included)
        yield Row("open a runtime: CPU of the Python process", cpu, "s", None, included)
        yield from asyncio.run(figures(settings, data_dir))


@contextmanager
def folder() -> Generator[Path]:
    """A data folder for the measurement."""
    path = Path(tempfile.mkdtemp(prefix="codex-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def seconds_to_open(data_dir: Path) -> tuple[float, float]:
    """From the first import of codex to the first read's answer in a process: wall and CPU."""
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(data_dir)], capture_output=True, text=True, check=True
    )
    wall, cpu = map(float, done.stdout.split())
    return wall, cpu


async def figures(settings: Settings, data_dir: Path) -> list[Row]:
    """All that is measured on one open store."""
    async with open_store(settings) as store:
        shared = statistics.median([seconds_to_open(data_dir)[0] for _ in range(5)])
        found = [
            Row(
                *("open a runtime, database in use", shared, "s", 1.5),
                "imports and first read included",
            )
        ]
        found += await single_calls(store)
        found += await events(store)
        found += await listing(store)
        return found


async def median_ms(call: Callable[[int], Awaitable[object]], times: int = CALLS) -> float:
    """The median wall time of `call`."""
    taken: list[float] = []
    for number in range(times):
        started = time.perf_counter()
        await call(number)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


async def single_calls(store: Store) -> list[Row]:
    """One read and one write at a time."""
    run = await store.create_run("a library")
    write = await median_ms(lambda n: store.create_run(f"request {n}"))
    read = await median_ms(lambda _: store.get_run(run.id))
    put = await median_ms(lambda n: store.journal_put(a_call(f"{n}")))
    get = await median_ms(lambda n: store.journal_get(f"{n}"))
    lock = await median_ms(lambda n: held(store, f"{n}"))
    bare_write, bare_read = bare(store)
    return [
        Row("store: write a run", write, "ms", 4, f"bare psycopg {bare_write:.2f} ms"),
        Row("store: read a run", read, "ms", 4, f"bare psycopg {bare_read:.2f} ms"),
        Row("journal: put an answer", put, "ms", 4, f"bare psycopg {bare_write:.2f} ms"),
        Row("journal: get an answer", get, "ms", 4, f"bare psycopg {bare_read:.2f} ms"),
        Row("journal: lock and unlock a key", lock, "ms"),
    ]


async def held(store: Store, key: str) -> None:
    """Take a lock that nobody holds, and let it go."""
    async with store.lock(key):
        pass


def a_call(key: str) -> ModelCall:
    """An answer of usual size."""
    return ModelCall(
        key=key,
        chain="develop.write_function",
        provider="openai",
        model="m",
        messages=({"role": "user", "content": "x" * 6000},),
        reply="y" * 1500,
        created_at=datetime.now(UTC),
    )


def bare(store: Store) -> tuple[float, float]:
    """The same insert and the same select without anything between: milliseconds, median."""
    insert = (
        'INSERT INTO "Run" ("id", "kind", "name", "request", "status", "stage", "options", '
        "\"detail\") VALUES (%s, 'build', '', 'x', 'running', '', '{}', '')"
    )
    with psycopg.connect(store.url, autocommit=True) as connection:
        writes: list[float] = []
        reads: list[float] = []
        for number in range(CALLS):
            started = time.perf_counter()
            connection.execute(insert, (f"bare {number}",))
            written = time.perf_counter()
            connection.execute(
                'SELECT * FROM "Run" WHERE "id" = %s', (f"bare {number}",)
            ).fetchone()
            reads.append(time.perf_counter() - written)
            writes.append(written - started)
    return statistics.median(writes) * 1000, statistics.median(reads) * 1000


async def events(store: Store) -> list[Row]:
    """1,000 events in the three ways that they come."""
    run = await store.create_run("events")
    log = EventLog(store, run.id)
    one_batch = await timed(log.append(*[Notice(text=str(n)) for n in range(1000)]))
    together = await timed(
        asyncio.gather(*[log.append(Notice(text=str(number))) for number in range(1000)])
    )
    alone = await timed(one_by_one(log))
    promise = "each committed before it is acknowledged"
    return [
        Row("1,000 events in one append", one_batch, "s", 1, promise),
        Row("1,000 events appended at once by 1,000 tasks", together, "s", 1, promise),
        Row("1,000 events one after the other", alone, "s", None, promise),
    ]


async def one_by_one(log: EventLog) -> None:
    """Each event waits for the one before it."""
    for number in range(1000):
        await log.append(Notice(text=str(number)))


async def timed(work: Awaitable[object]) -> float:
    """How many seconds `work` takes."""
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def listing(store: Store) -> list[Row]:
    """The first page and one in the middle of many runs."""
    with psycopg.connect(store.url, autocommit=True) as connection:
        connection.execute(
            'INSERT INTO "Run" ("id", "kind", "name", "request", "status", "stage", "options", '
            "\"detail\", \"owner\") SELECT lpad(to_hex(n), 36, '0'), 'build', 'service ' || n, "
            "repeat('a request of some length ', 20), 'done', 'deploy', '{}', '', 'lister' "
            "FROM generate_series(1, %s) AS n",
            (RUNS,),
        )
        connection.execute('ANALYZE "Run"')
    middle = f"{RUNS // 2:x}".rjust(36, "0")
    first = await median_ms(lambda _: store.list_runs(owner="lister"), 50)
    later = await median_ms(lambda _: store.list_runs(owner="lister", before=middle), 50)
    return [
        Row("page 1 of 100,000 runs", first, "ms", 20, "50 runs"),
        Row("page 1,000 of 100,000 runs", later, "ms", 20, "keyset: like page 1"),
    ]
