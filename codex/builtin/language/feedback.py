"""Feedback while it is applied, and the words that its sentences share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codex.common.documents.specification import NotUnderstoodClause, Specification

# "please", "also", "could you": before what is wanted.
FILLER = (
    r"(?:please\s+|also\s+|and\s+|then\s+|ok(?:ay)?,?\s+|but\s+|actually,?\s+|just\s+"
    r"|can you\s+|could you\s+|i(?:'d| would) like (?:you )?to\s+|i want (?:you )?to\s+"
    r"|we should\s+|you should\s+)*"
)
# A name, with what may stand before it and quotes around it.
NAME = (
    r"(?:the\s+|a\s+|an\s+|all\s+|any\s+|field\s+|entity\s+|column\s+)*"
    r"[\"'“`]?([\w][\w -]*?)[\"'”`]?"
)


def pattern(*parts: str) -> re.Pattern[str]:
    """A whole sentence of feedback, whatever its case and its last sign."""
    return re.compile(rf"^{FILLER}{''.join(parts)}\W*$", re.IGNORECASE)


@dataclass
class Draft:
    """The Specification while the feedback's sentences are applied."""

    document: Specification
    feedback: str
    left: list[NotUnderstoodClause] = field(default_factory=list[NotUnderstoodClause])
    added: list[str] = field(default_factory=list[str])
    """Sentences that say something new."""
