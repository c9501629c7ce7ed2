"""Many inputs at once: in order, one ahead, and nothing lost when one fails."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from codex.chains.chain import each, fan_out, settle
from codex.common.errors import BudgetReached, ChainExhausted
from codex.common.journal_memory import MemoryJournal
from codex.common.model.base import Question
from codex.common.model.budget import Budget, Limits
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.prices import Price
from codex.common.model.scripted import Scripted
from tests.chains.library import NAME_SHELF, NameShelfInputs, library

NAME = "library/name_shelf"


def shelves(count: int) -> dict[str, NameShelfInputs]:
    return {f"shelf {n}": NameShelfInputs(topic=f"topic {n}") for n in range(count)}


def named(question: Question) -> str:
    return f'{{"name": "{question.place}", "room": "hall"}}'


async def test_results_stand_in_the_order_of_the_inputs() -> None:
    async def uneven(question: Question) -> str:
        for _ in range(10 - int(question.place[-1])):
            await asyncio.sleep(0)
        return named(question)

    found = await fan_out(NAME_SHELF, shelves(10), library(Scripted({NAME: uneven})))
    assert [shelf.name for shelf in found] == list(shelves(10))


async def test_no_more_are_asked_at_once_than_the_limit() -> None:
    now, most = 0, 0

    async def watched(question: Question) -> str:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return named(question)

    limits = ModelLimits(lambda _: ProviderLimits(4))
    await fan_out(NAME_SHELF, shelves(30), library(Scripted({NAME: watched}), limits=limits))
    assert most == 4


@pytest.mark.parametrize(("warm_up", "ahead"), [(True, 1), (False, 5)])
async def test_one_call_goes_ahead_where_the_provider_caches(warm_up: bool, ahead: int) -> None:
    gate, asked = asyncio.Event(), 0

    async def held(question: Question) -> str:
        nonlocal asked
        asked += 1
        await gate.wait()
        return named(question)

    limits = ModelLimits(lambda _: ProviderLimits(25, warm_up=warm_up))
    services = library(Scripted({NAME: held}), limits=limits)
    work = asyncio.create_task(fan_out(NAME_SHELF, shelves(5), services))
    for _ in range(50):
        await asyncio.sleep(0)
    assert asked == ahead
    gate.set()
    assert len(await work) == 5


async def test_the_shared_beginning_of_the_prompts_is_byte_equal() -> None:
    model = Scripted({NAME: named})
    await fan_out(NAME_SHELF, shelves(5), library(model))
    assert len({question.messages[0].content for question in model.asked}) == 1


async def test_a_failure_stops_new_calls_and_loses_none() -> None:
    def failing(question: Question) -> str:
        return "nonsense" if question.place == "shelf 3" else named(question)

    store, model = MemoryJournal(), Scripted({NAME: failing})
    limits = ModelLimits(lambda _: ProviderLimits(2))
    with pytest.raises(ChainExhausted):
        await fan_out(NAME_SHELF, shelves(50), library(model, store=store, limits=limits))
    asked = len(model.asked)
    assert len(store.calls) == asked, "what was under way is journaled too"
    assert asked < 50
    good = Scripted({NAME: named})
    with pytest.raises(ChainExhausted):
        await fan_out(NAME_SHELF, shelves(50), library(good, store=store, limits=limits))


async def test_settle_gives_each_failure_its_place() -> None:
    def failing(question: Question) -> str:
        return "nonsense" if question.place in {"shelf 1", "shelf 3"} else named(question)

    found = await settle(NAME_SHELF, shelves(5), library(Scripted({NAME: failing})))
    assert [isinstance(item, ChainExhausted) for item in found] == [False, True, False, True, False]


async def test_a_reached_budget_stops_cleanly_and_goes_on_with_a_higher_one() -> None:
    store, model = MemoryJournal(), Scripted({NAME: named})
    budget = Budget(Limits(calls=7), price=Price(Decimal(1), Decimal(1)))
    with pytest.raises(BudgetReached):
        await fan_out(NAME_SHELF, shelves(20), library(model, store=store, budget=budget))
    assert len(store.calls) == 7
    found = await fan_out(NAME_SHELF, shelves(20), library(model, store=store))
    assert len(found) == 20
    assert len(model.asked) == 20, "nothing was asked twice"


async def test_each_works_for_any_function() -> None:
    async def double(key: int) -> int:
        return key * 2

    services = library(Scripted())
    assert await each({1: None, 2: None, 3: None}, double, services) == [2, 4, 6]
    assert await each({}, double, services) == []
