"""What an action needs of the things that it is done to: an open order, a free room."""

from __future__ import annotations

from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import read_condition
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import CREATE, READ
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import Guard


def object_guards(
    objects: list[Noun], things: list[str], clause: Clause, world: World
) -> list[Guard] | None:
    """What the adjectives of the objects demand; None where they would be lost."""
    if len(set(things)) == 1:
        picked = _adjective_guard(objects[0], world.thing(things[0]), world, clause)
        if picked is not None:
            return picked
    return None if any(_telling(item) for item in objects) else []


def onto(
    rest: list[Token], things: list[str], clause: Clause, world: World
) -> tuple[list[Token], list[str]]:
    """ "place bids on items", "add comments to a post": what the new row belongs to."""
    if clause.passive or len(things) != 1 or not set(clause.verbs) <= CREATE or not rest:
        return rest, []
    if rest[0].lower not in {"on", "to", "for", "about", "in", "under"}:
        return rest, []
    found = noun(rest, 1)
    parent = (
        world.entity(found[0])
        if found and not found[0].pronoun and not found[0].adjectives
        else None
    )
    if found is None or parent is None or parent == things[0] or parent in world.people:
        return rest, []
    return rest[found[1] :], [parent]


def _telling(item: Noun) -> bool:
    """Whether adjectives narrow an object in a way that would be lost."""
    return any(
        token.lower
        not in {"new", "own", "individual", "existing", "single", "other", "multiple", "different"}
        for token in item.adjectives
    )


def _adjective_guard(item: Noun, thing: Thing, world: World, clause: Clause) -> list[Guard] | None:
    """ "open tickets can be closed": only those that are open. "create drafts" is none."""
    adjectives = [
        t
        for t in item.adjectives
        if t.lower
        not in {"new", "own", "individual", "existing", "single", "other", "multiple", "different"}
    ]
    if not adjectives or world.entity(item) is None:
        return []
    if clause.verb in READ or (clause.verb in CREATE and not clause.passive):
        return None
    guards: list[Guard] = []
    for adjective in adjectives:
        found = read_condition([adjective], thing, world)
        if found is None or not found.conditions:
            return None
        if clause.negated and not clause.rest:
            negative = found.negated()
            if negative is None:
                return None
            found = negative
        guards.append(Guard(table=thing.name, require=found.conditions))
    return guards
