"""Figures over rows: how many, the sum, the average, of one, of each, or of all."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.names import snake
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.queries import quality
from codex.builtin.language.sums import (
    HEADS,
    Figure,
    grouping,
    sources_of,
    total_of_thing,
    with_source,
)
from codex.builtin.language.tokens import Token
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Condition,
)
from codex.common.documents.specification import Verb


def cleaned(tokens: Sequence[Token]) -> list[Token]:
    """Without adverbs, the final stop and trailing connectives."""
    out = [t for t in tokens if t.tag != "ADV" and t.lower != "."]
    while out and out[-1].tag in {"COMMA", "CONJ"}:
        out.pop()
    return out


def figure_of(tokens: Sequence[Token], world: World) -> Figure | None:
    """ "the average rating of a book", "number of open tasks per user", "total revenue"."""
    rest = cleaned(tokens)
    place = 0
    for words in (["what", "'s"], ["what", "is"], ["what", "are"]):
        if starts(rest, 0, words):
            place = 2
    while place < len(rest) and rest[place].tag in {"DET", "POSS"}:
        place += 1
    if starts(rest, place, ["how", "many"]):
        return _count([t for t in rest[place + 2 :] if not _tail_verb(t)], world)
    if place >= len(rest):
        return None
    word = rest[place].lower
    function = HEADS.get(word)
    if function is None:
        return _named_last(rest[place:], world)
    place += 1
    if (word == "total" and starts(rest, place, ["number", "of"])) or (
        word == "overall" and starts(rest, place, ["number", "of"])
    ):
        function, place = AggregateFunction.COUNT, place + 1
    if word == "total" and starts(rest, place, ["amount"]) and not starts(rest, place + 1, ["of"]):
        pass
    if function is AggregateFunction.COUNT:
        if place < len(rest) and rest[place].lower == "of":
            return _count(rest[place + 1 :], world)
        return None
    if place < len(rest) and rest[place].lower == "of":
        place += 1
    return _over(function, rest[place:], world)


def _tail_verb(token: Token) -> bool:
    return token.lower in {"there", "are", "is", "exist", "exists"}


def _named_last(rest: list[Token], world: World) -> Figure | None:
    """ "task count per status", "books count"."""
    found = noun(rest, 0)
    if (
        found is None
        or len(found[0].heads) < 2
        or found[0].heads[-1].lower not in {"count", "counts", "total"}
    ):
        return None
    head = Noun(found[0].tokens, adjectives=found[0].adjectives, heads=found[0].heads[:-1])
    if found[0].heads[-1].lower == "total":
        return None
    return _count_rows(head, rest[found[1] :], world)


def _count(tokens: Sequence[Token], world: World) -> Figure | None:
    found = noun(tokens, 0)
    return None if found is None else _count_rows(found[0], list(tokens[found[1] :]), world)


def _count_rows(head: Noun, rest: list[Token], world: World) -> Figure | None:
    """The number of rows of a kind, of one parent, or for each value of a field."""
    name = world.entity(head)
    if name is None or name not in world.things:
        return None
    thing = world.thing(name)
    where: list[Condition] = []
    label = ""
    for adjective in head.adjectives:
        conditions = quality(adjective.lower, thing, world)
        if conditions is None:
            return None
        where += conditions
        label += f"{snake(adjective.lower)}_"
    scope = grouping(rest, thing, world)
    if scope is None:
        return None
    parent, group = scope
    if parent is not None:
        where.append(
            Condition(
                field=parent, operands=(Argument(name=f"{thing.relations[parent].target}_id"),)
            )
        )
        rule = Aggregate(function=AggregateFunction.COUNT, table=name, where=tuple(where))
        return Figure(Verb.FIGURE, thing.relations[parent].target, f"{label}{name}_count", rule)
    rule = Aggregate(
        function=AggregateFunction.COUNT, table=name, where=tuple(where), group_by=group
    )
    suffix = f"_by_{group.replace('.', '_')}" if group else ""
    return Figure(Verb.FIGURE, name, f"{label}count{suffix}", rule)


def _over(function: AggregateFunction, tokens: Sequence[Token], world: World) -> Figure | None:
    """A sum or average: what of, over which rows, for whom."""
    found = noun(tokens, 0)
    if found is None:
        return None
    head, end = found
    rest = list(tokens[end:])
    if head.pronoun:
        return None
    if (
        function is AggregateFunction.SUM
        and (only := total_of_thing(head, rest, world)) is not None
    ):
        return only
    owner: Noun | None = head.owner
    place = 0
    if owner is None and rest and rest[0].lower in {"of", "for"} and (more := noun(rest, 1)):
        owner, place = more[0], more[1]
    tail = rest[place:]
    target = world.entity(owner) if owner is not None else None
    if owner is not None and target is None:
        return None
    options = sources_of(head, target, world)
    for source, path in options:
        figure = with_source(function, source, path, target, owner, tail, world)
        if figure is not None:
            return _narrowed(figure, owner, source, target, world)
    return None


def _narrowed(
    figure: Figure, owner: Noun | None, source: Thing, target: str | None, world: World
) -> Figure | None:
    """ "the average priority of open tickets": only over those."""
    if owner is None or not [
        t
        for t in owner.adjectives
        if t.lower not in {"single", "given", "individual", "particular", "specific"}
    ]:
        return figure
    rule = figure.rule
    if target != source.name or not isinstance(rule, Aggregate):
        return None
    where = list(rule.where)
    for adjective in owner.adjectives:
        conditions = quality(adjective.lower, source, world)
        if conditions is None:
            return None
        where += conditions
    label = "_".join(t.lower for t in owner.adjectives)
    return Figure(
        figure.verb,
        figure.entity,
        snake(f"{figure.name}_{label}"),
        rule.model_copy(update={"where": tuple(where)}),
    )
