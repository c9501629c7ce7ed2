"""Questions about a contract: the Architect's addition, which from then on belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex.common.documents.codegraph import Example

if TYPE_CHECKING:
    from codex.develop.workshop import Work, Workshop


@dataclass(frozen=True)
class Addition:
    """What the Architect adds to a contract."""

    text: str
    examples: tuple[Example, ...] = ()


async def ask_architect(shop: Workshop, work: Work, question: str) -> Addition:
    """The Architect's answer to a question about one function."""
    raise NotImplementedError
