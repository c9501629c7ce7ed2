"""Splits any text into sentences with exact places, so that nothing of a request can get lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["paragraph", "heading", "bullet", "row", "code"]

_BULLET = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-*+•‣◦–—]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])[ \t]+(?=\S)"
)
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+")
_HEADING = re.compile(r"[ \t]{0,3}#{1,6}[ \t]+")
_BOLD_LINE = re.compile(r"[ \t]*(\*\*|__)(?P<inner>[^*_\n]{1,80})\1:?[ \t]*$")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_RULE = re.compile(r"[ \t]*([-*_=][ \t]*){3,}$")
_QUOTE = re.compile(r"[ \t]*(>[ \t]?)+")
# A full stop that does not end a sentence.
_ABBREVIATIONS = frozenset(
    [
        "e.g",
        "i.e",
        "etc",
        "vs",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "no",
        "nr",
        "approx",
        "incl",
        "excl",
        "max",
        "min",
        "resp",
        "cf",
        "al",
        "fig",
        "inc",
        "ltd",
        "co",
    ]
)
_ENDS = re.compile(r"[.!?…。！？]+[\"'”’)\]*_]*(?=\s|$|[A-Z])|[;；。！？]")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
# Words that carry no demand of their own; a clause of nothing else needs no quote.
EMPTY_WORDS = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "of",
        "to",
        "in",
        "on",
        "for",
        "with",
        "by",
        "as",
        "at",
        "from",
        "is",
        "are",
        "be",
        "was",
        "were",
        "it",
        "its",
        "they",
        "their",
        "them",
        "this",
        "that",
        "these",
        "those",
        "there",
        "also",
        "please",
        "thanks",
        "thank",
        "you",
        "hello",
        "hi",
        "so",
        "then",
        "too",
        "etc",
        "we",
        "i",
        "our",
        "my",
        "me",
        "us",
        "following",
        "features",
        "requirements",
        "feature",
        "requirement",
        "overview",
        "notes",
        "note",
        "description",
        "hey",
    ]
)


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading, one bullet, a table's row, or code."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """How deep a bullet or heading stands."""


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a part of one that a semicolon ends, with its place in the text."""

    text: str
    start: int
    end: int
    block: Block


def blocks(text: str) -> Iterator[Block]:
    """The blocks of `text`, Markdown or plain, in order."""
    start = end = -1
    kind: BlockKind = "paragraph"
    level = 0
    fenced = False
    place = 0
    for line in text.splitlines(keepends=True):
        begin, place = place, place + len(line)
        body = line.strip()
        if _FENCE.match(line):
            if start >= 0:
                yield Block(kind, start, end, level)
                start = -1
            fenced = not fenced
            continue
        found = None if fenced else _opening(line)
        if start >= 0 and (fenced or found or not body or kind in {"heading", "row", "code"}):
            yield Block(kind, start, end, level)
            start = -1
        if not body or (not fenced and _RULE.match(line)):
            continue
        if start < 0:
            kind, level, skip = ("code", 0, 0) if fenced else (found or ("paragraph", 0, 0))
            start = begin + skip + (len(line[skip:]) - len(line[skip:].lstrip()))
        end = begin + len(line.rstrip())
    if start >= 0:
        yield Block(kind, start, end, level)


def _opening(line: str) -> tuple[BlockKind, int, int] | None:
    """What block this line opens, how deep, and how many characters of it are only marks."""
    skip = 0
    if quote := _QUOTE.match(line):
        skip = quote.end()
    if heading := _HEADING.match(line, skip):
        return "heading", line[skip : heading.end()].count("#"), heading.end()
    if bold := _BOLD_LINE.match(line, skip):
        return "heading", 6, bold.start("inner")
    if bullet := _BULLET.match(line, skip):
        end = bullet.end()
        if box := _CHECKBOX.match(line, end):
            end = box.end()
        return "bullet", len(bullet["indent"].expandtabs(4)), end
    if line[skip:].lstrip().startswith("|"):
        return "row", 0, skip
    return ("paragraph", 0, skip) if skip else None


def sentences(text: str) -> list[Sentence]:
    """Every sentence of `text` with its place; together they hold every word of it."""
    return [sentence for block in blocks(text) for sentence in _sentences(text, block)]


def _sentences(text: str, block: Block) -> Iterator[Sentence]:
    start = block.start
    for stop in [*_stops(text, block), block.end]:
        end = stop
        while end > start and text[end - 1].isspace():
            end -= 1
        while start < end and text[start].isspace():
            start += 1
        if _WORD.search(text, start, end):
            yield Sentence(text[start:end], start, end, block)
        start = stop


def _stops(text: str, block: Block) -> Iterator[int]:
    if block.kind == "code":
        yield from (m.end() for m in re.compile("\n").finditer(text, block.start, block.end))
        return
    last = block.start
    for match in _ENDS.finditer(text, block.start, block.end):
        between = text[max(last, match.start() - 400) : match.start()]
        if match.group() in ";；" and between.count("(") > between.count(")"):
            continue
        if not match.group().startswith("."):
            last = match.end()
            yield last
            continue
        word = text[max(block.start, match.start() - 24) : match.start()].rpartition(" ")[2]
        plain = word.lower().lstrip("(\"'“‘[").rpartition("\n")[2]
        after = text[match.end() : match.end() + 2]
        follows = after.lstrip()[:1]
        if plain in _ABBREVIATIONS and not (plain == "etc" and follows.isupper()):
            continue
        if after and not after[0].isspace() and not _glued(text, match):
            continue
        if len(plain) == 1 and plain.isalpha() and follows.islower():
            continue
        last = match.end()
        yield last


def _glued(text: str, match: re.Match[str]) -> bool:
    """Whether two sentences lack the space between them: `a title.Each book …`."""
    before = text[max(0, match.start() - 2) : match.start()]
    after = text[match.end() : match.end() + 2]
    return before.islower() and len(after) == 2 and after[0].isupper() and after[1].islower()


def words(text: str) -> list[tuple[str, int, int]]:
    """Each word of `text` in lower case, with its place."""
    return [(m.group().lower(), m.start(), m.end()) for m in _WORD.finditer(text)]


def places(text: str, quotes: Iterable[str]) -> list[tuple[int, int]]:
    """Where in `text` the quotes stand, white space aside; each occurrence counts."""
    flat, back = _flat(text)
    found: list[tuple[int, int]] = []
    for quote in dict.fromkeys(" ".join(item.split()) for item in quotes):
        place = flat.find(quote) if quote else -1
        while place >= 0:
            found.append((back[place], back[place + len(quote) - 1] + 1))
            place = flat.find(quote, place + len(quote))
    return sorted(found)


def _flat(text: str) -> tuple[str, list[int]]:
    """`text` with every run of white space as one space, and the way back to its places."""
    flat: list[str] = []
    back: list[int] = []
    for match in re.finditer(r"\S|\s+", text):
        flat.append(" " if match.group().isspace() else match.group())
        back.append(match.start())
    return "".join(flat), back


def uncovered(text: str, quotes: Iterable[str], *, share: float = 0.5) -> list[Sentence]:
    """The sentences of `text` of whose telling words less than `share` stand in a quote."""
    covered = places(text, quotes)
    left: list[Sentence] = []
    position = 0
    for sentence in sentences(text):
        while position < len(covered) and covered[position][1] <= sentence.start:
            position += 1
        near = _until(covered, position, sentence.end)
        telling = [
            (sentence.start + begin, sentence.start + end)
            for word, begin, end in words(sentence.text)
            if word not in EMPTY_WORDS
        ]
        inside = sum(any(b <= begin and end <= e for b, e in near) for begin, end in telling)
        if telling and sentence.block.kind != "heading" and inside < share * len(telling):
            left.append(sentence)
    return left


def _until(covered: list[tuple[int, int]], position: int, end: int) -> list[tuple[int, int]]:
    near: list[tuple[int, int]] = []
    for place in covered[position:]:
        if place[0] >= end:
            break
        near.append(place)
    return near
