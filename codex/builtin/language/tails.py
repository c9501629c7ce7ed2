"""What stands after the object of a deed: by whom, unless, while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from codex.builtin.language.actors import Actors, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import read_condition
from codex.builtin.language.nouns import starts
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import Reading
from codex.builtin.language.world import World
from codex.common.documents.rules import Guard

# What may stand after an object without saying anything more.
_FILLERS = (
    ["at", "any", "time"],
    ["in", "the", "system"],
    ["to", "the", "system"],
    ["from", "the", "system"],
    ["from", "the", "list"],
    ["to", "the", "list"],
    ["in", "the", "list"],
    ["to", "the", "catalogue"],
    ["to", "the", "catalog"],
    ["from", "the", "catalogue"],
    ["from", "the", "catalog"],
    ["as", "well"],
    ["at", "all"],
    ["in", "the", "database"],
    ["to", "the", "database"],
    ["in", "the", "catalogue"],
    ["in", "the", "catalog"],
    ["if", "needed"],
    ["when", "needed"],
    ["if", "necessary"],
    ["if", "they", "want"],
    ["with", "the", "api"],
    ["via", "the", "api"],
    ["through", "the", "api"],
    ["over", "time"],
    ["later"],
    ["in", "one", "place"],
    ["for", "themselves"],
    ["by", "themselves"],
    ["one", "by", "one"],
    ["at", "once"],
    ["and", "more"],
)


_POSITIVE = {"if", "when", "while", "whenever", "where", "once", "after"}


@dataclass
class Tail:
    """What stands after the object of a deed."""

    guards: list[Guard] = field(default_factory=list[Guard])
    agent: Actors | None = None


def read_tail(rest: list[Token], world: World, things: list[str], clause: Clause) -> Tail | None:
    """Everything after the object, or None where some of it is not known."""
    tail = Tail()
    place = 0
    while place < len(rest):
        token = rest[place]
        filler = next((words for words in _FILLERS if starts(rest, place, words)), None)
        if filler is not None:
            place += len(filler)
            continue
        if token.tag in {"ADV", "COMMA"} or token.lower == ".":
            place += 1
            continue
        if token.lower == "by" and clause.passive and tail.agent is None:
            end = next(
                (
                    i
                    for i in range(place, len(rest))
                    if rest[i].tag == "SUB" or (rest[i].tag == "ONLY" and i > place + 1)
                ),
                len(rest),
            )
            agent = read_actors(rest[place + 1 : end], world)
            if agent is None:
                return None
            tail.agent = agent
            place = end
            continue
        if _condition_word(rest, place):
            return tail if _guarded(rest, place, tail, world, things, clause) else None
        return None
    return tail


def _condition_word(rest: Sequence[Token], place: int) -> bool:
    token = rest[place]
    return (
        token.tag == "SUB"
        or token.lower in {"until", "before", "after", "as", "except", "provided"}
        or (token.tag == "ONLY" and place + 1 < len(rest) and rest[place + 1].lower in _POSITIVE)
    )


def _guarded(
    rest: list[Token], place: int, tail: Tail, world: World, things: list[str], clause: Clause
) -> bool:
    """Read a condition and put it down as what must hold."""
    if len(set(things)) != 1:
        return False
    thing = world.thing(things[0])
    word = rest[place].lower
    only = clause.only
    if rest[place].tag == "ONLY":
        only, place = True, place + 1
        word = rest[place].lower
    step = place + 1
    if starts(rest, place, ["as", "long", "as"]):
        word, step, only = "if", place + 3, True
    elif starts(rest, place, ["provided", "that"]):
        word, step, only = "if", place + 2, True
    elif starts(rest, place, ["except", "when"]) or starts(rest, place, ["except", "if"]):
        word, step = "unless", place + 2
    elif word == "as":
        return False
    found = read_condition(rest[step:], thing, world)
    if found is None:
        return False
    holds = word in _POSITIVE
    if word in {"unless", "until", "before"}:
        holds = word == "until" and clause.negated
    if clause.negated and word in {"if", "when", "while", "once", "after", "whenever"}:
        holds = False
    elif clause.negated and word in {"unless", "until"}:
        holds = True
    elif clause.negated:
        return False
    if word == "until" and not clause.negated:
        holds = False
    wanted: Reading | None = found if holds else found.negated()
    if wanted is None:
        if not found.conditions:
            return False
        return False
    del only
    if wanted.guard is not None:
        tail.guards.append(wanted.guard)
    else:
        tail.guards.append(Guard(table=thing.name, require=wanted.conditions))
    return True
