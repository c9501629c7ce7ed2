"""Bounds and ranges of a field: "at most 280 characters", "between 1 and 5"."""

from __future__ import annotations

from dataclasses import dataclass, field

from codex.builtin.language.nouns import Tokens, bound, starts
from codex.builtin.language.quantities import Number, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.common.documents.specification import FieldType

_LENGTH_UNITS = wordset("character characters chars char letters letter symbols digits digit long")


_CURRENCY = wordset("euro euros eur dollar dollars usd pounds gbp chf cents currency yen")


UNIT_TYPES: dict[str, FieldType] = {
    **dict.fromkeys(_CURRENCY, FieldType.DECIMAL),
    **dict.fromkeys(("percent", "%", "per_cent"), FieldType.DECIMAL),
    **dict.fromkeys(
        [
            "minutes",
            "minute",
            "hours",
            "hour",
            "days",
            "day",
            "seconds",
            "weeks",
            "months",
            "years",
            "stars",
            "points",
            "pages",
            "items",
            "people",
            "pieces",
            "units",
            "degrees_whole",
        ],
        FieldType.INTEGER,
    ),
    **dict.fromkeys(
        [
            "kg",
            "kilograms",
            "kilogram",
            "kilos",
            "grams",
            "gram",
            "g",
            "lb",
            "lbs",
            "pounds_weight",
            "cm",
            "centimeters",
            "centimetres",
            "meters",
            "metres",
            "meter",
            "metre",
            "m",
            "mm",
            "km",
            "kilometers",
            "kilometres",
            "miles",
            "litres",
            "liters",
            "liter",
            "litre",
            "ml",
            "degrees",
            "celsius",
            "fahrenheit",
        ],
        FieldType.FLOAT,
    ),
}


@dataclass
class Facts:
    """What is said of a field so far."""

    type: FieldType | None = None
    required: bool | None = None
    unique: bool = False
    unique_per: list[str] = field(default_factory=list[str])
    choices: list[str] = field(default_factory=list[str])
    default: str | int | float | bool | None = None
    minimum: Number | str | None = None
    maximum: Number | str | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    min_length: int | None = None
    max_length: int | None = None
    unit: str = ""
    description: str = ""
    quotes: list[tuple[Token, str]] = field(default_factory=list[tuple[Token, str]])
    """Each number that was used, and what for: `minimum`, `max_length`, `default`."""

    def bound(self, how: str, value: Number, token: Token, *, length: bool) -> None:
        """Take a bound in."""
        if length and isinstance(value.value, int):
            if how in {"le", "lt", "eq"}:
                self.max_length = value.value - (how == "lt")
                self.quotes.append((token, "max_length"))
            if how in {"ge", "gt", "eq"}:
                self.min_length = value.value + (how == "gt")
                if how != "eq":
                    self.quotes.append((token, "min_length"))
            return
        if how in {"le", "lt", "eq"}:
            self.maximum, self.exclusive_maximum = value, how == "lt"
            self.quotes.append((token, "maximum"))
        if how in {"ge", "gt", "eq"}:
            self.minimum, self.exclusive_minimum = value, how == "gt"
            self.quotes.append((token, "minimum"))


def read_range(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "between 1 and 5", "from 1 to 5", "1-5", "1 to 5 stars"."""
    start = place
    while start < len(tokens) and tokens[start].lower in wordset(
        "between from range ranging in the of within on a scale"
    ):
        start += 1
    if start + 2 >= len(tokens):
        return None
    first, sign, second = number(tokens[start]), tokens[start + 1].lower, number(tokens[start + 2])
    gap = 2
    if (
        first
        and second is None
        and sign in _CURRENCY | {"characters", "stars", "and"}
        and start + 3 < len(tokens)
    ):
        sign, second, gap = tokens[start + 2].lower, number(tokens[start + 3]), 3
    if (
        first is None
        or second is None
        or sign not in {"and", "to", "-", "–", "—", "...", "through", "till", "until", "up"}
    ):
        return None
    end = start + gap + 1
    unit = tokens[end].lower if end < len(tokens) else ""
    length = unit in _LENGTH_UNITS
    facts.bound("ge", first, tokens[start], length=length)
    facts.bound("le", second, tokens[start + gap], length=length)
    _take_unit(unit or first.unit or second.unit, facts, length=length)
    return end + (1 if unit in _LENGTH_UNITS or unit in UNIT_TYPES else 0) + _long(tokens, end)


def _long(tokens: Tokens, end: int) -> int:
    """ "characters long", "digits in length"."""
    if (
        end + 1 < len(tokens)
        and tokens[end].lower in _LENGTH_UNITS
        and tokens[end + 1].lower == "long"
    ):
        return 1
    return 0


def bounded(tokens: Tokens, place: int, facts: Facts) -> int | None:
    """ "at most 280 characters", "min 1", "max length 50", "280 characters max"."""
    words = [token.lower for token in tokens[place : place + 3]]
    for how, names in (("le", ("max", "maximum")), ("ge", ("min", "minimum"))):
        if words[0] in names and words[1:2] in (["length"], ["value"], ["size"]):
            skip = 2 + (words[2:3] == ["of"]) + (words[2:3] in ([":"], ["="]))
            value = number(tokens[place + skip]) if place + skip < len(tokens) else None
            if value:
                facts.bound(how, value, tokens[place + skip], length=words[1] == "length")
                return (
                    place
                    + skip
                    + 1
                    + (
                        place + skip + 1 < len(tokens)
                        and tokens[place + skip + 1].lower in _LENGTH_UNITS
                    )
                )
    found = bound(tokens, place)
    if found:
        how, value, end = found
    else:
        value, end, how = number(tokens[place]), place + 1, ""
        after = tokens[end].lower if end < len(tokens) else ""
        if value is None or not (
            after in _LENGTH_UNITS
            or starts(tokens, end, ["or", "more"])
            or starts(tokens, end, ["or", "less"])
        ):
            return None
        how = "eq"
    unit = tokens[end].lower if end < len(tokens) else ""
    length = unit in _LENGTH_UNITS
    known = length or unit in UNIT_TYPES
    last = end + known + _long(tokens, end)
    how, last = _trailing_bound(tokens, last, how)
    facts.bound(how, value, tokens[end - 1], length=length)
    _take_unit(unit if known else value.unit, facts, length=length)
    return last


def _trailing_bound(tokens: Tokens, place: int, how: str) -> tuple[str, int]:
    """ "280 characters max", "5 or more"."""
    if how == "eq" and place < len(tokens):
        words = [token.lower for token in tokens[place : place + 2]]
        if words[0] in {"max", "maximum", "tops"} or words in (
            ["at", "most"],
            ["or", "less"],
            ["or", "fewer"],
        ):
            return "le", place + (2 if len(words) == 2 and words[0] in {"at", "or"} else 1)
        if words[0] in {"min", "minimum"} or words in (["at", "least"], ["or", "more"]):
            return "ge", place + (2 if len(words) == 2 and words[0] in {"at", "or"} else 1)
    return how, place


def _take_unit(unit: str, facts: Facts, *, length: bool) -> None:
    if length or not unit:
        if length and facts.type is None and unit in {"digits", "digit"}:
            facts.type = FieldType.TEXT
        return
    facts.unit = unit
    if unit in UNIT_TYPES or unit in {"USD", "EUR", "GBP", "JPY"}:
        facts.type = facts.type or UNIT_TYPES.get(unit, FieldType.DECIMAL)
