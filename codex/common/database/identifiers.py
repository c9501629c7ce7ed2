"""Identifiers that sort by the time they were made."""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_turn = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUID of version 7 as text: later ones sort after earlier ones of the same process."""
    global _last  # noqa: PLW0603  one clock per process, or two ids of one moment would not sort
    with _turn:
        # 48 bits of milliseconds and 12 of their fractions, never going back.
        nanoseconds = time.time_ns()
        moment = (nanoseconds // 1_000_000) << 12 | (nanoseconds % 1_000_000) * 4096 // 1_000_000
        _last = moment = max(moment, _last + 1)
    value = (moment >> 12) << 80 | 7 << 76 | (moment & 0xFFF) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
