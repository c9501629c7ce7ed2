"""The recorded set that ships, and what the bench reads from it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from codex.chains.catalogue import entry_of, show
from codex.chains.comparison import Recorder, output_differences, try_out
from codex.chains.prompt_check import asked_anew, check_unused, totals
from codex.chains.recorded import RECORDED, as_lines, journal_inputs, shipped_inputs
from codex.chains.registry import all_chains
from codex.chains.run_table import chain_figures
from codex.common.documents.run import ModelCall, Usage
from codex.common.events import ModelCalled, ModelRetried
from codex.common.model.base import Mode
from codex.common.model.scripted import Scripted
from codex.common.templates import Templates
from tests.chains.library import GOOD, INPUTS, NAME_SHELF, PROMPTS, NameShelfInputs, library


def test_every_shipped_input_is_one_that_its_chain_takes() -> None:
    lines = [json.loads(line) for line in RECORDED.read_text().splitlines()]
    assert lines
    typed = sum(len(shipped_inputs(chain)) for chain in all_chains())
    assert typed == len(lines), "run tools/record_prompts.py again"
    assert RECORDED.stat().st_size < 250_000


async def recorded_call(place: str = "a") -> ModelCall:
    services = library(Scripted({NAME_SHELF.name: GOOD}))
    from codex.chains.chain import run

    await run(NAME_SHELF, INPUTS, services, place=place)
    [call] = await services.journal.store.recorded_calls(NAME_SHELF.name)
    return call.model_copy(update={"price": Decimal("0.25")})


async def test_recorded_calls_give_their_inputs_once() -> None:
    call = await recorded_call()
    broken = call.model_copy(update={"inputs": {"other": 1}})
    assert [item.inputs for item in journal_inputs(NAME_SHELF, [call, call, broken])] == [INPUTS]
    assert json.loads(as_lines([call]))["inputs"] == INPUTS.model_dump(mode="json")


async def test_what_an_overlay_asks_anew_and_at_what_price(tmp_path: Any) -> None:
    call = await recorded_call()
    call = call.model_copy(update={"provider": "openai"})
    same = asked_anew(NAME_SHELF, [call], Templates(shipped=PROMPTS))
    assert (same.recorded, same.anew, same.usd) == (1, 0, Decimal(0))
    folder = tmp_path / NAME_SHELF.name
    folder.mkdir(parents=True)
    (folder / "system.j2").write_text("Other words.")
    templates = Templates(tmp_path, shipped=PROMPTS)
    retried = call.model_copy(update={"attempt": 2})
    changed = asked_anew(NAME_SHELF, [call, retried], templates)
    assert (changed.anew, changed.usd) == (2, Decimal("0.50"))
    unknown = asked_anew(NAME_SHELF, [call.model_copy(update={"price": None})], templates)
    assert unknown.usd is None, "unknown is not 0"
    assert totals([changed, unknown])["usd"] is None
    by_rules = call.model_copy(update={"messages": ()})
    assert asked_anew(NAME_SHELF, [by_rules], templates).recorded == 0


def test_files_that_nothing_reads_are_told(tmp_path: Any) -> None:
    (tmp_path / NAME_SHELF.name).mkdir(parents=True)
    (tmp_path / NAME_SHELF.name / "sytem.j2").write_text("x")
    (tmp_path / NAME_SHELF.name / "user.j2").write_text("{{ topic }}")
    templates = Templates(tmp_path, shipped=PROMPTS)
    [finding] = check_unused([NAME_SHELF], templates, [""])
    assert "sytem.j2" in finding.what


async def test_two_versions_are_measured_on_the_same_inputs() -> None:
    model = Scripted({NAME_SHELF.name: [GOOD, "nonsense", GOOD, "nonsense"]})
    services = library(model)
    recorder = Recorder()
    services.events = recorder  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue] it is one too
    inputs = [INPUTS, NameShelfInputs(topic="the moon")]
    before = await try_out(NAME_SHELF, inputs[:1], services, recorder, label="now")
    after = await try_out(NAME_SHELF, inputs[1:], services, recorder, label="then")
    assert before.figures()["passed at first attempt"] == 1
    assert after.figures()["attempts per input"] == 1
    [difference] = output_differences(before, after) or [{"input": 0}]
    assert difference["input"] in {0, 1}


def test_the_catalogue_shows_origin_and_prompt() -> None:
    templates = Templates(shipped=PROMPTS)
    entry = entry_of(NAME_SHELF, templates, "")
    assert entry.origin("library/name_shelf/user.j2", templates) == "default"
    shown = show(NAME_SHELF, INPUTS, templates, "", Mode.JSON_SCHEMA)
    assert "taken" in shown.sentences
    assert shown.descriptions["ShelfName.name"].startswith("The shelf's name")
    assert shown.tokens > 50


def call(**changes: Any) -> ModelCalled:
    used = Usage(input_tokens=10, cached_tokens=4, output_tokens=2)
    return ModelCalled.model_validate(
        {"chain": "a/b", "place": "p", "usage": used, "price": Decimal(1), **changes}
    )


def test_the_table_of_a_run() -> None:
    events = [
        call(reason="form", problems=("x",)),
        call(attempt=2, mended=("y",)),
        call(hit=True),
        call(chain="c/d", price=None, latency_ms=1500),
        ModelRetried(chain="c/d", place="p", reason="server"),
    ]
    first, second, everything = chain_figures(events)
    assert (first.asked, first.hits, first.first_try, first.questions) == (2, 1, 1, 2)
    assert (first.mended, dict(first.rejected), first.usd) == (1, {"form": 1}, Decimal(2))
    assert (second.retried, second.as_json()["usd"], second.as_json()["seconds"]) == (1, None, 1.5)
    assert everything.input_tokens == 30
    assert len(first.cells()) == len(everything.cells())
