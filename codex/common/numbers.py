"""The numbers that a text says, in digits or in words, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000,
}  # fmt: skip
# Not part of a name or version: `OAuth2`, `v1.2`, `Q3`, `2FA` are no figures of the service.
_NUMBER = re.compile(
    rf"(?<![\w.,/:])\d+(?:[.,]\d+)*(?![\w:/])|\b({'|'.join(_WORDS)})\b", re.IGNORECASE
)


@dataclass(frozen=True)
class NumberSaid:
    """One number of a text."""

    text: str
    start: int
    end: int
    values: frozenset[str]
    """The ways to write its value: `1,000` is `1000`; `2.50` is `2.5` too."""


def numbers(text: str) -> list[NumberSaid]:
    """Every number that `text` says; the numbering of lists is none."""
    found: list[NumberSaid] = []
    for match in _NUMBER.finditer(text):
        word = match.group().lower()
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        after = text[match.end() : match.end() + 2]
        if not line.strip(" \t(") and re.match(r"[.)]\s", after):
            continue
        found.append(NumberSaid(match.group(), match.start(), match.end(), _values(word)))
    return found


def _values(word: str) -> frozenset[str]:
    if word in _WORDS:
        return frozenset({str(_WORDS[word])})
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", word)
    shapes = {word, plain, plain.replace(",", "."), plain.replace(".", "")}
    shapes |= {re.sub(r"(\.\d*?)0+$", r"\1", shape).rstrip(".") for shape in shapes if "." in shape}
    return frozenset(shapes)


def same(value: object, said: NumberSaid) -> bool:
    """Whether a parameter's value is the number that was said."""
    text = str(value)
    short = re.sub(r"(\.\d*?)0+$", r"\1", text).rstrip(".") if "." in text else text
    return text in said.values or short in said.values
