"""Sentences about data: what things have, are, and belong to."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.bounds import Facts
from codex.builtin.language.clause import Clause
from codex.builtin.language.fields import read_items
from codex.builtin.language.items import take_item
from codex.builtin.language.items_names import Item
from codex.builtin.language.making import SHARED, relate, relate_many
from codex.builtin.language.names import snake
from codex.builtin.language.nouns import noun, nouns
from codex.builtin.language.people import SYSTEMS
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import HAVE
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World

_OWNS = wordset("have contain include consist_of need require hold come_with comprise")


def read_have(clause: Clause, world: World) -> bool:
    """ "A book has a title and an author", "Books (title, price)", "An author has many books"."""
    if clause.negated or clause.passive or clause.only:
        return False
    if clause.verb not in HAVE | {"use"} or len(clause.verbs) != 1:
        return _read_colon(clause, world)
    subjects = _subjects(clause.subject, world)
    if subjects is None:
        return False
    if clause.verb == "use" and any(name is None for name in subjects):
        return False
    if clause.verb not in _OWNS and any(name in world.people for name in subjects if name):
        return False
    rest, each = _each_with(clause.rest)
    items, left = read_items(rest)
    whose = _whose(items, world) if None in subjects else None
    if whose is not None:
        return take([whose], items, left, clause, world)
    if None in subjects:
        return not left and not each and bool(items) and _things(items, clause, world)
    names = [name for name in subjects if name is not None]
    if each:
        return (
            not left
            and len(items) == 1
            and _with_attributes(names[0], items[0], each, clause, world)
        )
    optional = clause.modal == "can"
    return take(names, items, left, clause, world, optional=optional)


def _whose(items: Sequence[Item], world: World) -> str | None:
    """ "We know their name and address", "we store each member's name": whose fields these are."""
    if not items or items[0].noun.owner is None:
        return None
    owner = items[0].noun.owner
    name = (
        (
            world.focus_person
            if owner.pronoun == "their" and world.focus_person in world.vocabulary
            else world.focus
        )
        if owner.pronoun
        else world.entity(owner)
    )
    return name if name and owner.pronoun not in {"our", "my"} else None


def take(
    names: Sequence[str],
    items: Sequence[Item],
    left: Sequence[Token],
    clause: Clause,
    world: World,
    *,
    optional: bool = False,
) -> bool:
    """Take every item that is understood; the others are told by themselves."""
    if optional:
        for item in items:
            if item.facts.required is None and item.noun.det in {"a", "an", "one", "their", "its"}:
                item.facts.required = False
    good = [
        item
        for item in items
        if not item.tail and all(take_item(world, name, item, dry=True) for name in names)
    ]
    bad = [item for item in items if item not in good]
    if not good or (left and len(good) < 2):
        return False
    for name in names:
        for item in good:
            take_item(world, name, item, dry=False)
    start = clause.start
    for item in bad:
        if item.start > start:
            world.say((start, item.start), names[0])
        world.not_understood.append(
            ((item.start, item.end), "What is said of it is not known to the built-in model.", ())
        )
        start = item.end
    end = left[0].start if left else clause.end
    if left:
        world.not_understood.append(
            ((left[0].start, left[-1].end), "The built-in model knows no field of this form.", ())
        )
    if end > start:
        for name in names:
            world.say((start, end), name)
    return True


def _each_with(rest: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """ "many items, each with a quantity": the items, and what each has."""
    for place, token in enumerate(rest):
        each = token.lower in {"each", "every"} and 0 < place < len(rest) - 2
        if each and rest[place + 1].lower in {"with", "having"}:
            end = place - (rest[place - 1].tag == "COMMA")
            return rest[:end], rest[place + 2 :]
        if (
            token.lower == "with"
            and place >= 2
            and rest[place - 1].tag == "NOUN"
            and rest[0].lower in {"many", "several", "multiple", "one"}
        ):
            return rest[:place], rest[place + 1 :]
    return rest, ()


def _with_attributes(
    owner: str, item: Item, each: Sequence[Token], clause: Clause, world: World
) -> bool:
    """ "A recipe uses many ingredients, each with an amount": the amount is of the tie."""
    target = world.known(item.noun.name)
    fields, left = read_items(each)
    if target is None or left or not fields or any(field.tail for field in fields):
        return False
    if target in SHARED or clause.verb == "use":
        tie = snake(f"{owner} {target}")
        world.vocabulary.add(tie)
        relate(world, tie, owner, owner)
        relate(world, tie, target, target)
        place = tie
    else:
        relate_many(world, owner, target, item.noun)
        place = target
    if not all(take_item(world, place, field, dry=True) for field in fields):
        return False
    for field in fields:
        take_item(world, place, field, dry=False)
    world.say((clause.start, clause.end), place)
    return True


def _read_colon(clause: Clause, world: World) -> bool:
    """ "Book: title, author", "Books (title, author)"."""
    if clause.verbs:
        return False
    first = noun(clause.tokens, 0)
    if first is None or first[0].pronoun:
        return False
    head, end = first
    name = world.entity(head)
    if name is None or end >= len(clause.tokens):
        return False
    sign = clause.tokens[end]
    if sign.tag not in {"COLON", "OPEN", "DASH"} and sign.lower != "with":
        return False
    rest = list(clause.tokens[end + 1 :])
    if sign.tag == "OPEN":
        if rest[-1].tag != "CLOSE":
            return False
        rest.pop()
    items, left = read_items(rest)
    return bool(items) and take([name], items, left, clause, world)


def _things(items: Sequence[Item], clause: Clause, world: World) -> bool:
    """ "The system has books and authors"."""
    names = [world.entity(item.noun) for item in items]
    if any(name is None for name in names) or any(item.facts != Facts() for item in items):
        return False
    for name in names:
        assert name is not None
        world.thing(name)
        world.say((clause.start, clause.end), name)
    return True


_PLACES = wordset(
    """list system catalogue catalog library collection database store shop app service inventory
    site platform"""
)


def _inside(tokens: Sequence[Token]) -> bool:
    """ "a book on the list", "each item in the system": says nothing more."""
    return (
        len(tokens) == 3
        and tokens[0].lower in {"on", "in", "of", "at"}
        and tokens[1].lower in {"the", "our", "a"}
        and tokens[2].lower in _PLACES
    )


def _subjects(tokens: Sequence[Token], world: World) -> list[str | None] | None:
    """The entities of a subject, None in the list for the system; None for no such subject."""
    place = 0
    if tokens and tokens[0].lower in {"for", "of", "about"}:
        place = 1
        found = nouns(tokens, 1)
        rest = [token for token in tokens[found[1] :] if token.tag not in {"COMMA", "ADV"}]
        if (
            rest
            and not (len(rest) == 1 and rest[0].tag == "PRON")
            and not all(
                t.lower in {"the", "system", "service", "app", "we", "i", "it"} for t in rest
            )
        ):
            return None
        found_nouns = found[0]
    else:
        found_nouns, end = nouns(tokens, place)
        if end < len(tokens) and not _inside(tokens[end:]):
            return None
    names: list[str | None] = []
    for item in found_nouns:
        if item.pronoun in {"i", "we", "you"}:
            names.append(None)
            continue
        name = world.entity(item)
        if name is None:
            if item.name.rpartition("_")[2] in SYSTEMS:
                names.append(None)
                continue
            return None
        if item.adjectives and not name.startswith(item.adjectives[0].lower):
            return None
        names.append(None if name in world.systems else name)
    return names or None
