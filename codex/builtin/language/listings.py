"""Sentences that show lists: the books of an author, the newest first."""

from __future__ import annotations

from codex.builtin.language.actors import own, permit
from codex.builtin.language.clause import Clause
from codex.builtin.language.members import ASCENDING, DESCENDING
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.queries import conditions_of
from codex.builtin.language.showing import shown_noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.specification import Verb


def read_listing(clause: Clause, world: World) -> bool:
    """ "All books of an author are listed", "notes are listed newest first"."""
    found = shown_noun(clause, world)
    if found is None or clause.negated:
        return False
    item, rest, actors, only = found
    name = world.entity(item)
    if name is None or name not in world.things:
        return False
    ranks = [t for t in item.adjectives if t.lower in DESCENDING | ASCENDING]
    if any(t.lower not in _PLAIN for t in item.adjectives if t not in ranks):
        return False
    if ranks and [t.lower for t in rest] != ["first"]:
        return False
    thing = world.thing(name)
    mine = item.owner is not None and item.owner.pronoun in _THEIRS and world.signs_in
    parent = None if mine else _parent(item, thing, world)
    if item.owner is not None and not mine and parent is None:
        return False
    rest = [t for t in (*ranks, *rest) if t.lower != "."]
    parent, rest = _under(rest, thing, world) or (parent, rest)
    more = conditions_of(rest, thing, world)
    if more is None or more[0]:
        return False
    deed = world.deed(Verb.LIST, name, None, parent)
    deed.sorts += [key for key in more[2] if key not in deed.sorts]
    deeds: list[Deed] = [deed]
    if mine:
        own(world, thing)
    if mine or (parent is None and not clause.passive and clause.verb != "list"):
        deeds.append(world.deed(Verb.GET, name))
    for each in deeds:
        permit(world, each, actors, own_rows=mine)
        if actors.only or (only and mine):
            world.exclusive.add(each.key)
    world.say((clause.start, clause.end), name, "", *deeds)
    return True


_PLAIN = wordset("new own full complete whole individual single")
_THEIRS = wordset("their my his her")


def _parent(item: Noun, thing: Thing, world: World) -> str | None:
    """The tie that "an author's books" speaks of."""
    if item.owner is None:
        return None
    target = world.focus if item.owner.pronoun else world.entity(item.owner)
    relation = thing.relation_to(target) if target else None
    return relation.name if relation else None


def _under(rest: list[Token], thing: Thing, world: World) -> tuple[str, list[Token]] | None:
    """The tie that "of an author", "per author" speaks of, and what stands behind it."""
    if not rest or rest[0].lower not in wordset("of for per by in from belonging"):
        return None
    up = noun(rest, 1 + (rest[0].lower == "belonging"))
    target = world.entity(up[0]) if up and not up[0].adjectives else None
    relation = thing.relation_to(target) if target else None
    return (relation.name, rest[up[1] :]) if relation and up else None
