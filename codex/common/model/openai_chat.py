"""LangChain's chat model for OpenAI and servers that speak its language, built for our use.

Imported only when such a model was chosen: this is where LangChain comes in.
"""

from __future__ import annotations

import json
from typing import Any

import openai
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from langchain_openai.chat_models.base import (
    _model_prefers_responses_api,  # pyright: ignore[reportPrivateUsage] it decides the wire form
)

_OPTIONS = {"extra_headers": "headers", "extra_query": "params", "timeout": "timeout"}
"""What LangChain passes beside a request's body, as the client calls it."""


class Chat(ChatOpenAI):
    """LangChain's class without two detours, and with the refusals that it drops from streams."""

    @property
    def completes(self) -> bool:
        """Whether it sends chat completions, not OpenAI's Responses."""
        return self.use_responses_api is False

    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload: dict[str, Any] = super()._get_request_payload(input_, stop=stop, **kwargs)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] typed with a bare dict
        if self.completes:
            # The client walks through each message to rename keys that these have not; what stands
            # in the extra body is sent as it is.
            extra: dict[str, Any] = payload.get("extra_body") or {}
            payload["extra_body"] = {**extra, "messages": payload["messages"]}
            payload["messages"] = []
        return payload

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if not self.completes:
            return await super()._agenerate(messages, stop, run_manager, **kwargs)
        # The same without a thread for each reply, and without the client's walks through what is
        # sent and what came; errors are explained by `faults.py`.
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        extra = payload.pop("extra_body")
        body: dict[str, Any] = {**payload, **extra}
        options = {_OPTIONS[name]: body.pop(name) for name in _OPTIONS.keys() & body.keys()}
        client: openai.AsyncOpenAI = self.root_async_client
        sent = await client.post("/chat/completions", cast_to=bytes, body=body, options=options)  # pyright: ignore[reportArgumentType] the three are options
        made = json.loads(sent)
        result = self._create_chat_result(made)  # pyright: ignore[reportUnknownMemberType] typed with bare dicts
        if refusal := made["choices"][0]["message"].get("refusal"):
            result.generations[0].message.additional_kwargs["refusal"] = refusal
        return result

    def _convert_chunk_to_generation_chunk(
        self,
        chunk: dict[str, Any],
        default_chunk_class: type,
        base_generation_info: dict[str, Any] | None,
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(  # pyright: ignore[reportUnknownMemberType] typed with bare dicts
            chunk, default_chunk_class, base_generation_info
        )
        choices: list[dict[str, Any]] = chunk.get("choices") or [{}]
        delta: dict[str, Any] = choices[0].get("delta") or {}
        if made is not None and delta.get("refusal"):
            made.message.additional_kwargs["refusal"] = delta["refusal"]
        return made


def openai_chat(
    name: str, *, key: str, base_url: str, timeout: float, parameters: dict[str, Any]
) -> tuple[Chat, Any, bool]:
    """The chat model, its HTTP client to be closed, and whether it sends chat completions."""
    # A client of its own: LangChain's default one is shared by all event loops of the process.
    http = openai.DefaultAsyncHttpxClient(timeout=timeout)
    responses = _model_prefers_responses_api(name)
    chat = Chat(
        model=name,
        api_key=key or "none",  # pyright: ignore[reportArgumentType] a text is taken too
        base_url=base_url or None,
        max_retries=0,  # retries are ours
        timeout=timeout,
        http_async_client=http,
        use_responses_api=responses,
        **parameters,
    )
    return chat, http, not responses


def takes_temperature(name: str) -> bool:
    """Whether the model is known to take a temperature, or not known at all."""
    profile = ChatOpenAI(model=name, api_key="none").profile or {}  # pyright: ignore[reportArgumentType] a text is taken too
    return profile.get("temperature") is not False
