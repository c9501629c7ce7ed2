"""Singular and plural of nouns, forms and lemmas of verbs."""

from __future__ import annotations

import re
from functools import lru_cache

from codex.builtin.language.irregular import (
    DOUBLING,
    IRREGULAR_PLURALS,
    IRREGULAR_VERBS,
    NO_PLURALS,
    UNINFLECTED,
)

_SINGULARS = {plural: single for single, plural in IRREGULAR_PLURALS.items()}
# Nouns whose last part is irregular: salesperson, grandchild, bookshelf.
_TAILS = ("person", "child", "woman", "man", "foot", "tooth", "shelf", "life", "knife")
# Stems behind which a silent e stands: create, price, merge.
_SILENT_E = (
    r"([aeiou]t|[^aeiou]l|iz|oz|yz|ur|ir|us|as|is|os|rs|ns|[aeiounr]c|[rdln]g|v|u|[aeo]k"
    r"|[ao]n|[aiou]d)$"
)
_SHORT_PLURALS = {"menus", "gurus", "emus", "haikus", "tutus", "skis", "taxis", "bikinis", "alibis"}


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """The singular of a lower-case noun; a singular stays as it is."""
    if word in UNINFLECTED or word in NO_PLURALS or len(word) < 3:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    for tail in _TAILS:
        if word.endswith(IRREGULAR_PLURALS[tail]):
            return word[: -len(IRREGULAR_PLURALS[tail])] + tail
    if not word.endswith("s") or word.endswith(("ss", "'s")):
        return word
    if word.endswith(("us", "is")) and word not in _SHORT_PLURALS:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "xes", "tches", "zzes")):
        return word[:-2]
    if word.endswith("ches"):
        return word[:-2]
    if word.endswith("oes"):
        return word[:-2]
    if word.endswith("uses") and word[:-2] in NO_PLURALS:
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=4096)
def plural(word: str) -> str:
    """The plural of a lower-case noun; a plural stays as it is."""
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if word in UNINFLECTED or is_plural(word):
        return word
    for tail in _TAILS:
        if word.endswith(tail) and word not in {"human", "german", "roman", "talisman"}:
            return word[: -len(tail)] + IRREGULAR_PLURALS[tail]
    if word.endswith("is") and word in NO_PLURALS:
        return word[:-2] + "es"
    if re.search(r"[^aeiou]y$", word) or word.endswith("quy"):
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


@lru_cache(maxsize=4096)
def is_plural(word: str) -> bool:
    """Whether a lower-case noun is a plural, as far as its form tells."""
    if word in _SINGULARS and word not in UNINFLECTED:
        return True
    return word not in UNINFLECTED and singular(word) != word


def third(lemma: str) -> str:
    """`publishes` of `publish`."""
    if lemma in {"be", "have", "do", "go"}:
        return {"be": "is", "have": "has", "do": "does", "go": "goes"}[lemma]
    if re.search(r"[^aeiou]y$", lemma):
        return lemma[:-1] + "ies"
    if lemma.endswith(("s", "x", "z", "ch", "sh", "o")):
        return lemma + "es"
    return lemma + "s"


def _stem(lemma: str) -> str:
    """What -ed and -ing are put to."""
    short = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", lemma) or re.fullmatch(
        r"[^aeiou]*qu[aeiou][^aeiouwxy]", lemma
    )
    if short or lemma in DOUBLING:
        return lemma + lemma[-1]
    return lemma


def past(lemma: str) -> str:
    """`published` of `publish`, the simple past."""
    if lemma in IRREGULAR_VERBS:
        return IRREGULAR_VERBS[lemma][0]
    return _regular_past(lemma)


def participle(lemma: str) -> str:
    """`written` of `write`."""
    if lemma in IRREGULAR_VERBS:
        return IRREGULAR_VERBS[lemma][1]
    return _regular_past(lemma)


def _regular_past(lemma: str) -> str:
    if lemma.endswith("e"):
        return lemma + "d"
    if re.search(r"[^aeiou]y$", lemma):
        return lemma[:-1] + "ied"
    return _stem(lemma) + "ed"


def gerund(lemma: str) -> str:
    """`writing` of `write`."""
    if lemma.endswith("ie"):
        return lemma[:-2] + "ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) and lemma != "be":
        return lemma[:-1] + "ing"
    return _stem(lemma) + "ing"


def forms(lemma: str) -> dict[str, str]:
    """Each form of a verb, and which it is: `base`, `third`, `past`, `participle`, `gerund`."""
    found = {gerund(lemma): "gerund", past(lemma): "past", third(lemma): "third"}
    if lemma.endswith("l"):  # British and American spellings
        found |= {lemma + "ed": "past", lemma + "led": "past", lemma + "ing": "gerund"}
    found[participle(lemma)] = "participle"
    found[lemma] = "base"
    return found


def guess_lemma(word: str) -> str:
    """The likeliest lemma of a verb form that no lexicon holds."""
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2 or not re.search("[aeiouy]", stem):
            continue
        if stem[-1] == stem[-2:-1] and stem[-1] not in "lsze":
            return stem[:-1]
        if ending == "ed" and stem.endswith("i"):
            return stem[:-1] + "y"
        short = re.search(r"[^aeiou][aeiou][a-z]$", stem)
        return (
            stem + "e"
            if (short and re.search(_SILENT_E, stem))
            or stem.endswith(
                ("v", "rg", "dg", "ns", "rs", "nc", "rc", "bl", "pl", "tl", "dl", "iz", "yz")
            )
            else stem
        )
    if word.endswith("s") and not word.endswith("ss"):
        return singular(word)
    return word
