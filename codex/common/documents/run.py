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
    stage: str = ""
    """The stage that it is in, or ended in."""
    options: dict[str, JsonValue] = {}
    """What it was started with, so that it can be resumed with the same."""
    detail: str = ""
    """One sentence on how it ended."""
    created_at: datetime
    updated_at: datetime


class Usage(Part):
    """What a call consumed."""

    input_tokens: int = 0
    cached_tokens: int = 0
    """The part of `input_tokens` that the provider served from its prompt cache."""
    output_tokens: int = 0


class ModelCall(Part):
    """A question with its answer, asked once; found again by `key`, the hash of what was asked."""

    key: str
    owner: str = LOCAL_OWNER
    chain: str
    provider: str
    base_url: str = ""
    model: str
    parameters: dict[str, JsonValue] = {}
    output_mode: str = ""
    output_schema: JsonValue = None
    messages: tuple[dict[str, str], ...] = ()
    """The rendered messages: role and content."""
    inputs: JsonValue = None
    """The chain's typed inputs, so that a recorded call can be asked again with other prompts."""
    attempt: int = 1
    sample: int = 1
    fingerprint: str = ""
    """Of the template set that rendered the messages."""
    reply: str
    """The raw reply."""
    finish_reason: str = ""
    usage: Usage = Usage()
    price: Decimal | None = None
    """In US dollars; None where the model's price is not known."""
    latency_ms: int = 0
    created_at: datetime


class RunCall(Part):
    """Which run used which answer, in which place."""

    run_id: str
    chain: str
    place: str
    """What the call was for inside the run: `code_graph:borrow_book`."""
    attempt: int = 1
    sample: int = 1
    key: str
    """The `ModelCall` that answered."""
    hit: bool = False
    """Whether the journal had the answer already."""
    created_at: datetime


class EvidenceRecord(Part):
    """Normalised output of a tool that enters a prompt, kept so that a replay renders the same."""

    run_id: str
    place: str
    kind: str
    key: str
    content: str
    created_at: datetime
