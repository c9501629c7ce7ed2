"""Tries a call again when it failed on its way; what the model answered is no concern here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.stop import stop_base
from tenacity.wait import wait_base, wait_random_exponential

from codex.common.errors import ModelUnreachable
from codex.common.model.base import Reply, TransportFault

Sleep = Callable[[float], Awaitable[None]]
OnRetry = Callable[[TransportFault, int, float], Awaitable[None]]
"""Told of each retry: the fault, the number of tries so far, the seconds until the next."""


@dataclass(frozen=True)
class Patience:
    """How long a call is tried."""

    tries: int = 6
    seconds: float = 300.0
    """Waiting in all; a provider that asks for more than is left ends the call at once."""
    first_wait: float = 0.5
    longest_wait: float = 30.0


async def with_retries(
    call: Callable[[], Awaitable[Reply]],
    *,
    patience: Patience,
    on_retry: OnRetry,
    sleep: Sleep = asyncio.sleep,
) -> Reply:
    """The reply of `call`, tried again after a `TransportFault`; `ModelUnreachable` in the end."""
    try:
        return await call()
    except TransportFault as fault:
        failed: list[TransportFault] = [fault]

    async def again() -> Reply:
        # The first try is told to tenacity as it was; without a fault its machinery costs nothing.
        if failed:
            raise failed.pop()
        return await call()

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(TransportFault),
        wait=_Wait(patience),
        stop=_Stop(patience),
        sleep=sleep,
        before_sleep=_told(on_retry),
        retry_error_callback=_give_up,
    )
    return await retrying(again)


class _Wait(wait_base):
    """Exponential with full jitter; a provider's own Retry-After is kept to."""

    def __init__(self, patience: Patience) -> None:
        self._jitter = wait_random_exponential(
            multiplier=patience.first_wait, max=patience.longest_wait
        )

    def __call__(self, retry_state: RetryCallState) -> float:
        asked = _fault(retry_state).retry_after
        return self._jitter(retry_state) if asked is None else asked


class _Stop(stop_base):
    """After so many tries, or when the next wait would end after the time is over."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    def __call__(self, retry_state: RetryCallState) -> bool:
        waited = retry_state.idle_for + retry_state.upcoming_sleep
        return retry_state.attempt_number >= self._patience.tries or waited > self._patience.seconds


def _told(on_retry: OnRetry) -> Callable[[RetryCallState], Awaitable[None]]:
    async def tell(state: RetryCallState) -> None:
        await on_retry(_fault(state), state.attempt_number, state.upcoming_sleep)

    return tell


def _fault(state: RetryCallState) -> TransportFault:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, TransportFault)
    return error


def _give_up(state: RetryCallState) -> Reply:
    fault = _fault(state)
    raise ModelUnreachable(
        f"The model did not answer in {state.attempt_number} tries: {str(fault).rstrip('.')}.",
        "Check the network and the provider's status; then resume the run: nothing is lost.",
    ) from fault
