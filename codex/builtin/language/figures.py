"""Sentences about figures: counts, sums, averages, totals, "top ten" and "most borrowed"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.builtin.language.actors import Actors, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import state_condition
from codex.builtin.language.inflect import participle
from codex.builtin.language.lists import member, quality
from codex.builtin.language.names import plural_name, snake
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.quantities import number
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import TIES, VERB_FORMS
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Condition,
    Filter,
    Named,
    Order,
    Rule,
)
from codex.common.documents.specification import FieldType, Verb

_NUMBERS = {FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT}
_HEADS: dict[str, AggregateFunction] = {
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
_MONEY = {
    "revenue",
    "sale",
    "sales",
    "turnover",
    "income",
    "earning",
    "earnings",
    "spending",
    "takings",
    "spend",
}
_SHOW = {
    "show",
    "report",
    "see",
    "view",
    "get",
    "return",
    "calculate",
    "compute",
    "display",
    "know",
    "provide",
    "give",
    "list",
    "count",
    "offer",
    "query",
    "retrieve",
    "determine",
    "track",
    "sum_up",
    "sum",
    "be",
    "have",
    "include",
    "expose",
    "find",
    "want",
    "need",
    "read",
    "tell",
    "request",
    "look_up",
    "ask",
}
_WORDS = {
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


def read_figure(clause: Clause, world: World) -> bool:
    """A clause that asks for figures, by itself or as something to show."""
    if clause.negated or clause.only:
        return False
    tokens, actors = _asked(clause, world)
    if tokens is None:
        return False
    figures: list[Figure] = []
    for part in _parts(tokens):
        figure = _top(part, world) or _figure(part, world)
        if figure is None:
            return False
        figures.append(figure)
    if not figures:
        return False
    for figure in figures:
        deed = world.deed(figure.verb, figure.entity, figure.name)
        deed.rule = figure.rule
        permit(world, deed, actors)
        if actors.only:
            world.exclusive.add(deed.key)
        world.say((clause.start, clause.end), figure.entity, "", deed)
    return True


def _asked(clause: Clause, world: World) -> tuple[list[Token] | None, Actors]:
    """The words that name the figure, and who may ask for it."""
    verb = clause.verb
    if not clause.verbs or clause.tokens[0].lower in {"how", "what"}:
        return list(clause.tokens), Actors()
    if clause.passive and verb in _SHOW:
        rest = [t for t in clause.rest if t.tag not in {"ADV"}]
        return [*clause.subject, *rest], Actors()
    if (
        verb == "be"
        and clause.rest
        and clause.rest[0].lower
        in {"available", "visible", "shown", "needed", "reported", "required"}
    ):
        return [*clause.subject, *clause.rest[1:]], Actors()
    if verb not in _SHOW or verb == "be" or clause.passive:
        return None, Actors()
    if verb == "have" or (
        verb in {"show", "include", "track", "list"}
        and clause.subject
        and read_actors(clause.subject, world) is None
    ):
        return _of_subject(clause, world), Actors()
    actors = read_actors(clause.subject, world)
    if actors is None:
        subject = noun(clause.subject, 0)
        if subject is None or world.entity(subject[0]) is not None:
            return None, Actors()
        actors = Actors()
    rest = list(clause.rest)
    if verb == "count":
        rest = [*_count_of(rest)]
    elif verb in {"sum", "sum_up"}:
        rest = (
            [Token("sum", rest[0].start, rest[0].start, "word", "sum", "NOUN", "sum"), *rest]
            if rest
            else rest
        )
    return rest, actors


def _count_of(rest: list[Token]) -> list[Token]:
    if not rest:
        return rest
    at = rest[0]
    return [
        Token("number", at.start, at.start, "word", "number", "NOUN", "number"),
        Token("of", at.start, at.start, "word", "of", "PREP", "of"),
        *rest,
    ]


def _of_subject(clause: Clause, world: World) -> list[Token] | None:
    """ "Each book shows its average rating" is "the average rating of a book"."""
    subject = noun(clause.subject, 0)
    if (
        subject is None
        or subject[1] < len(clause.subject)
        or world.entity(subject[0]) is None
        or subject[0].pronoun
    ):
        return None
    rest = [t for t in clause.rest if t.tag != "POSS"]
    if not rest or not any(t.lower in _HEADS for t in rest[:3]):
        return None
    if not any(t.lower == "its" for t in clause.rest) and clause.verb == "have":
        return None
    at = rest[-1]
    return [*rest, Token("of", at.end, at.end, "word", "of", "PREP", "of"), *clause.subject]


def _parts(tokens: list[Token]) -> list[list[Token]]:
    """ "the number of tasks per status and the average price": each figure by itself."""
    parts: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        if token.tag in {"COMMA", "CONJ"}:
            follow = tokens[index + 1 :]
            skip = next(
                (i for i, t in enumerate(follow) if t.tag not in {"DET", "CONJ", "ADV", "COMMA"}),
                None,
            )
            if skip is not None and (
                follow[skip].lower in _HEADS or follow[skip].lower in {"how", "top"}
            ):
                parts.append([])
                continue
        parts[-1].append(token)
    return [part for part in parts if part]


def _clean(tokens: Sequence[Token]) -> list[Token]:
    out = [t for t in tokens if t.tag not in {"ADV"} and t.lower not in {"."}]
    while out and out[-1].tag in {"COMMA", "CONJ"}:
        out.pop()
    return out


def _figure(tokens: Sequence[Token], world: World) -> Figure | None:
    """ "the average rating of a book", "number of open tasks per user", "total revenue"."""
    rest = _clean(tokens)
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
    function = _HEADS.get(word)
    if function is None:
        return _named_last(rest[place:], world)
    place += 1
    if (
        word == "total"
        and starts(rest, place, ["number", "of"])
        or word == "overall"
        and starts(rest, place, ["number", "of"])
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
    scope = _scope(rest, thing, world)
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


def _scope(
    rest: Sequence[Token], thing: Thing, world: World
) -> tuple[str | None, str | None] | None:
    """For one parent ("of a book") or for each ("per book", "for each status"): the field."""
    rest = [
        t
        for t in rest
        if t.tag not in {"ADV"}
        and t.lower not in {"there", "are", "it", "they", "has", "have", "is"}
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


def _over(function: AggregateFunction, tokens: Sequence[Token], world: World) -> Figure | None:
    """A sum or average: what of, over which rows, for whom."""
    found = noun(tokens, 0)
    if found is None:
        return _total_only(function, tokens, world)
    head, end = found
    rest = list(tokens[end:])
    if head.pronoun:
        return None
    if (
        function is AggregateFunction.SUM
        and (only := _total_of_thing(head, rest, world, tokens)) is not None
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
    options = _sources(head, target, world)
    for source, path in options:
        figure = _with_source(function, source, path, target, owner, tail, world)
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


def _sources(head: Noun, target: str | None, world: World) -> list[tuple[Thing, str]]:
    """Where a figure may stand: in the target itself, or in what belongs to it."""
    found: list[tuple[Thing, str]] = []
    names = list(world.things.values())
    if target is not None:
        names = [world.thing(target), *[t for t in names if t.relation_to(target) is not None]]
    for thing in names:
        name = member(head, thing, world)
        if name and name in thing.fields and thing.fields[name].type in _NUMBERS:
            found.append((thing, name))
    rows = world.entity(head)
    if not found and rows is not None and rows in world.things:
        numeric = [n for n, f in world.thing(rows).fields.items() if f.type in _NUMBERS]
        found = [(world.thing(rows), numeric[0])] if len(numeric) == 1 else []
    if not found and head.name in _MONEY:
        kept = [thing for thing in world.things.values() if thing.relations and not _divided(thing, world)]
        found = [(thing, price) for thing in kept if (price := _price(thing))]
        if len(found) != 1:
            return []
    if (
        not found
        and len(head.heads) > 1
        and (inner := world.known("_".join(t.lemma for t in head.heads[:-1])))
    ):
        thing = world.thing(inner)
        last = head.heads[-1].lemma
        if last in thing.fields and thing.fields[last].type in _NUMBERS:
            found.append((thing, last))
    return found


def _divided(thing: Thing, world: World) -> bool:
    """Whether other rows belong to these, so that money may be counted there."""
    return any(other is not thing and other.relation_to(thing.name) for other in world.things.values())


def _with_source(
    function: AggregateFunction,
    source: Thing,
    path: str,
    target: str | None,
    owner: Noun | None,
    tail: list[Token],
    world: World,
) -> Figure | None:
    label = f"{_WORDS[function]}_{path}".replace("total_total", "total")
    scope = _scope(tail, source, world)
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


def _total_only(
    function: AggregateFunction, tokens: Sequence[Token], world: World
) -> Figure | None:
    """ "the total of an order"."""
    del function, tokens, world
    return None


def _total_of_thing(
    head: Noun, rest: list[Token], world: World, tokens: Sequence[Token]
) -> Figure | None:
    """ "the total of an order": quantity times price over its items; "total of all expenses": their amounts."""
    del tokens
    source_name = world.entity(head)
    owner = head.owner
    tail = rest
    if (
        head.name in {"price", "cost", "value", "amount", "sum"}
        and rest
        and rest[0].lower in {"of", "for"}
    ):
        follow = noun(rest, 1)
        if follow is None:
            return None
        source_name, owner, tail, head = (
            world.entity(follow[0]),
            follow[0],
            rest[follow[1] :],
            follow[0],
        )
        if source_name is not None and any(
            member(Noun(head.tokens, heads=()), world.thing(source_name), world) for _ in ()
        ):
            return None
    if source_name is None or source_name not in world.things:
        return None
    thing = world.thing(source_name)
    del owner
    items = _items_of(thing, world)
    single = not head.plural and head.det in {"a", "an", "the", "one", "each", "every"}
    if items is not None and not tail and single:
        lines, times, relation = items
        price = _price(lines) or ""
        through = _price_through(lines, world)
        path = price or through
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
    amount = _price(thing)
    if amount is None or single:
        return None
    scope = _scope(tail, thing, world)
    if scope is None:
        return None
    parent, group = scope
    rule = Aggregate(function=AggregateFunction.SUM, table=thing.name, field=amount, group_by=group)
    if parent is not None:
        goal = thing.relations[parent].target
        where = (Condition(field=parent, operands=(Argument(name=f"{goal}_id"),)),)
        return Figure(
            Verb.FIGURE, goal, f"{thing.name}_total", rule.model_copy(update={"where": where})
        )
    return Figure(
        Verb.FIGURE, thing.name, f"total_by_{group.replace('.', '_')}" if group else "total", rule
    )


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
                if name in other.fields and other.fields[name].type in _NUMBERS
            ),
            None,
        )
        if times is not None and (_price(other, besides=times) or _price_through(other, world)):
            return other, times, relation.name
    return None


def _price(thing: Thing, besides: str | None = None) -> str | None:
    for name in thing.fields:
        if (
            name != besides
            and name.rpartition("_")[2]
            in {"price", "cost", "amount", "total", "rate", "fee", "value"}
            and thing.fields[name].type in _NUMBERS
        ):
            return name
    return None


def _price_through(thing: Thing, world: World) -> str | None:
    for relation in thing.relations.values():
        target = world.things.get(relation.target)
        if target is not None and (name := _price(target)):
            return f"{relation.name}.{name}"
    return None


def _top(tokens: Sequence[Token], world: World) -> Figure | None:
    """ "the top 10 customers by revenue", "the most borrowed books", "the 5 cheapest products"."""
    rest = _clean(tokens)
    place = 0
    while place < len(rest) and rest[place].tag in {"DET"}:
        place += 1
    ranked = place < len(rest) and rest[place].lower in {"top", "best"}
    place += ranked
    limit: tuple[int | float | str, Token] | None = None
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
    price = _price(thing)
    if words & {"cheapest"} and price:
        return Order(field=price)
    rating = next((n for n in ("rating", "score", "points") if n in thing.fields), None)
    if (words & {"best"} or not words) and rating:
        return Order(field=rating, descending=True)
    return None


def _limit(
    limit: tuple[int | float | str, Token] | None, thing: Thing, label: str, world: World
) -> Named | None:
    if limit is None:
        return None
    value, token = limit
    name = world.parameter(
        snake(f"{label}_{thing.plural}"), value, (token.start, token.end), thing.plural
    )
    return Named(name=name)


def _top_by(
    tokens: Sequence[Token],
    thing: Thing,
    limit: tuple[int | float | str, Token] | None,
    world: World,
) -> Figure | None:
    tokens = [t for t in tokens if t.tag != "DET"]
    words = [t.lower for t in tokens]
    function = _HEADS.get(words[0]) if words else None
    inner = tokens[1:] if function else tokens
    if function is AggregateFunction.COUNT and inner and inner[0].lower == "of":
        found = noun(inner, 1)
        source = world.entity(found[0]) if found and found[1] == len(inner) else None
        if source is None or source not in world.things:
            return None
        relation = world.thing(source).relation_to(thing.name)
        if relation is None:
            return None
        rule = Aggregate(
            function=AggregateFunction.COUNT,
            table=source,
            group_by=relation.name,
            limit=_limit(limit, thing, "top", world),
        )
        return Figure(Verb.QUERY, thing.name, f"top_by_{source}_count", rule)
    found = noun(inner, 0)
    if found is None or found[1] < len(inner):
        return None
    own = member(found[0], thing, world)
    if own is not None and own in thing.fields and function in {None, AggregateFunction.AVERAGE}:
        rule = Filter(
            table=thing.name,
            order=(Order(field=own, descending=True),),
            limit=_limit(limit, thing, "top", world),
        )
        return Figure(Verb.QUERY, thing.name, f"top_by_{own}", rule)
    names = {"revenue", "spending", "sales", "turnover", "spend"}
    for other in world.things.values():
        relation = other.relation_to(thing.name)
        if relation is None:
            continue
        path = member(found[0], other, world)
        if path is None and found[0].name in names | {"sale"}:
            path = _price(other)
        if path is None or path not in other.fields:
            continue
        how = function or (
            AggregateFunction.AVERAGE
            if path in {"rating", "score", "stars", "grade"}
            else AggregateFunction.SUM
        )
        rule = Aggregate(
            function=how,
            table=other.name,
            field=path,
            group_by=relation.name,
            limit=_limit(limit, thing, "top", world),
        )
        label = found[0].field if function is None else f"{_WORDS[how]}_{path}"
        return Figure(Verb.QUERY, thing.name, f"top_by_{label}", rule)
    source = world.entity(found[0])
    if (
        source is not None
        and source in world.things
        and (relation := world.thing(source).relation_to(thing.name))
    ):
        numeric = [n for n, f in world.thing(source).fields.items() if f.type in _NUMBERS]
        if function is not None and function is not AggregateFunction.COUNT:
            if len(numeric) != 1:
                return None
            rule = Aggregate(
                function=function,
                table=source,
                field=numeric[0],
                group_by=relation.name,
                limit=_limit(limit, thing, "top", world),
            )
            return Figure(Verb.QUERY, thing.name, f"top_by_{_WORDS[function]}_{source}", rule)
        rule = Aggregate(
            function=AggregateFunction.COUNT,
            table=source,
            group_by=relation.name,
            limit=_limit(limit, thing, "top", world),
        )
        return Figure(Verb.QUERY, thing.name, f"top_by_{source}_count", rule)
    return None


def _most(
    rest: Sequence[Token], place: int, limit: tuple[int | float | str, Token] | None, world: World
) -> Figure | None:
    """ "most borrowed books", "most popular courses", "most expensive products", "most recent posts"."""
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
    if word in {"expensive"} and (price := _price(thing)):
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
    if word in {"recent"}:
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
    """The rows that a deed leaves: loans for "borrowed", enrollments for "popular" if nothing else fits."""
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


__all__ = ["plural_name", "read_figure", "state_condition"]
