"""The contract of a chain: one question to a model, described in one file.

A chain file holds its inputs model, its output model, `check()`, a `CHAIN` and one async function
of its own name, nothing else; `codex/chains/__init__.py` shows one. Templates lie under the same
path in `codex/prompts`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.base import JsonValue

I = TypeVar("I", bound=BaseModel)  # noqa: E741 inputs
O = TypeVar("O", bound=BaseModel)  # noqa: E741 output


def _no_problems(inputs: Any, output: Any) -> Iterable[Problem]:  # noqa: ARG001 the shape of check()
    return ()


def _not_narrowed(inputs: Any) -> Narrowing:  # noqa: ARG001 the shape of narrow()
    return {}


@dataclass(frozen=True)
class Chain(Generic[I, O]):
    """One kind of question."""

    name: str
    """Its path, the same under `codex/chains`, `codex/prompts`, `codex/builtin`."""
    purpose: str
    """One sentence for `codex prompts list`."""
    inputs: type[I]
    """What the templates may name; each field is a template variable."""
    output: type[O]
    """A model for structured answers; `Code` or `CodeOrQuestion` for code."""
    check: Callable[[I, O], Iterable[Problem]] = _no_problems
    """Everything that is wrong with an answer that has the right form."""
    sentences: tuple[Sentence, ...] = ()
    """Every sentence that `check` uses, so that people can find and reword them."""
    narrow: Callable[[I], Narrowing] = _not_narrowed
    """The names that an answer may use in this call; sorted, and only those of its closure."""
    for_rules: frozenset[str] = frozenset()
    """Inputs that no prompt needs, since only the built-in model reads them."""
    attempts: int = 3
    parameters: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Model parameters that this chain needs, such as `{"temperature": 0}`; usually none."""
    token_limit: int = 12_000
    """A rendered prompt above this is reported by `codex prompts check`."""

    def __post_init__(self) -> None:
        names = [sentence.name for sentence in self.sentences]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name} has two sentences of one name")

    @functools.cached_property
    def variables(self) -> frozenset[str]:
        """What its templates may name."""
        return frozenset(self.inputs.model_fields) | {"answer_schema"}

    @property
    def function(self) -> str:
        """The name of its function: the last part of its path."""
        return self.name.rpartition("/")[2]
