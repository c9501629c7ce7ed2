"""The loop of every chain: ask, parse, check, ask again, give up with the evidence."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from codex.chains.chain import Chain, Problem, Sentence, answer, run
from codex.chains.sentence import placeholders
from codex.common.errors import (
    BudgetReached,
    ChainExhausted,
    ContentFiltered,
    ModelRefused,
    ModelUnreachable,
    PromptError,
)
from codex.common.events import ModelCalled, ModelRetried
from codex.common.model.base import Finish, Identity, Mode, Reply
from codex.common.model.budget import Budget, Limits
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.prices import Price
from codex.common.model.scripted import (
    Scripted,
    busy,
    cut,
    filtered,
    lost,
    refusal,
    too_long,
)
from codex.common.model.transport import Patience
from tests.chains.library import (
    GOOD,
    INPUTS,
    NAME_SHELF,
    PROMPTS,
    WRITE_SUM,
    NameShelfInputs,
    ShelfName,
    WriteSumInputs,
    library,
)

NAME = "library/name_shelf"
SUM = WriteSumInputs(name="add", count=2)


def quick(_: Identity) -> ProviderLimits:
    return ProviderLimits(patience=Patience(tries=3, first_wait=0.001, longest_wait=0.002))


async def test_a_wrong_answer_is_told_and_asked_again() -> None:
    taken = '{"name": "Harbour", "room": "hall"}'
    model = Scripted({NAME: [taken, GOOD]})
    services = library(model)
    found = await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert (found.value.name, found.attempts, len(found.keys)) == ("Tides", 2, 2)
    again = model.asked[1].messages
    assert [message.role for message in again] == ["system", "user", "assistant", "user"]
    assert '"Harbour" /* WRONG: Harbour is taken' in again[2].content
    assert "- Harbour is taken; choose another name." in again[3].content
    first, second = services.events.of(ModelCalled)
    assert (first.reason, second.reason) == ("check", "")
    assert first.problems == ("Harbour is taken; choose another name.",)


async def test_giving_up_carries_every_attempt() -> None:
    services = library(Scripted({NAME: ["no", "{}", '{"name": "Harbour", "room": "hall"}']}))
    with pytest.raises(ChainExhausted) as caught:
        await run(NAME_SHELF, INPUTS, services)
    attempts = caught.value.attempts
    assert [attempt.reply for attempt in attempts][:2] == ["no", "{}"]
    assert all(attempt.messages and attempt.problems for attempt in attempts)
    assert all(attempt.usage is not None for attempt in attempts)


async def test_mends_are_recorded() -> None:
    services = library(Scripted({NAME: f"Sure: {GOOD[:-1]},}}"}))
    found = await answer(NAME_SHELF, INPUTS, services)
    assert any("trailing comma" in mend for mend in found.mended)
    assert services.events.of(ModelCalled)[0].mended == found.mended


@pytest.mark.parametrize(
    ("reply", "error", "reason"),
    [
        (refusal("I will not."), ModelRefused, "refusal"),
        (filtered(), ContentFiltered, "content_filter"),
        (too_long(GOOD), ChainExhausted, "length"),
        (Reply("  \n"), ChainExhausted, "empty"),
        (Reply("nonsense"), ChainExhausted, "form"),
    ],
)
async def test_each_ending_is_a_case_of_its_own(
    reply: Reply, error: type[Exception], reason: str
) -> None:
    services = library(Scripted({NAME: reply}))
    with pytest.raises(error):
        await run(NAME_SHELF, INPUTS, services)
    assert {event.reason for event in services.events.of(ModelCalled)} == {reason}


async def test_thoughts_before_an_answer_are_left_out() -> None:
    thought = f'<think>\nPerhaps {{"name": "Nets"}}?\n</think>\n\n{GOOD}'
    found = await answer(
        NAME_SHELF, INPUTS, library(Scripted({NAME_SHELF.name: [thought]})), place="sea"
    )
    assert (found.value.name, found.attempts) == ("Tides", 1)
    assert "thoughts" in found.mended[0]
    services = library(Scripted({NAME_SHELF.name: ["<think>Hm.</think>\n", GOOD]}))
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert services.events.of(ModelCalled)[0].reason == "empty"


async def test_a_refusal_may_be_followed_by_an_answer() -> None:
    services = library(Scripted({NAME: [refusal(), GOOD]}))
    assert (await run(NAME_SHELF, INPUTS, services)).name == "Tides"


async def test_transport_faults_are_no_attempts() -> None:
    model = Scripted({NAME: [busy(0), lost(), GOOD]})
    services = library(model, limits=ModelLimits(quick))
    found = await answer(NAME_SHELF, INPUTS, services)
    assert found.attempts == 1
    reasons = [event.reason for event in services.events.of(ModelRetried)]
    assert reasons == ["rate_limit", "connection"]


async def test_transport_faults_end_in_bounded_tries() -> None:
    model = Scripted({NAME: cut()})
    with pytest.raises(ModelUnreachable, match="3 tries"):
        await run(NAME_SHELF, INPUTS, library(model, limits=ModelLimits(quick)))
    assert len(model.asked) == 3


async def test_a_wait_longer_than_the_patience_ends_at_once() -> None:
    model = Scripted({NAME: busy(86_400)})
    with pytest.raises(ModelUnreachable):
        await run(NAME_SHELF, INPUTS, library(model))
    assert len(model.asked) == 1


async def test_code_and_a_question_in_its_place() -> None:
    replies = ["QUESTION: which numbers?", "```python\ndef add(a, b):\n    return a + b\n```"]
    services = library(Scripted({"library/write_sum": replies}))
    asked = await run(WRITE_SUM, SUM, services, place="first")
    assert asked.question == "which numbers?"
    [code] = [await run(WRITE_SUM, WriteSumInputs(name="add", count=3), services, place="first")]
    assert code.code.startswith("def add")


async def test_marks_stand_in_the_line_of_the_code() -> None:
    wrong = "```python\ndef sub(a, b): ...\n```"
    model = Scripted({"library/write_sum": [wrong, "```python\ndef add(a, b): ...\n```"]})
    await run(WRITE_SUM, SUM, library(model))
    assert "def sub(a, b): ...  # WRONG: The function must be called add." in (
        model.asked[1].messages[2].content
    )


async def test_without_a_schema_of_the_providers_the_prompt_holds_it() -> None:
    model = Scripted({NAME: GOOD}, mode=Mode.JSON)
    await run(NAME_SHELF, INPUTS, library(model))
    text = "\n".join(message.content for message in model.asked[0].messages)
    assert text.count('room: "attic" | "hall"') == 1  # the template shows it already


async def test_a_form_that_no_template_shows_is_told_where_only_the_prompt_can(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "library" / "name_shelf"
    folder.mkdir(parents=True)
    (folder / "system.j2").write_text("You name shelves.", encoding="utf-8")
    for mode, times in ((Mode.JSON, 1), (Mode.JSON_SCHEMA, 0)):
        model = Scripted({NAME: GOOD}, mode=mode)
        await run(NAME_SHELF, INPUTS, library(model, overlay=tmp_path))
        text = "\n".join(message.content for message in model.asked[0].messages)
        assert text.count('room: "attic" | "hall"') == times


async def test_a_model_that_reads_no_text_gets_none() -> None:
    model = Scripted({NAME: ShelfName(name="Tides", room="hall")}, reads_text=False)
    await run(NAME_SHELF, INPUTS, library(model))
    assert model.asked[0].messages == ()
    assert model.asked[0].inputs == INPUTS


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return tmp_path

    return write


async def test_sentences_and_descriptions_are_reworded_by_the_overlay(
    overlay: Callable[[str, str], Path],
) -> None:
    words = '[sentences]\ntaken = "Not {name}!"\n[fields]\n"ShelfName.name" = "A short name."\n'
    folder = overlay(f"{NAME}/texts.toml", words)
    model = Scripted({NAME: ['{"name": "Harbour", "room": "hall"}', GOOD]})
    await run(NAME_SHELF, INPUTS, library(model, overlay=folder))
    schema = model.asked[0].output.schema
    assert isinstance(schema, dict)
    assert "name: string  // A short name\n" in model.asked[0].messages[0].content
    assert "- Not Harbour!" in model.asked[1].messages[3].content


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ('[sentences]\ntaken = "{nobody} is gone."', "nobody"),
        ('[sentences]\ntakn = "x"', "takn"),
        ('[sentences]\ntaken = "{name.__class__}"', "plain name"),
        ('[fields]\n"ShelfName.nam" = "x"', "nam"),
    ],
)
async def test_a_wrong_wording_costs_nothing(
    overlay: Callable[[str, str], Path], words: str, told: str
) -> None:
    folder = overlay(f"{NAME}/texts.toml", words)
    model = Scripted({NAME: GOOD})
    with pytest.raises(PromptError, match=told):
        await run(NAME_SHELF, INPUTS, library(model, overlay=folder))
    assert not model.asked


async def test_a_fault_in_the_retry_template_costs_nothing(
    overlay: Callable[[str, str], Path],
) -> None:
    folder = overlay(f"{NAME}/retry.j2", "{{ problems[0].nothing }}")
    model = Scripted({NAME: GOOD})
    with pytest.raises(PromptError, match=r"retry\.j2:1"):
        await run(NAME_SHELF, INPUTS, library(model, overlay=folder))
    assert not model.asked


async def test_an_edit_counts_from_the_next_call_on(tmp_path: Path) -> None:
    prompts = tmp_path / "prompts"
    shutil.copytree(PROMPTS, prompts)
    model = Scripted({NAME: GOOD})
    services = library(model, overlay=prompts)
    await run(NAME_SHELF, INPUTS, services, place="one")
    (prompts / NAME / "system.j2").write_text("Quite other words.")
    await run(NAME_SHELF, INPUTS, services, place="two")
    assert model.asked[1].messages[0].content == "Quite other words."


async def test_a_budget_is_checked_before_and_kept_after() -> None:
    budget = Budget(Limits(usd=Decimal("0.001")), price=Price(Decimal(1), Decimal(1)))
    model = Scripted({NAME: Reply(GOOD, Finish.STOP)})
    services = library(model, budget=budget)
    await run(NAME_SHELF, INPUTS, services, place="one")
    with pytest.raises(BudgetReached, match=r"\$0\.0009"):
        await run(NAME_SHELF, NameShelfInputs(topic="moon"), services, place="two")
    assert len(model.asked) == 1
    await run(NAME_SHELF, INPUTS, services, place="three")  # the journal costs nothing


def test_sentences_are_declared_well() -> None:
    assert placeholders("no {a} and {b}") == {"a", "b"}
    with pytest.raises(ValueError, match="plain name"):
        Sentence("bad", "{a.b}")
    with pytest.raises(TypeError, match="lacks a"):
        Sentence("s", "{a}")(b=1)
    assert str(Sentence("s", "{a}; {b}")(a=["x", "y"], b=())) == "x, y; none"
    with pytest.raises(ValueError, match="two sentences"):
        dataclasses.replace(NAME_SHELF, sentences=(Sentence("s", "a"), Sentence("s", "b")))
    assert isinstance(Problem(Sentence("s", "a")), Problem)
    assert isinstance(NAME_SHELF, Chain)
