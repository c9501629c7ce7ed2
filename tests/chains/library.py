"""Two small chains of a made-up library: one structured, one of code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codex.chains.chain import Chain, CodeOrQuestion, Problem, Sentence
from codex.chains.offline import Offline
from codex.common.documents.base import Part
from codex.common.model.base import Model

PROMPTS = Path(__file__).parent / "prompts"


class NameShelfInputs(Part):
    """What the prompt may name."""

    topic: str
    """What the books are about."""
    taken: tuple[str, ...] = ()
    """Names that other shelves have."""


class ShelfName(Part):
    """The answer."""

    name: str
    """The shelf's name: two words at most."""
    room: str
    """The room that it stands in."""


TAKEN = Sentence("taken", "{name} is taken; choose another name.")


def check_name(inputs: NameShelfInputs, output: ShelfName) -> Iterator[Problem]:
    if output.name in inputs.taken:
        yield TAKEN(name=output.name, at=("name",))


NAME_SHELF = Chain(
    name="library/name_shelf",
    purpose="Names a shelf of books.",
    inputs=NameShelfInputs,
    output=ShelfName,
    check=check_name,
    sentences=(TAKEN,),
    narrow=lambda inputs: {"ShelfName.room": ["attic", "hall"]},
)


class WriteSumInputs(Part):
    """A contract in small."""

    name: str
    count: int


WRONG_NAME = Sentence("wrong_name", "The function must be called {name}.")


def check_sum(inputs: WriteSumInputs, output: CodeOrQuestion) -> Iterator[Problem]:
    if output.code and f"def {inputs.name}(" not in output.code:
        yield WRONG_NAME(name=inputs.name, at=(1,))


WRITE_SUM = Chain(
    name="library/write_sum",
    purpose="Writes a function that adds.",
    inputs=WriteSumInputs,
    output=CodeOrQuestion,
    check=check_sum,
    sentences=(WRONG_NAME,),
)

INPUTS = NameShelfInputs(topic="the sea", taken=("Harbour",))
GOOD = '{"name": "Tides", "room": "hall"}'


def library(model: Model, **options: Any) -> Offline:
    """Services in memory with the library's prompts."""
    return Offline(model, prompts=PROMPTS, **options)
