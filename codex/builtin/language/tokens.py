"""Words, numbers and signs of a sentence, each with its exact place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["word", "number", "quoted", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, quoted text or sign."""

    text: str
    start: int
    end: int
    kind: Kind
    lower: str
    tag: str = ""
    """What it is in its sentence: see `tags.py`."""
    lemma: str = ""
    """The verb's base form or the noun's singular."""
    form: str = ""
    """For verbs: base, third, past, participle, gerund."""

    def tagged(self, tag: str, lemma: str = "", form: str = "") -> Token:
        """The token with its part of speech."""
        return replace(self, tag=tag, lemma=lemma or self.lemma or self.lower, form=form)


_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"\n]{1,80}"|“[^”\n]{1,80}”|`[^`\n]{1,80}`|‘[^’\n]{1,80}’
        |(?<![\w])'[^'\n]{1,60}'(?!\w))
    |(?P<number>[$€£¥]?\d+(?:[.,]\d+)*(?:%|(?:st|nd|rd|th|k|m|x|gb|mb|kb|px|km|kg|g|cm|mm|h|min|s|d)(?![a-zA-Z]))?(?!\w))
    |(?P<word>[^\W\d_][\w]*(?:[-’'/&](?=[^\W_])[\w]+)*|\w+)
    |(?P<sign><=|>=|!=|->|=>|\.\.\.|\S)
    """,
    re.VERBOSE,
)
_CONTRACTIONS = {
    "can't": ("can", "not"), "cannot": ("can", "not"), "don't": ("do", "not"),
    "doesn't": ("does", "not"), "isn't": ("is", "not"), "aren't": ("are", "not"),
    "won't": ("will", "not"), "mustn't": ("must", "not"), "shouldn't": ("should", "not"),
    "hasn't": ("has", "not"), "haven't": ("have", "not"), "wasn't": ("was", "not"),
    "weren't": ("were", "not"), "didn't": ("did", "not"), "couldn't": ("could", "not"),
    "i'd": ("i", "would"), "we'd": ("we", "would"), "i'm": ("i", "am"), "we're": ("we", "are"),
    "they're": ("they", "are"), "it's": ("it", "is"), "i've": ("i", "have"),
    "we've": ("we", "have"), "they've": ("they", "have"), "i'll": ("i", "will"),
    "we'll": ("we", "will"), "there's": ("there", "is"), "that's": ("that", "is"),
    "who's": ("who", "is"), "let's": ("let", "us"),
}  # fmt: skip
# `OrderItem` and `orderItem` are two words.
_CAMEL = re.compile(r"(?:[A-Z][a-z]+|[a-z]+)(?:[A-Z][a-z]+)+")
_HUMP = re.compile(r"[A-Z]?[a-z]+")
# Emphasis and the like carry no meaning.
_IGNORED = frozenset("*_#`")


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """The tokens of `text`, whose first character stands at `offset`."""
    return list(_tokens(text, offset))


def _tokens(text: str, offset: int) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind: Kind = match.lastgroup  # pyright: ignore[reportAssignmentType] named as the kinds are
        word = match.group()
        start = offset + match.start()
        if kind == "sign" and word in _IGNORED:
            continue
        if kind == "quoted":
            yield Token(
                word[1:-1].strip(), start, start + len(word), kind, word[1:-1].strip().lower()
            )
        elif kind == "word":
            yield from _word(word, start)
        else:
            yield Token(word, start, start + len(word), kind, word.lower())


def _word(word: str, start: int) -> Iterator[Token]:
    bare = word.strip("_")
    start += len(word) - len(word.lstrip("_"))
    lower = bare.replace("’", "'").lower()
    if not bare:
        return
    if _CAMEL.fullmatch(bare):
        for part in _HUMP.finditer(bare):
            yield Token(
                part.group(), start + part.start(), start + part.end(), "word", part.group().lower()
            )
        return
    if lower in _CONTRACTIONS:
        first, second = _CONTRACTIONS[lower]
        cut = (
            max(1, len(bare) - 3) if lower.endswith("n't") or lower == "cannot" else bare.find("'")
        )
        cut = max(cut, 1)
        yield Token(bare[:cut], start, start + cut, "word", first)
        yield Token(bare[cut:], start + cut, start + len(bare), "word", second)
    elif lower.endswith("'s"):
        end = start + len(bare)
        yield Token(bare[:-2], start, end - 2, "word", lower[:-2])
        yield Token(bare[-2:], end - 2, end, "word", "'s")
    elif "/" in bare and not lower.startswith(("http", "and/or", "n/a", "i/o")):
        place = start
        for index, part in enumerate(bare.split("/")):
            if index:
                yield Token("/", place, place + 1, "sign", "/")
                place += 1
            yield Token(part, place, place + len(part), "word", part.lower())
            place += len(part)
    else:
        yield Token(bare, start, start + len(bare), "word", lower)
