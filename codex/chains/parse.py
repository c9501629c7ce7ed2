"""From the text of a reply to a typed output, leniently: what was mended is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from codex.chains.code_reply import parse_code
from codex.chains.output import is_code
from codex.chains.sentence import Place

O = TypeVar("O", bound=BaseModel)  # noqa: E741 output


@dataclass(frozen=True)
class Fault:
    """Something wrong with the form of a reply: what, and where."""

    text: str
    at: Place = ()


@dataclass(frozen=True)
class Parsed(Generic[O]):
    """What could be read from a reply: a value, or the faults that stand in its way."""

    value: O | None
    faults: Sequence[Fault] = ()
    mended: Sequence[str] = ()
    raw: Any = None
    """The JSON value behind a structured answer, as far as it could be read."""
    text: str = field(default="", repr=False)
    """The text that marks refer to."""
