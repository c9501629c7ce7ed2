"""Where the numbers of a sum or average stand, and what a total adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.builtin.language.members import member
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Condition,
    Rule,
)
from codex.common.documents.specification import FieldType, Verb

NUMBERS = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT}


_VALUES = frozenset({"value", "reading", "level", "size", "result", "number"})
HEADS: dict[str, AggregateFunction] = {
    "number": AggregateFunction.COUNT, "count": AggregateFunction.COUNT,
    "total": AggregateFunction.SUM, "sum": AggregateFunction.SUM, "amount": AggregateFunction.SUM,
    "average": AggregateFunction.AVERAGE, "mean": AggregateFunction.AVERAGE,
    "avg": AggregateFunction.AVERAGE, "maximum": AggregateFunction.MAXIMUM,
    "highest": AggregateFunction.MAXIMUM, "largest": AggregateFunction.MAXIMUM,
    "minimum": AggregateFunction.MINIMUM, "lowest": AggregateFunction.MINIMUM,
    "smallest": AggregateFunction.MINIMUM, "max": AggregateFunction.MAXIMUM,
    "min": AggregateFunction.MINIMUM, "counts": AggregateFunction.COUNT,
    "totals": AggregateFunction.SUM, "numbers": AggregateFunction.COUNT,
    "averages": AggregateFunction.AVERAGE, "overall": AggregateFunction.SUM,
}  # fmt: skip


_MONEY = wordset("revenue sale sales turnover income earning earnings spending takings spend")


WORDS = {
    AggregateFunction.SUM: "total",
    AggregateFunction.AVERAGE: "average",
    AggregateFunction.COUNT: "count",
    AggregateFunction.MAXIMUM: "highest",
    AggregateFunction.MINIMUM: "lowest",
}


@dataclass
class Figure:
    """A figure in the making."""

    verb: Verb
    entity: str
    name: str
    rule: Rule


def grouping(
    rest: Sequence[Token], thing: Thing, world: World
) -> tuple[str | None, str | None] | None:
    """For one parent ("of a book") or for each ("per book", "for each status"): the field."""
    rest = [
        t
        for t in rest
        if t.tag != "ADV" and t.lower not in {"there", "are", "it", "they", "has", "have", "is"}
    ]
    if not rest:
        return None, None
    place = 0
    word = rest[0].lower
    if word == "grouped":
        place, word = 1, rest[1].lower if len(rest) > 1 else ""
    if word not in {"per", "by", "of", "for", "in", "each", "on"}:
        return None
    found = noun(rest, place + (word != "each"))
    if (
        found is None
        or found[1] < len(rest)
        or any(
            t.lower not in {"given", "single", "specific", "certain"} for t in found[0].adjectives
        )
    ):
        return None
    head = found[0]
    each = word in {"per", "by"} or head.det in {"each", "every", "all"} or word == "each"
    if head.det == "all" and head.plural and not each:
        return None
    name = member(head, thing, world)
    if name is None or (name in thing.relations and not each and head.plural):
        return None
    if each:
        return None, name
    return (name, None) if name in thing.relations else None


def sources_of(head: Noun, target: str | None, world: World) -> list[tuple[Thing, str]]:
    """Where a figure may stand: in the target itself, or in what belongs to it."""
    found: list[tuple[Thing, str]] = []
    names = list(world.things.values())
    if target is not None:
        names = [world.thing(target), *[t for t in names if t.relation_to(target) is not None]]
    for thing in names:
        name = member(head, thing, world)
        if name in _VALUES and name in thing.fields and thing.fields[name].type is FieldType.TEXT:
            item = thing.fields[name]  # what is averaged is a number
            thing.fields[name] = item.model_copy(update={"type": FieldType.DECIMAL})
        if name and name in thing.fields and thing.fields[name].type in NUMBERS:
            found.append((thing, name))
    rows = world.entity(head)
    if not found and rows is not None and rows in world.things:
        numeric = [n for n, f in world.thing(rows).fields.items() if f.type in NUMBERS]
        found = [(world.thing(rows), numeric[0])] if len(numeric) == 1 else []
    if not found and head.name in _MONEY:
        kept = [
            thing
            for thing in world.things.values()
            if thing.relations and not _divided(thing, world)
        ]
        found = [(thing, price) for thing in kept if (price := price_of(thing))]
        if len(found) != 1:
            return []
    if (
        not found
        and len(head.heads) > 1
        and (inner := world.known("_".join(t.lemma for t in head.heads[:-1])))
    ):
        thing = world.thing(inner)
        last = head.heads[-1].lemma
        if last in thing.fields and thing.fields[last].type in NUMBERS:
            found.append((thing, last))
    return found


def _divided(thing: Thing, world: World) -> bool:
    """Whether other rows belong to these, so that money may be counted there."""
    return any(
        other is not thing and other.relation_to(thing.name) for other in world.things.values()
    )


def with_source(
    function: AggregateFunction,
    source: Thing,
    path: str,
    target: str | None,
    owner: Noun | None,
    tail: list[Token],
    world: World,
) -> Figure | None:
    """The figure over one source: in total, of one parent, or for each."""
    label = f"{WORDS[function]}_{path}".replace("total_total", "total")
    scope = grouping(tail, source, world)
    if scope is None:
        return None
    parent, group = scope
    rule = Aggregate(function=function, table=source.name, field=path, group_by=group)
    if target is None or target == source.name:
        if (
            target == source.name
            and owner is not None
            and not owner.plural
            and owner.det in {"a", "an", "the"}
            and group is None
        ):
            return None
        if parent is not None:
            goal = source.relations[parent].target
            where = (Condition(field=parent, operands=(Argument(name=f"{goal}_id"),)),)
            return Figure(Verb.FIGURE, goal, label, rule.model_copy(update={"where": where}))
        return Figure(
            Verb.FIGURE,
            source.name,
            f"{label}_by_{group.replace('.', '_')}" if group else label,
            rule,
        )
    relation = source.relation_to(target)
    if relation is None or tail:
        return None
    if owner is not None and (owner.det in {"each", "every"} or owner.plural):
        grouped = rule.model_copy(update={"group_by": relation.name})
        return Figure(Verb.FIGURE, source.name, f"{label}_by_{relation.name}", grouped)
    where = (Condition(field=relation.name, operands=(Argument(name=f"{target}_id"),)),)
    return Figure(Verb.FIGURE, target, label, rule.model_copy(update={"where": where}))


def total_of_thing(head: Noun, rest: list[Token], world: World) -> Figure | None:
    """ "the total of an order": quantity times price; "of all expenses": their amounts."""
    if (
        head.name in {"price", "cost", "value", "amount", "sum"}
        and rest
        and rest[0].lower in {"of", "for"}
    ):
        follow = noun(rest, 1)
        if follow is None:
            return None
        head, rest = follow[0], rest[follow[1] :]
    source = world.entity(head)
    if source is None or source not in world.things:
        return None
    thing = world.thing(source)
    single = not head.plural and head.det in {"a", "an", "the", "one", "each", "every"}
    items = _items_of(thing, world) if single and not rest else None
    if items is not None:
        return _total_of_items(thing, items, world)
    amount = price_of(thing)
    if amount is None or single:
        return None
    return _total_of_amounts(thing, amount, rest, world)


def _total_of_items(
    thing: Thing, items: tuple[Thing, str | None, str], world: World
) -> Figure | None:
    """What one order comes to: the prices of its rows, each as often as its quantity says."""
    lines, times, relation = items
    path = price_of(lines) or _price_through(lines, world)
    if not path:
        return None
    rule = Aggregate(
        function=AggregateFunction.SUM,
        table=lines.name,
        field=path,
        times=times,
        where=(Condition(field=relation, operands=(Argument(name=f"{thing.name}_id"),)),),
    )
    return Figure(Verb.FIGURE, thing.name, "total", rule)


def _total_of_amounts(thing: Thing, amount: str, tail: list[Token], world: World) -> Figure | None:
    """What all expenses come to, those of one parent, or those for each."""
    scope = grouping(tail, thing, world)
    if scope is None:
        return None
    parent, group = scope
    rule = Aggregate(function=AggregateFunction.SUM, table=thing.name, field=amount, group_by=group)
    if parent is not None:
        goal = thing.relations[parent].target
        where = (Condition(field=parent, operands=(Argument(name=f"{goal}_id"),)),)
        rule = rule.model_copy(update={"where": where})
        return Figure(Verb.FIGURE, goal, f"{thing.name}_total", rule)
    label = f"total_by_{group.replace('.', '_')}" if group else "total"
    return Figure(Verb.FIGURE, thing.name, label, rule)


def _items_of(thing: Thing, world: World) -> tuple[Thing, str | None, str] | None:
    """What an order consists of: rows that belong to it and have a quantity."""
    for other in world.things.values():
        relation = other.relation_to(thing.name)
        if relation is None or other is thing:
            continue
        times = next(
            (
                name
                for name in ("quantity", "amount", "count", "hours")
                if name in other.fields and other.fields[name].type in NUMBERS
            ),
            None,
        )
        if times is not None and (price_of(other, besides=times) or _price_through(other, world)):
            return other, times, relation.name
    return None


def price_of(thing: Thing, besides: str | None = None) -> str | None:
    """The field that says what something costs."""
    for name in thing.fields:
        if (
            name != besides
            and name.rpartition("_")[2]
            in {"price", "cost", "amount", "total", "rate", "fee", "value"}
            and thing.fields[name].type in NUMBERS
        ):
            return name
    return None


def _price_through(thing: Thing, world: World) -> str | None:
    for relation in thing.relations.values():
        target = world.things.get(relation.target)
        if target is not None and (name := price_of(target)):
            return f"{relation.name}.{name}"
    return None
