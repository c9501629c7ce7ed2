"""What each clause tells about nouns: things, fields, people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from codex.builtin.language.clause import Clause
from codex.builtin.language.context import catalogue, general
from codex.builtin.language.fields import read_items
from codex.builtin.language.nouns import MARKERS, Noun, Tokens, noun, nouns
from codex.builtin.language.people import (
    ABSTRACT,
    ADMINS,
    GROUPS,
    SELDOM,
    SYSTEMS,
    is_person,
)  # fmt: skip
from codex.builtin.language.types import TYPE_WORDS, is_telling
from codex.builtin.language.units import Unit
from codex.builtin.language.verbs import (
    CREATE,
    DELETE,
    HAVE,
    MANAGE,
    READ,
    SEARCH,
    SIGN_IN,
    SIGN_UP,
    STATES,
    TIES,
    UPDATE,
)  # fmt: skip
from codex.builtin.language.wordlists import wordset

BELONG = wordset(
    """belong_to belong write assign link relate associate connect attach refer reference point tie
    make place create author lead teach organise organize host own manage report send receive
    post submit publish produce supply group tag file book"""
)


_WRITE = CREATE | UPDATE | DELETE | MANAGE


_OPERATE = _WRITE | READ | SEARCH | STATES.keys() | TIES.keys() | {"mark", "set", "move", "assign"}


OWNS = wordset("have contain include consist_of need require hold come_with comprise")


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
        ) and (clause.verb != "have" or not is_telling(item.name)):
            found.last = (
                item.name
                if clause.verb not in HAVE or item in nouns(clause.subject, 0)[0]
                else found.last
            )


def look(clause: Clause, found: Evidence) -> None:
    """Take in what one clause tells."""
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
    """What one verb of a clause tells."""
    people = [item for item in subjects if is_person(item.name)]
    if verb == "be":
        return
    if _signs(clause, verb):
        found.accounts = True
        found.signers.update(item.name for item in people)
        return
    acting = clause.modal == "can" and verb not in OWNS and bool(subjects)
    if acting:
        names = [item.name for item in subjects]
        found.actors.update(name for name in names if name.rpartition("_")[2] in GROUPS)
    does = people and verb not in {"have", "contain", "include", "need", "require", "hold"}
    if verb in HAVE and not acting and not clause.passive and not does:
        consists = verb in {"consist_of", "contain", "comprise"}
        _have(subjects, clause.rest, found, consists=consists)
    elif verb in BELONG and (clause.passive or verb in _BELONGS):
        _belonging(clause, verb, subjects, found)
    elif verb in _OPERATE or clause.modal:
        found.actors.update(item.name for item in people)
        if not clause.passive:
            _objects(clause, verb, found)
            return
        for item in subjects:
            _thing(found, item, 2 if not is_telling(item.name) else 1)


def _signs(clause: Clause, verb: str) -> bool:
    """Whether somebody signs up or in."""
    rest = [token.lower for token in clause.rest[:2]]
    if verb == "create":
        return rest in (["an", "account"], ["accounts"], ["their", "account"])
    if clause.passive or verb not in SIGN_UP | SIGN_IN:
        return False
    return verb in SIGN_IN or verb == "sign_up" or not rest


_BELONGS = wordset("belong_to belong refer reference point report link relate")


def _belonging(clause: Clause, verb: str, subjects: list[Noun], found: Evidence) -> None:
    """Both ends of a tie are things."""
    for item in subjects:
        _thing(found, item, 4 if clause.passive and verb not in {"assign", "link", "write"} else 3)
    rest = clause.rest
    for item in nouns(rest, 0)[0] if verb.endswith("_to") else _after_preposition(rest):
        if item.pronoun or not item.heads:
            continue
        if is_person(item.name):
            found.things[item.name] += 3 if verb in {"belong_to", "belong", "assign"} else 1
        else:
            _thing(found, item, 3 if verb in {"belong_to", "belong"} else 2)


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
        if (
            verb in MANAGE
            and not item.plural
            and item.name not in found.subjects
            and not clause.modal
        ):
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


def fragment(unit: Unit, found: Evidence) -> None:
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
