"""Concurrency and rate limits of a provider, shared fairly by the runs of a process."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from codex.common.model.base import Identity
from codex.common.model.transport import Patience

_MINUTE = 60.0


class _Bucket:
    """Holds what a minute allows; it fills evenly."""

    def __init__(self, per_minute: int | None, clock: Callable[[], float]) -> None:
        self.rate = per_minute / _MINUTE if per_minute else 0.0
        self.most = float(per_minute or 0)
        self.left = self.most
        self._clock = clock
        self._filled = clock()

    def wait(self, amount: float) -> float:
        """Seconds until `amount` is there; more than a whole minute's worth is capped to it."""
        if not self.rate:
            return 0.0
        now = self._clock()
        self.left = min(self.most, self.left + (now - self._filled) * self.rate)
        self._filled = now
        return max(0.0, (min(amount, self.most) - self.left) / self.rate)

    def take(self, amount: float) -> None:
        """Use `amount`; it may go below zero, which later calls wait for."""
        if self.rate:
            self.left -= amount


class ProviderLimits:
    """Slots and rates of one provider. Waiting runs take turns, however many calls each has."""

    def __init__(
        self,
        concurrency: int = 25,
        *,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        patience: Patience | None = None,
        warm_up: bool = False,
        streamed_at_once: int = 2,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.concurrency = concurrency
        self.patience = patience or Patience()
        self.warm_up = warm_up
        """Whether a fan-out sends one call ahead, so that the prompt cache serves the rest."""
        self.streamed_at_once = streamed_at_once
        """How many calls in flight may show their text; following streams costs time."""
        self._free = concurrency
        self._requests = _Bucket(requests_per_minute, clock)
        self._tokens = _Bucket(tokens_per_minute, clock)
        self._waiting: OrderedDict[str, deque[tuple[asyncio.Future[None], int]]] = OrderedDict()
        self._clock = clock
        self._paused_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """How many calls are under way."""
        return self.concurrency - self._free

    @asynccontextmanager
    async def slot(self, run_id: str, tokens: int) -> AsyncGenerator[None]:
        """Held while one call is under way."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run_id, deque()).append((turn, tokens))
        self._serve()
        try:
            await turn
        except asyncio.CancelledError:
            self._forget(run_id, turn, tokens)
            raise
        try:
            yield
        finally:
            self._free += 1
            self._serve()

    def pause(self, seconds: float) -> None:
        """The provider asked to wait: nothing new starts before that."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def correct(self, estimated: int, used: int) -> None:
        """Replace the estimated tokens of a finished call by the true ones."""
        self._tokens.take(used - estimated)

    def _serve(self) -> None:
        """Start as many waiting calls as limits allow, one of each run in turn."""
        while self._free > 0 and self._waiting:
            run_id, queue = next(iter(self._waiting.items()))
            turn, tokens = queue[0]
            wait = max(
                self._paused_until - self._clock(),
                self._requests.wait(1),
                self._tokens.wait(tokens),
            )
            if wait > 0:
                self._wake_after(wait)
                return
            queue.popleft()
            del self._waiting[run_id]
            if queue:
                self._waiting[run_id] = queue  # behind the others
            if turn.done():
                continue
            self._requests.take(1)
            self._tokens.take(tokens)
            self._free -= 1
            turn.set_result(None)

    def _wake_after(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._serve)

    def _forget(self, run_id: str, turn: asyncio.Future[None], tokens: int) -> None:
        """Take a cancelled call out of its queue, or give back the slot that it just got."""
        queue = self._waiting.get(run_id)
        if queue is not None and (turn, tokens) in queue:
            queue.remove((turn, tokens))
            if not queue:
                del self._waiting[run_id]
        elif turn.done() and not turn.cancelled():
            self._free += 1
            self._serve()


class ModelLimits:
    """The limits of every provider that a process uses."""

    def __init__(self, make: Callable[[Identity], ProviderLimits] | None = None) -> None:
        self._make = make or _default
        self._providers: dict[tuple[str, str], ProviderLimits] = {}

    def of(self, identity: Identity) -> ProviderLimits:
        """The limits of a model's provider, the same object for all runs and its other models."""
        key = (identity.provider, identity.base_url)
        if key not in self._providers:
            self._providers[key] = self._make(identity)
        return self._providers[key]


def _default(identity: Identity) -> ProviderLimits:  # noqa: ARG001 the same for all
    return ProviderLimits()
