"""Noun phrases: "each of the published books", "the author's name", "up to 5 items"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from codex.builtin.language.inflect import is_plural
from codex.builtin.language.names import entity_name, field_name
from codex.builtin.language.quantities import Number, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset

Tokens = Sequence[Token]
# Adjectives that say something about a field instead of naming it.
MARKERS = wordset("optional required mandatory unique new own single individual")

_MANY = (
    "any number of",
    "one or more",
    "zero or more",
    "a list of",
    "lists of",
    "a set of",
    "a collection of",
    "collections of",
    "more than one",
    "a lot of",
    "lots of",
    "a series of",
    "at least one",
    "zero or many",
    "one or many",
    "one or several",
    "zero , one or more",
    "a couple of",
    "plenty of",
    "an unlimited number of",
    "as many",
    "multiple",
    "all kinds of",
    "a bunch of",
    "all sorts of",
    "a fleet of",
    "a catalog of",
    "a catalogue of",
    "a library of",
    "an inventory of",
    "a database of",
    "a range of",
    "a portfolio of",
    "a group of",
    "the fleet of",
    "a directory of",
    "the collection of",
)


def by_first(phrases: Iterable[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Phrases by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for words in sorted(phrases, key=len, reverse=True):
        found.setdefault(words[0], []).append(words)
    return found


_MANY_WORDS = by_first(tuple(item.split()) for item in _MANY)
# What comes before a number, and how a value then compares to it.
BOUNDS: dict[tuple[str, ...], str] = {
    tuple(words.split()): op
    for op, group in {
        "le": """up to|at most|no more than|not more than|a maximum of|maximum of|a max of|
            max of|max|maximum|at maximum|fewer than or equal to|less than or equal to|
            no longer than|not longer than|not exceed|not exceeding|no higher than|
            not higher than|<=|not greater than|no greater than|the maximum of|
            below or equal to|limited to|a maximum|the most|at the most|never more than|
            max .|maximally|shorter than or equal to|no later than|not later than|
            not exceed more than|only up to|never exceed|upto""",
        "ge": """at least|no less than|not less than|no fewer than|not fewer than|a minimum of|
            minimum of|a min of|min|minimum|at minimum|greater than or equal to|
            more than or equal to|>=|a minimum|not below|no shorter than|not shorter than|
            not lower than|min .|no earlier than|not earlier than|at the least""",
        "lt": """less than|fewer than|below|under|lower than|smaller than|<|shorter than|
            earlier than|strictly less than""",
        "gt": """more than|greater than|above|over|higher than|larger than|bigger than|>|
            longer than|exceeding|beyond|in excess of|older than|later than|
            strictly greater than|bigger then|exceed""",
        "eq": "exactly|precisely|equal to",
    }.items()
    for words in " ".join(group.split()).replace("| ", "|").split("|")
}
_BOUND_WORDS = by_first(BOUNDS)


@dataclass(frozen=True)
class Noun:
    """A noun phrase without what follows its head."""

    tokens: tuple[Token, ...]
    det: str = ""
    """The determiner or quantifier: `a`, `the`, `each`, `many`, `no`; empty for none."""
    count: Number | None = None
    bound: str = ""
    """How the number of them compares to `count`: `le`, `ge`, `eq`."""
    adjectives: tuple[Token, ...] = ()
    heads: tuple[Token, ...] = ()
    owner: Noun | None = None
    """Whose it is: "the author's name", "their notes"."""
    pronoun: str = ""
    only: bool = False

    @property
    def start(self) -> int:
        """Where it starts in the request."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the request."""
        return self.tokens[-1].end

    @property
    def words(self) -> list[str]:
        """The words of its head."""
        return [token.lower for token in self.heads]

    @property
    def plural(self) -> bool:
        """Whether it speaks of several."""
        if self.pronoun:
            return self.pronoun in {"they", "them", "these", "those", "we", "us"}
        return (bool(self.heads) and is_plural(self.heads[-1].lower)) or self.det in {"many", "all"}

    @property
    def name(self) -> str:
        """Its head as an entity's name."""
        return entity_name(self.words)

    @property
    def field(self) -> str:
        """Its head, with its adjectives, as a field's name."""
        named = [token.lower for token in self.adjectives if token.lower not in MARKERS]
        return field_name([*named, *self.words])

    @property
    def markers(self) -> frozenset[str]:
        """What its adjectives say about a field."""
        return frozenset(token.lower for token in self.adjectives) & MARKERS


def starts(tokens: Tokens, place: int, words: Sequence[str]) -> bool:
    """Whether `words` stand at `place`."""
    if place < 0 or place + len(words) > len(tokens):
        return False
    for step, word in enumerate(words):  # noqa: SIM110 the busiest loop of all
        if tokens[place + step].lower != word:
            return False
    return True


def bound(tokens: Tokens, place: int) -> tuple[str, Number, int] | None:
    """A bound with its number at `place` ("at least 5"), and where it ends."""
    for words in _BOUND_WORDS.get(tokens[place].lower, ()) if place < len(tokens) else ():
        if starts(tokens, place, words) and place + len(words) < len(tokens):
            end = place + len(words)
            if tokens[end].lower in {"a", "the", "of"} and end + 1 < len(tokens):
                end += 1
            if tokens[end].lower in {"-", "−"} and end + 1 < len(tokens):
                continue
            if found := number(tokens[end]):
                return BOUNDS[words], found, end + 1
    return None


def noun(tokens: Tokens, place: int) -> tuple[Noun, int] | None:
    """The noun phrase at `place` and where it ends; None where there is none."""
    first = place
    only = False
    while place < len(tokens) and tokens[place].tag == "ONLY":
        only, place = True, place + 1
    if place >= len(tokens):
        return None
    token = tokens[place]
    if token.tag == "PRON":
        if token.lower in {"there", "here"}:
            return None
        return Noun(tuple(tokens[first : place + 1]), pronoun=token.lower, only=only), place + 1
    det, count, how, place = _determiner(tokens, place)
    owner: Noun | None = None
    if (
        place < len(tokens)
        and tokens[place].tag == "POSS"
        and tokens[place].lower not in {"'s", "'"}
    ):
        owner = Noun((tokens[place],), pronoun=tokens[place].lower)
        place += 1
    if (
        place > first
        and place < len(tokens)
        and tokens[place].lower in {"them", "these", "those", "it"}
        and det in {"all", "each", "every", "some", "any", "both", "one", "many"}
    ):
        return Noun(
            tuple(tokens[first : place + 1]), det=det, pronoun=tokens[place].lower, only=only
        ), place + 1
    found = _body(tokens, place, first)
    if found is None:
        return None
    body, place = found
    body = replace(body, det=det, count=count, bound=how, owner=owner or body.owner, only=only)
    while place < len(tokens) and tokens[place].lower in {"'s", "'", "’"}:
        follow = _body(tokens, place + 1, first)
        if follow is None:
            break
        body, place = replace(follow[0], owner=body, only=only), follow[1]
    return body, place


def _determiner(tokens: Tokens, place: int) -> tuple[str, Number | None, str, int]:
    for words in _MANY_WORDS.get(tokens[place].lower, ()) if place < len(tokens) else ():
        if starts(tokens, place, words):
            return "many", None, "", place + len(words)
    if limit := bound(tokens, place):
        how, count, end = limit
        return "many", count, how, end
    det = ""
    count: Number | None = None
    while place < len(tokens):
        token = tokens[place]
        if token.tag in {"DET", "QUANT"}:
            if token.lower == "own":
                place += 1
                continue
            if token.lower in {"many", "several", "multiple", "numerous", "various", "different"}:
                det = "many"
            elif not det or token.lower in {"each", "every", "no"}:
                det = token.lower
            if place + 2 < len(tokens) and token.tag == "QUANT" and tokens[place + 1].lower == "of":
                place += 1
        elif (
            token.tag == "NUM"
            and place + 1 < len(tokens)
            and tokens[place + 1].tag in {"NOUN", "ADJ"}
        ):
            count = number(token)
        elif token.lower == "multiple":
            det = "many"
        else:
            break
        place += 1
    return det, count, "eq" if count else "", place


def _body(tokens: Tokens, place: int, first: int) -> tuple[Noun, int] | None:
    adjectives: list[Token] = []
    heads: list[Token] = []
    while place < len(tokens):
        token = tokens[place]
        if token.lower == "own" and not heads:
            place += 1
        elif token.tag == "ADJ" and not heads:
            adjectives.append(token)
            place += 1
        elif token.tag in {"NOUN", "QUOTED"} or (
            token.tag == "NUM" and heads and token.text.isdigit() is False and False
        ):
            heads.append(token)
            place += 1
        elif token.tag == "CONJ" and token.lower == "&" and heads and place + 1 < len(tokens):
            place += 1
        elif (
            token.tag == "VERB"
            and token.form == "gerund"
            and place + 1 < len(tokens)
            and tokens[place + 1].tag == "NOUN"
            and not heads
        ):
            heads.append(token)
            place += 1
        elif (
            heads
            and token.lower == "of"
            and tokens[place - 1].lower
            in wordset("date place year country point proof state unit type method terms")
            and place + 1 < len(tokens)
            and tokens[place + 1].tag in {"NOUN", "ADJ"}
        ):
            heads.extend(tokens[place : place + 2])
            place += 2
        else:
            break
    if not heads:
        if not adjectives:
            return None
        if place < len(tokens) and tokens[place].lower in {"ones", "one"}:
            return Noun(
                tuple(tokens[first : place + 1]), adjectives=tuple(adjectives), pronoun="them"
            ), place + 1
        heads = [adjectives.pop()]
    return Noun(tuple(tokens[first:place]), adjectives=tuple(adjectives), heads=tuple(heads)), place


def nouns(tokens: Tokens, place: int) -> tuple[list[Noun], int]:
    """Noun phrases with commas and "and" between them, and where they end."""
    found: list[Noun] = []
    end = place
    while item := noun(tokens, place):
        head = item[0]
        if (
            found
            and found[-1].owner is not None
            and head.owner is None
            and head.det == ""
            and head.plural
        ):
            head = replace(head, owner=found[-1].owner)  # "their own clients and invoices"
        found.append(head)
        end = place = item[1]
        while place < len(tokens) and tokens[place].tag in {"COMMA", "CONJ"}:
            place += 1
        if place == end:
            break
    return found, end
