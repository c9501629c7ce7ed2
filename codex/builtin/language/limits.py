"""Sentences about how many: capacities, overlaps, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.clause import Clause
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.nouns import noun
from codex.builtin.language.overlaps import (
    every_noun,
    guarded,
    makers,
    read_overlap,
    rows_for,
    still_held,
    told_words,
)
from codex.builtin.language.quantities import number
from codex.builtin.language.verbs import TIES, VERB_FORMS
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import (
    Argument,
    Caller,
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Operand,
    Value,
)


def read_limit(clause: Clause, world: World) -> bool:
    """Any sentence that bounds how many rows there may be."""
    return (
        read_overlap(clause, world)
        or read_one_at_a_time(clause, world)
        or read_capacity(clause, world)
        or read_at_most(clause, world)
    )


def open_rows(row: Thing) -> list[Condition]:
    """Rows that have not ended."""
    for name in ("returned_at", "ended_at"):
        if name in row.fields:
            return [Condition(field=name, op=Comparison.IS_NULL)]
    return still_held(row)


def read_one_at_a_time(clause: Clause, world: World) -> bool:
    """ "A car can be rented by one customer at a time"."""
    if not clause.passive or clause.verb not in TIES:
        return False
    subject = noun(clause.subject, 0)
    if subject is None or subject[1] < len(clause.subject):
        return False
    target = world.entity(subject[0])
    words = [w for w in told_words(clause.rest) if w not in {".", ","}]
    taken = [t for t in subject[0].adjectives if VERB_FORMS.get(t.lower, ("",))[0] == clause.verb]
    again = (
        clause.negated
        and taken
        and words
        in (
            [],
            ["again"],
            ["by", "others"],
            ["by", "somebody", "else"],
            ["twice"],
            ["by", "someone", "else"],
            ["by", "other", "members"],
        )
    )
    single = (
        not clause.negated
        and words[:1] == ["by"]
        and words[-3:] == ["at", "a", "time"]
        and "one" in words
    ) or (not clause.negated and words[:2] == ["by", "only"] and "one" in words[:3])
    row = rows_for(world, clause.verb, target) if target else None
    if target is None or row is None or not (again or single) or not open_rows(row):
        return False
    relation = row.relation_to(target)
    assert relation is not None
    deeds: list[Deed] = []
    for deed, own in makers(world, row):
        mine: Operand = Argument(name=f"{relation.name}_id") if own else FieldValue(path="id")
        guard = Guard(
            table=target,
            argument=f"{relation.name}_id" if own else None,
            count=Filter(
                table=row.name,
                where=(Condition(field=relation.name, operands=(mine,)), *open_rows(row)),
            ),
            op=Comparison.LT,
            limit=Value(value=1),
            message=f"This {spoken(target)} is taken already.",
        )
        guarded(deed, row, guard, target)
        deeds.append(deed)
    world.say((clause.start, clause.end), row.name, "", *deeds)
    return True


def read_capacity(clause: Clause, world: World) -> bool:
    """ "There cannot be more registrations for an event than its capacity"."""
    tokens = [t for t in clause.tokens if t.lower != "."]
    words = [t.lower for t in tokens]
    at = next((i for i, word in enumerate(words) if word == "than"), None)
    if at is None or "more" not in words[:at]:
        return False
    if not (clause.negated or "no" in words[:at] or "never" in words[:at]):
        return False
    found = [
        item for item in every_noun(tokens[words.index("more") + 1 : at]) if world.entity(item)
    ]
    before = [item for item in every_noun(tokens[: words.index("more")]) if world.entity(item)]
    limit = noun(tokens, at + 1)
    if not found or limit is None:
        return False
    row_name = world.entity(found[0])
    row = world.things.get(row_name or "")
    owner = limit[0].owner
    parents = [world.entity(item) for item in (*found[1:], *before)]
    if owner is not None and owner.heads:
        parents.append(world.entity(owner))
    if row is None:
        return False
    if any(world.people.get(found[0].name) is not None for _ in (0,)) or not any(
        p and row.relation_to(p) for p in parents
    ):
        row = _rows_of_people(world, parents, row_name)
        if row is None:
            return False
    for parent in parents:
        relation = row.relation_to(parent) if parent else None
        if parent is None or relation is None:
            continue
        thing = world.thing(parent)
        value: Operand | None = None
        for name in (
            limit[0].field,
            limit[0].name,
            f"maximum_{limit[0].field}",
            f"max_{limit[0].field}",
        ):
            if name in thing.fields:
                value = FieldValue(path=name)
        if (
            value is None
            and limit[0].heads
            and limit[0].name in {"capacity", "maximum", "place", "seat", "limit"}
        ):
            fitting = [
                n
                for n in thing.fields
                if n in {"capacity", "seats", "places"}
                or n.startswith(("max", "number_of_seats", "number_of_places"))
            ]
            value = FieldValue(path=fitting[0]) if len(fitting) == 1 else None
        if value is None:
            return False
        return _bounded(clause, world, row, parent, value)
    return False


def _rows_of_people(
    world: World, parents: Sequence[str | None], people: str | None
) -> Thing | None:
    """The enrollments that stand for the students of a course."""
    for thing in world.things.values():
        if (
            people is not None
            and thing.name != people
            and thing.relation_to(people) is not None
            and any(p and thing.relation_to(p) for p in parents)
        ):
            return thing
    return None


def _bounded(
    clause: Clause,
    world: World,
    row: Thing,
    parent: str,
    value: Operand,
    op: Comparison = Comparison.LT,
) -> bool:
    relation = row.relation_to(parent)
    assert relation is not None
    deeds: list[Deed] = []
    for deed, own in makers(world, row):
        on_path = own is None and deed.key[1] == parent
        caller = parent == world.account and relation.set_by == "server"
        mine: Operand = (
            Caller()
            if caller
            else FieldValue(path="id")
            if on_path
            else Argument(name=f"{relation.name}_id")
        )
        guard = Guard(
            table=parent,
            argument=None if on_path or caller else f"{relation.name}_id",
            count=Filter(
                table=row.name,
                where=(Condition(field=relation.name, operands=(mine,)), *open_rows(row)),
            ),
            op=op,
            limit=value,
            message=f"No more {spoken(row.plural)} are possible for this {spoken(parent)}.",
        )
        guarded(deed, row, guard, parent)
        deeds.append(deed)
    world.say((clause.start, clause.end), row.name, "", *deeds)
    return True


def read_at_most(clause: Clause, world: World) -> bool:
    """ "A course has at most 20 enrollments", "a user can have up to 10 projects"."""
    if clause.passive or clause.verb not in wordset(
        "have contain hold own create vote enroll enrol make place submit join add"
    ):
        return False
    subject = noun(clause.subject, 0)
    place = 1 if clause.rest and clause.rest[0].lower in {"for", "in", "on", "to"} else 0
    found = noun(clause.rest, place)
    if subject is None or found is None or subject[1] < len(clause.subject):
        return False
    head, end = found
    words = [t.lower for t in clause.rest[end:] if t.tag != "ADV" and t.lower != "."]
    if words not in ([], ["at", "a", "time"], ["at", "the", "same", "time"], ["at", "once"]):
        return False
    if head.count is None:
        return False
    wrong = head.bound == "gt" and clause.negated
    if not ((head.bound == "le" and not clause.negated) or wrong):
        return False
    parent = world.entity(subject[0]) or (
        world.account if world.signs_in and subject[0].name in world.people else None
    )
    name = world.entity(head)
    if parent is None or name is None:
        return False
    row = world.things.get(name)
    if row is not None and row.relation_to(parent) is None:
        row = _rows_of_people(world, [parent], name)
    if row is None or row.relation_to(parent) is None:
        return False
    token = next(t for t in head.tokens if number(t))
    limit = world.parameter(
        snake(f"{row.name}_limit"), head.count.value, (token.start, token.end), spoken(row.plural)
    )
    return _bounded(clause, world, row, parent, Named(name=limit))
