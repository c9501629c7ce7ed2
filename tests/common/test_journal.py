"""The call journal: found again by what was asked, asked once, replayed, refreshed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from codex.chains.chain import answer, fan_out, run
from codex.chains.offline import Offline
from codex.common.documents.base import Part
from codex.common.documents.run import RunCall
from codex.common.errors import ChainExhausted, ReplayMiss
from codex.common.journal import Journal, JournalMode, question_key
from codex.common.journal_memory import MemoryJournal
from codex.common.model.base import Identity, Message, Mode, Output, Question
from codex.common.model.scripted import Scripted
from tests.chains.library import GOOD, INPUTS, NAME_SHELF, PROMPTS, NameShelfInputs, library

NAME = "library/name_shelf"
OTHER = '{"name": "Waves", "room": "attic"}'


class Inputs(Part):
    topic: str = "sea"


def question(**changes: Any) -> Question:
    asked: dict[str, Any] = {
        "chain": NAME,
        "inputs": Inputs(),
        "messages": (Message("system", "s"), Message("user", "u")),
        "output": Output(Inputs, Mode.JSON_SCHEMA, "Inputs", {"type": "object"}),
        "parameters": {"temperature": 0},
        "place": "here",
        **changes,
    }
    return Question(**asked)


IDENTITY = Identity("openai", "gpt-5", "", {"seed": 1})
CODE = Identity("builtin", "builtin", code="abc")


def test_the_key_covers_exactly_what_is_asked() -> None:
    base = question_key(question(), IDENTITY)
    changed = [
        question_key(question(), IDENTITY, "another owner"),
        question_key(question(), Identity("vllm", "gpt-5", "", {"seed": 1})),
        question_key(question(), Identity("openai", "gpt-5", "http://a", {"seed": 1})),
        question_key(question(), Identity("openai", "gpt-5-mini", "", {"seed": 1})),
        question_key(question(), Identity("openai", "gpt-5", "", {"seed": 2})),
        question_key(question(parameters={"temperature": 1}), IDENTITY),
        question_key(
            question(output=Output(Inputs, Mode.TOOL, "Inputs", {"type": "object"})), IDENTITY
        ),
        question_key(question(output=Output(Inputs, Mode.JSON_SCHEMA, "Inputs", {})), IDENTITY),
        question_key(question(messages=(Message("system", "s"), Message("user", "U"))), IDENTITY),
        question_key(question(messages=(Message("user", "s"), Message("user", "u"))), IDENTITY),
        question_key(question(attempt=2), IDENTITY),
        question_key(question(sample=2), IDENTITY),
    ]
    assert len({base, *changed}) == len(changed) + 1
    assert question_key(question(place="there", run_id="r", chain="other"), IDENTITY) == base


def test_a_model_that_is_code_is_known_by_its_code_and_inputs() -> None:
    base = question_key(question(), CODE)
    assert question_key(question(messages=(Message("user", "other"),)), CODE) == base
    assert question_key(question(), Identity("builtin", "builtin", code="abd")) != base
    assert question_key(question(inputs=Inputs(topic="moon")), CODE) != base
    assert question_key(question(chain="library/other"), CODE) != base


async def test_an_answered_question_is_not_asked_again() -> None:
    store, model = MemoryJournal(), Scripted({NAME: GOOD})
    await run(NAME_SHELF, INPUTS, library(model, store=store), place="a")
    found = await answer(NAME_SHELF, INPUTS, library(model, store=store, run_id="2"), place="b")
    assert found.hit
    assert len(model.asked) == 1
    [use] = await store.run_calls("2")
    assert (use.place, use.hit) == ("b", True)


async def test_equal_bad_replies_do_not_loop_on_a_hit() -> None:
    store, model = MemoryJournal(), Scripted({NAME: "nothing of use"})
    with pytest.raises(ChainExhausted):
        await run(NAME_SHELF, INPUTS, library(model, store=store))
    assert len({call.key for call in store.calls.values()}) == NAME_SHELF.attempts


async def test_concurrent_identical_questions_are_asked_once() -> None:
    gate = asyncio.Event()

    async def slowly(_: Question) -> str:
        await gate.wait()
        return GOOD

    store, model = MemoryJournal(), Scripted({NAME: slowly})
    services = [library(model, store=store, run_id=f"r{n}") for n in range(10)]
    work = [asyncio.create_task(run(NAME_SHELF, INPUTS, one, place="p")) for one in services]
    await asyncio.sleep(0)
    gate.set()
    assert len({shelf.name for shelf in await asyncio.gather(*work)}) == 1
    assert len(model.asked) == 1


async def test_a_replay_follows_the_run_and_asks_nobody() -> None:
    store = MemoryJournal()
    inputs = {f"shelf {n}": NameShelfInputs(topic=f"topic {n}") for n in range(5)}

    def named(asked: Question) -> str:
        return f'{{"name": "{asked.place}", "room": "hall"}}'

    model = Scripted({NAME: named})
    before = await fan_out(NAME_SHELF, inputs, library(model, store=store, run_id="old"))
    silent = Scripted({})
    again = library(silent, store=store, run_id="new", mode=JournalMode.REPLAY, follow="old")
    assert await fan_out(NAME_SHELF, inputs, again) == before
    assert not silent.asked


async def test_a_replay_that_misses_shows_what_changed() -> None:
    store = MemoryJournal()
    await run(NAME_SHELF, INPUTS, library(Scripted({NAME: GOOD}), store=store), place="sea")
    again = library(Scripted({}), store=store, mode=JournalMode.REPLAY)
    with pytest.raises(ReplayMiss) as caught:
        await run(NAME_SHELF, NameShelfInputs(topic="the moon"), again, place="sea")
    assert NAME in caught.value.what
    assert "-The shelf holds books about <topic>the sea</topic>." in caught.value.todo
    assert "+The shelf holds books about <topic>the moon</topic>." in caught.value.todo


async def test_a_replay_at_an_unknown_place_compares_with_the_nearest() -> None:
    store = MemoryJournal()
    services = library(Scripted({NAME: GOOD}), store=store)
    for topic in ("the sea", "a completely different and much longer topic"):
        await run(NAME_SHELF, NameShelfInputs(topic=topic), services, place=topic)
    again = library(Scripted({}), store=store, mode=JournalMode.REPLAY)
    with pytest.raises(ReplayMiss, match="the sea") as caught:
        await run(NAME_SHELF, NameShelfInputs(topic="the seas"), again, place="elsewhere")
    assert "different" not in caught.value.todo


async def test_a_replay_with_another_model_says_so() -> None:
    store = MemoryJournal()
    await run(NAME_SHELF, INPUTS, library(Scripted({NAME: GOOD}), store=store), place="sea")
    other = Scripted({}, identity=Identity("openai", "gpt-5"))
    again = library(other, store=store, mode=JournalMode.REPLAY)
    with pytest.raises(ReplayMiss, match="model: 'scripted' became 'gpt-5'"):
        await run(NAME_SHELF, INPUTS, again, place="sea")


async def test_a_replay_of_a_chain_that_was_never_asked() -> None:
    again = library(Scripted({}), mode=JournalMode.REPLAY)
    with pytest.raises(ReplayMiss, match="no question of this chain"):
        await run(NAME_SHELF, INPUTS, again, place="sea")


async def test_refresh_asks_anew_and_the_old_answer_stays() -> None:
    store = MemoryJournal()
    await run(
        NAME_SHELF, INPUTS, library(Scripted({NAME: GOOD}), store=store, run_id="1"), place="a"
    )
    model = Scripted({NAME: OTHER})
    fresh = library(model, store=store, run_id="2", mode=JournalMode.REFRESH)
    assert (await run(NAME_SHELF, INPUTS, fresh, place="a")).name == "Waves"
    assert len(store.calls) == 2
    normal = library(Scripted({}), store=store, run_id="3")
    assert (await run(NAME_SHELF, INPUTS, normal, place="a")).name == "Tides"
    replay = library(Scripted({}), store=store, run_id="4", mode=JournalMode.REPLAY, follow="2")
    assert (await run(NAME_SHELF, INPUTS, replay, place="a")).name == "Waves"
    resumed = library(Scripted({}), store=store, run_id="2")
    assert (await run(NAME_SHELF, INPUTS, resumed, place="a")).name == "Waves"
    again = library(model, store=store, run_id="2", mode=JournalMode.REFRESH)
    await run(NAME_SHELF, INPUTS, again, place="a")
    assert len(model.asked) == 1, "a refreshed run that goes on asks nothing twice"


async def test_evidence_is_read_by_the_run_that_goes_on_and_by_a_replay() -> None:
    store = MemoryJournal()
    made: list[str] = []

    def maker(text: str) -> Any:
        async def make() -> str:
            made.append(text)
            return text

        return make

    first = Journal(store, run_id="1")
    assert await first.evidence("f:1", "tests", "code", maker("3 failed")) == "3 failed"
    resumed = Journal(store, run_id="1")
    assert await resumed.evidence("f:1", "tests", "code", maker("other")) == "3 failed"
    assert await resumed.evidence("f:1", "tests", "new code", maker("2 failed")) == "2 failed"
    replay = Journal(store, run_id="2", mode=JournalMode.REPLAY, follow="1")
    assert await replay.evidence("f:1", "tests", "new code", maker("other")) == "2 failed"
    with pytest.raises(ReplayMiss):
        await replay.evidence("f:2", "tests", "code", maker("other"))
    assert made == ["3 failed", "2 failed"]


async def test_the_reply_is_committed_before_it_is_used() -> None:
    order: list[str] = []

    class Watching(MemoryJournal):
        async def journal_record(self, call: Any, use: RunCall) -> Any:
            order.append("committed")
            return await super().journal_record(call, use)

    def check(inputs: NameShelfInputs, output: object) -> tuple[()]:
        order.append("used")
        return ()

    import dataclasses

    chain = dataclasses.replace(NAME_SHELF, check=check)
    await run(chain, INPUTS, Offline(Scripted({NAME: GOOD}), store=Watching(), prompts=PROMPTS))
    assert order == ["committed", "used"]


async def test_what_no_database_takes_is_replaced_in_a_reply() -> None:
    services = library(Scripted({NAME: ["\x00 odd \ud800", GOOD]}))
    found = await answer(NAME_SHELF, INPUTS, services)
    assert found.attempts == 2
    [first, _] = [call.reply for call in services.journal.store.calls.values()]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType] the one in memory
    assert first == "\ufffd odd \ufffd"
