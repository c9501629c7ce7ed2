"""Retries of calls that failed on their way."""

from __future__ import annotations

import email.utils
import time
from types import SimpleNamespace
from typing import Any

import pytest

from codex.common.errors import ConfigError, ModelRejected, ModelUnreachable
from codex.common.model.base import Reply, TransportFault
from codex.common.model.faults import explained
from codex.common.model.transport import Patience, with_retries

BUSY = TransportFault("rate_limit", "429", 7.0)
LOST = TransportFault("connection", "gone")


class Trial:
    """A call that fails so often, and a clock that only counts."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.slept: list[float] = []
        self.told: list[tuple[str, int, float]] = []

    async def call(self) -> Reply:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def tell(self, fault: TransportFault, tries: int, wait: float) -> None:
        self.told.append((fault.reason, tries, wait))

    async def run(self, patience: Patience | None = None) -> Reply:
        return await with_retries(
            self.call, patience=patience or Patience(), on_retry=self.tell, sleep=self.sleep
        )


async def test_retry_after_is_kept_to() -> None:
    trial = Trial(BUSY, BUSY, Reply("x"))
    assert (await trial.run()).text == "x"
    assert trial.slept == [7.0, 7.0]
    assert trial.told == [("rate_limit", 1, 7.0), ("rate_limit", 2, 7.0)]


async def test_without_it_waits_grow_with_jitter_up_to_a_bound() -> None:
    trial = Trial(*[LOST] * 5, Reply("x"))
    await trial.run(Patience(tries=6, first_wait=1, longest_wait=4))
    assert all(0 <= wait <= 4 for wait in trial.slept)
    assert len(trial.slept) == 5


async def test_tries_are_bounded() -> None:
    with pytest.raises(ModelUnreachable, match=r"4 tries: connection: gone\.(?!\.)"):
        await Trial(*[LOST] * 9).run(Patience(tries=4, first_wait=0))
    said = TransportFault("connection", "Connection error.")
    with pytest.raises(ModelUnreachable, match=r"Connection error\.(?!\.)"):
        await Trial(*[said] * 9).run(Patience(tries=4, first_wait=0))


async def test_time_is_bounded() -> None:
    trial = Trial(*[BUSY] * 9)
    with pytest.raises(ModelUnreachable):
        await trial.run(Patience(tries=100, seconds=20))
    assert sum(trial.slept) <= 20


async def test_other_errors_are_not_tried_again() -> None:
    trial = Trial(ValueError("a fault of ours"), Reply("x"))
    with pytest.raises(ValueError, match="of ours"):
        await trial.run()


def failed(status: int, *, code: str = "", headers: dict[str, str] | None = None) -> Exception:
    error = RuntimeError(f"status {status} for sk-secret")
    response = SimpleNamespace(status_code=status, headers=headers or {})
    error.__dict__.update(status_code=status, response=response, body={"code": code})
    return error


@pytest.mark.parametrize(
    ("status", "reason"),
    [(408, "timeout"), (409, "conflict"), (429, "rate_limit"), (500, "server"), (503, "server")],
)
def test_these_are_tried_again(status: int, reason: str) -> None:
    fault = explained(failed(status), "openai:m", ("sk-secret",))
    assert isinstance(fault, TransportFault)
    assert fault.reason == reason
    assert "sk-secret" not in str(fault)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((400, ModelRejected), (402, ModelRejected), (422, ModelRejected)),
        *((301, ConfigError), (401, ConfigError), (403, ConfigError), (404, ConfigError)),
    ],
)
def test_these_are_not(status: int, kind: type[Exception]) -> None:
    assert isinstance(explained(failed(status), "openai:m", ()), kind)


def test_an_empty_account_is_not_waited_for() -> None:
    assert isinstance(explained(failed(429, code="insufficient_quota"), "m", ()), ModelRejected)
    assert "Top it up" in str(explained(failed(402), "m", ()))


def test_retry_after_in_every_form() -> None:
    date = email.utils.formatdate(time.time() + 100, usegmt=True)
    forms = {"retry-after": "3"}, {"retry-after-ms": "1500"}, {"retry-after": date}
    waits = [explained(failed(429, headers=form), "m", ()) for form in forms]
    seconds = [wait.retry_after for wait in waits if isinstance(wait, TransportFault)]
    assert seconds[:2] == [3.0, 1.5]
    assert seconds[2] is not None
    assert 90 < seconds[2] <= 100


@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
@pytest.mark.parametrize("value", ["soon", "nan", "inf", "", "Mon, 99 Foo 99999999 00:00:00 GMT"])
def test_a_retry_after_that_says_nothing_is_passed_over(name: str, value: str) -> None:
    odd = explained(failed(429, headers={name: value}), "m", ())
    assert isinstance(odd, TransportFault)
    assert odd.retry_after is None


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionResetError("x"), OSError("x"), ValueError("no JSON")]
)
def test_what_breaks_on_the_way_is_tried_again(error: Exception) -> None:
    assert isinstance(explained(error, "m", ()), TransportFault)
