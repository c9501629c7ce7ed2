"""Limits on money, tokens, calls and time; and what things cost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from codex.common.documents.base import Part
from codex.common.documents.run import ModelCall, Usage
from codex.common.errors import BudgetReached, ConfigError
from codex.common.model.base import Message, Mode, Output, Question
from codex.common.model.budget import Budget, Limits, estimated_tokens
from codex.common.model.prices import Price, price_of

PRICE = Price(input=Decimal(1), output=Decimal(2), cached=Decimal("0.5"))


class Nothing(Part):
    pass


def question(text: str = "x" * 350) -> Question:
    messages = (Message("user", text),) if text else ()
    return Question("a/b", Nothing(), messages, Output(Nothing, Mode.JSON_SCHEMA))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def spend(budget: Budget, **usage: int) -> Any:
    ticket, _ = budget.reserve(question())
    return budget.settle(ticket, "a/b", Usage(**usage))


def test_the_estimate_is_replaced_by_the_truth() -> None:
    budget = Budget(price=PRICE)
    used, price = spend(budget, input_tokens=1000, cached_tokens=400, output_tokens=100)
    assert price == Decimal("0.001") * Decimal("0.6") + Decimal("0.0002") + Decimal("0.0002")
    assert (budget.calls, budget.tokens, budget.usd) == (1, 1100, price)
    assert used.cached_tokens == 400


def test_calls_that_are_under_way_count_too() -> None:
    budget = Budget(Limits(calls=2))
    first, _ = budget.reserve(question())
    budget.reserve(question())
    with pytest.raises(BudgetReached, match="calls"):
        budget.reserve(question())
    budget.release(first)
    budget.reserve(question())


def test_tokens_are_limited_by_the_estimate() -> None:
    budget = Budget(Limits(tokens=2000))
    spend(budget, input_tokens=100, output_tokens=1500)
    with pytest.raises(BudgetReached, match="tokens") as caught:
        budget.reserve(question())
    assert "budget_tokens" in caught.value.todo


def test_the_estimate_learns_from_what_a_chain_answers() -> None:
    budget = Budget(price=PRICE)
    first = budget.estimate(question())
    spend(budget, input_tokens=100, output_tokens=20)
    assert budget.estimate(question()).output_tokens == 20 < first.output_tokens


def test_money_is_limited() -> None:
    budget = Budget(Limits(usd=Decimal("0.01")), price=PRICE)
    spend(budget, input_tokens=5000, output_tokens=2400)
    with pytest.raises(BudgetReached, match=r"\$0\.0098 of \$0\.01"):
        budget.reserve(question())


def test_a_limit_on_money_needs_a_price() -> None:
    with pytest.raises(BudgetReached, match="price is unknown") as caught:
        Budget(Limits(usd=Decimal(1))).reserve(question())
    assert "prices_file" in caught.value.todo


def test_time_is_limited_and_earlier_parts_of_a_run_count() -> None:
    clock = Clock()
    budget = Budget(Limits(seconds=10), clock=clock)
    budget.resume([], seconds=4)
    clock.now = 5
    budget.reserve(question())
    clock.now = 6
    with pytest.raises(BudgetReached, match="seconds"):
        budget.reserve(question())


def test_what_a_run_used_before_counts_when_it_goes_on() -> None:
    call = ModelCall(
        key="k",
        chain="a/b",
        provider="p",
        model="m",
        reply="",
        usage=Usage(input_tokens=10, output_tokens=5),
        price=Decimal("0.5"),
        created_at=datetime.now(UTC),
    )
    budget = Budget(Limits(calls=2))
    budget.resume([call, call])
    assert (budget.usd, budget.tokens) == (Decimal(1), 30)
    with pytest.raises(BudgetReached):
        budget.reserve(question())


def test_an_unknown_price_is_unknown_and_not_zero() -> None:
    budget = Budget()
    assert spend(budget, input_tokens=10)[1] is None
    assert budget.unpriced_calls == 1


def test_a_provider_that_does_not_tell_its_usage_is_counted_by_the_estimate() -> None:
    budget = Budget(price=PRICE)
    ticket, estimate = budget.reserve(question())
    used, _ = budget.settle(ticket, "a/b", None)
    assert used.input_tokens == estimate.input_tokens > 90


def test_a_call_without_text_costs_no_tokens() -> None:
    assert Budget(Limits(tokens=1)).reserve(question(""))[1].tokens == 0


def test_tokens_of_other_scripts_are_estimated_higher() -> None:
    assert estimated_tokens("本" * 100) > 2 * estimated_tokens("a" * 100)


def test_shipped_prices_and_the_users_own(tmp_path: Path) -> None:
    assert price_of("openai:gpt-5") == price_of("openai:gpt-5-2025-08-07")
    assert price_of("openai:gpt-5") != price_of("openai:gpt-5-mini")
    assert price_of("vllm:nobody-knows") is None
    assert price_of("openai:gpt-5", shipped=False) is None
    own = tmp_path / "prices.toml"
    own.write_text('["openai:gpt-5"]\ninput = 7\noutput = 8\n["vllm:*"]\ninput = 0\noutput = 0\n')
    assert price_of("openai:gpt-5", own) == Price(Decimal(7), Decimal(8))
    assert price_of("vllm:anything", own) == Price(Decimal(0), Decimal(0))
    assert price_of("openai:gpt-5-mini", own) == price_of("openai:gpt-5-mini")


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        '["m"]\ninput = 1',
        '["m"]\ninput = "x"\noutput = 1',
        '["m"]\ninput = -1\noutput = 1',
        '["m"]\ninput = 1\noutput = 1\nextra = 2',
        "m = 3",
    ],
)
def test_a_wrong_prices_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"prices\.toml"):
        price_of("m", path)
    with pytest.raises(ConfigError, match="cannot be read"):
        price_of("m", tmp_path / "none.toml")
