"""Sentences that rank: the top ten by revenue, the most borrowed, the cheapest."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.aggregates import cleaned
from codex.builtin.language.inflect import participle
from codex.builtin.language.members import member
from codex.builtin.language.names import snake
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.quantities import number
from codex.builtin.language.sums import HEADS, NUMBERS, WORDS, Figure, price_of
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import TIES, VERB_FORMS
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Filter,
    Named,
    Order,
    Rule,
)
from codex.common.documents.specification import Verb

Limit = tuple[int | float | str, Token] | None
"""How many at most, and where it is said."""


def ranking(tokens: Sequence[Token], world: World) -> Figure | None:
    """ "the top 10 customers by revenue", "the most borrowed books", "the 5 cheapest products"."""
    rest = cleaned(tokens)
    place = 0
    while place < len(rest) and rest[place].tag == "DET":
        place += 1
    ranked = place < len(rest) and rest[place].lower in {"top", "best"}
    place += ranked
    limit: Limit = None
    if place < len(rest) and (value := number(rest[place])):
        limit = (value.value, rest[place])
        place += 1
    if (
        place < len(rest)
        and rest[place].lower in {"most", "least", "best", "highest", "lowest"}
        and place + 1 < len(rest)
    ):
        return _most(rest, place, limit, world)
    adjective = rest[place].lower if place < len(rest) and rest[place].tag == "ADJ" else ""
    found = noun(rest, place)
    if found is None or (not ranked and limit is None) or (not ranked and not adjective):
        return None
    head, end = found
    name = world.entity(head)
    if name is None or name not in world.things:
        return None
    thing = world.thing(name)
    order = _implied_order(head, thing)
    if end < len(rest) and rest[end].lower == "by":
        return _top_by(rest[end + 1 :], thing, limit, world)
    if order is None or end < len(rest):
        return None
    label = snake("_".join(t.lower for t in head.adjectives)) or "top"
    rule = Filter(table=name, order=(order,), limit=_limit(limit, thing, label, world))
    return Figure(Verb.QUERY, name, label, rule)


def _implied_order(head: Noun, thing: Thing) -> Order | None:
    words = {t.lower for t in head.adjectives}
    if words & {"newest", "latest", "recent"}:
        return Order(field="created_at", descending=True)
    if words & {"oldest"}:
        return Order(field="created_at")
    price = price_of(thing)
    if words & {"cheapest"} and price:
        return Order(field=price)
    rating = next((n for n in ("rating", "score", "points") if n in thing.fields), None)
    if (words & {"best"} or not words) and rating:
        return Order(field=rating, descending=True)
    return None


def _limit(limit: Limit, thing: Thing, label: str, world: World) -> Named | None:
    if limit is None:
        return None
    value, token = limit
    name = world.parameter(
        snake(f"{label}_{thing.plural}"), value, (token.start, token.end), thing.plural
    )
    return Named(name=name)


def _top_by(tokens: Sequence[Token], thing: Thing, limit: Limit, world: World) -> Figure | None:
    """ "by revenue", "by number of orders", "by average rating"."""
    tokens = [t for t in tokens if t.tag != "DET"]
    function = HEADS.get(tokens[0].lower) if tokens else None
    inner = tokens[1:] if function else tokens
    if function is AggregateFunction.COUNT and inner and inner[0].lower == "of":
        inner = inner[1:]
    found = noun(inner, 0)
    if found is None or found[1] < len(inner):
        return None
    most = _limit(limit, thing, "top", world)
    if function is AggregateFunction.COUNT:
        return _by_rows(found[0], function, thing, most, world)
    own = member(found[0], thing, world)
    if own is not None and own in thing.fields and function in {None, AggregateFunction.AVERAGE}:
        rule = Filter(table=thing.name, order=(Order(field=own, descending=True),), limit=most)
        return Figure(Verb.QUERY, thing.name, f"top_by_{own}", rule)
    return _by_field(found[0], function, thing, most, world) or _by_rows(
        found[0], function, thing, most, world
    )


_REVENUE = wordset("revenue spending sales sale turnover spend")


def _by_field(
    head: Noun, function: AggregateFunction | None, thing: Thing, limit: Named | None, world: World
) -> Figure | None:
    """By a field of rows that belong to the thing."""
    for other in world.things.values():
        relation = other.relation_to(thing.name)
        path = member(head, other, world) if relation is not None else None
        if path is None and relation is not None and head.name in _REVENUE:
            path = price_of(other)
        if relation is None or path is None or path not in other.fields:
            continue
        rated = path in {"rating", "score", "stars", "grade"}
        how = function or (AggregateFunction.AVERAGE if rated else AggregateFunction.SUM)
        rule = Aggregate(
            function=how, table=other.name, field=path, group_by=relation.name, limit=limit
        )
        label = head.field if function is None else f"{WORDS[how]}_{path}"
        return Figure(Verb.QUERY, thing.name, f"top_by_{label}", rule)
    return None


def _by_rows(
    head: Noun, function: AggregateFunction | None, thing: Thing, limit: Named | None, world: World
) -> Figure | None:
    """By the rows that belong to the thing: how many, or their only number."""
    name = world.entity(head)
    source = world.things.get(name or "")
    relation = source.relation_to(thing.name) if source else None
    if source is None or relation is None:
        return None
    counts = function in {None, AggregateFunction.COUNT}
    numeric = [n for n, f in source.fields.items() if f.type in NUMBERS]
    if not counts and len(numeric) != 1:
        return None
    how = AggregateFunction.COUNT if counts or function is None else function
    rule = Aggregate(
        function=how,
        table=source.name,
        field=None if counts else numeric[0],
        group_by=relation.name,
        limit=limit,
    )
    label = f"{source.name}_count" if counts else f"{WORDS[how]}_{source.name}"
    return Figure(Verb.QUERY, thing.name, f"top_by_{label}", rule)


def _most(rest: Sequence[Token], place: int, limit: Limit, world: World) -> Figure | None:
    """ "most borrowed books", "most popular courses", "most expensive products"."""
    least = rest[place].lower in {"least", "lowest"}
    word = rest[place + 1].lower
    found = noun(rest, place + 2) or noun(rest, place + 1)
    if found is None or found[1] < len(rest):
        return None
    head = found[0]
    name = world.known(head.name)
    if name is None or name not in world.things:
        return None
    thing = world.thing(name)
    label = snake(f"{rest[place].lower}_{word}")
    if word == "expensive" and (price := price_of(thing)):
        rule: Rule = Filter(
            table=name,
            order=(Order(field=price, descending=not least),),
            limit=_limit(limit, thing, label, world),
        )
        return Figure(Verb.QUERY, name, label, rule)
    rating = next((n for n in ("rating", "score", "points", "stars") if n in thing.fields), None)
    if word in {"rated", "scored"} and rating:
        rule = Filter(
            table=name,
            order=(Order(field=rating, descending=not least),),
            limit=_limit(limit, thing, label, world),
        )
        return Figure(Verb.QUERY, name, label, rule)
    if word == "recent":
        rule = Filter(
            table=name,
            order=(Order(field="created_at", descending=True),),
            limit=_limit(limit, thing, label, world),
        )
        return Figure(Verb.QUERY, name, label, rule)
    lemma = VERB_FORMS.get(word, ("", ""))[0]
    source = _rows_of(lemma, word, thing, world)
    if source is None:
        return None
    relation = source.relation_to(name)
    assert relation is not None
    rule = Aggregate(
        function=AggregateFunction.COUNT,
        table=source.name,
        group_by=relation.name,
        descending=not least,
        limit=_limit(limit, thing, label, world),
    )
    return Figure(Verb.QUERY, name, label, rule)


def _rows_of(lemma: str, word: str, thing: Thing, world: World) -> Thing | None:
    """The rows that a deed leaves: loans for "borrowed", enrollments for "popular"."""
    ties = [
        other
        for other in world.things.values()
        if other.relation_to(thing.name) is not None and other is not thing
    ]
    for other in ties:
        if (lemma and other.made_by == lemma) or (lemma in TIES and TIES[lemma].noun == other.name):
            return other
        if other.name == lemma or participle(other.name) == word:
            return other
    made = [other for other in ties if other.made_by]
    if word in {"popular", "active"} and len(made) == 1:
        return made[0]
    if word in {"popular", "active"} and len(ties) == 1:
        return ties[0]
    return None
