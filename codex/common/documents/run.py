"""Runs and the records of what was asked in them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from codex.common.documents.base import JsonValue, Part

LOCAL_OWNER = "local"


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    WAITING = "waiting"  # for an answer of a person
    DONE = "done"
    INCOMPLETE = "incomplete"  # delivered, and something is missing that the run names
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Run(Part):
    """One stored execution."""

    id: str
    """Sortable by time: a UUID of version 7, as text."""
    owner: str = LOCAL_OWNER
    """Who may see it."""
    kind: str = "build"
    """What it executes: `build`, or one stage's name."""
    name: str = ""
    """What people call it."""
    request: str = ""
    """The text that it began with."""
    status: RunStatus = RunStatus.RUNNING
    """Where it stands."""
    stage: str = ""
    """The stage that it is in, or ended in."""
    options: dict[str, JsonValue] = {}
    """What it was started with, so that it can be resumed with the same."""
    detail: str = ""
    """One sentence on how it ended."""
    created_at: datetime
    """When it began."""
    updated_at: datetime
    """When it last changed."""


class Usage(Part):
    """What a call consumed."""

    input_tokens: int = 0
    """What was sent."""
    cached_tokens: int = 0
    """The part of `input_tokens` that the provider served from its prompt cache."""
    output_tokens: int = 0
    """What came back."""


class ModelCall(Part):
    """A question with its answer, asked once; found again by `key`, the hash of what was asked."""

    key: str
    """The hash of what was asked."""
    owner: str = LOCAL_OWNER
    """Who asked."""
    chain: str
    """The chain that asked."""
    provider: str
    """Who was asked."""
    base_url: str = ""
    """Where."""
    model: str
    """Which model."""
    parameters: dict[str, JsonValue] = {}
    """Temperature and the like."""
    output_mode: str = ""
    """How a structured answer was asked for."""
    output_schema: JsonValue = None
    """The schema that the answer had to meet."""
    messages: tuple[dict[str, str], ...] = ()
    """The rendered messages: role and content."""
    inputs: JsonValue = None
    """The chain's typed inputs, so that a recorded call can be asked again with other prompts."""
    attempt: int = 1
    """Which try of the chain it was."""
    sample: int = 1
    """Which of several answers to the same question."""
    fingerprint: str = ""
    """Of the template set that rendered the messages."""
    reply: str
    """The raw reply."""
    finish_reason: str = ""
    """Why the model stopped."""
    usage: Usage = Usage()
    """What it consumed."""
    price: Decimal | None = None
    """In US dollars; None where the model's price is not known."""
    latency_ms: int = 0
    """How long it took."""
    created_at: datetime
    """When it was answered."""


class RunCall(Part):
    """Which run used which answer, in which place."""

    run_id: str
    """The run."""
    chain: str
    """The chain that asked."""
    place: str
    """What the call was for inside the run: `code_graph:borrow_book`."""
    attempt: int = 1
    """Which try of the chain it was."""
    sample: int = 1
    """Which of several answers to the same question."""
    key: str
    """The `ModelCall` that answered."""
    hit: bool = False
    """Whether the journal had the answer already."""
    created_at: datetime
    """When it was used."""


class EvidenceRecord(Part):
    """Normalised output of a tool that enters a prompt, kept so that a replay renders the same."""

    run_id: str
    """The run."""
    place: str
    """What it is evidence about."""
    kind: str
    """The tool that it comes from."""
    key: str
    """The hash of what was tried."""
    content: str
    """The normalised output."""
    created_at: datetime
    """When it was kept."""
