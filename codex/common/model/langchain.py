"""Any LangChain chat model behind the protocol; its objects are built once, replies parsed by us.

This module imports nothing of LangChain: `build.py` does, when a provider was chosen.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from codex.common.documents.base import JsonValue
from codex.common.documents.run import Usage
from codex.common.model.base import (
    Finish,
    Identity,
    Message,
    Mode,
    ModeUnsupported,
    OnToken,
    Output,
    Question,
    Reply,
    TransportFault,
)
from codex.common.model.faults import code_of, explained, status_of
from codex.common.model.strict import strict_schema

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

_FINISH: Mapping[str, Finish] = {
    "length": Finish.LENGTH,
    "max_tokens": Finish.LENGTH,
    "MAX_TOKENS": Finish.LENGTH,
    "model_context_window_exceeded": Finish.LENGTH,
    "content_filter": Finish.FILTER,
    "SAFETY": Finish.FILTER,
    "RECITATION": Finish.FILTER,
    "PROHIBITED_CONTENT": Finish.FILTER,
    "BLOCKLIST": Finish.FILTER,
    "refusal": Finish.REFUSAL,
}
_FINISH_KEYS = ("finish_reason", "stop_reason", "done_reason")
_BOUND_KEPT = 256
_NEXT_MODE = {Mode.JSON_SCHEMA: Mode.TOOL, Mode.TOOL: Mode.JSON}
_MODE_WORDS = {
    Mode.JSON_SCHEMA: ("response_format", "json_schema", "structured output", "output_config"),
    Mode.TOOL: ("tool",),
}


class LangChainModel:
    """A provider's chat model."""

    def __init__(
        self,
        name: str,
        chat: BaseChatModel,
        *,
        base_url: str = "",
        parameters: Mapping[str, JsonValue] | None = None,
        mode: Mode | None = None,
        openai_body: bool = False,
        cache_mark: bool = False,
        timeout: float = 120.0,
        secrets: tuple[str, ...] = (),
        http: Any = None,
    ) -> None:
        """`mode` is how schemas are asked for; None detects it. `http` is closed with the model.

        `openai_body` tells that the chat model sends OpenAI's chat completions, whose response
        format then goes through the extra body: its own path parses every reply a second time.
        `cache_mark` is for providers that cache only what is marked: the first message.
        """
        self._name = name
        self._chat = chat
        self._mode = mode or detected_mode(chat)
        self._fixed = mode is not None
        self._openai_body = openai_body
        self._cache_mark = cache_mark
        self._timeout = timeout
        self._secrets = secrets
        self._http = http
        self._not_strict: set[str] = set()
        self._bound: dict[tuple[Mode, int], tuple[Output, Any]] = {}
        provider, _, model = name.partition(":")
        self._identity = Identity(provider, model, base_url, dict(parameters or {}))

    @property
    def name(self) -> str:
        """`provider:name`."""
        return self._name

    @property
    def identity(self) -> Identity:
        """What of it enters the key of a question."""
        return self._identity

    @property
    def mode(self) -> Mode:
        """How it is told the schema of a structured answer."""
        return self._mode

    @property
    def reads_text(self) -> bool:
        """It does."""
        return True

    async def ask(self, question: Question, on_token: OnToken | None = None) -> Reply:
        """Its reply; one try."""
        try:
            return await self._ask(question, on_token)
        except Exception as error:
            if code_of(error) in {"content_filter", "content_policy_violation"}:
                return Reply("", Finish.FILTER)
            if change := self._other_mode(error, question.output):
                raise change from error
            raise explained(error, self._name, self._secrets) from error

    async def close(self) -> None:
        """Give back the connections."""
        if self._http is not None:
            await self._http.aclose()

    async def _ask(self, question: Question, on_token: OnToken | None) -> Reply:
        messages = as_langchain(question.messages, cache_mark=self._cache_mark)
        runnable, options = self._call(question)
        async with asyncio.timeout(self._timeout):
            if on_token is None:
                return read_reply(await runnable.ainvoke(messages, **options), question.output)
            return await self._streamed(runnable, messages, options, question.output, on_token)

    def _call(self, question: Question) -> tuple[Any, dict[str, Any]]:
        """What is called for this question, and with which options."""
        output, options = question.output, dict(question.parameters)
        if output.mode not in {Mode.JSON_SCHEMA, Mode.TOOL}:
            return self._chat, options
        bound = self._binding(output)
        if output.mode is Mode.JSON_SCHEMA and self._openai_body:
            options["extra_body"] = bound
            return self._chat, options
        return bound, options

    def _binding(self, output: Output) -> Any:
        """What asks for a schema: a response format, or the chat model bound to it; built once."""
        key = (output.mode, id(output.schema))
        found = self._bound.get(key)
        if found is None or found[0].schema is not output.schema:
            if len(self._bound) >= _BOUND_KEPT:
                self._bound.clear()
            if output.mode is Mode.JSON_SCHEMA and self._openai_body:
                built: Any = {"response_format": self._response_format(output)}
            else:
                built = bind(self._chat, output)
            # The output is kept too, so that no other schema gets its id.
            found = self._bound[key] = (output, built)
        return found[1]

    def _response_format(self, output: Output) -> dict[str, Any]:
        assert isinstance(output.schema, dict)
        strict = None if output.name in self._not_strict else strict_schema(output.schema)
        form = {"name": output.name, "schema": strict or output.schema, "strict": bool(strict)}
        return {"type": "json_schema", "json_schema": form}

    async def _streamed(
        self,
        runnable: Any,
        messages: Sequence[BaseMessage],
        options: dict[str, Any],
        output: Output,
        on_token: OnToken,
    ) -> Reply:
        """The reply put together from a stream."""
        if self._openai_body:
            options = {**options, "stream_usage": True}
        chunks: list[Any] = []
        async for chunk in runnable.astream(messages, **options):
            chunks.append(chunk)
            piece = str(chunk.text) or "".join(
                call.get("args") or "" for call in chunk.tool_call_chunks
            )
            if piece:
                on_token(piece)
        total = chunks[0] + chunks[1:] if chunks else None
        if total is None or (self._openai_body and not _finish_word(total)):
            raise TransportFault("cut_stream", "the stream ended before the reply did")
        return read_reply(total, output)

    def _other_mode(self, error: Exception, output: Output) -> ModeUnsupported | None:
        """The change of mode that an error asks for, if it is one and the user left the choice."""
        if isinstance(error, NotImplementedError):
            words = str(error)
        elif status_of(error) in {400, 404, 422, 501}:
            words = str(error).lower()
        else:
            return None
        mode = output.mode
        strictly = self._openai_body and output.name not in self._not_strict
        if mode is Mode.JSON_SCHEMA and strictly and "invalid schema" in words:
            self._not_strict.add(output.name)
            self._bound.clear()
            return ModeUnsupported(mode, mode, f"the schema {output.name} is not taken strictly")
        now = _NEXT_MODE.get(mode)
        named = isinstance(error, NotImplementedError) or any(
            word in words for word in _MODE_WORDS.get(mode, ())
        )
        if now is None or self._fixed or not named:
            return None
        self._mode = now
        return ModeUnsupported(mode, now, words[:300])


def detected_mode(chat: BaseChatModel) -> Mode:
    """The best way to ask for a schema that LangChain's profile of the model promises."""
    profile: Mapping[str, Any] = getattr(chat, "profile", None) or {}
    if profile.get("structured_output") is False:
        return Mode.TOOL if profile.get("tool_calling") else Mode.JSON
    return Mode.JSON_SCHEMA


def bind(chat: BaseChatModel, output: Output) -> Any:
    """`chat` bound to the schema: by its structured output, or as a tool that must be called."""
    assert isinstance(output.schema, dict)
    if output.mode is Mode.JSON_SCHEMA:
        schema = {"title": output.name, "description": "The answer.", **output.schema}
        chain: Any = chat.with_structured_output(schema, method="json_schema")
        return chain.first  # the model bound to the schema; what follows in the chain parses
    function = {
        "name": output.name,
        "description": output.schema.get("description", "The answer."),
        "parameters": output.schema,
    }
    tool = {"type": "function", "function": function}
    return chat.bind_tools([tool], tool_choice=output.name)


def as_langchain(messages: Sequence[Message], *, cache_mark: bool = False) -> list[BaseMessage]:
    """Messages in LangChain's classes, the first one marked for the prompt cache if asked."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    made: list[BaseMessage] = [kinds[message.role](content=message.content) for message in messages]
    if cache_mark and messages:
        text = {"type": "text", "text": messages[0].content}
        made[0].content = [{**text, "cache_control": {"type": "ephemeral"}}]
    return made


def read_reply(message: AIMessage, output: Output) -> Reply:
    """What a message says, whichever provider it is from."""
    extra: Mapping[str, Any] = message.additional_kwargs
    word = _finish_word(message)
    finish = _FINISH.get(word, Finish.STOP)
    text = str(message.text)
    if refusal := extra.get("refusal"):
        text, finish = str(refusal), Finish.REFUSAL
    elif output.mode is Mode.TOOL:
        text = _tool_arguments(message) or text
    model = str(message.response_metadata.get("model_name", ""))
    return Reply(text, finish, _usage(message), model)


def _finish_word(message: AIMessage) -> str:
    for key in _FINISH_KEYS:
        if word := message.response_metadata.get(key):
            return str(word)
    return ""


def _tool_arguments(message: AIMessage) -> str:
    """The arguments of the tool call: as JSON, or as written where they are no JSON."""
    for call in message.tool_calls:
        return json.dumps(call["args"])
    for broken in message.invalid_tool_calls:
        return str(broken["args"] or "")
    return ""


def _usage(message: AIMessage) -> Usage | None:
    """What the provider says that the call used; None where it says nothing that can be true."""
    told = message.usage_metadata
    if not told or told["input_tokens"] <= 0 or told["output_tokens"] < 0:
        return None
    details: Mapping[str, Any] = told.get("input_token_details") or {}
    cached = max(0, int(details.get("cache_read") or 0))
    return Usage(
        input_tokens=told["input_tokens"],
        cached_tokens=min(cached, told["input_tokens"]),
        output_tokens=told["output_tokens"],
    )
