"""Sentences about what may not happen at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.clause import Clause
from codex.builtin.language.names import article, spoken
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.quantities import number
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import TIES
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import (
    Argument,
    Change,
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Operand,
    Value,
)
from codex.common.documents.specification import EntityField, FieldType, Verb

_SAME_TIME = (
    ["twice", "at", "the", "same", "time"],
    ["at", "the", "same", "time"],
    ["twice", "for", "the", "same", "time"],
    ["for", "overlapping", "times"],
    ["more", "than", "once", "at", "the", "same", "time"],
    ["twice", "for", "overlapping", "times"],
    ["for", "overlapping", "periods"],
    ["twice", "for", "the", "same", "period"],
    ["twice", "for", "the", "same", "dates"],
    ["by", "two", "people", "at", "the", "same", "time"],
    ["twice", "in", "the", "same", "period"],
    ["twice"],
    ["twice", "on", "the", "same", "day"],
    ["twice", "for", "the", "same", "night"],
    ["twice", "for", "the", "same", "day"],
)


TAKEN = "is taken at that time."
"""How the refusal ends."""

_MOMENTS = {FieldType.DATE, FieldType.DATETIME, FieldType.TIME}


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
    """Every operation that makes rows of a kind, and its parent's argument (None: the path)."""
    found: list[tuple[Deed, str | None]] = [
        (deed, None)
        for deed in world.deeds.values()
        if isinstance(deed.rule, Change) and any(c.table == row.name for c in deed.rule.create)
    ]
    return found or [(world.deed(Verb.CREATE, row.name), row.name)]


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


def told_words(tokens: Sequence[Token]) -> list[str]:
    """Words in lower case, without most adverbs."""
    return [t.lower for t in tokens if t.tag != "ADV" or t.lower in {"twice", "once"}]


def read_overlap(clause: Clause, world: World) -> bool:
    """ "A room cannot be booked twice at the same time", "bookings of a room may not overlap"."""
    if not clause.negated:
        return False
    if clause.verb == "overlap":
        return _overlapping(clause, world)
    words = [w for w in told_words(clause.rest) if w not in {".", ","}]
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
    names = [item for item in every_noun(tokens) if (world.entity(item))]
    if not names:
        return False
    row = world.things.get(world.entity(names[0]) or "")
    if row is None:
        return False
    targets = [t for item in names[1:] if (t := world.entity(item)) and row.relation_to(t)]
    if not targets:
        return False
    return _no_overlap(clause, world, row, targets[0])


def every_noun(tokens: Sequence[Token]) -> list[Noun]:
    """Every noun phrase in `tokens`."""
    place = 0
    found: list[Noun] = []
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
            world.parameter(
                f"{row.name}_conflict", found.value, (token.start, token.end), spoken(row.plural)
            )
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
        where = [Condition(field=relation.name, operands=(mine,)), *times, *still_held(row)]
        guard = Guard(
            table=target,
            argument=f"{relation.name}_id" if own else None,
            count=Filter(table=row.name, where=tuple(where)),
            op=Comparison.LT,
            limit=Value(value=1),
            message=f"This {spoken(target)} {TAKEN}",
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


def still_held(row: Thing) -> list[Condition]:
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
