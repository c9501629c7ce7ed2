"""Small words around nouns: the right article, and the plural where there are several."""

from __future__ import annotations

import re

# What is written and what is heard differ: `a user`, `a unit`, `a one-off`; `an hour`.
_LIKE_YOU_OR_WON = re.compile(r"uni(?![nm])|us[aeu]|ut[ei]|ubi|ur[il]|uuid|eu|ewe|one\b|once\b")
_SILENT = re.compile(r"hour|honest|honou?r|heir")


def with_article(noun: str) -> str:
    """`an order` for `order`, `a user` for `user`."""
    low = noun.lower()
    vowel = low[:1] in {"a", "e", "i", "o", "u"} and not _LIKE_YOU_OR_WON.match(low)
    return f"{'an' if vowel or _SILENT.match(low) else 'a'} {noun}"


def counted(number: int, noun: str) -> str:
    """`1 table`, `2 tables`, `1,200 entries`; the noun is given in the singular."""
    many = re.sub(r"([^aeiou])y$", r"\1ie", noun)
    many = f"{many}es" if re.search(r"(s|x|ch|sh)$", noun) else f"{many}s"
    return f"{number:,} {noun if number == 1 else many}"
