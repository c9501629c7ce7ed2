"""`kill -9` between a reply and its use: what was committed is not asked again."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from codex.common.database.store import Store

ROOT = Path(__file__).parents[2]


def committed(url: str) -> set[str]:
    """The topics whose answers are in the journal."""
    with psycopg.connect(url) as connection:
        rows = connection.execute('SELECT "inputs"::json->>\'topic\' FROM "ModelCall"').fetchall()
    return {str(row[0]) for row in rows}


class Asker:
    """Processes that ask, one after the other."""

    def __init__(self, url: str, run_id: str, wanted: int) -> None:
        command = [sys.executable, "-m", "tests.chains.killed", url, run_id, str(wanted)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)

    def lines(self) -> Iterator[tuple[str, str]]:
        """What the next process tells, until it ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            step, _, what = line.strip().partition(" ")
            if step == "ended":
                return
            yield step, what

    def asked(self, steps: int | None = None) -> list[str]:
        """What the next process asks; it is killed after so many steps and a question."""
        asked: list[str] = []
        number, killed = 0, steps is None
        for count, (step, what) in enumerate(self.lines()):
            if step == "pid":
                number = int(what)
            elif step == "asked":
                asked.append(what)
            if not killed and asked and count >= (steps or 0):
                os.kill(number, signal.SIGKILL)
                killed = True
        return asked

    def close(self) -> None:
        """No more are wanted."""
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()


async def kills(store: Store, count: int, seed: int) -> None:
    choose = random.Random(seed)
    run = await store.create_run("kill")
    asker = Asker(store.url, run.id, 600)
    for _ in range(count):
        before = committed(store.url)
        # What the journal answers is used first, then it takes a few steps more.
        asked = asker.asked(len(before) + choose.randint(1, 9))
        assert asked, "each process had something to ask"
        assert not before & set(asked), "an answer that was committed is not asked again"
    asker.close()


async def test_a_killed_process_loses_no_committed_answer(store: Store) -> None:
    await kills(store, 3, seed=1)


@pytest.mark.slow
async def test_fifty_kills_at_random_points(store: Store) -> None:
    await kills(store, 50, seed=2)


async def test_two_processes_ask_the_same_question_once(store: Store) -> None:
    run = await store.create_run("twice")
    askers = [Asker(store.url, run.id, 40) for _ in range(2)]
    told = await asyncio.gather(*(asyncio.to_thread(asker.asked) for asker in askers))
    for asker in askers:
        asker.close()
    asked = [topic for topics in told for topic in topics]
    assert len(asked) == len(set(asked)) == 40
