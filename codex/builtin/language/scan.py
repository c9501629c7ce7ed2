"""A first look over all clauses: which nouns are things to keep, which are people, who signs in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from codex.builtin.language.clause import Clause
from codex.builtin.language.context import catalogue, general
from codex.builtin.language.fields import read_items
from codex.builtin.language.nouns import MARKERS, Noun, Tokens, noun, nouns
from codex.builtin.language.people import (
    ABSTRACT, ADMIN_NAMES, ADMINS, ANYBODY, CONSUMERS, GENERIC, GROUPS, SELDOM, SYSTEMS, is_person,
)  # fmt: skip
from codex.builtin.language.types import TYPE_WORDS, is_telling
from codex.builtin.language.units import Reading, Unit
from codex.builtin.language.verbs import (
    CREATE, DELETE, HAVE, MANAGE, READ, SEARCH, SIGN_IN, SIGN_UP, STATES, TIES, UPDATE,
)  # fmt: skip
from codex.builtin.language.world import World

BELONG = frozenset(
    """belong_to belong write assign link relate associate connect attach refer reference point tie make
    place create author lead teach organise organize host own manage report send receive post
    submit publish produce supply group tag file book""".split()
)
_WRITE = CREATE | UPDATE | DELETE | MANAGE
_OPERATE = _WRITE | READ | SEARCH | STATES.keys() | TIES.keys() | {"mark", "set", "move", "assign"}


OWNS = frozenset("have contain include consist_of need require hold come_with comprise".split())


@dataclass
class Evidence:
    """How strongly each noun looks like a thing, a field or a person."""

    things: Counter[str] = field(default_factory=Counter[str])
    fields: Counter[str] = field(default_factory=Counter[str])
    actors: Counter[str] = field(default_factory=Counter[str])
    subjects: set[str] = field(default_factory=set[str])
    """Nouns with fields of their own."""
    containers: set[str] = field(default_factory=set[str])
    """Nouns that only hold several kinds of things."""
    last: str = ""
    """What was spoken of last."""
    plurals: set[str] = field(default_factory=set[str])
    """Plurals in lists of fields; things only where something else says so."""
    signers: Counter[str] = field(default_factory=Counter[str])
    accounts: bool = False


def scan(reading: Reading, world: World) -> Evidence:
    """Fill `world.vocabulary`, `world.people` and `world.account` from a first look."""
    found = Evidence()
    for unit in reading.units:
        if unit.read or unit.too_long:
            continue
        for clause in _readings(unit):
            _look(clause, found)
        _fragment(unit, found)
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


def _thing(found: Evidence, item: Noun, weight: int) -> None:
    if item.pronoun or not item.heads or item.heads[-1].tag in {"QUOTED", "ADJ"}:
        return
    name = item.name
    if name in SELDOM and weight < 3:
        return
    if name in ABSTRACT or name.rpartition("_")[2] in SYSTEMS or not name:
        return
    found.things[name] += weight


def _antecedent(clause: Clause, found: Evidence) -> None:
    """ "We sell plants. They have a name": what has fields is a thing, even behind a pronoun."""
    first = noun(clause.subject, 0)
    if (
        first is not None
        and first[0].pronoun in {"they", "it", "these"}
        and clause.verb in {"have", "contain"}
        and found.last
    ):
        found.things[found.last] += 3
        found.subjects.add(found.last)
    for item in (*nouns(clause.subject, 0)[0], *nouns(clause.rest, 0)[0]):
        if (
            item.heads
            and not item.pronoun
            and (item.plural or item.det)
            and item.name not in ABSTRACT
        ):
            if clause.verb != "have" or not is_telling(item.name):
                found.last = (
                    item.name
                    if clause.verb not in HAVE or item in nouns(clause.subject, 0)[0]
                    else found.last
                )


def _look(clause: Clause, found: Evidence) -> None:
    _antecedent(clause, found)
    lead = 1 if clause.subject and clause.subject[0].lower in {"for", "of"} else 0
    subjects, end = nouns(clause.subject, lead)
    if lead:
        end = len(clause.subject)
    if end < len(clause.subject) and clause.subject[end].lower == "of":
        owner = noun(clause.subject, end + 1)  # "the author of a post" is nobody of that name
        subjects = [owner[0]] if owner is not None and not is_person(owner[0].name) else []
        if clause.verbs and clause.verb not in HAVE:
            subjects = []
    subjects = [item for item in subjects if not item.pronoun]
    for verb in clause.verbs or ("",):
        _verb(clause, verb, subjects, found)
    words = {token.lower for token in clause.tokens}
    if (
        words
        & {"own", "logged-in", "signed-in", "authenticated", "login", "sign-up", "signup", "log-in"}
        or {"registered", "users"} <= words
    ):
        found.accounts = True
    if "only" in words and any(is_person(item.name) for item in subjects):
        found.accounts = True
    for token in clause.tokens:
        if token.tag == "NOUN" and token.lemma in ADMINS:
            found.accounts = True


def _verb(clause: Clause, verb: str, subjects: list[Noun], found: Evidence) -> None:
    rest = clause.rest
    people = [item for item in subjects if is_person(item.name)]
    if (
        verb in SIGN_UP | SIGN_IN
        and not clause.passive
        and (verb in SIGN_IN or not rest or verb == "sign_up")
    ):
        found.accounts = True
        for item in people:
            found.signers[item.name] += 1
        return
    if verb == "be":
        return
    if verb == "create" and [t.lower for t in rest[:2]] in (["an", "account"], ["accounts"], ["their", "account"]):
        found.accounts = True
        for item in people:
            found.signers[item.name] += 1
        return
    acting = clause.modal == "can" and verb not in OWNS and bool(subjects)
    if acting:
        for item in subjects:
            if item.name.rpartition("_")[2] in GROUPS:
                found.actors[item.name] += 1
    if (
        verb in HAVE
        and not acting
        and not clause.passive
        and not (people and verb not in {"have", "contain", "include", "need", "require", "hold"})
    ):
        _have(subjects, rest, found, consists=verb in {"consist_of", "contain", "comprise"})
        return
    if verb in BELONG and (
        clause.passive
        or verb
        in {"belong_to", "belong", "refer", "reference", "point", "report", "link", "relate"}
    ):
        for item in subjects:
            _thing(found, item, 3)
        for item in nouns(rest, 0)[0] if verb.endswith("_to") else _after_preposition(rest):
            if item.pronoun or not item.heads:
                continue
            if is_person(item.name):
                found.things[item.name] += 3 if verb in {"belong_to", "belong", "assign"} else 1
            else:
                _thing(found, item, 3 if verb in {"belong_to", "belong"} else 2)
        if clause.passive and verb not in {"assign", "link", "write"}:
            for item in subjects:
                _thing(found, item, 1)
        return
    if verb in _OPERATE or clause.modal:
        for item in people:
            found.actors[item.name] += 1
        if clause.passive:
            for item in subjects:
                _thing(found, item, 2 if not is_telling(item.name) else 1)
        else:
            _objects(clause, verb, found)


def _have(subjects: list[Noun], rest: Tokens, found: Evidence, *, consists: bool = False) -> None:
    system = [item for item in subjects if item.name.rpartition("_")[2] in SYSTEMS]
    items, _ = read_items(rest)
    kinds = len(items) > 1 and all(
        item.noun.plural and item.noun.det == "" and not item.tail for item in items
    )
    holder = kinds and all(
        item.det in {"a", "an", "the", "our"} and not item.plural for item in subjects
    )
    for item in subjects:
        if holder and item not in system:
            found.containers.add(item.name)
        elif item not in system:
            _thing(found, item, 4)
            found.subjects.add(item.name)
    for item in items:
        name = item.noun.name
        if (
            item.noun.words[:2] == ["number", "of"]
            or "per" in item.noun.words
            or "of" in item.noun.words
            or _listed(item.noun)
        ):
            found.fields[item.noun.field] += 1
        elif holder:
            _thing(found, item.noun, 2)
        elif system or item.noun.det == "many" or item.noun.count is not None:
            _thing(found, item.noun, 2 if not is_telling(name) or system else 0)
        elif consists and item.noun.plural:
            _thing(found, item.noun, 3)
        elif item.noun.plural and not is_telling(item.noun.field):
            found.plurals.add(name)
            found.fields[name] += 1
        else:
            found.fields[item.noun.field] += 1
            found.fields[name] += 1


def _listed(item: Noun) -> bool:
    """ "a list of subjects"."""
    return [token.lower for token in item.tokens[1:3]] in (
        ["list", "of"],
        ["set", "of"],
        ["collection", "of"],
    )


def _objects(clause: Clause, verb: str, found: Evidence) -> None:
    rest = clause.rest
    items, end = nouns(rest, 0)
    if verb in SEARCH and end < len(rest) and rest[end].lower == "by":
        items = items[:1]
    for item in items[: 1 if verb in TIES else None]:
        if item.owner is not None and item.owner.pronoun and not item.plural:
            continue
        if verb in MANAGE and not item.plural and item.name not in found.subjects and not clause.modal:
            continue  # "manage a cinema" is what the service is for
        weight = 2 if verb in MANAGE or verb in TIES else 1
        if item.plural or item.det in {"a", "an", "each", "every"}:
            weight += 1
        if is_telling(item.name) and verb not in CREATE:
            weight = 1
        if is_person(item.name) and verb not in _WRITE:
            continue
        _thing(found, item, weight)
    for item in _after_preposition(rest[end:], ("to", "in", "into", "for", "on", "from")):
        if item.plural or item.det in {"a", "an"}:
            _thing(found, item, 1)


def _after_preposition(
    tokens: Tokens, words: tuple[str, ...] = ("to", "by", "in", "for", "from")
) -> Iterator[Noun]:
    for place, token in enumerate(tokens):
        if token.lower in words:
            item = noun(tokens, place + 1)
            if item is not None and not item[0].pronoun:
                yield item[0]


def _fragment(unit: Unit, found: Evidence) -> None:
    """ "Book: title, author" and "Books (title, author)", and headings over fields."""
    clause = unit.clause
    kinds = None
    if not unit.alternatives and (not clause.verbs or general(clause)):
        kinds = catalogue(clause.rest if clause.verbs else clause.tokens)
    for head, fields in kinds or ():
        if len(kinds or ()) > 1 or fields:
            _thing(found, head, 4)
            found.subjects.add(head.name)
            for item in fields:
                found.fields[item.noun.field] += 1
    if clause.verbs:
        return
    first = noun(clause.tokens, 0)
    if first is None:
        return
    head, end = first
    follow = clause.tokens[end].lower if end < len(clause.tokens) else ""
    if follow not in {":", "(", "-", "–", "—", "with"} or end + 1 >= len(clause.tokens):
        return
    if unit.alternatives:
        return
    items, left = read_items(clause.tokens[end + 1 :])
    words = {item.noun.name for item in items}
    if unit.alternatives and (len(items) < 2 or left or words & (TYPE_WORDS.keys() | MARKERS)):
        return
    _thing(found, head, 4)
    found.subjects.add(head.name)
    for item in items:
        found.fields[item.noun.field] += 1


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
