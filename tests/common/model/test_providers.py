"""The whole way to a provider and back, against a real OpenAI-compatible server on loopback."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from codex.chains.chain import answer
from codex.chains.offline import Offline
from codex.common.config import Settings
from codex.common.errors import (
    ChainExhausted,
    ConfigError,
    ContentFiltered,
    ModelRefused,
    ModelRejected,
    ModelUnreachable,
)
from codex.common.events import ModelCalled, ModelRetried, Notice, Progress
from codex.common.model.base import Identity
from codex.common.model.build import provider_model
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.transport import Patience
from tests.chains.library import GOOD, INPUTS, NAME_SHELF, library
from tests.mock_server import MockServer


class Provider:
    """One model name on the server, and services that ask it."""

    def __init__(self, server: MockServer) -> None:
        self.server = server
        self.model = f"m{uuid.uuid4().hex}"
        self.opened: list[Offline] = []

    def add(self, response: dict[str, Any], turn: int | None = None, **options: Any) -> None:
        """Answer with `response`, on the given turn of the server only if there is one."""
        match = options.pop("match", {}) | ({} if turn is None else {"sequenceIndex": turn})
        self.server.add(self.model, response, match=match, **options)

    def open(self, *, streamed: int = 0, tries: int = 3, **settings: Any) -> Offline:
        """Services in memory that ask the server."""
        values = {"model": f"openai:{self.model}", "base_url": self.server.url, **settings}
        values = {"api_key": "secret-key", "model_timeout": 5, **values}
        chosen = Settings.model_validate(values)

        def limits(identity: Identity) -> ProviderLimits:
            patience = Patience(tries=tries, first_wait=0.001, longest_wait=0.002)
            return ProviderLimits(25, patience=patience, streamed_at_once=streamed)

        services = library(provider_model(chosen), limits=ModelLimits(limits))
        self.opened.append(services)
        return services

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The requests that arrived."""
        return self.server.requests(self.model)


@pytest.fixture
async def provider(mock_server: MockServer) -> AsyncGenerator[Provider]:
    opened = Provider(mock_server)
    yield opened
    for services in opened.opened:
        await services.model.close()


async def test_a_structured_answer_comes_with_its_usage(provider: Provider) -> None:
    usage = {"prompt_tokens": 120, "completion_tokens": 9, "total_tokens": 129}
    provider.add({"content": GOOD, "usage": usage})
    services = provider.open()
    found = await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert found.value.name == "Tides"
    [called] = services.events.of(ModelCalled)
    assert (called.usage.input_tokens, called.usage.output_tokens) == (120, 9)
    assert called.price is None, "the price of a server of one's own is unknown, not 0"


async def test_the_schema_is_sent_strictly_and_narrowed(provider: Provider) -> None:
    provider.add({"content": GOOD}, match={"responseFormat": "json_schema"})
    await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    [request] = provider.asked
    form = request["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["properties"]["room"]["enum"] == ["attic", "hall"]
    assert form["schema"]["required"] == ["name", "room"]


async def test_a_tool_call_is_read_where_tools_are_chosen(provider: Provider) -> None:
    call = {"name": "ShelfName", "arguments": {"name": "Tides", "room": "hall"}}
    provider.add({"toolCalls": [call]}, match={"toolName": "ShelfName"})
    services = provider.open(structured_output="tools")
    assert (await answer(NAME_SHELF, INPUTS, services, place="sea")).value.room == "hall"
    [request] = provider.asked
    assert request["tool_choice"]["function"]["name"] == "ShelfName"


async def test_without_support_the_form_stands_in_the_prompt_once(provider: Provider) -> None:
    provider.add({"content": f"Certainly!\n```json\n{GOOD}\n```"})
    found = await answer(NAME_SHELF, INPUTS, provider.open(structured_output="json"), place="sea")
    assert found.mended
    [request] = provider.asked
    assert "response_format" not in request
    told = "".join(message["content"] for message in request["messages"])
    assert told.count('room: "attic" | "hall"') == 1


async def test_what_the_server_lacks_is_detected_and_said(provider: Provider) -> None:
    told = {"message": "response_format json_schema is not supported", "type": "invalid"}
    provider.add({"error": told, "status": 400}, turn=0)
    call = {"name": "ShelfName", "arguments": {"name": "Tides", "room": "hall"}}
    provider.add({"toolCalls": [call]})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    [notice] = services.events.of(Notice)
    assert "does not support json_schema; using tool" in notice.text
    await answer(NAME_SHELF, INPUTS, services, place="another")
    assert len(provider.asked) == 2, "it is remembered, and the same question is not asked twice"


@pytest.mark.parametrize("mode", ["json_schema", "tools"])
async def test_a_stream_arrives_in_pieces_and_with_usage(provider: Provider, mode: str) -> None:
    call = {"name": "ShelfName", "arguments": {"name": "Tides", "room": "hall"}}
    usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    response = {"content": GOOD} if mode == "json_schema" else {"toolCalls": [call]}
    provider.add({**response, "usage": usage}, chunkSize=5)
    services = provider.open(streamed=1, structured_output=mode)
    found = await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert found.value.name == "Tides"
    pieces = services.events.of(Progress)
    assert len(pieces) > 3
    assert "Tides" in "".join(piece.text for piece in pieces)
    assert services.events.of(ModelCalled)[0].usage.input_tokens == 7


async def test_429_is_waited_for_as_long_as_it_asks(provider: Provider) -> None:
    busy = {"error": {"message": "busy", "type": "rate_limit"}, "status": 429, "retryAfter": 0}
    provider.add(busy, turn=0)
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    [retried] = services.events.of(ModelRetried)
    assert (retried.reason, retried.wait_seconds) == ("rate_limit", 0)


async def test_500_then_success(provider: Provider) -> None:
    provider.add({"error": {"message": "oops", "type": "server"}, "status": 500}, turn=0)
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert [event.reason for event in services.events.of(ModelRetried)] == ["server"]


async def test_a_permanent_500_ends_as_unreachable(provider: Provider) -> None:
    provider.add({"error": {"message": "oops", "type": "server"}, "status": 500})
    with pytest.raises(ModelUnreachable, match="3 tries"):
        await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    assert len(provider.asked) == 3


async def test_a_timeout_is_tried_again_and_ends(provider: Provider) -> None:
    provider.add({"content": GOOD}, chaos={"latencyMs": 2000})
    services = provider.open(model_timeout=0.05, tries=2)
    with pytest.raises(ModelUnreachable, match="timeout"):
        await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert services.events.of(ModelRetried)[0].reason == "timeout"


async def test_a_lost_connection_is_tried_again(provider: Provider) -> None:
    provider.add({"content": GOOD}, turn=0, chaos={"disconnectRate": 1})
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert services.events.of(ModelRetried)[0].reason == "connection"


async def test_a_stream_cut_in_the_middle_is_tried_again(provider: Provider) -> None:
    provider.add({"content": GOOD}, turn=0, chunkSize=5, truncateAfterChunks=3)
    provider.add({"content": GOOD})
    services = provider.open(streamed=1)
    found = await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert found.value.name == "Tides"
    assert services.events.of(ModelRetried)[0].reason in {"cut_stream", "connection"}


async def test_a_body_that_is_no_json_is_tried_again(provider: Provider) -> None:
    provider.add({"content": GOOD}, turn=0, chaos={"malformedRate": 1})
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert services.events.of(ModelRetried)[0].reason == "server"


async def test_a_malformed_reply_then_a_good_one(provider: Provider) -> None:
    provider.add({"content": '{"name": "Ti'}, turn=0)
    provider.add({"content": GOOD})
    services = provider.open()
    found = await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert found.attempts == 2
    assert services.events.of(ModelCalled)[0].reason == "form"
    again = provider.asked[1]["messages"]
    assert [message["role"] for message in again] == ["system", "user", "assistant", "user"]


async def test_a_refusal_is_a_case_of_its_own(provider: Provider) -> None:
    provider.add({"content": "I cannot do that.", "finishReason": "refusal"})
    with pytest.raises(ModelRefused, match="I cannot do that") as caught:
        await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    assert len(caught.value.attempts) == NAME_SHELF.attempts


async def test_a_content_filter_is_a_case_of_its_own(provider: Provider) -> None:
    provider.add({"content": " ", "finishReason": "content_filter"})
    with pytest.raises(ContentFiltered):
        await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    assert len(provider.asked) == 1, "the same text would meet the same filter"


async def test_a_reply_at_the_output_limit_is_never_mended(provider: Provider) -> None:
    provider.add({"content": '{"name": "Tides", "room": "hall"', "finishReason": "length"})
    with pytest.raises(ChainExhausted) as caught:
        await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    assert "max_output_tokens" in caught.value.todo


async def test_an_empty_reply_is_asked_again(provider: Provider) -> None:
    provider.add({"content": " "}, turn=0)
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    assert services.events.of(ModelCalled)[0].reason == "empty"


@pytest.mark.parametrize(
    ("status", "error"), [(401, ConfigError), (404, ConfigError), (400, ModelRejected)]
)
async def test_what_no_retry_mends_ends_at_once(
    provider: Provider, status: int, error: type[Exception]
) -> None:
    told = {"message": "wrong key secret-key", "type": "invalid"}
    provider.add({"error": told, "status": status})
    with pytest.raises(error) as caught:
        await answer(NAME_SHELF, INPUTS, provider.open(), place="sea")
    assert "secret-key" not in str(caught.value)
    assert len(provider.asked) == 1


async def test_the_key_of_a_question_holds_no_secret(provider: Provider) -> None:
    provider.add({"content": GOOD})
    services = provider.open()
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    [call] = await services.journal.store.recorded_calls("library/name_shelf")
    assert "secret-key" not in call.model_dump_json()


def test_the_switch_keeps_tests_from_real_providers() -> None:
    with pytest.raises(ConfigError, match="CODEX_FORBID_REAL_MODELS"):
        provider_model(Settings.model_validate({"model": "openai:gpt-5", "api_key": "x"}))
