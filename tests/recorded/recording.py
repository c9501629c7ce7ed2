"""A recorded run: its request, and a model that gives the answers which were taken then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from codex.common.errors import RunFailed
from codex.common.model.base import Mode, Question
from codex.common.model.scripted import Scripted, Turn

HERE = Path(__file__).parent
_AGAIN = (
    "Build {request} with a model that can answer it (the model `manual` takes answers from "
    "people) and keep that run: python tools/record_run.py RUN --to {folder}."
)


@dataclass(frozen=True)
class Recording:
    """The answers of one run by chain and place."""

    name: str
    request: str
    answers: dict[str, str]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return HERE / self.name

    @property
    def again(self) -> str:
        """How to record it anew."""
        folder = self.folder.relative_to(HERE.parent.parent)
        return _AGAIN.format(request=f"@{folder}/request.txt", folder=folder)

    def model(self) -> Scripted:
        """Gives the answer of each place once; whatever else is asked is an error that says so."""

        def reply(question: Question) -> Turn:
            spot = f"{question.chain}@{question.place}"
            if spot not in self.answers:
                near = [known for known in self.answers if known.startswith(question.chain)]
                return RunFailed(
                    f"The recorded run {self.name} has no answer for {spot}; for this chain it "
                    f"has {', '.join(near) or 'none'}.",
                    self.again,
                )
            if question.attempt > 1:
                return RunFailed(
                    f"The recorded answer of {self.name} at {spot} is not accepted any more: "
                    f"{question.messages[-1].content}",
                    f"If the check is right: {self.again}",
                )
            return self.answers[spot]

        return Scripted(otherwise=reply, mode=Mode.JSON)


def recording(name: str) -> Recording:
    """The recorded run of that name."""
    folder = HERE / name
    request = (folder / "request.txt").read_text(encoding="utf-8")
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return Recording(name, request, answers)


def recordings() -> list[str]:
    """The names of all recorded runs."""
    return sorted(path.parent.name for path in HERE.glob("*/answers.json"))
