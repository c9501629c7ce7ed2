"""Sentences that show lists: the books of an author, the newest first."""

from __future__ import annotations

from codex.builtin.language.actors import own, permit
from codex.builtin.language.clause import Clause
from codex.builtin.language.members import ASCENDING, DESCENDING
from codex.builtin.language.nouns import noun
from codex.builtin.language.queries import conditions_of
from codex.builtin.language.showing import shown_noun
from codex.builtin.language.world import Deed, World
from codex.common.documents.specification import Verb


def read_listing(clause: Clause, world: World) -> bool:
    """ "All books of an author are listed", "notes are listed newest first"."""
    found = shown_noun(clause, world)
    if found is None:
        return False
    if clause.negated:
        return False
    item, rest, actors, only = found
    name = world.entity(item)
    if name is None or name not in world.things:
        return False
    ranks = [t for t in item.adjectives if t.lower in DESCENDING | ASCENDING]
    if any(
        t.lower not in {"new", "own", "full", "complete", "whole", "individual", "single"}
        for t in item.adjectives
        if t not in ranks
    ):
        return False
    thing = world.thing(name)
    if ranks and [t.lower for t in rest] != ["first"]:
        return False
    rest = [*ranks, *rest]
    mine = (
        item.owner is not None
        and item.owner.pronoun in {"their", "my", "his", "her"}
        and world.signs_in
    )
    parent: str | None = None
    if item.owner is not None and not mine:
        target = world.focus if item.owner.pronoun else world.entity(item.owner)
        relation = thing.relation_to(target) if target else None
        if relation is None:
            return False
        parent = relation.name
    rest = [t for t in rest if t.lower != "."]
    if rest and rest[0].lower in {"of", "for", "per", "by", "in", "from", "belonging"}:
        up = noun(rest, 1 + (rest[0].lower == "belonging"))
        target = world.entity(up[0]) if up and not up[0].adjectives else None
        relation = thing.relation_to(target) if target else None
        if relation is not None and up is not None:
            parent, rest = relation.name, rest[up[1] :]
    deed = world.deed(Verb.LIST, name, None, parent)
    if rest:
        more = conditions_of(rest, thing, world)
        if more is None or more[0]:
            return False
        for key in more[2]:
            if key not in deed.sorts:
                deed.sorts.append(key)
    deeds: list[Deed] = [deed]
    if mine:
        own(world, thing)
        deeds.append(world.deed(Verb.GET, name))
    elif parent is None and not clause.passive and clause.verb != "list":
        deeds.append(world.deed(Verb.GET, name))
    for each in deeds:
        permit(world, each, actors, own_rows=mine)
        if actors.only or (only and mine):
            world.exclusive.add(each.key)
    world.say((clause.start, clause.end), name, "", *deeds)
    return True
