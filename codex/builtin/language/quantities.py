"""Numbers and units: "five", "14 days", "$10", "at least 2", "between 1 and 5", "50%"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from codex.builtin.language.parts_of_speech import NUMBER_WORDS
from codex.builtin.language.tokens import Token

TimeUnit = Literal["minutes", "hours", "days", "weeks", "months", "years"]
TIME_UNITS: dict[str, TimeUnit] = {
    "minute": "minutes", "min": "minutes", "hour": "hours", "day": "days", "week": "weeks",
    "month": "months", "year": "years",
}  # fmt: skip
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_SUFFIXES = {"k": 1_000, "m": 1_000_000}


@dataclass(frozen=True)
class Number:
    """A number, with its unit where the token holds one."""

    value: int | float | str
    """Whole, or as text where it is a decimal, so that it stays exact."""
    unit: str = ""

    @property
    def amount(self) -> float:
        """The value to compare by."""
        return float(self.value)


def number(token: Token) -> Number | None:
    """The number that a token says."""
    if token.lower in NUMBER_WORDS:
        return Number(NUMBER_WORDS[token.lower])
    if token.kind != "number":
        return None
    match = re.fullmatch(r"([$€£¥]?)(\d+(?:[.,]\d+)*)(%|[a-z]*)", token.lower)
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    unit = CURRENCIES.get(sign, "") or ("percent" if suffix == "%" else "")
    plain = _plain(digits)
    if suffix in _SUFFIXES and plain.isdigit():
        return Number(int(plain) * _SUFFIXES[suffix], unit)
    if suffix and suffix not in {"%", "st", "nd", "rd", "th"}:
        unit = {"h": "hours", "min": "minutes", "d": "days", "s": "seconds"}.get(suffix, suffix)
    return Number(int(plain) if plain.isdigit() else plain, unit)


def _plain(digits: str) -> str:
    """`1,000` and `1.000` are a thousand; `2.5` and `2,5` are two and a half."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return digits.replace(",", "")
    if digits.count(".") + digits.count(",") > 1:
        return re.sub(r"[.,]", "", digits)
    return digits.replace(",", ".")
