"""Sentences about rows in a certain state: overdue loans, upcoming events, what is due soon."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.actors import own, permit
from codex.builtin.language.clause import Clause
from codex.builtin.language.conditions import read_condition
from codex.builtin.language.members import ASCENDING, DESCENDING, sort_keys
from codex.builtin.language.names import snake
from codex.builtin.language.quantities import TIME_UNITS, TimeUnit, number
from codex.builtin.language.showing import shown_noun
from codex.builtin.language.state_words import state_condition
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import negate
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import Comparison, Condition, Filter, Now
from codex.common.documents.specification import FieldType, Verb


def read_query(clause: Clause, world: World) -> bool:
    """ "Overdue loans are listed", "members can see upcoming events"."""
    found = shown_noun(clause, world)
    if found is None:
        return False
    item, rest, actors, only = found
    owner = item.owner
    today = owner is not None and owner.words == ["today"]
    if owner is not None and owner.heads and not today:
        return False
    name = world.entity(item)
    if name is None or name not in world.things:
        return False
    thing = world.thing(name)
    if today and owner is not None:
        rest = [owner.heads[0], *rest]
    words = [t.lower for t in item.adjectives if t.lower not in _PLAIN]
    qualities = [quality(word, thing, world) for word in words]
    more = conditions_of(rest, thing, world)
    if more is None or any(part is None for part in qualities):
        return False
    conditions = [condition for part in qualities for condition in part or ()] + more[0]
    if not conditions or (clause.negated and (len(conditions) != 1 or actors.roles)):
        return False
    if clause.negated:
        conditions, only = [negate(conditions[0])], True
    mine = owner is not None and owner.pronoun in _THEIRS and world.signs_in
    label = None if only and not mine else _label(words, more[1], conditions)
    deed = world.deed(Verb.LIST if label is None else Verb.QUERY, name, label)
    deed.rule = Filter(table=name, where=tuple(conditions))
    deed.sorts += [key for key in more[2] if key not in deed.sorts]
    if mine:
        own(world, thing)
    permit(world, deed, actors, own_rows=mine)
    if actors.only:
        world.exclusive.add(deed.key)
    world.say((clause.start, clause.end), name, "", deed)
    return True


_PLAIN = wordset("new own full complete whole other individual single")
_THEIRS = wordset("their my his her")


def _label(words: list[str], after: list[str], conditions: list[Condition]) -> str:
    """What a list of rows in a certain state is called."""
    if words or after:
        name = snake("_".join(words + after))
        if len(name) <= 40:
            return name
    first = conditions[0]
    return snake(f"{first.field}_{first.op.value}")


def quality(word: str, thing: Thing, world: World) -> list[Condition] | None:
    """The conditions that an adjective stands for: overdue, upcoming, unpaid, published."""
    if word in {"overdue", "late"}:
        due = next(
            (
                i
                for i in thing.fields.values()
                if i.name.startswith("due")
                or i.name == "deadline"
                or i.name.endswith("_due")
                or i.name == "return_by"
            ),
            None,
        )
        if due is None or due.type not in {FieldType.DATE, FieldType.DATETIME}:
            return None
        late = Condition(
            field=due.name, op=Comparison.LT, operands=(Now(date_only=due.type is FieldType.DATE),)
        )
        return [late, *_unfinished(thing)]
    condition = state_condition([word], thing, world, make=True)
    return [condition] if condition is not None else None


def _unfinished(thing: Thing) -> list[Condition]:
    """What is overdue is not done yet."""
    for name in ("returned_at", "completed_at", "done_at", "paid_at", "ended_at", "closed_at"):
        if name in thing.fields:
            return [Condition(field=name, op=Comparison.IS_NULL)]
    from codex.builtin.language.truths import negate as opposite
    from codex.common.documents.rules import Value

    for name in ("done", "completed", "paid", "returned", "finished", "complete", "closed"):
        item = thing.fields.get(name)
        if item is not None and item.type is FieldType.BOOLEAN:
            return [Condition(field=name, operands=(Value(value=False),))]
    found = thing.choice_with(
        ["done", "completed", "paid", "returned", "finished", "closed", "complete"]
    )
    if found:
        return [opposite(Condition(field=found[0], operands=(Value(value=found[1]),)))]
    return []


def conditions_of(
    rest: Sequence[Token], thing: Thing, world: World
) -> tuple[list[Condition], list[str], list[str]] | None:
    """ "that are due this week", "with status open", "due in the next 7 days", "newest first"."""
    tokens = [t for t in rest if t.lower != "."]
    if not tokens:
        return [], [], []
    if (
        tokens[0].tag == "COMMA"
        or tokens[0].lower in {"sorted", "ordered", "by"}
        or tokens[0].lower in DESCENDING | ASCENDING
    ):
        inner = [t for t in tokens if t.lower not in {"sorted", "ordered"} and t.tag != "COMMA"]
        keys = sort_keys(inner, thing, world)
        return None if keys is None else ([], [], keys)
    if tokens[0].tag == "WH" or tokens[0].lower in {"with", "whose", "where"}:
        tokens = tokens[1:]
        if (
            tokens
            and tokens[0].lower in {"are", "is"}
            and (soon := _soon(tokens[1:], thing, world))
        ):
            return [soon[0]], soon[1], []
        if tokens and tokens[0].tag == "NOUN":
            condition = read_condition([tokens[0], *tokens[1:]], thing, world)
        else:
            condition = read_condition(tokens, thing, world)
        if condition is None or not condition.conditions:
            return None
        return (
            list(condition.conditions),
            [t.lemma for t in tokens if t.tag in {"VERB", "NOUN", "ADJ"}][-2:],
            [],
        )
    soon = _soon(tokens, thing, world)
    return None if soon is None else ([soon[0], *soon[2]], soon[1], [])


def _soon(
    tokens: Sequence[Token], thing: Thing, world: World
) -> tuple[Condition, list[str], list[Condition]] | None:
    """ "due in the next 7 days", "starting today", "expiring within a month"."""
    words = [t.lower for t in tokens]
    place = 0
    hint = ""
    if tokens and tokens[0].tag in {"ADJ", "VERB"}:
        hint, place = tokens[0].lemma, 1
    dates = [i for i in thing.fields.values() if i.type in {FieldType.DATE, FieldType.DATETIME}]
    moment = next(
        (i for i in dates if hint and (hint in i.name or i.name.startswith(hint[:5]))),
        dates[0] if len(dates) == 1 else None,
    )
    if moment is None:
        return None
    day = moment.type is FieldType.DATE
    rest = words[place:]
    if rest in (["today"], ["for", "today"]):
        return (
            Condition(field=moment.name, operands=(Now(date_only=True),)),
            [*words[:place], "today"],
            [],
        )
    back = any(word in {"last", "past", "previous"} for word in rest)
    units: list[TimeUnit] = [TIME_UNITS[t.lemma] for t in tokens[place:] if t.lemma in TIME_UNITS]
    unit = units[0] if units else None
    if unit is None or any(
        word
        not in wordset(
            """in within the next last past previous coming a an this following from for during
            of"""
        )
        and number(t) is None
        and t.lemma not in TIME_UNITS
        for word, t in zip(rest, tokens[place:], strict=True)
    ):
        return None
    if "this" in rest:
        return None
    count = next(((n, t) for t in tokens[place:] if (n := number(t))), None)
    sign = -1 if back else 1
    if count is None:
        edge = Now(date_only=day, unit=unit, plus=sign)
    else:
        name = world.parameter(
            snake(f"{thing.name}_{hint or 'recent'}_{unit}"),
            count[0].value,
            (count[1].start, count[1].end),
            unit,
        )
        edge = Now(date_only=day, unit=unit, plus_parameter=name, minus=back)
    if back:
        first = Condition(field=moment.name, op=Comparison.GE, operands=(edge,))
        second = Condition(field=moment.name, op=Comparison.LE, operands=(Now(date_only=day),))
    else:
        first = Condition(field=moment.name, op=Comparison.GE, operands=(Now(date_only=day),))
        second = Condition(field=moment.name, op=Comparison.LE, operands=(edge,))
    label = [hint] if hint else []
    return first, [*label, "recently" if back else "soon"], [second]
