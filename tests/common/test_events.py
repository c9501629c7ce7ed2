"""The event log: ordered without gaps, written before it is shown, followed across processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import typing
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex.common import events
from codex.common.database.store import Store, open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import InputError, NotFound
from codex.common.events import (
    Event,
    EventLog,
    Logged,
    ModelCalled,
    Notice,
    Progress,
    RunEnded,
    RunStarted,
    StageStarted,
    UnknownEvent,
    event_from,
    follow,
)
from tests.fixtures_database import Place

ENDED = RunEnded(status=RunStatus.DONE)


def notices(*texts: str) -> list[Event]:
    return [Notice(text=text) for text in texts]


def texts(logged: Sequence[Logged]) -> list[str]:
    return [entry.event.text for entry in logged if isinstance(entry.event, (Notice, Progress))]


def test_every_event_model_is_in_the_union() -> None:
    union = typing.get_args(typing.get_args(events.AnyEvent)[0])
    assert set(union) == set(Event.__subclasses__())
    for model in union:
        tag = model.model_fields["type"]
        assert typing.get_args(tag.annotation) == (tag.default,)


def test_a_row_of_another_version_is_kept() -> None:
    assert event_from("notice", {"text": "hello"}) == Notice(text="hello")
    assert event_from("from_the_future", {"a": 1}) == UnknownEvent(
        tag="from_the_future", data={"a": 1}
    )


@given(st.builds(ModelCalled, chain=st.text(max_size=5), place=st.text(max_size=5)))
def test_an_event_is_its_json(event: ModelCalled) -> None:
    data = event.model_dump(mode="json")
    assert event_from(data.pop("type"), data) == event


async def test_events_are_in_order_and_without_gaps(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    await log.append(RunStarted(), StageStarted(stage="design"))
    await asyncio.gather(*[log.append(*notices(f"{n}a", f"{n}b")) for n in range(20)])
    await log.append(ENDED)
    logged = [entry async for entry in log.subscribe()]
    assert [entry.position for entry in logged] == list(range(1, 44))
    assert texts(logged) == [f"{n}{part}" for n in range(20) for part in "ab"]
    assert isinstance(logged[0].event, RunStarted)
    assert logged[-1].event == ENDED


async def test_two_writers_of_one_run_leave_no_gap(store: Store, database_url: str) -> None:
    run = await store.create_run()
    async with open_store(Place(database_url)) as other:
        logs = [EventLog(store, run.id), EventLog(other, run.id)]
        await asyncio.gather(*[log.append(*notices(str(n))) for log in logs for n in range(50)])
    logged = await store.events_after(run.id, 0)
    assert [entry.position for entry in logged] == list(range(1, 101))


async def test_a_run_that_is_not_there_takes_no_events(store: Store) -> None:
    with pytest.raises(NotFound):
        await EventLog(store, "nobody").append(*notices("x"))


async def test_one_bad_text_does_not_harm_the_events_beside_it(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    good, bad = log.append(*notices("good")), log.append(*notices("bad \0"))
    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], InputError)
    assert texts(await store.events_after(run.id, 0)) == ["good"]


async def test_secrets_do_not_enter_the_log(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id, secrets=["sk-123"])
    log.progress(Progress(place="here", text="a sk-"))
    log.progress(Progress(place="here", text="123"))
    await log.append(
        Notice(text="the key sk-123"),
        RunEnded(status=RunStatus.FAILED, missing=("postgresql://u:hidden@host/db",)),
    )
    await log.close()
    rows = [logged.event.model_dump_json() for logged in await store.events_after(run.id, 0)]
    assert len(rows) == 3
    assert not any("123" in row or "hidden" in row for row in rows)


async def test_events_are_written_once_though_the_engine_is_killed(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    for number in range(10):
        writing = asyncio.create_task(log.append(*notices(f"{number}")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        engine = store._db.process.pid
        if engine is not None:
            os.kill(engine, signal.SIGKILL)
        await writing
    logged = await store.events_after(run.id, 0)
    assert texts(logged) == [str(number) for number in range(10)]
    assert [entry.position for entry in logged] == list(range(1, 11))


async def test_following_from_a_position_replays_and_then_goes_on_live(
    store: Store, database_url: str
) -> None:
    run = await store.create_run()
    await store.events_append(run.id, notices(*"abc"))
    seen: list[Logged] = []
    caught_up = asyncio.Event()

    async def read(reader: Store) -> None:
        async for entry in follow(reader, run.id, after=1):
            seen.append(entry)
            if entry.position == 3:
                caught_up.set()

    async with open_store(Place(database_url)) as reader:
        reading = asyncio.create_task(read(reader))
        await caught_up.wait()
        for number in range(30):
            await store.events_append(run.id, notices(str(number)))
        await store.events_append(run.id, [ENDED])
        await asyncio.wait_for(reading, 120)
    assert [entry.position for entry in seen] == list(range(2, 35))


async def test_following_a_run_that_has_ended_ends(store: Store) -> None:
    run = await store.create_run()
    await store.events_append(run.id, [*notices("a"), ENDED])
    async with asyncio.timeout(120):
        assert [e.position async for e in follow(store, run.id)] == [1, 2]
        assert [e.position async for e in follow(store, run.id, after=2)] == []


async def test_a_resumed_run_is_followed_past_its_earlier_end(store: Store) -> None:
    run = await store.create_run()
    await store.events_append(run.id, [ENDED, RunStarted(resumed=True), *notices("again")])
    await store.events_append(run.id, [ENDED])
    async with asyncio.timeout(120):
        assert [e.position async for e in follow(store, run.id)] == [1, 2, 3, 4]


async def test_not_live_ends_with_what_there_is(store: Store) -> None:
    run = await store.create_run()
    await store.events_append(run.id, notices("a"))
    async with asyncio.timeout(120):
        assert len([e async for e in follow(store, run.id, live=False)]) == 1
        assert [e async for e in follow(store, "nobody", live=False)] == []


async def test_a_listener_whose_connection_breaks_misses_nothing(
    store: Store, database_url: str
) -> None:
    run = await store.create_run()
    seen: list[int] = []
    first = asyncio.Event()

    async def read() -> None:
        async for entry in follow(store, run.id):
            seen.append(entry.position)
            first.set()

    reading = asyncio.create_task(read())
    async with open_store(Place(database_url)) as writer:
        await writer.events_append(run.id, notices("a"))
        await asyncio.wait_for(first.wait(), 120)
        await writer._db.query_raw(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        await writer.events_append(run.id, [*notices("b"), ENDED])
        await asyncio.wait_for(reading, 120)
    assert seen == [1, 2, 3]


async def test_streamed_text_is_joined(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    for piece in "streamed text":
        log.progress(Progress(place="here", text=piece))
    log.progress(Progress(place="there", text="other"))
    await log.close()
    assert texts(await store.events_after(run.id, 0)) == ["streamed text", "other"]


async def test_a_stream_of_anything_harms_nobody(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    log.progress(Progress(place="here", text="nul \0"))
    await log.append(*notices("beside it"))
    await log.close()
    assert texts(await store.events_after(run.id, 0)) == ["beside it", "nul \ufffd"]


async def test_a_stream_that_cannot_be_written_is_told_by_the_next_call(store: Store) -> None:
    log = EventLog(store, "nobody")
    log.progress(Progress(place="here", text="lost"))
    with pytest.raises(NotFound):
        await log.close()
    await log.close()


async def test_the_rest_of_a_stream_is_dropped_when_the_answer_is_there(store: Store) -> None:
    run = await store.create_run()
    log = EventLog(store, run.id)
    log.progress(Progress(place="here", text="half an ans"))
    await log.append(ModelCalled(chain="c", place="here"))
    await log.close()
    (only,) = await store.events_after(run.id, 0)
    assert isinstance(only.event, ModelCalled)


WRITER = """
import asyncio, sys
from codex.common.database.store import open_store
from codex.common.events import EventLog, Notice
from tests.fixtures_database import Place

async def main():
    async with open_store(Place(sys.argv[1])) as store:
        log = EventLog(store, sys.argv[2])
        number = 0
        while True:
            await log.append(Notice(text=str(number)))
            print(number, flush=True)
            number += 1

asyncio.run(main())
"""


@pytest.mark.slow
async def test_what_was_acknowledged_survives_a_killed_writer(
    store: Store, database_url: str
) -> None:
    run = await store.create_run()
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITER, database_url, run.id), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    acknowledged = -1
    while acknowledged < 50:
        acknowledged = int(await writer.stdout.readline())
    writer.kill()
    acknowledged = max([acknowledged, *map(int, (await writer.stdout.read()).split())])
    await writer.wait()
    logged = await store.events_after(run.id, 0)
    assert [entry.position for entry in logged] == list(range(1, len(logged) + 1))
    assert texts(logged)[: acknowledged + 1] == [str(n) for n in range(acknowledged + 1)]
