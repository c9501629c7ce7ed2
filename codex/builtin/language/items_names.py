"""Names of list items that are more than a noun: pairs, compounds, flags."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codex.builtin.language.bounds import Facts
from codex.builtin.language.nouns import Noun, Tokens, noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.common.documents.specification import FieldType


@dataclass
class Item:
    """One thing of a list: its name, and what is said of it."""

    noun: Noun
    facts: Facts = field(default_factory=Facts)
    tokens: tuple[Token, ...] = ()
    tail: tuple[Token, ...] = ()
    """What is said of it and was not understood; the item counts only if this is empty."""

    @property
    def start(self) -> int:
        """Where it starts in the request."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the request."""
        return self.tokens[-1].end


_PAIRS = wordset(
    """first last start end minimum maximum min max opening closing home away billing shipping
    departure arrival created updated purchase sale buying selling check-in check-out due old
    new short long starting ending begin finish pickup return from to"""
)


def read_pair(tokens: Tokens, place: int) -> tuple[Item, int] | None:
    """The first half of "a first and last name": it shares the noun of the second."""
    start = place
    if place < len(tokens) and tokens[place].tag in {"DET", "POSS"}:
        place += 1
    if (
        place + 3 > len(tokens)
        or tokens[place].lower not in _PAIRS
        or tokens[place + 1].lower not in {"and", "/", "or"}
    ):
        return None
    second = noun(tokens, place + 2)
    if second is not None:
        second = compound(tokens, *second)
    if second is None or second[0].tokens[0].lower not in _PAIRS or len(second[0].tokens) < 2:
        return None
    if second[0].det:
        return None
    heads = second[0].heads if second[0].adjectives else second[0].heads[1:]
    if not heads:
        return None
    head = Noun(tuple(tokens[start : place + 1]), det="a", heads=(tokens[place], *heads))
    return Item(head, tokens=tuple(tokens[start : place + 1])), place + 2


def if_known(tokens: Tokens, place: int) -> int | None:
    """ "if known", "if any", "if available": what is optional."""
    words = [token.lower for token in tokens[place : place + 2]]
    if (
        len(words) == 2
        and words[0] in {"if", "where"}
        and words[1]
        in {"known", "any", "available", "applicable", "present", "given", "needed", "possible"}
    ):
        return place + 2
    return None


def read_dated(tokens: Tokens, place: int) -> tuple[Noun, int] | None:
    """ "created on", "in stock", "published": names that are no noun phrases."""
    start = place
    if place < len(tokens) and tokens[place].tag == "DET":
        place += 1
    if place >= len(tokens):
        return None
    first = tokens[place]
    participle = first.tag == "VERB" and first.form in {"participle", "past"}
    if participle and _ended(tokens, place + 1):
        return Noun(tuple(tokens[start : place + 1]), heads=(first,)), place + 1
    if place + 1 >= len(tokens) or not _ended(tokens, place + 2):
        return None
    second = tokens[place + 1]
    done = second.tag == "VERB" and second.form in {"participle", "past"}
    if first.lower in {"date", "time", "year", "day"} and done:
        return Noun(tuple(tokens[start : place + 2]), det="a", heads=(first, second)), place + 2
    dated = participle and second.lower in {"on", "at", "by", "until"}
    placed = first.lower in {"in", "on"} and second.tag == "NOUN"
    if not (dated or placed):
        return None
    return Noun(tuple(tokens[start : place + 2]), heads=(first, second)), place + 2


def _ended(tokens: Tokens, place: int) -> bool:
    """Whether a name can end before `place`."""
    return place >= len(tokens) or tokens[place].tag in {"COMMA", "CONJ", "OPEN", "COLON", "DASH"}


_OF = wordset(
    """name number amount date time place year id title kind level address cost price status count
    type length"""
)


_PER = wordset("price cost rate fee salary charge rent wage limit hours amount seats")


def compound(tokens: Tokens, head: Noun, place: int) -> tuple[Noun, int]:
    """ "number of seats", "name of the commenter" and "price per night" are one name."""
    if not head.heads or place + 1 >= len(tokens):
        return head, place
    word, joint = head.heads[-1].lemma, tokens[place].lower
    if not ((joint == "of" and word in _OF) or (joint == "per" and word in _PER)):
        return head, place
    found = noun(tokens, place + 1)
    if (
        found is None
        or found[0].pronoun
        or found[0].count is not None
        or found[0].owner
        or not found[0].heads
    ):
        return head, place
    rest = found[0]
    if joint == "of" and (
        rest.det not in {"", "the", "a", "an", "their", "its"} or rest.words[-1] in {"type", "most"}
    ):
        return head, place
    named = replace(
        head,
        heads=(*head.heads, tokens[place], *rest.adjectives, *rest.heads),
        tokens=(*head.tokens, *tokens[place : found[1]]),
    )
    return named, found[1]


def flagged(tokens: Tokens, item: Item, place: int) -> int | None:
    """ "a flag whether they are confirmed", "whether it is public", "a flag vegetarian"."""
    step = place
    while step < len(tokens) and tokens[step].lower in wordset(
        """that which says tells indicating showing shows indicates for saying telling to say tell
        indicate of"""
    ):
        step += 1
    if step >= len(tokens) or tokens[step].lower not in {"whether", "if"}:
        return None
    step += 1
    found = noun(tokens, step)
    if found is not None and (found[0].pronoun or found[0].det == "the") and found[1] < len(tokens):
        step = found[1]
    while step < len(tokens) and (
        tokens[step].tag in {"AUX", "ADV"} or tokens[step].lower == "been"
    ):
        step += 1
    if step >= len(tokens) or tokens[step].tag not in {"ADJ", "VERB", "NOUN"}:
        return None
    end = step + 1
    while end < len(tokens) and tokens[end].tag in {"NOUN", "ADJ"}:
        end += 1
    item.noun = replace(item.noun, heads=tuple(tokens[step:end]), adjectives=())
    item.facts.type = FieldType.BOOLEAN
    return end
