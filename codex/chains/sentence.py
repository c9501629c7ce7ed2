"""The sentences in which `check()` tells a model what is wrong; overlays may reword each."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]
"""Where in a reply: keys and positions of a JSON value, or one line number of code."""


def placeholders(text: str) -> set[str]:
    """The names in braces in `text`; a `ValueError` where they are more than plain names."""
    names: set[str] = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is not a plain name in braces")
        names.add(name)
    return names


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a reply: a sentence, its values, and the place if it has one."""

    sentence: Sentence
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    at: Place = ()

    def text(self, reworded: Mapping[str, str] | None = None) -> str:
        """The sentence with its values, in the overlay's words where it has some."""
        words = (reworded or {}).get(self.sentence.name, self.sentence.text)
        return words.format_map(self.values)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class Sentence:
    """A sentence with a name and places for values: `Sentence("no_table", "No table {name}.")`.

    Calling it gives a problem: `NO_TABLE(name="books", at=("routes", 2, "table"))`.
    """

    name: str
    text: str

    def __post_init__(self) -> None:
        placeholders(self.text)

    def __call__(self, *, at: Place = (), **values: object) -> Problem:
        """The problem that this sentence tells, with `values` filled in."""
        if missing := placeholders(self.text) - values.keys():
            raise TypeError(f"sentence {self.name!r} lacks {', '.join(sorted(missing))}")
        return Problem(self, {name: _shown(value) for name, value in values.items()}, at)


def _shown(value: object) -> str:
    """How a value reads in a sentence."""
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(_shown(item) for item in value) or "none"  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] any iterable reads the same
    return str(value)
