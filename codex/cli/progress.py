"""What is shown of a run while it goes on: its events, and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Protocol

from codex.cli.event_lines import told
from codex.common.errors import StoreError
from codex.common.events import follow

if TYPE_CHECKING:
    from codex.common.database.store import Store
    from codex.common.events import Logged

_LAST_EVENTS = 10.0  # seconds that the last events may take to arrive


class View(Protocol):
    """Shows events to somebody."""

    def show(self, logged: Logged) -> None:
        """Show what happened."""
        ...

    def recall(self, logged: Logged) -> None:
        """Take in what happened in an earlier part of the run."""
        ...

    @contextmanager
    def paused(self) -> Generator[None]:
        """Leave the terminal to somebody else meanwhile."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


class Lines:
    """A line for each event that a person cares for, or each event as JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json

    def show(self, logged: Logged) -> None:
        """Print it on standard error."""
        line = logged.model_dump_json() if self._as_json else told(logged.event)
        if line:
            print(line, file=sys.stderr, flush=True)

    def recall(self, logged: Logged) -> None:
        """Nothing: it was shown when it happened."""

    @contextmanager
    def paused(self) -> Generator[None]:
        """Nothing is drawn between lines."""
        yield

    def close(self) -> None:
        """Nothing is open."""


class Silent:
    """Nothing, where somebody is in a conversation."""

    def show(self, logged: Logged) -> None:
        """Nothing."""

    def recall(self, logged: Logged) -> None:
        """Nothing."""

    @contextmanager
    def paused(self) -> Generator[None]:
        """Nothing is drawn."""
        yield

    def close(self) -> None:
        """Nothing is open."""


def view_for(*, as_json: bool, draws: bool = True) -> View:
    """A live picture where there is a terminal for it; lines elsewhere, or JSON if asked for."""
    if as_json or not draws or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return Lines(as_json=as_json)
    from codex.cli.progress_live import Live

    return Live()


@asynccontextmanager
async def followed(store: Store, view: View) -> AsyncGenerator[Callable[[str, bool], None]]:
    """Show a run's events from the moment that its id is given, up to its end.

    The second argument says whether the run was there before: then its past is only taken in.
    """
    tasks: list[asyncio.Task[None]] = []

    def begin(run_id: str, resumed: bool) -> None:
        tasks.append(asyncio.create_task(_shown(store, run_id, view, resumed=resumed)))

    failed = False
    try:
        yield begin
    except StoreError:
        failed = True  # no event comes any more
        raise
    finally:
        for task in tasks:
            if not failed:
                await asyncio.wait([task], timeout=_LAST_EVENTS)
            task.cancel()
        # Where events cannot be read, the run cannot write them either, and says so.
        await asyncio.gather(*tasks, return_exceptions=True)
        view.close()


async def _shown(store: Store, run_id: str, view: View, *, resumed: bool) -> None:
    past = 0
    if resumed:
        async for logged in follow(store, run_id, live=False):
            if logged.event.type == "run_started":
                past = logged.position - 1
        async for logged in follow(store, run_id, live=False):
            if logged.position <= past:
                view.recall(logged)
    async for logged in follow(store, run_id, past):
        view.show(logged)
