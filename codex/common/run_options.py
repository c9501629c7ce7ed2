"""What a run was started with, kept beside it so that it is taken up with the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

from codex.common.config import Settings
from codex.common.documents.base import JsonValue
from codex.common.redact import redact

RESUMABLE = ("build", "design", "architect", "develop", "deploy")
"""The kinds of runs that can be taken up where they ended."""
# What shapes the answers; with another one the journal would not know the run's questions.
_SHAPING = (
    "model",
    "base_url",
    "structured_output",
    "temperature",
    "max_output_tokens",
    "manual_dir",
    "prompts_dir",
    "package_policy",
    "extra_packages",
    "package_index",
)
# Where the run itself is kept, and by whom it is seen.
_PLACES = frozenset({"data_dir", "database_url", "owner", "api_key", "log_level"})


def run_options(
    settings: Settings,
    *,
    flags: Collection[str] = (),
    answers: Mapping[str, str] | None = None,
    feedback: Sequence[str] = (),
    arguments: Mapping[str, JsonValue] | None = None,
) -> dict[str, JsonValue]:
    """The options of a run; `flags` are the settings that its command line gave."""
    told = settings.model_dump(mode="json")
    kept: dict[str, JsonValue] = {}
    for name in [*_SHAPING, *sorted(set(flags) - {*_SHAPING, *_PLACES})]:
        value = told[name]
        # A secret in an address is not kept; whoever takes the run up gives it again.
        if not isinstance(value, str) or redact(value, ()) == value:
            kept[name] = "none" if value is None else value
    return {
        "settings": kept,
        "answers": dict(answers or {}),
        "feedback": list(feedback),
        "arguments": dict(arguments or {}),
    }


def way_back(kind: str, run_id: str) -> str:
    """What whoever stopped a run does to go on with it."""
    if kind in RESUMABLE:
        return f"Go on with: codex runs resume {run_id}"
    return "Repeat its command: what was answered is not asked again."


def kept_settings(options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The settings that a run was started with."""
    return dict(_mapping(options, "settings"))


def kept_arguments(options: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The arguments of the command that started it; none where a program did."""
    return dict(_mapping(options, "arguments"))


def kept_answers(options: Mapping[str, JsonValue]) -> dict[str, str]:
    """What the client answered in the interview."""
    return {name: str(value) for name, value in _mapping(options, "answers").items()}


def kept_feedback(options: Mapping[str, JsonValue]) -> list[str]:
    """The corrections that came with the request."""
    found = options.get("feedback")
    return [str(item) for item in found] if isinstance(found, list) else []


def _mapping(options: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    found = options.get(name)
    return cast("Mapping[str, JsonValue]", found) if isinstance(found, dict) else {}
