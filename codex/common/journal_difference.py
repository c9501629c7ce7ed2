"""Says in what a question differs from the recorded one that is nearest to it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from codex.common.documents.run import ModelCall
from codex.common.errors import ReplayMiss
from codex.common.journal import Asked

_LINES_SHOWN = 40


def explain_miss(asked: Asked, candidates: Sequence[ModelCall]) -> ReplayMiss:
    """The error of a replay that came to a question which its run never recorded."""
    question = asked.question
    what = f"The replay asked {question.chain} ({question.place or 'no place'}, attempt "
    what += f"{question.attempt}) something that the run never asked."
    new = asked.record(reply="")
    if not candidates:
        return ReplayMiss(what, "The run recorded no question of this chain at all.")
    nearest = max(candidates, key=lambda call: _likeness(call, new))
    lines = difference(nearest, new)
    shown = "\n".join(lines[:_LINES_SHOWN]) or "Only the place or the attempt differs."
    if len(lines) > _LINES_SHOWN:
        shown += f"\n… and {len(lines) - _LINES_SHOWN} more lines"
    return ReplayMiss(what, f"Compared to the nearest recorded question:\n{shown}")


def difference(old: ModelCall, new: ModelCall) -> list[str]:
    """What differs between two questions, as lines for people."""
    lines: list[str] = []
    for name in ("owner", "provider", "base_url", "model", "output_mode", "attempt", "sample"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            lines.append(f"{name}: {before!r} became {after!r}")
    lines += _unified("parameters", _pretty(old.parameters), _pretty(new.parameters))
    lines += _unified("schema", _pretty(old.output_schema), _pretty(new.output_schema))
    lines += _unified("messages", _text(old), _text(new))
    if not lines:
        lines += _unified("inputs", _pretty(old.inputs), _pretty(new.inputs))
    if not lines and old.key.split("~")[0] != new.key:
        lines.append("the code of the built-in model changed")
    return lines


def _likeness(call: ModelCall, new: ModelCall) -> float:
    matcher = difflib.SequenceMatcher(None, _text(call)[-20_000:], _text(new)[-20_000:])
    return matcher.quick_ratio()


def _text(call: ModelCall) -> str:
    if not call.messages:
        return _pretty(call.inputs)
    return "\n".join(f"[{item['role']}]\n{item['content']}" for item in call.messages)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def _unified(title: str, before: str, after: str) -> list[str]:
    if before == after:
        return []
    lines = difflib.unified_diff(
        before.splitlines(),
        after.splitlines(),
        f"recorded {title}",
        f"asked {title}",
        "",
        "",
        2,
        "",
    )
    return list(lines)
