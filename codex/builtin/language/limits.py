"""Sentences about how many: capacities, overlaps, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.clause import Clause
from codex.builtin.language.names import article, snake, spoken
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.quantities import number
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import TIES, VERB_FORMS
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import (
    Argument,
    Caller,
    Change,
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Operand,
    Value,
)
from codex.common.documents.specification import EntityField, FieldType, Verb

_SAME_TIME = (
    ["twice", "at", "the", "same", "time"], ["at", "the", "same", "time"], ["twice", "for", "the", "same", "time"],
    ["for", "overlapping", "times"], ["more", "than", "once", "at", "the", "same", "time"], ["twice", "for", "overlapping", "times"],
    ["for", "overlapping", "periods"], ["twice", "for", "the", "same", "period"], ["twice", "for", "the", "same", "dates"],
    ["by", "two", "people", "at", "the", "same", "time"], ["twice", "in", "the", "same", "period"], ["twice"],
    ["twice", "on", "the", "same", "day"], ["twice", "for", "the", "same", "night"], ["twice", "for", "the", "same", "day"],
)  # fmt: skip
_MOMENTS = {FieldType.DATE, FieldType.DATETIME, FieldType.TIME}


def read_limit(clause: Clause, world: World) -> bool:
    """Any sentence that bounds how many rows there may be."""
    return (
        read_overlap(clause, world)
        or read_one_at_a_time(clause, world)
        or read_capacity(clause, world)
        or read_at_most(clause, world)
    )


def rows_for(world: World, verb: str, target: str) -> Thing | None:
    """The rows that a verb leaves behind for `target`: bookings of a room."""
    names = [TIES[verb].noun] if verb in TIES else []
    for thing in world.things.values():
        if thing.made_by == verb and thing.relation_to(target) is not None:
            return thing
    for name in (*names, "appointment", "booking", "reservation", "rental", "loan"):
        found = world.things.get(name)
        if found is not None and found.relation_to(target) is not None:
            return found
    return None


def makers(world: World, row: Thing) -> list[tuple[Deed, str | None]]:
    """Every operation that makes rows of a kind, with the argument of its parent (None: the path)."""
    found: list[tuple[Deed, str | None]] = []
    for deed in world.deeds.values():
        if isinstance(deed.rule, Change) and any(
            made.table == row.name for made in deed.rule.create
        ):
            found.append((deed, None))
    if not found:
        found.append((world.deed(Verb.CREATE, row.name), row.name))
    return found


def guarded(deed: Deed, row: Thing, guard: Guard, lock: str) -> None:
    """Put a guard on an operation that makes rows."""
    rule = deed.rule if isinstance(deed.rule, Change) else Change(table=deed.key[1])
    if guard in rule.guards:
        return
    deed.rule = rule.model_copy(update={"guards": (*rule.guards, guard), "lock": rule.lock or lock})
    del row


def period(row: Thing) -> tuple[EntityField, EntityField] | None:
    """The fields that say from when to when."""
    moments = [
        item for item in row.fields.values() if item.type in _MOMENTS and item.set_by == "client"
    ]
    starts = [
        i
        for i in moments
        if any(
            hint in i.name
            for hint in ("start", "from", "begin", "check_in", "arrival", "pickup", "pick_up")
        )
    ]
    ends = [
        i
        for i in moments
        if any(
            hint in i.name
            for hint in (
                "end",
                "until",
                "check_out",
                "departure",
                "return",
                "to_date",
                "due",
                "finish",
            )
        )
    ]
    return (starts[0], ends[0]) if starts and ends else None


def _words(tokens: Sequence[Token]) -> list[str]:
    return [t.lower for t in tokens if t.tag not in {"ADV"} or t.lower in {"twice", "once"}]


def read_overlap(clause: Clause, world: World) -> bool:
    """ "A room cannot be booked twice at the same time", "bookings of a room may not overlap"."""
    if not clause.negated:
        return False
    if clause.verb == "overlap":
        return _overlapping(clause, world)
    words = [w for w in _words(clause.rest) if w not in {".", ","}]
    if words[:2] in (["by", "two"], ["by", "multiple"], ["by", "several"]):
        step = next((i for i, w in enumerate(words) if w in {"at", "for", "on", "in"}), len(words))
        words = ["twice", *words[step:]]
    if not clause.passive or words not in _SAME_TIME:
        return False
    subject = noun(clause.subject, 0)
    if subject is None or subject[1] < len(clause.subject):
        return False
    target = world.entity(subject[0])
    row = rows_for(world, clause.verb, target) if target else None
    if target is None or row is None:
        return False
    return _no_overlap(clause, world, row, target)


def _overlapping(clause: Clause, world: World) -> bool:
    tokens = [*clause.subject, *clause.rest]
    names = [item for item in _all(tokens) if (world.entity(item))]
    if not names:
        return False
    row = world.things.get(world.entity(names[0]) or "")
    if row is None:
        return False
    targets = [t for item in names[1:] if (t := world.entity(item)) and row.relation_to(t)]
    if not targets:
        return False
    return _no_overlap(clause, world, row, targets[0])


def _all(tokens: Sequence[Token]) -> list[Noun]:
    place, found = 0, []
    while place < len(tokens):
        item = noun(tokens, place)
        if item is None:
            place += 1
            continue
        if item[0].heads:
            found.append(item[0])
        place = max(item[1], place + 1)
    return found


def _no_overlap(clause: Clause, world: World, row: Thing, target: str) -> bool:
    span = period(row)
    relation = row.relation_to(target)
    if relation is None:
        return False
    if span is None:
        moments = [i for i in row.fields.values() if i.type in _MOMENTS and i.set_by == "client"]
        if len(moments) != 1:
            return False
        span = (moments[0], moments[0])
    start, end = span
    for token in clause.rest:
        if found := number(token):  # "by two members at the same time"
            world.parameter(f"{row.name}_conflict", found.value, (token.start, token.end), spoken(row.plural))
    deeds: list[Deed] = []
    for deed, own in makers(world, row):
        mine: Operand = Argument(name=f"{relation.name}_id") if own else FieldValue(path="id")
        if start is end:
            times = [Condition(field=start.name, operands=(Argument(name=start.name),))]
        else:
            times = [
                Condition(field=start.name, op=Comparison.LT, operands=(Argument(name=end.name),)),
                Condition(field=end.name, op=Comparison.GT, operands=(Argument(name=start.name),)),
            ]
        where = [Condition(field=relation.name, operands=(mine,)), *times, *_still(row)]
        guard = Guard(
            table=target,
            argument=f"{relation.name}_id" if own else None,
            count=Filter(table=row.name, where=tuple(where)),
            op=Comparison.LT,
            limit=Value(value=1),
            message=f"This {spoken(target)} is taken at that time.",
        )
        guarded(deed, row, guard, target)
        deeds.append(deed)
    world.say(
        (clause.start, clause.end),
        row.name,
        f"{article(target).capitalize()} must not be taken twice at the same time.",
        *deeds,
    )
    return True


def _still(row: Thing) -> list[Condition]:
    """Cancelled rows take no place."""
    for name in ("cancelled", "canceled"):
        if name in row.fields:
            return [Condition(field=name, operands=(Value(value=False),))]
    found = row.choice_with(["cancelled", "canceled"])
    return (
        [Condition(field=found[0], op=Comparison.NE, operands=(Value(value=found[1]),))]
        if found
        else []
    )


def open_rows(row: Thing) -> list[Condition]:
    """Rows that have not ended."""
    for name in ("returned_at", "ended_at"):
        if name in row.fields:
            return [Condition(field=name, op=Comparison.IS_NULL)]
    return _still(row)


def read_one_at_a_time(clause: Clause, world: World) -> bool:
    """ "A car can be rented by one customer at a time", "a borrowed book cannot be borrowed again"."""
    if not clause.passive or clause.verb not in TIES:
        return False
    subject = noun(clause.subject, 0)
    if subject is None or subject[1] < len(clause.subject):
        return False
    target = world.entity(subject[0])
    words = [w for w in _words(clause.rest) if w not in {".", ","}]
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
        or (not clause.negated and words[:2] == ["by", "only"] and "one" in words[:3])
    )
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
    tokens = [t for t in clause.tokens if t.lower not in {"."}]
    words = [t.lower for t in tokens]
    at = next((i for i, word in enumerate(words) if word == "than"), None)
    if at is None or "more" not in words[:at]:
        return False
    if not (clause.negated or "no" in words[:at] or "never" in words[:at]):
        return False
    found = [item for item in _all(tokens[words.index("more") + 1 : at]) if world.entity(item)]
    before = [item for item in _all(tokens[: words.index("more")]) if world.entity(item)]
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
    """ "A course has at most 20 enrollments", "a user can have up to 10 projects", "at most 3 tags per post"."""
    if clause.passive or clause.verb not in {
        "have",
        "contain",
        "hold",
        "own",
        "create",
        "vote",
        "enroll",
        "enrol",
        "make",
        "place",
        "submit",
        "join",
        "add",
    }:
        return False
    subject = noun(clause.subject, 0)
    place = 1 if clause.rest and clause.rest[0].lower in {"for", "in", "on", "to"} else 0
    found = noun(clause.rest, place)
    if subject is None or found is None or subject[1] < len(clause.subject):
        return False
    head, end = found
    words = [t.lower for t in clause.rest[end:] if t.tag not in {"ADV"} and t.lower != "."]
    if words not in ([], ["at", "a", "time"], ["at", "the", "same", "time"], ["at", "once"]):
        return False
    if head.count is None:
        return False
    wrong = head.bound in {"gt"} and clause.negated
    if not (head.bound in {"le"} and not clause.negated or wrong):
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
