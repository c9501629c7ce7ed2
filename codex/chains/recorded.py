"""Recorded inputs of chains: a small set that ships, and what the journal holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from codex.chains.catalogue import AnyChain
from codex.common.documents.run import ModelCall
from codex.common.errors import InputError
from codex.common.templates import SHIPPED

RECORDED = SHIPPED / "recorded.jsonl"
"""One JSON object a line: the chain, its inputs, the answer that was taken, and who gave it."""


@dataclass(frozen=True)
class RecordedInput:
    """Inputs that a chain was really asked with."""

    inputs: BaseModel
    source: str
    """Where they were recorded: `shipped`, or the journal's key."""


def shipped_inputs(chain: AnyChain, path: Path = RECORDED) -> list[RecordedInput]:
    """The inputs of `chain` in the set that ships."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", "Install codex again."
        ) from None
    entries: list[dict[str, Any]] = [json.loads(line) for line in lines if line]
    found = (entry["inputs"] for entry in entries if entry["chain"] == chain.name)
    return _typed(chain, ((inputs, "shipped") for inputs in found))


def journal_inputs(chain: AnyChain, calls: Iterable[ModelCall]) -> list[RecordedInput]:
    """The inputs of `chain` among recorded calls, each once."""
    first = (call for call in calls if call.chain == chain.name and call.attempt == 1)
    return _typed(chain, ((call.inputs, call.key) for call in first))


def _typed(chain: AnyChain, found: Iterable[tuple[Any, str]]) -> list[RecordedInput]:
    """Those that the chain still takes, each once."""
    kept: dict[str, RecordedInput] = {}
    for raw, source in found:
        try:
            inputs = chain.inputs.model_validate(raw)
        except ValidationError:
            continue  # recorded for an older form of the chain's inputs
        kept.setdefault(json.dumps(raw, sort_keys=True), RecordedInput(inputs, source))
    return list(kept.values())


def as_lines(calls: Sequence[ModelCall]) -> str:
    """Recorded calls in the form of the set that ships."""
    entries = [
        {"chain": call.chain, "model": call.model, "inputs": call.inputs, "reply": call.reply}
        for call in calls
    ]
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
