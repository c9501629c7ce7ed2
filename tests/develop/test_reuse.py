"""Functions of earlier services: the same contract serves again, a similar one is an example."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codex.common.config import Settings
from codex.common.database.store_functions import DIMENSIONS
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Check, FunctionStatus, Implementation
from codex.common.model.base import Identity
from codex.common.model.prices import Price
from codex.common.model.scripted import Scripted
from codex.common.sandbox import Environments
from codex.develop import meaning, stage
from codex.runtime import RunServices, open_runtime
from tests.common.documents import samples
from tests.develop.scripts import RIGHT, writer

pytestmark = pytest.mark.slow

ARCHITECTURE = samples.architecture()


class Topics:
    """Embeds a text as what it is about, whatever its words."""

    identity = Identity("test", "topics")
    price: Price | None = None
    about = ("label", "tally", "mail")

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts += texts
        return [self.one(text) for text in texts]

    def one(self, text: str) -> list[float]:
        same = {"zebra": "tally", "count": "tally", "remind": "mail"}
        words = {
            same.get(word, word)
            for word in text.lower().replace(":", " ").replace(".", " ").split()
        }
        found = [1.0 if topic in words else 0.0 for topic in self.about]
        rest = DIMENSIONS - len(found)
        return found + [0.0] * (rest - 1) + [0.0 if any(found) else 1.0]

    async def close(self) -> None:
        self.texts.append("closed")


@asynccontextmanager
async def handed(
    model: Scripted, database_url: str, folder: Path, environments: Environments, meant: str = ""
) -> AsyncGenerator[RunServices]:
    settings = Settings(database_url=database_url, data_dir=folder, embedding_model=meant)
    async with open_runtime(settings, model=model) as runtime:
        run = await runtime.store.create_run("develop")
        async with runtime.services(run) as services:
            object.__setattr__(services, "environments", environments)
            yield services


def shown(model: Scripted, function: str) -> str:
    """The question for the code of a function."""
    (asked,) = [
        item
        for item in model.asked
        if item.chain == "develop/write_function" and item.place.startswith(f"{function}:")
    ]
    return "\n".join(message.content for message in asked.messages)


def verified() -> Implementation:
    """The sample, its functions written as they should be."""
    sample = samples.implementation()
    changed = {"status": FunctionStatus.VERIFIED, "evidence": (Check(name="parses", passed=True),)}
    functions = [
        item.model_copy(update={**changed, "code": RIGHT[item.name], "packages": ()})
        for item in sample.functions
    ]
    return Implementation(architecture=ARCHITECTURE, functions=tuple(functions))


async def test_the_same_contract_is_served_by_what_was_verified_and_checked_again(
    database_url: str, tmp_path: Path, environments: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    model = writer()
    async with handed(model, database_url, tmp_path, environments) as services:
        await services.store.save(verified())
        function = await stage.write(definition, architecture=ARCHITECTURE, services=services)
    assert {item.chain for item in model.asked} == {"develop/write_tests"}
    assert function.verified
    assert function.reused_from
    assert {"parses", "generated tests"} <= {check.name for check in function.evidence}

    async def fits(*_: object) -> list[str]:
        return []

    # Who asks for one by name gets it written, not found.
    monkeypatch.setattr(stage, "check_assembly", fits)
    model = writer(name="another")
    async with handed(model, database_url, tmp_path, environments) as services:
        done = await stage.develop(
            ARCHITECTURE, services=services, only=["label_book"], previous=verified()
        )
    assert shown(model, "label_book")
    anew = next(item for item in done.functions if item.name == "label_book")
    assert anew.verified
    assert anew.reused_from is None


async def test_what_served_before_and_does_not_hold_now_is_written(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    functions = tuple(
        item.model_copy(update={"code": item.code.replace("title", "isbn")})
        for item in verified().functions
    )
    wrong = Implementation(architecture=ARCHITECTURE, functions=functions)
    model = writer()
    async with handed(model, database_url, tmp_path, environments) as services:
        await services.store.save(wrong)
        function = await stage.write(definition, architecture=ARCHITECTURE, services=services)
    assert shown(model, "label_book")
    assert function.verified
    assert function.reused_from is None


async def test_what_means_the_same_is_shown_though_no_word_is_shared(
    database_url: str,
    tmp_path: Path,
    environments: Environments,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    topics = Topics()

    def chosen(*_: object) -> Topics:
        return topics

    monkeypatch.setattr(meaning, "chosen_embeddings", chosen)
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    text = ARCHITECTURE.to_json().replace(definition.description, "Zebra.")
    changed = Architecture.from_json(text)
    wanted = changed.function("label_book")
    assert wanted is not None
    async with handed(writer(), database_url, tmp_path, environments) as services:
        await services.store.save(samples.implementation())
    for meant, seen in (("", False), ("test:topics", True)):
        model = writer(name=f"reader{seen}")
        async with handed(model, database_url, tmp_path, environments, meant) as services:
            monkeypatch.setattr(Topics, "about", ("tally", "mail"))
            await stage.write(wanted, architecture=changed, services=services)
            # What the run was shown first is shown for good, whatever the store holds by then.
            asked, embedded = len(model.asked), len(topics.texts)
            await services.store.save(samples.implementation())
            await stage.write(wanted, architecture=changed, services=services)
            assert len(model.asked) == asked
            assert [text for text in topics.texts[embedded:] if text != "closed"] == []
        assert ("def count_open_loans()" in shown(model, "label_book")) is seen
    assert topics.texts[-1] == "closed"


async def test_without_a_database_for_it_words_alone_are_compared_and_that_is_said(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    definition = ARCHITECTURE.function("label_book")
    assert definition is not None
    async with handed(writer(), database_url, tmp_path, environments, "a:b") as services:
        await services.store._db.execute_raw('ALTER TABLE "Functions" DROP COLUMN "embedding"')
        assert (
            await stage.write(definition, architecture=ARCHITECTURE, services=services)
        ).verified
        events = [row.event async for row in services.events.subscribe(live=False)]
    assert any("pgvector" in getattr(event, "text", "") for event in events)
