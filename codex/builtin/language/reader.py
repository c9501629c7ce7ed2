"""Reads a whole request: every clause by the first grammar that understands all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from codex.builtin.language import (
    accounts,
    actions,
    context,
    data,
    figures,
    limits,
    listings,
    lists,
    periods,
    queries,
    relations,
    scope,
    ties,
)
from codex.builtin.language.clause import Clause
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.people import is_person
from codex.builtin.language.qualities import read_quality
from codex.builtin.language.scan import scan
from codex.builtin.language.units import Reading, Unit, read
from codex.builtin.language.world import World

Reader = Callable[[Clause, World], bool]

# In each pass, every clause is tried with these in order. What is kept comes before what is done.
_PASSES: tuple[tuple[Reader, ...], ...] = (
    (
        accounts.read_account,
        context.read_catalogue,
        relations.read_belongs,
        data.read_have,
        relations.read_have_many,
    ),
    (read_quality,),
    (limits.read_one_at_a_time, ties.read_tie, periods.read_period),
    (limits.read_limit, periods.read_period),
    (
        read_quality,
        relations.read_belongs,
        relations.read_cascade,
        figures.read_figure,
        lists.read_search,
        queries.read_query,
        context.read_business,
        actions.read_action,
        listings.read_listing,
        context.read_context,
        scope.read_service,
    ),
)


def understand(text: str) -> World:
    """What `text` says; clauses that no grammar reads are in `not_understood` or `out_of_scope`."""
    reading = read(text)
    world = World(text)
    scope.read_outside(reading, world)
    scan(reading, world)
    _focus(reading, world)
    for readers in _PASSES:
        for unit in reading.units:
            if not unit.read and not unit.too_long:
                world.focus, world.focus_person = unit.focus, unit.focus_person
                unit.read = _read(unit, readers, world)
    for unit in reading.units:
        if not unit.read:
            scope.leave(unit, world)
    scope.finish(reading, world)
    return world


def _read(unit: Unit, readers: tuple[Reader, ...], world: World) -> bool:
    for clause in _candidates(unit):
        for reader in readers:
            mark = world.mark()
            if reader(clause, world):
                return True
            world.undo(mark)
    return False


def _candidates(unit: Unit) -> Iterator[Clause]:
    """The readings of a clause: as it stands, then under its lead, then under its heading."""
    clause = unit.clause
    alone = bool(clause.verbs) and (bool(clause.subject) or not unit.alternatives)
    if alone:
        yield clause
    for other in unit.alternatives:
        if other.verbs:
            yield other
    if not alone:
        yield clause
    for other in unit.alternatives:
        if not other.verbs:
            yield other


def _focus(reading: Reading, world: World) -> None:
    """What "it" and "they" mean at each clause: what was spoken of last."""
    thing: str | None = None
    person: str | None = None
    for unit in reading.units:
        clause = unit.clause
        if unit.too_long:
            continue
        unit.focus, unit.focus_person = thing, person
        spoken_of = [*nouns(clause.subject, 0)[0], *_nouns(clause)]
        mentioned: list[str] = []
        for item in spoken_of:
            if item.pronoun or not item.heads:
                continue
            name = world.known(item.name)
            if is_person(item.name):
                if item.start < (clause.rest[0].start if clause.rest else item.end + 1):
                    person = item.name
                if name is None or name in world.people:
                    continue
            if name is not None:
                mentioned.append(name)
        if mentioned:
            thing = mentioned[0]


def _nouns(clause: Clause) -> Iterator[Noun]:
    place = 0
    while place < len(clause.rest):
        found = noun(clause.rest, place)
        if found is None:
            place += 1
            continue
        yield found[0]
        place = max(found[1], place + 1)
