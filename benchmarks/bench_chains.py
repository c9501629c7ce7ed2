"""What a model call costs beside the model's own time: CPU, waiting, memory, parsing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.table import Row
from codex.chains.chain import fan_out, run
from codex.chains.offline import Offline
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.events import EventLog
from codex.common.model.base import Question
from codex.common.model.build import model_limits, provider_model
from codex.common.model.langchain import LangChainModel
from codex.common.model.scripted import Scripted
from tests.chains.library import NAME_SHELF, NameShelfInputs, library
from tests.chains.test_mutations import LONG, parse

ROUNDS = 8
CALLS = 40
SERVER = Path(__file__).parent / "model_server.py"

Work = Callable[[int], Awaitable[object]]


class Server:
    """A server that answers every chat completion, in a process of its own."""

    def __init__(self, delay: float = 0.0) -> None:
        command = [sys.executable, SERVER, str(delay)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def settings(url: str) -> Settings:
    """An OpenAI-compatible server without streams."""
    return Settings.model_validate(
        {"model": "openai:bench", "base_url": url, "api_key": "x", "streamed_calls": 0}
    )


async def cpu(works: dict[str, Work]) -> dict[str, float]:
    """Milliseconds of CPU per call of each, the best of several rounds in turn.

    They take turns because a busy machine slows them all alike, and the best is what each needs.
    """
    best = dict.fromkeys(works, float("inf"))
    number = 0
    for _ in range(ROUNDS):
        for name, work in works.items():
            started = time.process_time()
            for _ in range(CALLS):
                number += 1
                await work(number)
            best[name] = min(best[name], (time.process_time() - started) / CALLS * 1000)
    return best


async def overhead() -> list[Row]:
    """The runner against a bare post of the same body to the same server."""
    import httpx

    server = Server()
    chosen = settings(server.url)
    model = provider_model(chosen)
    assert isinstance(model, LangChainModel)
    asked: list[Question] = []

    async def remember(question: Question, on_token: object = None) -> Any:  # noqa: ARG001
        asked.append(question)
        return await LangChainModel.ask(model, question)

    with tempfile.TemporaryDirectory() as folder:
        place = Settings.model_validate({"data_dir": folder})
        async with open_store(place) as store, httpx.AsyncClient() as client:
            record = await store.create_run("bench")
            kept = library(model, limits=model_limits(chosen), store=store, run_id=record.id)
            kept.events = EventLog(store, record.id)  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue] it is one
            in_memory = library(model, limits=model_limits(chosen))
            journaled = library(model, limits=model_limits(chosen), store=store, run_id=record.id)
            model.ask = remember  # type: ignore[method-assign]
            await run(NAME_SHELF, shelf(0), in_memory, place="0")
            del model.ask
            question = asked[0]
            body = {
                "model": "bench",
                "messages": [{"role": m.role, "content": m.content} for m in question.messages],
                "response_format": model._response_format(question.output),  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] the same body
            }

            async def post(_: int) -> object:
                return (await client.post(f"{server.url}/chat/completions", json=body)).json()

            async def ask(_: int) -> object:
                return await model.ask(question)

            async def memory(number: int) -> object:
                return await run(NAME_SHELF, shelf(number), in_memory, place=str(number))

            async def journal(number: int) -> object:
                return await run(NAME_SHELF, shelf(number), journaled, place=str(number))

            async def events(number: int) -> object:
                return await run(NAME_SHELF, shelf(number), kept, place=str(number))

            works = {"post": post, "ask": ask, "memory": memory, "journal": journal}
            found = await cpu({**works, "events": events})
    await model.close()
    server.stop()
    base = found["post"]
    told = f"a bare httpx post of the same body ({base:.2f} ms)"
    rows_of: dict[str, tuple[str, float | None]] = {
        "ask": ("through LangChain alone", None),
        "memory": ("render, ask, parse, check, journal in memory", None),
        "journal": ("render, ask, parse, check, journal in the database", 6),
        "events": ("the same with its event in the database too", None),
    }
    return [
        Row(f"CPU of a call: {what}", found[name] / base, "x", bar, told)
        for name, (what, bar) in rows_of.items()
    ]


def shelf(number: int) -> NameShelfInputs:
    """Inputs that were not asked before."""
    return NameShelfInputs(topic=f"topic {number} at {time.monotonic_ns()}")


async def waiting() -> list[Row]:
    """100 calls of half a second each, 25 at a time."""
    server = Server(delay=0.5)
    chosen = settings(server.url)
    model = provider_model(chosen)
    services = library(model, limits=model_limits(chosen))
    await run(NAME_SHELF, shelf(0), services, place="warm")
    wanted = {str(number): shelf(number) for number in range(100)}
    started = time.perf_counter()
    await fan_out(NAME_SHELF, wanted, services)
    taken = time.perf_counter() - started
    await model.close()
    server.stop()
    return [
        Row("fan-out: 100 calls of 500 ms, 25 at once", taken / 2.0, "x", 1.1, "the bound of 2.0 s")
    ]


async def memory_of_calls(count: int = 1000) -> list[Row]:
    """What so many calls in flight hold."""
    gate = asyncio.Event()
    reached = asyncio.Event()
    waiting_now = 0

    async def held(question: Question) -> str:  # noqa: ARG001
        nonlocal waiting_now
        waiting_now += 1
        if waiting_now == count:
            reached.set()
        await gate.wait()
        return '{"name": "Tides", "room": "hall"}'

    services: Offline = library(Scripted({NAME_SHELF.name: held}))
    services.limits.of(services.model.identity).__init__(count)
    wanted = {str(number): shelf(number) for number in range(count)}
    model = services.model
    assert isinstance(model, Scripted)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    work = asyncio.create_task(fan_out(NAME_SHELF, wanted, services))
    await reached.wait()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    gate.set()
    await work
    return [Row("memory: 1,000 calls at once, for each", grown / count / 1024, "KB", 20, "")]


def parsing() -> list[Row]:
    """How the time to read a reply grows with its length, at worst."""
    worst, named = 0.0, ""
    for name, make in LONG.items():
        small, large = (best_of(make(size)) for size in (10_000, 80_000))
        ratio = large / max(small, 0.001)
        if ratio > worst:
            worst, named = ratio, name
    told = f"8 where time is linear, 64 where quadratic; worst of {len(LONG)} kinds: {named}"
    return [Row("parsing: eight times the reply takes", worst, "x", 12, told)]


def best_of(text: str) -> float:
    """Seconds of CPU to read `text`."""
    found: list[float] = []
    for _ in range(3):
        started = time.process_time()
        parse(NAME_SHELF, text)
        found.append(time.process_time() - started)
    return min(found)


def imports() -> list[Row]:
    """LangChain must not come in by importing codex."""
    program = (
        "import sys, json, codex, codex.chains.chain, codex.common.model.build, codex.runtime; "
        "print(json.dumps([name for name in sys.modules if name.startswith('langchain')]))"
    )
    outcome = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    modules: Sequence[str] = json.loads(outcome.stdout)
    return [Row("importing codex: modules of LangChain", len(modules), "modules", 0, "")]


def rows() -> Iterable[Row]:
    """All of it."""
    yield from asyncio.run(overhead())
    yield from asyncio.run(waiting())
    yield from asyncio.run(memory_of_calls())
    yield from parsing()
    yield from imports()
