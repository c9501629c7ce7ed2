"""Limits on money, tokens, calls and time: an estimate before each call, the truth after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from codex.common.documents.run import ModelCall, Usage
from codex.common.errors import BudgetReached
from codex.common.model.base import Question
from codex.common.model.prices import Price

_CHARACTERS_PER_TOKEN = 3.5  # a little less than the usual 4, so that estimates err upwards
_MESSAGE_OVERHEAD = 8
_FIRST_OUTPUT_GUESS = 800
_WITHOUT_OUTPUT = {"embed"}


@dataclass(frozen=True)
class Limits:
    """The most that a run may use; None for no limit."""

    usd: Decimal | None = None
    tokens: int | None = None
    calls: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Estimate:
    """What one call will probably use."""

    input_tokens: int
    output_tokens: int
    usd: Decimal | None
    """None where the price is unknown."""

    @property
    def tokens(self) -> int:
        """Both ways together."""
        return self.input_tokens + self.output_tokens


def estimated_tokens(text: str) -> int:
    """About how many tokens `text` has; the exact tables of a provider are not needed for that."""
    ascii_share = len(text.encode("utf-8", "replace")) / max(1, len(text))
    return int(len(text) * ascii_share / _CHARACTERS_PER_TOKEN) + 1


PriceChoice = Price | Literal["model"] | None


class Budget:
    """What a run may use, and what it has used."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        price: Price | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.price = price
        self.calls = 0
        self.usage = Usage()
        self.usd = Decimal(0)
        self.unpriced_calls = 0
        """Calls whose price is unknown; where there are any, `usd` is not the whole truth."""
        self._clock = clock
        self._started = clock()
        self._earlier_seconds = 0.0
        self._reserved: dict[int, Estimate] = {}
        self._ticket = 0
        self._outputs: dict[str, tuple[int, int]] = {}

    @property
    def seconds(self) -> float:
        """How long the run has worked, earlier parts of it included."""
        return self._earlier_seconds + self._clock() - self._started

    @property
    def tokens(self) -> int:
        """All tokens used so far."""
        return self.usage.input_tokens + self.usage.output_tokens

    def resume(self, calls: Iterable[ModelCall], seconds: float = 0.0) -> None:
        """Count what an interrupted run had used before it goes on."""
        self._earlier_seconds += seconds
        for call in calls:
            self._count(call.chain, call.usage, call.price)

    def estimate(self, question: Question, price: PriceChoice = "model") -> Estimate:
        """What `question` will probably use."""
        texts = [message.content for message in question.messages]
        input_tokens = sum(estimated_tokens(text) + _MESSAGE_OVERHEAD for text in texts)
        calls, tokens = self._outputs.get(question.chain, (0, 0))
        output_tokens = tokens // calls if calls else _FIRST_OUTPUT_GUESS
        if not texts or question.chain in _WITHOUT_OUTPUT:
            output_tokens = 0  # no text is read, or none is written
        expected = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
        return Estimate(input_tokens, output_tokens, self._usd(expected, price))

    def reserve(self, question: Question, price: PriceChoice = "model") -> tuple[int, Estimate]:
        """A ticket for one call and its estimate, or `BudgetReached` before anything is spent.

        `price` is given for a call of another kind than the model's, such as one for vectors.
        """
        estimate = self.estimate(question, price)
        waiting = list(self._reserved.values())
        limits = self.limits
        if limits.calls is not None and self.calls + len(waiting) + 1 > limits.calls:
            raise self._reached("calls", f"{self.calls} of {limits.calls} calls are used")
        if limits.tokens is not None:
            expected = self.tokens + sum(item.tokens for item in waiting) + estimate.tokens
            if expected > limits.tokens:
                raise self._reached(
                    "tokens",
                    f"{self.tokens:,} of {limits.tokens:,} tokens are used and the next call needs "
                    f"about {estimate.tokens:,}",
                )
        if limits.usd is not None:
            self._check_money(limits.usd, estimate, waiting)
        self.check_time()
        self._ticket += 1
        self._reserved[self._ticket] = estimate
        return self._ticket, estimate

    def check_time(self) -> None:
        """`BudgetReached` where the run has taken its time."""
        limit = self.limits.seconds
        if limit is not None and self.seconds >= limit:
            raise self._reached("seconds", f"{self.seconds:.0f} of {limit:.0f} seconds are over")

    def release(self, ticket: int) -> None:
        """The call of `ticket` did not happen."""
        self._reserved.pop(ticket, None)

    def settle(
        self, ticket: int, chain: str, usage: Usage | None, price: PriceChoice = "model"
    ) -> tuple[Usage, Decimal | None]:
        """Replace the estimate of `ticket` by the truth; what is to be recorded of it."""
        estimate = self._reserved.pop(ticket)
        # A provider that does not say what it used is counted by the estimate: never as nothing.
        used = usage or Usage(
            input_tokens=estimate.input_tokens, output_tokens=estimate.output_tokens
        )
        usd = self._usd(used, price)
        self._count(chain, used, usd)
        return used, usd

    def _usd(self, usage: Usage, price: PriceChoice) -> Decimal | None:
        chosen = self.price if price == "model" else price
        return chosen.of(usage) if chosen else None

    def _count(self, chain: str, usage: Usage, price: Decimal | None) -> None:
        self.calls += 1
        self.usage = Usage(
            input_tokens=self.usage.input_tokens + usage.input_tokens,
            cached_tokens=self.usage.cached_tokens + usage.cached_tokens,
            output_tokens=self.usage.output_tokens + usage.output_tokens,
        )
        if price is None:
            self.unpriced_calls += 1
        else:
            self.usd += price
        calls, tokens = self._outputs.get(chain, (0, 0))
        self._outputs[chain] = (calls + 1, tokens + usage.output_tokens)

    def _check_money(self, limit: Decimal, estimate: Estimate, waiting: list[Estimate]) -> None:
        if estimate.usd is None:
            raise self._reached(
                "usd",
                "the model's price is unknown, so a limit on money cannot be kept",
                "Add the model to a prices file (`prices_file`), or limit tokens instead.",
            )
        expected = self.usd + sum((item.usd or Decimal(0) for item in waiting), estimate.usd)
        if expected > limit:
            raise self._reached(
                "usd",
                f"${self.usd:.4f} of ${limit} is spent and the next call costs about "
                f"${estimate.usd:.4f}",
            )

    @staticmethod
    def _reached(what: str, why: str, todo: str = "") -> BudgetReached:
        return BudgetReached(
            f"The budget is reached: {why}.",
            todo or f"Nothing is lost: resume the run with a higher `budget_{what}`.",
        )
