"""The state of a build as its events tell it: stages, functions, tokens, money, time left."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from codex.cli.event_lines import DELIVERY

if TYPE_CHECKING:
    from codex.common.events import Logged, ModelCalled

STAGES = ("design", "architect", "develop", "deploy")
# Medians of builds with the built-in model, in seconds; a model's answers come on top.
WORK = {"design": 0.5, "architect": 1.0, "develop": 12.0, "deploy": 20.0}
# Questions that must be answered one after the other.
DEPTH = {"design": 2, "architect": 4, "develop": 3, "deploy": 0}
_DOCUMENTS = {
    "specification": "design",
    "architecture": "architect",
    "implementation": "develop",
    "application": "deploy",
}


@dataclass
class Stage:
    """One stage."""

    name: str
    state: Literal["waiting", "running", "done"] = "waiting"
    planned: int = 0
    done: int = 0
    began: datetime | None = None
    seconds: float = 0.0


@dataclass
class Picture:
    """What is known of a run."""

    stages: dict[str, Stage] = field(default_factory=lambda: {name: Stage(name) for name in STAGES})
    functions: dict[str, str] = field(default_factory=dict[str, str])
    """What each function that is worked on waits for, in the order in which they began."""
    calls: int = 0
    answered_before: int = 0
    """Answers that the journal had: they cost nothing."""
    tokens: int = 0
    usd: Decimal = Decimal(0)
    unpriced: bool = False
    """Whether there are calls whose price is not known."""
    waiting: str = ""
    """What the model is waited for, where it did not answer at once."""
    writing: str = ""
    """The end of what a model is writing."""
    _latency: int = 0

    def take(self, logged: Logged) -> None:
        """Take an event in."""
        event = logged.event
        match event.type:
            case "stage_started":
                self._started(event.stage, event.planned, logged.created_at)
            case "stage_finished":
                self._finished(event.stage, event.seconds)
            case "document_saved":
                if event.kind in _DOCUMENTS:
                    self._finished(_DOCUMENTS[event.kind], 0.0)
            case "model_called":
                self._called(event)
            case "model_retried":
                self.waiting = f"{event.reason}, again in {event.wait_seconds:.0f} s"
            case "progress":
                before = "" if event.place in DELIVERY else self.writing
                self.writing = (before + event.text)[-200:]
            case "function_verified":
                self._settled(event.function)
            case "check_failed":
                if event.check == "given up":
                    self._settled(event.subject)
                elif event.subject in self.functions:
                    self.functions[event.subject] = f"{event.check} failed, repairing"
            case _:
                pass

    def seconds_left(self, now: datetime) -> float | None:
        """An estimate of the time to the end; None before anything has begun."""
        if all(stage.state == "waiting" for stage in self.stages.values()):
            return None
        return sum(self._left(stage, now) for stage in self.stages.values())

    def _left(self, stage: Stage, now: datetime) -> float:
        if stage.state == "done":
            return 0.0
        answered = self.calls - self.answered_before
        latency = self._latency / answered / 1000 if answered else 0.0
        guess = WORK[stage.name] + DEPTH[stage.name] * latency
        if stage.began is None:
            return guess
        spent = (now - stage.began).total_seconds()
        if stage.planned and stage.done:
            return spent / stage.done * (stage.planned - stage.done)
        return max(0.0, guess - spent)

    def _started(self, name: str, planned: int, at: datetime) -> None:
        if name in self.stages:
            self.stages[name] = Stage(name, "running", planned, began=at)

    def _finished(self, name: str, seconds: float) -> None:
        stage = self.stages.get(name)
        if stage is not None:
            stage.state, stage.seconds = "done", seconds or stage.seconds
            self.functions.clear()
            self.waiting = self.writing = ""

    def _called(self, event: ModelCalled) -> None:
        self.calls += 1
        self.waiting = self.writing = ""
        if event.chain.startswith("develop/"):
            # A place begins with the function's name: `borrow_book:0:1`.
            name = event.place.partition(":")[0].partition("+")[0]
            what = "repaired" if event.chain.endswith("repair") else "written"
            self.functions[name] = f"{what}, being tried"
        if event.hit:
            self.answered_before += 1
            return
        self.tokens += event.usage.input_tokens + event.usage.output_tokens
        self._latency += event.latency_ms
        if event.price is None:
            self.unpriced = True
        else:
            self.usd += event.price

    def _settled(self, function: str) -> None:
        self.functions.pop(function, None)
        develop = self.stages["develop"]
        develop.done = min(develop.done + 1, develop.planned or develop.done + 1)
