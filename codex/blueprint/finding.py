"""What a check found: which rule is broken, with the values that a sentence about it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """One violation; the chain that asked has the sentence for `rule`."""

    rule: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    at: Place = ()


def finding(rule: str, at: Place = (), **values: object) -> Finding:
    """The violation of `rule` with its values."""
    return Finding(rule, values, at)
