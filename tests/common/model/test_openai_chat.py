"""LangChain's class for OpenAI as we use it, over a server that is a function."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from codex.chains.chain import answer
from codex.common.errors import ModelRefused
from codex.common.events import ModelRetried
from codex.common.model.base import Identity
from codex.common.model.langchain import LangChainModel
from codex.common.model.limits import ModelLimits, ProviderLimits
from codex.common.model.transport import Patience
from tests.chains.library import GOOD, INPUTS, NAME_SHELF, library

HEAD = {"id": "chatcmpl-1", "created": 1, "model": "gpt-5"}


def completion(message: dict[str, Any]) -> dict[str, Any]:
    """A whole answer with `message` in it."""
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    usage = {"prompt_tokens": 81, "completion_tokens": 11, "total_tokens": 92}
    return {**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}


def model_over(respond: Callable[[httpx.Request], httpx.Response]) -> LangChainModel:
    """A model whose server is a function."""
    from codex.common.model.openai_chat import Chat

    client = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    chat = Chat(
        model="gpt-5",
        api_key=SecretStr("x"),
        http_async_client=client,
        max_retries=0,
        use_responses_api=False,
    )
    return LangChainModel("openai:gpt-5", chat, openai_body=True, http=client)


def limits(*, tries: int = 1, streamed: bool = False) -> ModelLimits:
    """Hardly any waiting, and streams only if `streamed`."""

    def make(identity: Identity) -> ProviderLimits:
        patience = Patience(tries=tries, first_wait=0.001)
        return ProviderLimits(25, patience=patience, streamed_at_once=int(streamed))

    return ModelLimits(make)


@pytest.mark.parametrize("streamed", [False, True])
async def test_openai_says_a_refusal_in_a_field_of_its_own(streamed: bool) -> None:
    """As OpenAI answers where a schema was asked for: no content, and `refusal` beside it."""
    said = "I'm sorry, but I can't help with that."
    asked: list[dict[str, Any]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        asked.append(body)
        whole = {"role": "assistant", "content": None, "refusal": said}
        if not body.get("stream"):
            return httpx.Response(200, json=completion(whole))
        pieces = [{"role": "assistant", "content": None, "refusal": ""}, {"refusal": said[:9]}]
        deltas = [*pieces, {"refusal": said[9:]}, {}]
        chunks: list[str] = []
        for delta in deltas:
            ended = None if delta else "stop"
            choice = {"index": 0, "delta": delta, "finish_reason": ended, "logprobs": None}
            chunk = {**HEAD, "object": "chat.completion.chunk", "choices": [choice]}
            chunks.append(f"data: {json.dumps(chunk)}\n\n")
        lines = "".join([*chunks, "data: [DONE]\n\n"])
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, text=lines)

    model = model_over(respond)

    services = library(model, limits=limits(streamed=streamed))
    with pytest.raises(ModelRefused, match="can't help with that") as caught:
        await answer(NAME_SHELF, INPUTS, services, place="sea")
    await model.close()
    assert len(caught.value.attempts) == NAME_SHELF.attempts
    assert len(asked) == NAME_SHELF.attempts
    assert all(bool(body.get("stream")) is streamed for body in asked)
    assert "response_format" in asked[0]
    assert "refused" in asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "change",
    [
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"index": 0, "message": None}]},
        {"choices": [{"index": 0, "message": {"role": "wizard", "content": GOOD}}]},
        {"usage": "much"},
    ],
)
async def test_an_answer_of_another_form_is_tried_again(change: dict[str, Any]) -> None:
    good = completion({"role": "assistant", "content": GOOD})
    bodies = [{**good, **change}, good]
    model = model_over(lambda request: httpx.Response(200, json=bodies.pop(0)))
    services = library(model, limits=limits(tries=2))
    assert (await answer(NAME_SHELF, INPUTS, services, place="sea")).value.name == "Tides"
    await model.close()
    assert services.events.of(ModelRetried)[0].reason == "server"


@pytest.mark.parametrize(
    "usage", [None, {"prompt_tokens": 0, "completion_tokens": 0}, {"prompt_tokens": -5}]
)
async def test_a_usage_that_cannot_be_true_is_estimated(usage: dict[str, int] | None) -> None:
    body = {**completion({"role": "assistant", "content": GOOD}), "usage": usage}
    model = model_over(lambda request: httpx.Response(200, json=body))
    services = library(model, limits=limits())
    await answer(NAME_SHELF, INPUTS, services, place="sea")
    await model.close()
    assert services.budget.usage.input_tokens > 50
