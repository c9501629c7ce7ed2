"""A run's chains in figures, from its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from codex.common.events import Event, ModelCalled, ModelRetried


@dataclass
class ChainFigures:
    """What one chain did in a run."""

    chain: str
    questions: int = 0
    """First attempts: what the run wanted to know."""
    asked: int = 0
    """Calls that reached the model."""
    hits: int = 0
    """Calls that the journal answered."""
    first_try: int = 0
    """Questions whose first answer was taken."""
    mended: int = 0
    """Replies that lenient parsing mended."""
    rejected: Counter[str] = field(default_factory=Counter[str])
    """Rejected replies by reason."""
    retried: int = 0
    """Requests that did not get through and were sent again."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    usd: Decimal = Decimal(0)
    unpriced: int = 0
    """Calls whose price is unknown; with any, `usd` is not the whole truth."""
    milliseconds: int = 0

    def count(self, event: ModelCalled) -> None:
        """Add one call. What the journal answered was paid for by an earlier run."""
        self.questions += event.attempt == 1
        self.first_try += event.attempt == 1 and not event.reason
        self.mended += bool(event.mended)
        if event.reason:
            self.rejected[event.reason] += 1
        if event.hit:
            self.hits += 1
            return
        self.asked += 1
        self.input_tokens += event.usage.input_tokens
        self.cached_tokens += event.usage.cached_tokens
        self.output_tokens += event.usage.output_tokens
        self.milliseconds += event.latency_ms
        if event.price is None:
            self.unpriced += 1
        else:
            self.usd += event.price

    def as_json(self) -> dict[str, Any]:
        """The figures for programs."""
        return {
            "chain": self.chain,
            "questions": self.questions,
            "asked": self.asked,
            "from_journal": self.hits,
            "first_try": self.first_try,
            "mended": self.mended,
            "rejected": dict(self.rejected),
            "transport_retries": self.retried,
            "input_tokens": self.input_tokens,
            "cached_tokens": self.cached_tokens,
            "output_tokens": self.output_tokens,
            "usd": None if self.unpriced else str(self.usd),
            "seconds": round(self.milliseconds / 1000, 3),
        }

    def cells(self) -> tuple[object, ...]:
        """The figures for people."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.rejected.items()))
        tokens = f"{self.input_tokens:,} ({self.cached_tokens:,})"
        price = "unknown" if self.unpriced else f"{self.usd:.4f}"
        return (
            self.chain,
            self.asked,
            self.hits,
            f"{self.first_try}/{self.questions}",
            self.mended,
            reasons or "-",
            self.retried,
            tokens,
            f"{self.output_tokens:,}",
            price,
            f"{self.milliseconds / 1000:.1f}",
        )


HEADINGS = (
    "chain", "asked", "journal", "first try", "mended", "rejected", "resent", "tokens in (cached)",
    "out", "$", "seconds",
)  # fmt: skip


def chain_figures(events: Iterable[Event]) -> list[ChainFigures]:
    """The figures of each chain in the order of first use, and their sum last."""
    found: dict[str, ChainFigures] = {}
    everything = ChainFigures("all")
    for event in events:
        if isinstance(event, ModelCalled):
            found.setdefault(event.chain, ChainFigures(event.chain)).count(event)
            everything.count(event)
        elif isinstance(event, ModelRetried):
            found.setdefault(event.chain, ChainFigures(event.chain)).retried += 1
            everything.retried += 1
    return [*found.values(), everything]
