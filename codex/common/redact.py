"""Takes secrets out of texts that people, logs or files will see."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"
_SHORTEST = 5
"""No provider gives a shorter key: `x` or `none` are what local servers are content with, and
masking them would spoil every text that holds them."""

# Up to the last "@": a password that somebody forgot to percent-encode may hold any character.
_USER_AND_PASSWORD = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]*:)\S*(?=@)", re.IGNORECASE)
# A web address with one credential before the "@" holds a token there.
_TOKEN = re.compile(r"(\bhttps?://)[^\s:/@]+(?=@)", re.IGNORECASE)
_NAMED = re.compile(
    r"\b((?:[a-z]+_)?(?:password|passwd|secret|token|api_?key)\s*=\s*)('[^']*'|[^\s&'\"]+)",
    re.IGNORECASE,
)


def mask_urls(text: str) -> str:
    """`text` with the passwords inside its addresses and connection strings masked."""
    text = _USER_AND_PASSWORD.sub(rf"\1{MASK}", text)
    text = _TOKEN.sub(rf"\1{MASK}", text)
    return _NAMED.sub(rf"\1{MASK}", text)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without `secrets` and without the passwords inside addresses."""
    # The longest first, so that a secret which holds another leaves nothing behind.
    known = {secret for secret in secrets if len(secret) >= _SHORTEST}
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return mask_urls(text)
