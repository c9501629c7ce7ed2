"""Sentences that introduce: what somebody runs, what kinds of things there are."""

from __future__ import annotations

from codex.builtin.language.clause import Clause
from codex.builtin.language.data import take
from codex.builtin.language.fields import read_items
from codex.builtin.language.items_names import Item
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.people import SYSTEMS, is_person
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import MANAGE
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World

_RUNS = MANAGE | wordset(
    """sell rent offer organize organise run operate host provide lend own make produce teach plan
    build develop"""
)
_PLAIN = wordset("its their our my")


def read_context(clause: Clause, world: World) -> bool:
    """ "Our charity manages volunteers", "manage a cinema", "we run a small clinic"."""
    if clause.negated or clause.passive or clause.only or len(clause.verbs) != 1:
        return False
    if clause.verb not in _RUNS or not _organisation(clause, world):
        return False
    found, end = nouns(clause.rest, 0)
    if end < len(clause.rest) or not found:
        return False
    known = [world.entity(item) if not item.pronoun else None for item in found]
    if all(known) and not any(item.adjectives or item.count for item in found):
        for name in known:
            assert name is not None
            world.thing(name)
            world.say((clause.start, clause.end), name)
        return True
    if any(known) or any(item.pronoun for item in found) or clause.modal == "can":
        return False
    if all(not item.plural and item.count is None for item in found) and len(found) == 1:
        world.say((clause.start, clause.end), "service")
        return True
    return False


def read_business(clause: Clause, world: World) -> bool:
    """ "We sell plants": what somebody runs, where it could be taken for a deed."""
    return bool(clause.subject) and not clause.modal and read_context(clause, world)


def general(clause: Clause) -> bool:
    """Whether nobody in particular does it: "manage …", "we have …", "the system has …"."""
    if clause.verb not in _RUNS | {"have", "include", "need", "want"}:
        return False
    found, end = nouns(clause.subject, 0)
    if end < len(clause.subject):
        return False
    return all(item.pronoun in {"we", "i"} or (item.heads and systems(item.name)) for item in found)


def _organisation(clause: Clause, world: World) -> bool:
    """Whether nobody in particular, "we", or an organisation does it."""
    if not clause.subject:
        return True
    found, end = nouns(clause.subject, 0)
    if end < len(clause.subject) or len(found) != 1:
        return False
    item = found[0]
    if item.pronoun in {"we", "i"}:
        return True
    if item.pronoun or item.plural or is_person(item.name) or world.entity(item) is not None:
        return False
    return item.det in {"a", "an", "the", "our", "my", "this"} or item.owner is not None


def catalogue(tokens: tuple[Token, ...]) -> list[tuple[Noun, list[Item]]] | None:
    """ "companies (name, industry), contacts (name, phone)": each kind and its fields."""
    place = 0
    found: list[tuple[Noun, list[Item]]] = []
    described = 0
    while place < len(tokens):
        if tokens[place].tag in {"COMMA", "CONJ"} or tokens[place].lower in {".", ";"}:
            place += 1
            continue
        item = noun(tokens, place)
        if item is None or item[0].pronoun or not item[0].heads:
            return None
        head, place = item
        if not head.plural and head.det:
            return None
        fields: list[Item] = []
        if place < len(tokens) and tokens[place].tag == "OPEN":
            end = next((i for i in range(place, len(tokens)) if tokens[i].tag == "CLOSE"), None)
            if end is None:
                return None
            fields, left = read_items(tokens[place + 1 : end])
            if left or any(field.tail for field in fields):
                return None
            described += len(fields) > 1
            place = end + 1
        elif (
            place < len(tokens)
            and tokens[place].tag not in {"COMMA", "CONJ"}
            and tokens[place].lower != "."
        ):
            return None
        found.append((head, fields))
    return found if described and (len(found) > 1 or described) else None


def read_catalogue(clause: Clause, world: World) -> bool:
    """A list of kinds of things, with fields in brackets."""
    if clause.verbs and not general(clause):
        return False
    found = catalogue(clause.rest if clause.verbs else clause.tokens)
    if found is None:
        return False
    names = [world.entity(head) for head, _ in found]
    if any(name is None for name in names):
        return False
    for name, (_, fields) in zip(names, found, strict=True):
        assert name is not None
        world.thing(name)
        if fields and not take([name], fields, (), clause, world):
            return False
        world.say((clause.start, clause.end), name)
    return True


def systems(name: str) -> bool:
    """Whether a noun names a program."""
    return name.rpartition("_")[2] in SYSTEMS


__all__ = ["catalogue", "read_catalogue", "read_context", "systems"]
