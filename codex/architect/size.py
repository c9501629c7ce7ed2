"""Size and price of what is planned."""

from __future__ import annotations

from dataclasses import dataclass

from codex.architect.inputs import Surface
from codex.common.services import Services


@dataclass(frozen=True)
class Size:
    """What is planned."""


def size_of(surface: Surface, services: Services) -> Size:
    """How much will be asked."""
    del surface, services
    return Size()
