"""Lists of fields: "a title, an optional note of at most 280 characters and a status (open, done)"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codex.builtin.language.facts import Facts, read_facts
from codex.builtin.language.nouns import Noun, Tokens, noun, starts
from codex.builtin.language.tokens import Token
from codex.common.documents.specification import FieldType

# Between a field's name and what is said of it.
_LEADS = (
    ["that"], ["which"], ["who"], ["with"], ["of"], ["as"], ["in"], ["between"], ["from"], ["up", "to"],
    ["at", "most"], ["at", "least"], ["no", "more"], ["not", "more"], ["limited", "to"], ["defaulting"], ["maximum"], ["minimum"],
    ["max"], ["min"], ["optional"], ["required"], ["unique"], ["mandatory"], ["either"], ["one", "of"], ["per"], ["must"],
    ["on"], ["on", "a"], ["ranging"], ["greater"], ["less"], ["by", "default"], ["stored"], ["default"], ["set"], ["for"], ["such", "as"], ["is"], ["can"], ["may"], ["being"], ["has"], ["above"], ["below"], ["over"], ["under"], ["initially"], ["longer"], ["shorter"],
)  # fmt: skip
_SEPARATORS = (
    ["as", "well", "as"],
    ["along", "with"],
    ["together", "with"],
    ["plus"],
    ["and", "also"],
    ["in", "addition", "to"],
)


@dataclass
class Item:
    """One thing of a list: its name, and what is said of it."""

    noun: Noun
    facts: Facts = field(default_factory=Facts)
    tokens: tuple[Token, ...] = ()
    tail: tuple[Token, ...] = ()
    """What is said of it and was not understood; the item counts without it only if this is empty."""

    @property
    def start(self) -> int:
        """Where it starts in the request."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the request."""
        return self.tokens[-1].end


def read_items(tokens: Sequence[Token]) -> tuple[list[Item], tuple[Token, ...]]:
    """The items of a list, and what of it could not be read."""
    items: list[Item] = []
    place = _skip(tokens, 0)
    next_optional = False
    while place < len(tokens):
        if (known := _if_known(tokens, place)) is not None:
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
            end = _flagged(tokens, blank, place)
            if end is None:
                return items, tuple(tokens[place:])
            blank.tokens = tuple(tokens[place:end])
            items.append(blank)
            place = _skip(tokens, end)
            continue
        if items and (applied := _for_all(tokens, place, items)):
            place = _skip(tokens, applied)
            continue
        if (pair := _pair(tokens, place)) is not None:
            items.append(pair[0])
            place = pair[1]
            continue
        found = _dated(tokens, place) or noun(tokens, place)
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


_PAIRS = frozenset(
    """first last start end minimum maximum min max opening closing home away billing shipping departure
    arrival created updated purchase sale buying selling check-in check-out due old new short long
    starting ending begin finish pickup return from to""".split()
)


def _pair(tokens: Tokens, place: int) -> tuple[Item, int] | None:
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
        second = _compound(tokens, *second)
    if second is None or second[0].tokens[0].lower not in _PAIRS or len(second[0].tokens) < 2:
        return None
    if second[0].det:
        return None
    heads = second[0].heads if second[0].adjectives else second[0].heads[1:]
    if not heads:
        return None
    head = Noun(tuple(tokens[start : place + 1]), det="a", heads=(tokens[place], *heads))
    return Item(head, tokens=tuple(tokens[start : place + 1])), place + 2


def _if_known(tokens: Tokens, place: int) -> int | None:
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


def _dated(tokens: Tokens, place: int) -> tuple[Noun, int] | None:
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
    dated = participle and second.lower in {"on", "at", "by", "until"}
    placed = first.lower in {"in", "on"} and second.tag == "NOUN"
    if not (dated or placed):
        return None
    return Noun(tuple(tokens[start : place + 2]), heads=(first, second)), place + 2


def _ended(tokens: Tokens, place: int) -> bool:
    """Whether a name can end before `place`."""
    return place >= len(tokens) or tokens[place].tag in {"COMMA", "CONJ", "OPEN", "COLON", "DASH"}


def _for_all(tokens: Tokens, place: int, items: list[Item]) -> int | None:
    """ ", both required", ", all of them optional": said of every item so far."""
    end = place
    while end < len(tokens) and tokens[end].lower in {
        "both",
        "all",
        "of",
        "them",
        "are",
        "which",
        "each",
    }:
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
    head, place = _compound(tokens, head, place)
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


_OF = frozenset(
    "name number amount date time place year id title kind level address cost price status count type length".split()
)
_PER = frozenset(
    "price cost rate fee salary charge rent wage limit hours amount cost seats".split()
)


def _compound(tokens: Tokens, head: Noun, place: int) -> tuple[Noun, int]:
    """ "number of seats", "name of the commenter" and "price per night" are one name."""
    if not head.heads or place + 1 >= len(tokens):
        return head, place
    word, joint = head.heads[-1].lemma, tokens[place].lower
    if not (joint == "of" and word in _OF or joint == "per" and word in _PER):
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


def _flagged(tokens: Tokens, item: Item, place: int) -> int | None:
    """ "a flag whether they are confirmed", "whether it is public", "a flag vegetarian"."""
    step = place
    while step < len(tokens) and tokens[step].lower in {
        "that",
        "which",
        "says",
        "tells",
        "indicating",
        "showing",
        "shows",
        "indicates",
        "for",
        "saying",
        "telling",
        "to",
        "say",
        "tell",
        "indicate",
        "of",
    }:
        step += 1
    if step >= len(tokens) or tokens[step].lower not in {"whether", "if"}:
        return None
    step += 1
    found = noun(tokens, step)
    if found is not None and (found[0].pronoun or found[0].det == "the") and found[1] < len(tokens):
        step = found[1]
    while step < len(tokens) and (
        tokens[step].tag in {"AUX", "ADV"} or tokens[step].lower in {"been"}
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


def _annotation(tokens: Tokens, place: int, item: Item, tail: list[Token]) -> int | None:
    """One thing said of the item at `place`; what cannot be read goes into `tail`."""
    token = tokens[place]
    if item.noun.words[-1:] == ["flag"] and (end := _flagged(tokens, item, place)):
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
        in {
            "optional",
            "required",
            "unique",
            "with",
            "of",
            "in",
            "from",
            "as",
            "for",
            "maximum",
            "minimum",
            "on",
            "mandatory",
        }
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
            if follow.lower in {"optional"} and index + 2 < end:
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
