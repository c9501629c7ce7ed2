"""Sets of words, written as text."""

from __future__ import annotations

from functools import cache


@cache
def wordset(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())
