"""Sentences about how long something may be kept: "a loan lasts 21 days"."""

from __future__ import annotations

from codex.builtin.language.clause import Clause
from codex.builtin.language.nouns import noun
from codex.builtin.language.rows import due_date
from codex.builtin.language.terms import Terms, read_time
from codex.builtin.language.verbs import TIES
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import Assignment, Change

_LEADS = wordset("after within in for at most up to of a period the latest")
_TAILS = wordset(". at the latest of borrowing each")
_VERBS = TIES.keys() | {tie.end for tie in TIES.values() if tie.end}


def read_period(clause: Clause, world: World) -> bool:
    """When something that was lent, rented or booked is due back."""
    found = noun(clause.subject, 0)
    if clause.negated or found is None or found[1] < len(clause.subject):
        return False
    place = _start(clause)
    if place is None:
        return False
    words = [token.lower for token in clause.rest]
    while place < len(words) and words[place] in _LEADS:
        place += 1
    terms = Terms()
    end = read_time(list(clause.rest), place, terms)
    if end is None or any(t.tag != "ADV" and t.lower not in _TAILS for t in clause.rest[end:]):
        return False
    target = world.entity(found[0])
    rows = [t for t in world.things.values() if t.made_by and _concerns(t, target)]
    if target is None or len(rows) != 1:
        return False
    deeds = makers(world, rows[0])
    if not deeds:
        return False
    assigned = due_date(world, rows[0], terms)
    for deed in deeds:
        _assign(deed, rows[0], assigned)
    world.say((clause.start, clause.end), rows[0].name, "", *deeds)
    return True


def _concerns(thing: Thing, target: str | None) -> bool:
    return thing.name == target or (target is not None and thing.relation_to(target) is not None)


def _start(clause: Clause) -> int | None:
    """Where the time begins, behind "due (back)", "for" or nothing."""
    words = [token.lower for token in clause.rest]
    if clause.verb == "be" and words[:1] == ["due"]:
        return 2 if words[1:2] == ["back"] else 1
    if clause.verb == "be" and words[:1] == ["for"]:
        return 0
    if clause.verb in {"last", "run"} or (clause.passive and clause.verb in _VERBS):
        return 1 if words[:1] == ["back"] else 0
    return None


def makers(world: World, row: Thing) -> list[Deed]:
    """The actions that make rows of a kind."""
    return [
        deed
        for deed in world.deeds.values()
        if isinstance(deed.rule, Change) and any(c.table == row.name for c in deed.rule.create)
    ]


def _assign(deed: Deed, row: Thing, assigned: Assignment) -> None:
    assert isinstance(deed.rule, Change)
    create = tuple(
        made.model_copy(
            update={"assign": (*(a for a in made.assign if a.field != assigned.field), assigned)}
        )
        if made.table == row.name
        else made
        for made in deed.rule.create
    )
    deed.rule = deed.rule.model_copy(update={"create": create})
