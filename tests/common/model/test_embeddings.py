"""Texts as vectors, through journal and budget like any call."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import pytest

from codex.chains.offline import Offline
from codex.common.config import Settings
from codex.common.errors import BudgetReached, ConfigError, ModelUnreachable
from codex.common.journal_memory import MemoryJournal
from codex.common.model.base import Identity, TransportFault
from codex.common.model.budget import Budget, Limits
from codex.common.model.embeddings import chosen_embeddings, embed
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.prices import Price
from codex.common.model.scripted import Scripted
from codex.common.model.transport import Patience
from tests.mock_server import MockServer


class Lengths:
    """Embeds a text as its length."""

    identity = Identity("test", "lengths")
    price = Price(Decimal(1), Decimal(0))

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.calls = 0

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        return [[float(len(text)), 1.0] for text in texts]

    async def close(self) -> None:
        pass


def quick(_: Identity) -> ProviderLimits:
    return ProviderLimits(patience=Patience(tries=2, first_wait=0))


async def test_vectors_are_journaled_and_paid() -> None:
    lengths, store, budget = Lengths(), MemoryJournal(), Budget()
    services = Offline(Scripted(), store=store, budget=budget)
    assert await embed(lengths, ["a", "bcd"], services, place="1") == [[1.0, 1.0], [3.0, 1.0]]
    again = Offline(Scripted(), store=store, run_id="other")
    assert await embed(lengths, ["a", "bcd"], again, place="2") == [[1.0, 1.0], [3.0, 1.0]]
    assert lengths.calls == 1
    assert budget.usd > 0
    assert budget.unpriced_calls == 0


async def test_the_budget_holds_for_vectors() -> None:
    services = Offline(Scripted(), budget=Budget(Limits(calls=0)))
    with pytest.raises(BudgetReached):
        await embed(Lengths(), ["a"], services, place="1")


async def test_transport_faults_are_tried_again() -> None:
    fault = TransportFault("server", "500")
    services = Offline(Scripted(), limits=ModelLimits(quick))
    assert await embed(Lengths(fault), ["a"], services, place="1")
    with pytest.raises(ModelUnreachable):
        await embed(Lengths(fault, fault), ["b"], services, place="2")


async def test_none_without_a_choice_and_none_without_a_key() -> None:
    assert chosen_embeddings(Settings()) is None
    here = {"embedding_model": "openai:e", "api_key": "", "base_url": "http://127.0.0.1:1/v1"}
    found = chosen_embeddings(Settings.model_validate(here))
    assert found is not None
    await found.close()
    with pytest.raises(ConfigError, match="FORBID"):
        chosen_embeddings(Settings.model_validate({"embedding_model": "openai:e"}))


async def test_against_a_real_server(mock_server: MockServer) -> None:
    name = f"e{uuid.uuid4().hex}"
    mock_server.add(name, {"embedding": [0.25, 0.5, 0.75]})
    chosen = Settings.model_validate(
        {"embedding_model": f"openai:{name}", "api_key": "x", "base_url": mock_server.url}
    )
    embeddings = chosen_embeddings(chosen)
    assert embeddings is not None
    found = await embed(embeddings, ["sea"], Offline(Scripted()), place="1")
    await embeddings.close()
    assert found == [[0.25, 0.5, 0.75]]
