"""Lists of fields: "a title, an optional note and a status (open, done)"."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.bounds import Facts
from codex.builtin.language.facts import read_facts
from codex.builtin.language.items_names import (
    Item,
    compound,
    flagged,
    if_known,
    read_dated,
    read_pair,
)
from codex.builtin.language.nouns import Noun, Tokens, noun, starts
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset

# Between a field's name and what is said of it.
_LEADS = (
    ["that"],
    ["which"],
    ["who"],
    ["with"],
    ["of"],
    ["as"],
    ["in"],
    ["between"],
    ["from"],
    ["up", "to"],
    ["at", "most"],
    ["at", "least"],
    ["no", "more"],
    ["not", "more"],
    ["limited", "to"],
    ["defaulting"],
    ["maximum"],
    ["minimum"],
    ["max"],
    ["min"],
    ["optional"],
    ["required"],
    ["unique"],
    ["mandatory"],
    ["either"],
    ["one", "of"],
    ["per"],
    ["must"],
    ["on"],
    ["on", "a"],
    ["ranging"],
    ["greater"],
    ["less"],
    ["by", "default"],
    ["stored"],
    ["default"],
    ["set"],
    ["for"],
    ["such", "as"],
    ["is"],
    ["can"],
    ["may"],
    ["being"],
    ["has"],
    ["above"],
    ["below"],
    ["over"],
    ["under"],
    ["initially"],
    ["longer"],
    ["shorter"],
)


_SEPARATORS = (
    ["as", "well", "as"],
    ["along", "with"],
    ["together", "with"],
    ["plus"],
    ["and", "also"],
    ["in", "addition", "to"],
)


def read_items(tokens: Sequence[Token]) -> tuple[list[Item], tuple[Token, ...]]:
    """The items of a list, and what of it could not be read."""
    items: list[Item] = []
    place = _skip(tokens, 0)
    next_optional = False
    while place < len(tokens):
        if (known := if_known(tokens, place)) is not None:
            if (
                place
                and tokens[place - 1].tag == "COMMA"
                and not any(t.tag == "CONJ" for t in tokens[max(0, place - 2) : place])
                and items
            ):
                items[-1].facts.required = False
            else:
                next_optional = True
            place = _skip(tokens, known)
            continue
        if tokens[place].lower in {"whether", "if"} and place + 1 < len(tokens):
            blank = Item(Noun((tokens[place],), heads=(tokens[place],)))
            end = flagged(tokens, blank, place)
            if end is None:
                return items, tuple(tokens[place:])
            blank.tokens = tuple(tokens[place:end])
            items.append(blank)
            place = _skip(tokens, end)
            continue
        if items and (applied := _for_all(tokens, place, items)):
            place = _skip(tokens, applied)
            continue
        if (pair := read_pair(tokens, place)) is not None:
            items.append(pair[0])
            place = pair[1]
            continue
        found = read_dated(tokens, place) or noun(tokens, place)
        if found is None or found[0].pronoun:
            return items, tuple(tokens[place:])
        item, end = _item(tokens, place, found[0], found[1])
        after = _skip(tokens, end)
        if after == end and end < len(tokens):  # more is said of it than is understood
            return items, tuple(tokens[place:])
        if next_optional:
            item.facts.required, next_optional = False, False
        items.append(item)
        place = after
    return items, ()


def _for_all(tokens: Tokens, place: int, items: list[Item]) -> int | None:
    """ ", both required", ", all of them optional": said of every item so far."""
    end = place
    while end < len(tokens) and tokens[end].lower in wordset("both all of them are which each"):
        end += 1
    if (
        end == place
        or end >= len(tokens)
        or tokens[end].lower not in {"required", "optional", "mandatory", "unique"}
    ):
        return None
    if end + 1 < len(tokens) and tokens[end + 1].tag in {"NOUN", "ADJ"}:
        return None
    for item in items[-2:] if tokens[place].lower == "both" else items:
        if tokens[end].lower == "unique":
            item.facts.unique = True
        else:
            item.facts.required = tokens[end].lower != "optional"
    return end + 1


def _skip(tokens: Tokens, place: int) -> int:
    """Past separators and words that add nothing: "and also", "as well as", "e.g."."""
    while place < len(tokens):
        for words in _SEPARATORS:
            if starts(tokens, place, words):
                place += len(words)
                break
        else:
            token = tokens[place]
            if token.tag in {"COMMA", "CONJ", "ADV"} or token.lower in {
                ".",
                ";",
                "namely",
                "following",
                ":",
            }:
                place += 1
                continue
            return place
    return place


def _item(tokens: Tokens, start: int, head: Noun, place: int) -> tuple[Item, int]:
    head, place = compound(tokens, head, place)
    item = Item(head)
    markers = head.markers
    if "optional" in markers:
        item.facts.required = False
    if markers & {"required", "mandatory"}:
        item.facts.required = True
    if "unique" in markers:
        item.facts.unique = True
    end = place
    tail: list[Token] = []
    while end < len(tokens):
        step = _annotation(tokens, end, item, tail)
        if step is None:
            break
        end = step
    item.tokens = tuple(tokens[start:end])
    item.tail = tuple(tail)
    return item, end


def _annotation(tokens: Tokens, place: int, item: Item, tail: list[Token]) -> int | None:
    """One thing said of the item at `place`; what cannot be read goes into `tail`."""
    token = tokens[place]
    if item.noun.words[-1:] == ["flag"] and (end := flagged(tokens, item, place)):
        return end
    if token.tag == "OPEN":
        end = _closing(tokens, place)
        inner = tokens[place + 1 : end]
        if (
            inner
            and inner[0].lower in {"e", "eg", "e.g", "for", "like", "i.e", "such"}
            and not starts(inner, 0, ["for", "each"])
        ):
            item.facts.description = "" if not inner else f"For example {_text(inner)}."
        elif not read_facts(inner, item.facts, listed=True):
            tail.extend(inner)
        return min(end + 1, len(tokens))
    if (
        token.tag in {"COLON", "SIGN", "DASH"}
        and place + 1 < len(tokens)
        and token.lower in {":", "=", "-", "–", "—"}
    ):
        end = len(tokens)
        rest = tokens[place + 1 : end]
        probe = Facts()
        if read_facts(rest, probe, listed=True):
            read_facts(rest, item.facts, listed=True)
            return end
        tail.extend(rest)
        return end
    comma = place
    if token.tag == "COMMA" and place + 1 < len(tokens):
        comma = place + 1
    if not any(starts(tokens, comma, lead) for lead in _LEADS):
        return None
    if (
        comma > place
        and tokens[comma].lower
        in wordset(
            """optional required unique with of in from as for maximum minimum on mandatory"""
        )
        and comma + 1 < len(tokens)
        and tokens[comma + 1].tag in {"NOUN", "ADJ", "DET", "OPEN"}
    ):
        return None
    return _longest(tokens, comma, item, tail, after_comma=comma > place)


def _longest(
    tokens: Tokens, place: int, item: Item, tail: list[Token], *, after_comma: bool
) -> int | None:
    """The longest run from `place` that says something known; else the run up to the next item."""
    stops = _stops(tokens, place)
    for end in reversed(stops):
        probe = Facts(required=item.facts.required, unique=item.facts.unique, type=item.facts.type)
        if _new_item_inside(tokens, place, end):
            continue
        if read_facts(tokens[place:end], probe):
            read_facts(tokens[place:end], item.facts)
            return end
    if after_comma:
        return None
    end = stops[0]
    tail.extend(tokens[place:end])
    return end


def _new_item_inside(tokens: Tokens, place: int, end: int) -> bool:
    """Whether a comma or "and" with an article begins another item before `end`."""
    for index in range(place + 1, end - 1):
        if tokens[index].tag in {"COMMA", "CONJ"} and tokens[index].lower != "or":
            follow = tokens[index + 1]
            if follow.lower in {"and", "or"} and index + 2 < end:
                follow = tokens[index + 2]
            if follow.lower in {"a", "an", "the", "their", "its"}:
                return True
            if follow.lower == "optional" and index + 2 < end:
                return True
    return False


def _stops(tokens: Tokens, place: int) -> list[int]:
    """Where what is said of an item may end: at commas, "and", brackets and the end."""
    stops: list[int] = []
    depth = 0
    for index in range(place, len(tokens)):
        depth += (tokens[index].tag == "OPEN") - (tokens[index].tag == "CLOSE")
        if depth == 0 and index > place and tokens[index].tag in {"COMMA", "CONJ"}:
            stops.append(index)
        if depth == 1 and index > place and tokens[index].tag == "OPEN":
            stops.append(index)
    return [*stops, len(tokens)]


def _closing(tokens: Tokens, place: int) -> int:
    depth = 0
    for index in range(place, len(tokens)):
        depth += (tokens[index].tag == "OPEN") - (tokens[index].tag == "CLOSE")
        if depth == 0:
            return index
    return len(tokens)


def _text(tokens: Tokens) -> str:
    return " ".join(token.text for token in tokens)
