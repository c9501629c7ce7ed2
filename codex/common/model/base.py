"""What is asked of a model and what comes back: one small protocol for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from codex.common.documents.base import JsonValue
from codex.common.documents.run import Usage

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One rendered message."""

    role: Role
    content: str


class Mode(StrEnum):
    """How a model is told the form of its answer; it is part of what was asked."""

    JSON_SCHEMA = "json_schema"  # the provider enforces the schema
    TOOL = "tool"  # the schema is the parameter of a tool that must be called
    JSON = "json"  # the schema stands in the prompt, nothing enforces it
    TEXT = "text"  # the answer is code, not JSON


@dataclass(frozen=True, slots=True)
class Output:
    """The form that an answer must have."""

    type: type[BaseModel]
    """The pydantic model of the answer."""
    mode: Mode
    name: str = "answer"
    """What the schema, or the tool, is called towards the provider."""
    schema: JsonValue = None
    """The JSON schema, narrowed to this call; None for code."""


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that one call asks."""

    chain: str
    """The chain's path: `develop/write_function`."""
    inputs: BaseModel
    """The chain's typed inputs; a model that reads no text answers from them."""
    messages: tuple[Message, ...]
    output: Output
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What the chain wishes beyond the model's own parameters."""
    attempt: int = 1
    sample: int = 1
    place: str = ""
    """What the call is for inside its run; it is shown and recorded, and changes no answer."""
    run_id: str = ""
    """The run that asks; limits are shared fairly between runs."""
    instead_of: str = ""
    """The rejected reply that this question asks to mend, if any."""


class Finish(StrEnum):
    """Why a reply ended; each is a case of its own."""

    STOP = "stop"
    LENGTH = "length"
    REFUSAL = "refusal"
    FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered."""

    text: str
    finish: Finish = Finish.STOP
    usage: Usage | None = None
    """None where the provider did not say."""
    model: str = ""
    """The exact model that answered, as the provider names it."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What of a model enters the key of a question; never a secret."""

    provider: str
    model: str
    base_url: str = ""
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    code: str = ""
    """For a model that is code: its hash. Such a model is known by its inputs, not by messages."""


OnToken = Callable[[str], None]
"""Receives the pieces of a streamed reply; None in its place asks for no streaming."""


class Model(Protocol):
    """Who answers questions. An answer may be wrong; the runner checks every one."""

    @property
    def name(self) -> str:
        """`provider:name`, as the user chose it."""
        ...

    @property
    def identity(self) -> Identity:
        """What of it enters the key of a question."""
        ...

    @property
    def mode(self) -> Mode:
        """How it is told the schema of a structured answer."""
        ...

    @property
    def reads_text(self) -> bool:
        """Whether it reads the rendered messages; the built-in model reads typed inputs alone."""
        ...

    async def ask(self, question: Question, on_token: OnToken | None = None) -> Reply:
        """Its reply to `question`; one try, with no retries of its own."""
        ...

    async def close(self) -> None:
        """Give back connections and files."""
        ...


class TransportFault(Exception):
    """A call that failed on its way and may be tried again; never shown to the user as it is."""

    def __init__(self, reason: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        """A word for events: `rate_limit`, `timeout`, `connection`, `server`, `cut_stream`."""
        self.detail = detail
        self.retry_after = retry_after
        """Seconds that the provider asked to wait."""


class ModeUnsupported(Exception):
    """The provider does not know this way to ask for a schema; the model chose the next one."""

    def __init__(self, mode: Mode, now: Mode, detail: str) -> None:
        super().__init__(detail)
        self.mode = mode
        self.now = now
        self.detail = detail


def as_dicts(messages: Sequence[Message]) -> tuple[dict[str, str], ...]:
    """Messages in the form that records keep."""
    return tuple({"role": message.role, "content": message.content} for message in messages)


def from_dicts(messages: Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    """Messages from the form that records keep."""
    return tuple(Message(item["role"], item["content"]) for item in messages)
