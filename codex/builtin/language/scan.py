"""A first look over all clauses: which nouns are things to keep, which are people, who signs in."""

from __future__ import annotations

from collections.abc import Iterator

from codex.builtin.language.clause import Clause
from codex.builtin.language.evidence import Evidence, fragment, look
from codex.builtin.language.people import (
    ADMIN_NAMES,
    ADMINS,
    ANYBODY,
    CONSUMERS,
    GENERIC,
    GROUPS,
    is_person,
)  # fmt: skip
from codex.builtin.language.types import TYPE_WORDS, is_telling
from codex.builtin.language.units import Reading, Unit
from codex.builtin.language.world import World


def scan(reading: Reading, world: World) -> Evidence:
    """Fill `world.vocabulary`, `world.people` and `world.account` from a first look."""
    found = Evidence()
    for unit in reading.units:
        if unit.read or unit.too_long:
            continue
        for clause in _readings(unit):
            look(clause, found)
        fragment(unit, found)
    _containers(found, world)
    _decide(found, world)
    return found


def _containers(found: Evidence, world: World) -> None:
    """A school that only keeps students, teachers and courses is the service itself."""
    for name in found.containers - found.subjects:
        if found.things[name] <= 0 and not is_person(name):
            world.systems.add(name)
        else:
            found.things[name] += 4
            found.subjects.add(name)


def _readings(unit: Unit) -> Iterator[Clause]:
    """The reading that is likeliest to count: the one with a verb."""
    if unit.clause.verbs and (unit.clause.subject or not unit.alternatives):
        yield unit.clause
        return
    for clause in unit.alternatives:
        if clause.verbs:
            yield clause
            return
    yield unit.clause


# A request of more kinds of things is beyond the built-in model; the strongest ones count.
MOST_THINGS = 300


def _decide(found: Evidence, world: World) -> None:
    for name, weight in found.things.most_common(MOST_THINGS):
        alone = name not in found.subjects
        if is_person(name):
            if name in found.subjects or weight >= 3:
                world.vocabulary.add(name)
            continue
        if alone and name in found.fields and weight < 3:
            continue
        if alone and weight < 2 and (is_telling(name) or name in TYPE_WORDS):
            continue
        if weight > 0:
            world.vocabulary.add(name)
    for name in [item for item in world.vocabulary if item not in found.subjects]:
        last = name.rpartition("_")[2]
        if last != name and found.things[last] >= 3 and last in world.vocabulary:
            world.vocabulary.discard(name)  # "gym memberships" are the memberships
            world.synonyms[name] = last
    for name in found.actors | found.signers:
        world.people[name] = ""
    _account(found, world)


def _account(found: Evidence, world: World) -> None:
    """Who signs in, and which of the others are roles of that account."""
    world.signs_in = found.accounts
    actors = [name for name in world.people if name not in ADMINS]
    if not world.signs_in:
        for name in actors:
            if name not in GENERIC:
                world.vocabulary.add(name) if _ties_rows(name, found) else None
        return
    signers = [name for name, _ in found.signers.most_common() if name not in ADMINS]
    named = [
        name
        for name in actors
        if name in GENERIC and name not in {"i", "we", "you", "they", "person"}
    ]
    others = [
        name
        for name in actors
        if name not in signers and name not in GENERIC and name not in CONSUMERS
    ]
    if len(signers) == 1 and (
        not others or signers[0] in found.subjects or signers[0] in CONSUMERS
    ):
        world.account = signers[0]
    elif "user" in actors or named or signers:
        world.account = "user"
    elif len(actors) == 1:
        world.account = actors[0]
    else:
        world.account = "user"
    if world.account in GENERIC:
        world.account = "user"
    world.vocabulary.add(world.account)
    for name in list(world.people):
        world.people[name] = (
            "" if name in signers and name not in others else _role(name, found, world)
        )


def _role(name: str, found: Evidence, world: World) -> str:
    if name == world.account or name in GENERIC or name in ANYBODY or name in GROUPS:
        return ""
    if name in CONSUMERS and any(n not in CONSUMERS and n not in GENERIC for n in world.people):
        return ""
    if name in world.vocabulary and name in found.subjects:
        return ""
    return ADMIN_NAMES.get(name, name)


def _ties_rows(name: str, found: Evidence) -> bool:
    """People who do things without an account are things themselves once rows belong to them."""
    return name in found.things or name in found.subjects
