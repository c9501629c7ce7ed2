"""`kill -9` between a reply and its use: what was committed is not asked again."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import ExitStack
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


def asked_until_killed(url: str, run_id: str, steps: int) -> set[str]:
    """What a process asks until it is killed after so many steps."""
    command = [sys.executable, "-m", "tests.chains.killed", url, run_id, "600"]
    asked: set[str] = set()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout, 1):
            step, _, topic = line.strip().partition(" ")
            if step == "asked":
                asked.add(topic)
            if count >= steps:
                process.kill()
                # What it wrote before it died counts too; a line may be cut.
                rest = [text.split() for text in process.stdout.read().splitlines()]
                asked |= {parts[1] for parts in rest if len(parts) == 2 and parts[0] == "asked"}
                break
    return asked


async def kills(store: Store, count: int, seed: int) -> None:
    choose = random.Random(seed)
    run = await store.create_run("kill")
    for _ in range(count):
        before = committed(store.url)
        # What the journal answers is used first, then it takes a few steps more.
        steps = len(before) + choose.randint(1, 25)
        asked = asked_until_killed(store.url, run.id, steps)
        assert asked, "each process had something to ask"
        assert not asked & before, "an answer that was committed is not asked again"


async def test_a_killed_process_loses_no_committed_answer(store: Store) -> None:
    await kills(store, 3, seed=1)


@pytest.mark.slow
async def test_fifty_kills_at_random_points(store: Store) -> None:
    await kills(store, 50, seed=2)


async def test_two_processes_ask_the_same_question_once(store: Store) -> None:
    run = await store.create_run("twice")
    command = [sys.executable, "-m", "tests.chains.killed", store.url, run.id, "40"]
    said = [lines.splitlines() for lines in outputs(command, command)]
    assert all(lines[-1].strip() == "done" for lines in said)
    asked = [line for lines in said for line in lines if line.startswith("asked")]
    assert len(asked) == len(set(asked)) == 40


def outputs(*commands: list[str]) -> list[str]:
    """What processes write that run at the same time."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            )
            for command in commands
        ]
        return [process.communicate()[0] for process in processes]
