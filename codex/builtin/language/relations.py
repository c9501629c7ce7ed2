"""Sentences about ties: "each book belongs to an author", "tasks are assigned to users"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.clause import Clause
from codex.builtin.language.data import take
from codex.builtin.language.fields import read_items
from codex.builtin.language.items_names import Item
from codex.builtin.language.making import link_many, plural_words, relate, relate_many
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.people import GENERIC, SYSTEMS, is_person
from codex.builtin.language.relation_words import ACTIVE, PASSIVE, SHOWS
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World
from codex.common.documents.specification import RelationKind


def read_belongs(clause: Clause, world: World) -> bool:
    """One tie said by a verb: belonging, being written by, being assigned to."""
    if clause.negated or clause.only or len(clause.verbs) != 1:
        return False
    extra = _with_fields(clause)
    fields: list[Item] = []
    if extra is not None:
        clause, fields = extra
    read = _target(clause)
    if read is None:
        return False
    targets, role = read
    if (
        clause.modal == "can"
        and not role
        and clause.verb
        not in ACTIVE | {"belong", "be", "assign", "link", "associate", "tag", "attach", "group"}
    ):
        return False
    subjects, end = nouns(clause.subject, 0)
    if end < len(clause.subject) or not subjects:
        return False
    names = [world.entity(item) for item in subjects]
    goals = [world.entity(item) or _account_of(item, world) for item in targets]
    if any(goal is None for goal in goals) or any(
        name is None or (name in world.people and name not in world.vocabulary) for name in names
    ):
        return False
    for name in names:
        assert name is not None
        for goal, target in zip(goals, targets, strict=True):
            assert goal is not None
            _tie(world, name, goal, target, role, clause)
        if fields and not take([name], fields, (), clause, world):
            return False
        world.say((clause.start, clause.end), name)
    return True


def _account_of(item: Noun, world: World) -> str | None:
    """The account, where a noun names one of its roles: given by a teacher."""
    return world.account if world.signs_in and world.people.get(item.name) else None


def _with_fields(clause: Clause) -> tuple[Clause, list[Item]] | None:
    """ "is given to a student, with a value and a date": the tie, and what the row has."""
    rest = clause.rest
    for place in range(1, len(rest) - 1):
        if rest[place].lower == "with":
            items, left = read_items(rest[place + 1 :])
            if rest[place + 1].lower not in {"a", "an"} and len(items) < 2:
                continue
            if left or not items or any(item.tail or is_person(item.noun.name) for item in items):
                return None
            end = place - (rest[place - 1].tag == "COMMA")
            return replace(clause, rest=rest[:end]), items
    return None


def _tie(world: World, owner: str, goal: str, target: Noun, role: str, clause: Clause) -> None:
    many = target.det == "many" or (
        target.plural and target.det in {"", "other"} and _several(clause)
    )
    if many or (target.plural and target.count is not None):
        relate_many_to_many(world, owner, goal, target)
        return
    person = goal == world.account or goal in GENERIC
    keep = role and (person or goal in (role, owner) or role not in _ROLES)
    name = role if keep else _name(target, goal)
    if world.people.get(target.name) and goal == world.account:
        name = target.name
    optional = clause.modal == "can" or _optional(clause)
    relation = relate(world, owner, goal, name, required=not optional)
    if role:
        world.aliases[owner, role] = relation.name


_ROLES = frozenset(PASSIVE.values()) | {"manager"}


def _several(clause: Clause) -> bool:
    """Whether a plural target means several for each: "posts belong to categories" does not."""
    return not any(token.tag == "NOUN" for token in clause.subject if token.lower != token.lemma)


def _name(target: Noun, goal: str) -> str:
    adjectives = [
        t.lower
        for t in target.adjectives
        if t.lower
        not in wordset("""optional single other specific different particular certain given same""")
    ]
    return "_".join([*adjectives, goal]) if adjectives else goal


def _optional(clause: Clause) -> bool:
    return any(token.lower == "optionally" for token in clause.tokens) or any(
        token.lower == "optional" for token in clause.rest
    )


def relate_many_to_many(world: World, owner: str, goal: str, target: Noun) -> None:
    """Several on both sides."""
    other, thing = world.thing(goal), world.thing(owner)
    if (
        any(
            r.target == owner and r.kind is RelationKind.MANY_TO_MANY
            for r in other.relations.values()
        )
        and owner != goal
    ):
        return
    single = other.relation_to(owner)
    if single is not None:
        other.relations.pop(single.name)
    single = thing.relation_to(goal)
    if single is not None and owner != goal:
        thing.relations.pop(single.name)
    link_many(world, owner, goal, plural_words(target) if target.plural else thing.plural)


def _target(clause: Clause) -> tuple[list[Noun], str] | None:
    """What the clause ties its subject to, and the role that it plays."""
    rest = list(clause.rest)
    if clause.verb in ACTIVE and not clause.passive:
        if rest and rest[0].lower in {"to", "back", "for", "in", "at"}:
            rest = rest[1:]
        elif clause.verb == "work":
            return None
        return _only_noun(rest, "manager" if clause.verb == "report" else "")
    if (
        clause.verb == "take"
        and not clause.passive
        and [t.lower for t in rest[:2]] in (["place", "in"], ["place", "at"], ["place", "on"])
    ):
        return _only_noun(rest[2:], "")
    if clause.verb in SHOWS and not clause.passive and not clause.modal and rest:
        first = noun(rest, 0)
        if (
            first is not None
            and not first[0].plural
            and first[0].det in {"a", "an", "one", "exactly"}
        ):
            return _only_noun(rest, "")
    if clause.verb == "be" and rest:
        return _being(rest)
    if not clause.passive or not rest:
        return None
    preposition = rest[0].lower
    role = PASSIVE.get((clause.verb, preposition))
    if role is None:
        return None
    return _only_noun(rest[1:], role)


def _being(rest: Sequence[Token]) -> tuple[list[Noun], str] | None:
    """ "is part of a project", "is for a customer", "is in a category", "is about a book"."""
    for words in (
        ["part", "of"],
        ["for"],
        ["in"],
        ["about"],
        ["a", "part", "of"],
        ["a", "member", "of"],
        ["members", "of"],
        ["under"],
        ["on"],
        ["from"],
        ["at"],
        ["related", "to"],
        ["linked", "to"],
        ["associated", "with"],
    ):
        if [token.lower for token in rest[: len(words)]] == words:
            return _only_noun(rest[len(words) :], "")
    return None


def _only_noun(tokens: Sequence[Token], role: str) -> tuple[list[Noun], str] | None:
    """The nouns that `tokens` are, and nothing else; "as" and "who is" may name a role."""
    found, end = nouns(tokens, 0)
    if not found or any(item.pronoun or not item.heads for item in found):
        return None
    rest = [token for token in tokens[end:] if token.tag not in {"ADV", "COMMA"}]
    words = [token.lower for token in rest]
    if words in (["at", "a", "time"], ["each"], ["at", "least"]):
        rest = []
    if len(rest) >= 2 and rest[0].lower == "as":
        follow = noun(rest, 1)
        if follow is not None and follow[1] == len(rest):
            return found, follow[0].name
    if len(found) == 1 and len(rest) >= 3 and rest[0].tag == "WH" and rest[1].lemma == "be":
        follow = noun(rest, 2)
        if follow is not None and follow[1] == len(rest) and follow[0].heads:
            return [follow[0]], found[0].name
    while len(rest) >= 2 and rest[0].lower in {"by", "with", "for", "in", "at", "to", "from"}:
        more = noun(rest, 1)
        if more is None or more[0].pronoun or not more[0].heads:
            return None
        found = [*found, more[0]]
        rest = rest[more[1] :]
    if rest or any(item.name in SYSTEMS for item in found):
        return None
    return found, role


def read_have_many(clause: Clause, world: World) -> bool:
    """ "An author writes many books", "A team consists of players", "customers place orders"."""
    if (
        clause.passive
        or clause.negated
        or len(clause.verbs) != 1
        or clause.modal not in {"", "can"}
    ):
        return False
    if clause.verb not in wordset("write contain include consist_of own teach offer use"):
        return False
    subject = noun(clause.subject, 0)
    found = noun(clause.rest, 0)
    if (
        subject is None
        or found is None
        or found[1] < len(clause.rest)
        or subject[1] < len(clause.subject)
    ):
        return False
    owner, target = world.entity(subject[0]), world.entity(found[0])
    if (
        owner is None
        or target is None
        or owner == target
        or (owner in world.people and owner not in world.things)
    ):
        return False
    relate_many(world, owner, target, found[0])
    world.say((clause.start, clause.end), owner)
    return True


def read_cascade(clause: Clause, world: World) -> bool:
    """ "Deleting a post deletes its comments"."""
    if clause.negated or clause.verb not in {"delete", "remove"}:
        return False
    words = [
        token
        for token in clause.tokens
        if token.tag != "ADV" and token.lower not in {".", "too", "as", "well"}
    ]
    if (words[:1] and words[0].lower in {"deleting", "removing"} and not clause.passive) or (
        words[:1] and words[0].lower in {"when", "if"}
    ):
        first = noun(words, 1)
    else:
        return False
    if first is None:
        return False
    found = [
        item
        for place in range(first[1], len(words))
        if (item := noun(words, place)) and item[0].owner
    ]
    owner = world.entity(first[0])
    child = world.entity(found[0][0]) if found else None
    if (
        owner is None
        or child is None
        or (found[0][1] < len(words) and words[-1].lemma not in {"delete", "remove"})
    ):
        return False
    relation = world.thing(child).relation_to(owner)
    if relation is None:
        return False
    world.thing(child).relations[relation.name] = relation.model_copy(
        update={"on_delete": "delete"}
    )
    world.say((clause.start, clause.end), child)
    return True
