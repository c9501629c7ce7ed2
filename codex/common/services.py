"""What a stage is handed explicitly: the parts of the running system behind one protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from codex.common.config import Settings
    from codex.common.database.store import Store
    from codex.common.events import EventLog
    from codex.common.journal import Journal
    from codex.common.model.base import Model
    from codex.common.model.budget import Budget
    from codex.common.model.limits import ModelLimits
    from codex.common.sandbox import Environments, Sandbox
    from codex.common.templates import Templates


class Services(Protocol):
    """Built by `runtime.py`; nothing here is global and nothing is created at import."""

    @property
    def run_id(self) -> str:
        """The run that all of this is done for."""
        ...

    @property
    def settings(self) -> Settings:
        """The configuration, already merged and checked."""
        ...

    @property
    def model(self) -> Model:
        """Who answers the chains' questions."""
        ...

    @property
    def journal(self) -> Journal:
        """Every completed model call, by the hash of what was asked."""
        ...

    @property
    def budget(self) -> Budget:
        """Limits on money, tokens, calls and time, and what is used of them."""
        ...

    @property
    def limits(self) -> ModelLimits:
        """Concurrency and rates of each provider, shared by the runs of the process."""
        ...

    @property
    def store(self) -> Store:
        """Documents and runs in the database."""
        ...

    @property
    def events(self) -> EventLog:
        """The only source of progress."""
        ...

    @property
    def templates(self) -> Templates:
        """Prompt templates, with overlays."""
        ...

    @property
    def sandbox(self) -> Sandbox:
        """The only place where generated code executes."""
        ...

    @property
    def environments(self) -> Environments:
        """Installed package sets for it, cached."""
        ...
