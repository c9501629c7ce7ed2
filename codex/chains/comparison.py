"""The same inputs through one prompt version or two: what a prompt engineer measures."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from codex.chains.catalogue import AnyChain
from codex.chains.fan_out import each
from codex.chains.runner import Asking, answer
from codex.common.errors import Attempt, ChainExhausted, ModelRefused, NotInMyPower
from codex.common.events import Event, ModelCalled, Progress

_DIFFERENCE_LINES = 60


class Recorder:
    """An event log that remembers what the bench needs, and passes on nothing."""

    def __init__(self) -> None:
        self.calls: list[ModelCalled] = []

    async def append(self, *events: Event) -> None:
        """Keep the calls."""
        self.calls += [event for event in events if isinstance(event, ModelCalled)]

    def progress(self, piece: Progress) -> None:
        """Streamed text is of no use here."""


@dataclass(frozen=True)
class Trial:
    """One input through one prompt version."""

    place: str
    output: Any
    """The answer as JSON; None where none was usable."""
    calls: tuple[ModelCalled, ...]
    failure: str = ""
    attempts: tuple[Attempt, ...] = ()
    """What was tried in vain."""

    @property
    def passed(self) -> bool:
        """Whether there is an answer."""
        return not self.failure

    @property
    def passed_first(self) -> bool:
        """Whether the first attempt was taken."""
        return self.passed and len(self.calls) == 1


@dataclass(frozen=True)
class Version:
    """All inputs through one prompt version."""

    name: str
    trials: Sequence[Trial] = field(default_factory=list[Trial])

    def figures(self) -> dict[str, Any]:
        """The figures of the table."""
        calls = [call for trial in self.trials for call in trial.calls]
        count = max(1, len(self.trials))
        prices = [call.price for call in calls]
        known = [price for price in prices if price is not None]
        return {
            "inputs": len(self.trials),
            "passed at first attempt": sum(trial.passed_first for trial in self.trials),
            "passed": sum(trial.passed for trial in self.trials),
            "attempts per input": round(len(calls) / count, 2),
            "mended replies": sum(bool(call.mended) for call in calls),
            "input tokens": sum(call.usage.input_tokens for call in calls),
            "cached tokens": sum(call.usage.cached_tokens for call in calls),
            "output tokens": sum(call.usage.output_tokens for call in calls),
            "price in $": str(sum(known, Decimal(0))) if len(known) == len(prices) else None,
            "latency per input in ms": round(sum(call.latency_ms for call in calls) / count),
            "from the journal": sum(call.hit for call in calls),
        }


async def try_out(
    chain: AnyChain,
    inputs: Sequence[BaseModel],
    services: Asking,
    recorder: Recorder,
    *,
    label: str,
    samples: int = 1,
) -> Version:
    """Each input, so many times; `services.events` must be `recorder`."""
    wanted = {
        f"{label}:{number}:{sample}": (found, sample)
        for number, found in enumerate(inputs, 1)
        for sample in range(1, samples + 1)
    }

    async def one(place: str) -> Trial:
        found, sample = wanted[place]
        output, failure, attempts = None, "", tuple[Attempt, ...]()
        try:
            value = (await answer(chain, found, services, place=place, sample=sample)).value
            output = value.model_dump(mode="json")
        except (ChainExhausted, ModelRefused) as error:
            failure, attempts = error.what, error.attempts
        except NotInMyPower as error:
            failure = error.what
        calls = tuple(call for call in recorder.calls if call.place == place)
        return Trial(place, output, calls, failure, attempts)

    return Version(label, await each(wanted, one, services))


def output_differences(before: Version, after: Version) -> list[dict[str, Any]]:
    """Where two versions answer differently, as unified differences."""
    found: list[dict[str, Any]] = []
    for number, (old, new) in enumerate(zip(before.trials, after.trials, strict=True), 1):
        if old.output == new.output and old.failure == new.failure:
            continue
        lines = difflib.unified_diff(
            _lines(old), _lines(new), before.name, after.name, lineterm="", n=2
        )
        found.append({"input": number, "difference": list(lines)[:_DIFFERENCE_LINES]})
    return found


def _lines(trial: Trial) -> list[str]:
    if trial.failure:
        return [f"no answer: {trial.failure}"]
    output = trial.output
    if isinstance(output, dict) and isinstance(output.get("code"), str) and output["code"]:  # pyright: ignore[reportUnknownMemberType] any JSON
        return str(output["code"]).splitlines()  # pyright: ignore[reportUnknownArgumentType] any JSON
    return json.dumps(output, indent=1, ensure_ascii=False).splitlines()
