"""The journal's records in the store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from codex.common.database.store import Store, open_store
from codex.common.documents.run import EvidenceRecord, ModelCall, RunCall, Usage
from codex.common.errors import InputError
from tests.fixtures_database import Place

NOW = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)


def a_call(key: str = "k1", reply: str = "yes", **changes: object) -> ModelCall:
    return ModelCall.model_validate(
        {
            "key": key,
            "chain": "design.clarify",
            "provider": "openai",
            "base_url": "http://127.0.0.1",
            "model": "m",
            "parameters": {"temperature": 0.0, "z": 1, "a": {"b": [1, 2.5, None, True]}},
            "output_mode": "json_schema",
            "output_schema": {"type": "object", "required": ["b", "a"]},
            "messages": ({"role": "user", "content": "ü \\u0000 {$type}"},),
            "inputs": {"$type": "Json", "value": "kept as it is"},
            "attempt": 2,
            "sample": 3,
            "fingerprint": "f",
            "reply": reply,
            "finish_reason": "stop",
            "usage": Usage(input_tokens=10, cached_tokens=4, output_tokens=3),
            "price": Decimal("0.0001234567"),
            "latency_ms": 12,
            "created_at": NOW,
            **changes,
        }
    )


async def test_an_answer_comes_back_as_it_was(store: Store) -> None:
    call = a_call()
    assert await store.journal_get("k1") is None
    assert await store.journal_put(call) == call
    kept = await store.journal_get("k1")
    assert kept == call
    assert kept is not None
    # The bytes too: a replay shows and compares them.
    assert kept.model_dump_json() == call.model_dump_json()


async def test_the_first_answer_counts(store: Store) -> None:
    first, second = a_call(reply="first"), a_call(reply="second")
    winners = await asyncio.gather(*[store.journal_put(c) for c in (first, second, second)])
    assert len({winner.reply for winner in winners}) == 1


async def test_an_unknown_price_stays_unknown(store: Store) -> None:
    assert (await store.journal_put(a_call(price=None, inputs=None))).price is None


async def test_the_newest_answers_of_a_chain(store: Store) -> None:
    for number in range(3):
        await store.journal_put(
            a_call(key=str(number), created_at=NOW.replace(second=number)),
        )
    await store.journal_put(a_call(key="other", chain="other"))
    assert [call.key for call in await store.recorded_calls("design.clarify", 2)] == ["2", "1"]


async def test_which_answer_a_run_used(store: Store) -> None:
    run = await store.create_run()
    await store.journal_put(a_call("k1"))
    await store.journal_put(a_call("k2"))
    first = RunCall(run_id=run.id, chain="c", place="b", key="k1", created_at=NOW)
    second = RunCall(run_id=run.id, chain="c", place="a", key="k1", hit=True, created_at=NOW)
    await store.run_call_put(first)
    await store.run_call_put(second)
    assert list(await store.run_calls(run.id)) == [first, second]
    newer = first.model_copy(update={"key": "k2"})
    await store.run_call_put(newer)
    assert list(await store.run_calls(run.id)) == [newer, second]


async def test_evidence_of_a_place_is_the_newest(store: Store) -> None:
    run = await store.create_run()
    record = EvidenceRecord(
        run_id=run.id, place="p", kind="pytest", key="k", content="E assert", created_at=NOW
    )
    assert await store.evidence_get(run.id, "p", "pytest") is None
    await store.evidence_put(record)
    await store.evidence_put(record.model_copy(update={"content": "later", "key": "k2"}))
    kept = await store.evidence_get(run.id, "p", "pytest")
    assert kept is not None
    assert (kept.content, kept.key) == ("later", "k2")


async def test_a_lock_is_held_by_one_at_a_time_across_stores(
    store: Store, database_url: str
) -> None:
    inside: list[str] = []
    most = 0

    async def work(which: Store, name: str) -> None:
        nonlocal most
        async with which.lock("question"):
            inside.append(name)
            most = max(most, len(inside))
            await asyncio.sleep(0)  # let the others try
            await which.journal_get("anything")
            inside.remove(name)

    async with open_store(Place(database_url)) as other:
        await asyncio.gather(
            *[work(store, f"a{n}") for n in range(5)], *[work(other, f"b{n}") for n in range(5)]
        )
        async with store.lock("one"), other.lock("two"), store.lock("three"):
            pass
    assert most == 1


async def test_a_lock_tells_whether_there_is_an_answer_by_now(
    store: Store, database_url: str
) -> None:
    async def tell(which: Store) -> bool:
        async with which.lock("k1") as answered:
            return answered

    assert not await tell(store)
    async with open_store(Place(database_url)) as other:
        async with store.lock("k1"):
            waiting = asyncio.create_task(tell(other))
            await asyncio.sleep(0)  # let it try
            await store.journal_put(a_call("k1"))
        assert await waiting, "committed before the lock was given back"
        assert await tell(other)


async def test_a_lock_is_released_when_its_holder_fails_or_is_cancelled(store: Store) -> None:
    with pytest.raises(ValueError, match="no"):
        async with store.lock("question"):
            raise ValueError("no")
    started = asyncio.Event()

    async def hold() -> None:
        async with store.lock("question"):
            started.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(120), store.lock("question"):
        pass


async def test_text_that_cannot_be_stored_is_one_clear_error(store: Store) -> None:
    broken = a_call().model_copy(update={"reply": "nul \0"})
    with pytest.raises(InputError, match="cannot be stored"):
        await store.journal_put(broken)
    assert await store.journal_get("k1") is None
