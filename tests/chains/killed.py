"""Processes that ask chains and tell each step, to be killed at any of them.

    python -m tests.chains.killed URL RUN COUNT

One is forked for each line on standard input, so that what they import is imported once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from codex.chains.chain import fan_out
from codex.chains.contract import Chain
from codex.common.database.store import open_store
from codex.common.documents.run import ModelCall, RunCall
from codex.common.model.base import Question
from codex.common.model.scripted import Scripted
from tests.chains.library import NAME_SHELF, NameShelfInputs, ShelfName, library


def tell(step: str, topic: str) -> None:
    """One line for each step, written at once."""
    sys.stdout.write(f"{step} {topic}\n")
    sys.stdout.flush()


class Place:
    """The settings that the store reads."""

    def __init__(self, url: str) -> None:
        self.database_url = url
        self.data_dir = Path("/nonexistent")


async def main(url: str, run_id: str, wanted: int) -> None:
    """Ask all that is wanted; what the journal has is not asked."""

    async def reply(question: Question) -> str:
        place = question.place
        tell("asked", place)
        await asyncio.sleep(0)
        return f'{{"name": "Shelf {place}", "room": "hall"}}'

    def check(inputs: NameShelfInputs, output: ShelfName) -> tuple[()]:
        tell("used", inputs.topic)
        return ()

    chain: Chain[Any, Any] = Chain(
        name=NAME_SHELF.name,
        purpose=NAME_SHELF.purpose,
        inputs=NameShelfInputs,
        output=ShelfName,
        check=check,
    )
    async with open_store(Place(url)) as store:
        record = store.journal_record

        async def recorded(call: ModelCall, use: RunCall) -> ModelCall:
            kept = await record(call, use)
            tell("committed", use.place)
            return kept

        store.journal_record = recorded  # type: ignore[method-assign]
        services = library(Scripted({NAME_SHELF.name: reply}), store=store, run_id=run_id)
        shelves = {str(n): NameShelfInputs(topic=str(n)) for n in range(wanted)}
        await fan_out(chain, shelves, services)
    tell("done", "")


def serve(url: str, run_id: str, wanted: int) -> None:
    """Fork a process for each line, tell its number, and wait for its end."""
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            tell("pid", str(os.getpid()))
            asyncio.run(main(url, run_id, wanted))
            os._exit(0)
        os.waitpid(child, 0)
        tell("ended", "")


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
