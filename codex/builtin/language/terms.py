"""What is said beside a deed and its object: "for 14 days", "at a time", "if it is available"."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codex.builtin.language.bounds import Facts
from codex.builtin.language.conditions import read_condition, told
from codex.builtin.language.facts import read_facts
from codex.builtin.language.fields import read_items
from codex.builtin.language.items_names import Item
from codex.builtin.language.names import spoken
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.quantities import TIME_UNITS, Number, TimeUnit, number
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import negate
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Comparison,
    Condition,
    Guard,
    Now,
)
from codex.common.documents.specification import FieldType


@dataclass
class Terms:
    """What is said beside the verb and its object."""

    limit: tuple[Number, Token] | None = None
    period: tuple[Number, Token, TimeUnit] | None = None
    fields: list[Item] = field(default_factory=list[Item])
    once: bool = False
    rating: Facts | None = None
    guards: list[Guard] = field(default_factory=list[Guard])
    """Conditions on the row that it is done to."""
    exclusive: bool = False
    """Only one at a time, however many copies there are."""
    available: bool = False
    """Only while there is one left."""
    per: tuple[int, TimeUnit] | None = None
    """For "per day": how many units back rows count."""


def state_guards(head: Noun, world: World, target: str) -> list[Guard] | None:
    """ "rate delivered orders": only those in that state."""
    guards: list[Guard] = []
    for adjective in head.adjectives:
        if adjective.form not in {"participle", "past"}:
            return None
        found = read_condition([adjective], world.thing(target), world)
        if found is None or not found.conditions:
            return None
        wrong = ", ".join(told(negate(item)) for item in found.conditions)
        guards.append(
            Guard(
                table=target,
                require=found.conditions,
                message=f"Not possible for this {spoken(target)}: {wrong}.",
            )
        )
    return guards or None


def stock_field(thing: Thing) -> str | None:
    """The field that says how many there are: copies, seats, capacity."""
    names = [
        n
        for n, f in thing.fields.items()
        if f.type is FieldType.INTEGER
        and any(
            hint in n
            for hint in (
                "copies",
                "stock",
                "seats",
                "capacity",
                "quantity",
                "places",
                "spots",
                "units",
            )
        )
    ]
    return names[0] if len(names) == 1 else None


_LEFT = wordset(
    """a an any the it they is are if there still enough left available in stock copies copy of
    book books one more free seats places spots remaining has have and least at"""
)


def _condition(rest: list[Token], place: int, terms: Terms, world: World, target: str) -> bool:
    """ "if copies are available", "until the registration deadline", "unless it is cancelled"."""
    thing = world.thing(target)
    only = rest[place].tag == "ONLY"
    place += only
    word = rest[place].lower
    tokens = rest[place + (3 if starts(rest, place, ["as", "long", "as"]) else 1) :]
    words = [t.lower for t in tokens]
    if (
        word in {"if", "while", "when", "as"}
        and set(words) & {"available", "left", "stock", "free", "remaining"}
        and all(
            w in _LEFT or world.known(t.lemma) == target for w, t in zip(words, tokens, strict=True)
        )
    ):
        terms.available = True
        return True
    if word in {"until", "before", "till"}:
        found = noun(tokens, 0)
        if found is None or found[1] < len(tokens):
            return False
        moment = next(
            (thing.fields[n] for n in (found[0].field, found[0].name) if n in thing.fields), None
        )
        if moment is None or moment.type not in {FieldType.DATE, FieldType.DATETIME}:
            return False
        day = moment.type is FieldType.DATE
        op = Comparison.GE if word == "until" and day else Comparison.GT
        require = (Condition(field=moment.name, op=op, operands=(Now(date_only=day),)),)
        terms.guards.append(
            Guard(
                table=target,
                require=require,
                message=f"The {spoken(moment.name)} of this {spoken(target)} has passed.",
            )
        )
        return True
    read = read_condition(tokens, thing, world)
    if read is None or not read.conditions:
        return False
    if word == "unless":
        read = read.negated()
    elif word not in {"if", "while", "when", "as", "once", "after"}:
        return False
    if read is None or not read.conditions:
        return False
    wrong = ", ".join(told(negate(item)) for item in read.conditions)
    terms.guards.append(
        Guard(
            table=target,
            require=read.conditions,
            message=f"Not possible for this {spoken(target)}: {wrong}.",
        )
    )
    return True


def read_terms(rest: list[Token], terms: Terms, world: World, target: str) -> bool:
    """Read "for 14 days", "at a time", "with a note", "once", "from 1 to 5 stars"."""
    if rest and rest[0].tag == "OPEN" and rest[-1].tag == "CLOSE":
        rest = rest[1:-1]
    place = 0
    while place < len(rest):
        token = rest[place]
        words = [t.lower for t in rest[place : place + 4]]
        if (
            words[:3] == ["at", "a", "time"]
            or words[:2] == ["at", "once"]
            or words[:3] == ["at", "the", "same"]
        ):
            place += (
                4 if words[2:3] == ["same"] else len(words[:3]) if words[2:3] == ["time"] else 2
            )
        elif words[:1] == ["simultaneously"] or (
            token.tag in {"ADV", "COMMA"} and token.lower not in {"once", "twice"}
        ):
            place += 1
        elif words[:2] in (["only", "once"], ["just", "once"]) or words[:1] == ["once"]:
            terms.once = True
            place += 2 if words[0] in {"only", "just"} else 1
        elif (day := _on_a_day(rest, place)) is not None:
            place, item = day
            terms.fields.append(item)
        elif (token.lower == "for" and (step := read_time(rest, place + 1, terms))) or (
            token.lower in {"with", "by", "giving", "leaving", "and"}
            and place + 1 < len(rest)
            and (step := _extras(rest, place, terms))
        ):
            place = step
        elif (
            token.tag == "SUB"
            or token.lower in {"until", "before", "till"}
            or (token.tag == "ONLY" and place + 1 < len(rest) and rest[place + 1].tag == "SUB")
            or words[:3] == ["as", "long", "as"]
        ):
            return _condition(rest, place, terms, world, target)
        elif token.lower in {"from", "between", "on"} or number(token) is not None:
            facts = Facts()
            if not read_facts(rest[place:], facts) or facts.minimum is None:
                return False
            terms.rating = facts
            return True
        elif (
            words[:2]
            in (["per", "day"], ["per", "week"], ["per", "month"], ["a", "day"], ["each", "day"])
            and terms.limit
        ):
            terms.per = (1, TIME_UNITS[words[1]])
            place += 2
        else:
            return False
    return True


def read_time(rest: list[Token], place: int, terms: Terms) -> int | None:
    """ "for 14 days", "for up to two weeks", "for a period of 14 days"."""
    while place < len(rest) and (
        rest[place].lower in wordset("a the period of maximum max up to at most exactly duration")
    ):
        place += 1
    if place + 1 >= len(rest):
        return None
    value, unit = number(rest[place]), TIME_UNITS.get(rest[place + 1].lemma)
    if value is None or unit is None:
        return None
    terms.period = (value, rest[place], unit)
    return place + 2


def _on_a_day(rest: list[Token], place: int) -> tuple[int, Item] | None:
    """ "for a day", "on a certain date": the row has a date."""
    if rest[place].lower not in {"for", "on", "at"}:
        return None
    found = noun(rest, place + 1)
    if found is None or found[0].det not in {"a", "one"} or not found[0].heads:
        return None
    head, end = found
    plain = {t.lower for t in head.adjectives} <= {
        "specific",
        "certain",
        "given",
        "particular",
        "single",
    }
    if (
        not plain
        or head.words not in (["day"], ["date"], ["time"])
        or (end < len(rest) and rest[end].tag != "ADV")
    ):
        return None
    day = head.words != ["time"]
    token = replace(head.heads[0], text="date", lower="date") if day else head.heads[0]
    item = Item(replace(head, heads=(token,), adjectives=()), tokens=tuple(rest[place:end]))
    item.facts.type = FieldType.DATE if day else FieldType.DATETIME
    return end, item


def _extras(rest: list[Token], place: int, terms: Terms) -> int | None:
    """ "with a text and a rating from 1 to 5": fields of the row."""
    items, left = read_items(rest[place + 1 :])
    if (
        left
        or not items
        or any(
            item.tail or item.noun.pronoun or item.noun.det not in {"a", "an", "", "the", "their"}
            for item in items
        )
    ):
        return None
    if len(items) == 1 and items[0].noun.det == "" and items[0].noun.plural:
        return None
    terms.fields.extend(items)
    return len(rest)
