"""Services in memory, enough to ask chains: for tests, examples and notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from codex.common.events import Event, Progress
from codex.common.journal import Journal, JournalMode, JournalStore
from codex.common.journal_memory import MemoryJournal
from codex.common.model.base import Model
from codex.common.model.budget import Budget
from codex.common.model.limits import ModelLimits
from codex.common.templates import SHIPPED, Templates

E = TypeVar("E", bound=Event)


class EventList:
    """An event log that only remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def append(self, *events: Event) -> None:
        """Remember events."""
        self.events += events

    def progress(self, piece: Progress) -> None:
        """Remember streamed text."""
        self.events.append(piece)

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


class Offline:
    """What the runner needs, with a journal in memory and no database."""

    def __init__(
        self,
        model: Model,
        *,
        store: JournalStore | None = None,
        run_id: str = "run",
        mode: JournalMode = JournalMode.NORMAL,
        follow: str = "",
        overlay: Path | None = None,
        prompts: Path = SHIPPED,
        budget: Budget | None = None,
        limits: ModelLimits | None = None,
    ) -> None:
        self.run_id = run_id
        self.model = model
        self.journal = Journal(store or MemoryJournal(), run_id=run_id, mode=mode, follow=follow)
        self.budget = budget or Budget()
        self.limits = limits or ModelLimits()
        self.templates = Templates(overlay, shipped=prompts)
        self.events = EventList()
