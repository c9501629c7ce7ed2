"""Concurrency and rates: fair between the runs of a process, and never exceeded."""

from __future__ import annotations

import asyncio

import pytest

from codex.common.model.base import Identity
from codex.common.model.limits import ModelLimits, ProviderLimits


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_never_more_at_once_than_the_limit() -> None:
    limits = ProviderLimits(3)
    seen: list[int] = []

    async def call() -> None:
        async with limits.slot("run", 1):
            seen.append(limits.in_flight)
            await turns(3)

    await asyncio.gather(*(call() for _ in range(20)))
    assert max(seen) == 3
    assert limits.in_flight == 0


async def test_runs_take_turns_however_much_each_wants() -> None:
    limits = ProviderLimits(1)
    order: list[str] = []

    async def call(run: str) -> None:
        async with limits.slot(run, 1):
            order.append(run)
            await asyncio.sleep(0)

    many = [asyncio.create_task(call("greedy")) for _ in range(10)]
    await asyncio.sleep(0)
    few = [asyncio.create_task(call("modest")) for _ in range(2)]
    await asyncio.gather(*many, *few)
    assert order[:6].count("modest") == 2, "it does not wait for all that came before it"


async def test_a_cancelled_call_gives_its_place_back() -> None:
    limits = ProviderLimits(1)
    gate = asyncio.Event()

    async def hold() -> None:
        async with limits.slot("run", 1):
            await gate.wait()

    first = asyncio.create_task(hold())
    waiting = asyncio.create_task(hold())
    last = asyncio.create_task(hold())
    await turns()
    waiting.cancel()
    first.cancel()
    await turns()
    assert limits.in_flight == 1, "the last one has the slot now"
    gate.set()
    await last
    assert limits.in_flight == 0
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("kind", ["requests", "tokens"])
async def test_rates_are_kept(kind: str) -> None:
    clock = Clock()
    requests, tokens = (60, None) if kind == "requests" else (None, 600)
    limits = ProviderLimits(
        1000, requests_per_minute=requests, tokens_per_minute=tokens, clock=clock
    )
    began = 0

    async def call() -> None:
        nonlocal began
        async with limits.slot("run", 10):
            began += 1

    work = [asyncio.create_task(call()) for _ in range(100)]
    await turns()
    assert began == 60, "a minute's worth at once"
    clock.now = 10
    await turns()
    limits.pause(0)
    other = asyncio.create_task(call())  # anything that comes looks whether others may begin
    await turns()
    assert began == 70
    for task in [*work, other]:
        task.cancel()
    await turns()


async def test_a_call_larger_than_a_minutes_worth_begins_all_the_same() -> None:
    limits = ProviderLimits(tokens_per_minute=100, clock=Clock())
    async with limits.slot("run", 100_000):
        assert limits.in_flight == 1


async def test_a_provider_that_asks_to_wait_is_waited_for() -> None:
    clock = Clock()
    limits = ProviderLimits(clock=clock)
    limits.pause(5)
    began = asyncio.Event()

    async def call() -> None:
        async with limits.slot("run", 1):
            began.set()

    task = asyncio.create_task(call())
    await turns()
    assert not began.is_set()
    clock.now = 5.1
    second = asyncio.create_task(call())
    await asyncio.gather(task, second)


async def test_a_provider_has_one_set_of_limits_for_all_runs_and_models() -> None:
    limits = ModelLimits()
    assert limits.of(Identity("openai", "a")) is limits.of(Identity("openai", "b"))
    assert limits.of(Identity("openai", "a")) is not limits.of(Identity("openai", "a", "http://x"))
