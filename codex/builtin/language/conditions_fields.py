"""Conditions on one field: its value, a bound, another field, a moment."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.names import snake
from codex.builtin.language.nouns import BOUNDS, bound, noun
from codex.builtin.language.quantities import number
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import DATES, Reading, compared, moment_now
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Comparison,
    Condition,
    FieldValue,
    Named,
    Value,
)
from codex.common.documents.specification import EntityField

_BOUNDS = {
    "le": Comparison.LE,
    "ge": Comparison.GE,
    "lt": Comparison.LT,
    "gt": Comparison.GT,
    "eq": Comparison.EQ,
}


def about_field(
    item: EntityField, tokens: Sequence[Token], thing: Thing, world: World
) -> Reading | None:
    """What is said of one field of a row."""
    words = [token.lower for token in tokens]
    negative = any(token.tag == "NEG" for token in tokens)
    rest = [
        token
        for token in tokens
        if token.tag != "NEG"
        and token.lower not in wordset("is are was has have been be still equal to set the")
    ]
    if (moment := _of_moment(item, words, negative=negative)) is not None:
        return moment
    other = _other_field(rest, item, thing)
    if other is not None:
        found = Reading((other,))
        return found.negated() if negative else found
    limit = bound(rest, 0)
    if limit is not None and limit[2] == len(rest):
        token = rest[limit[2] - 1]
        name = world.parameter(
            snake(f"{thing.name}_{item.name}_limit"), limit[1].value, (token.start, token.end)
        )
        found = Reading((compared(item, _BOUNDS[limit[0]], Named(name=name)),))
        return found.negated() if negative else found
    if len(rest) == 1 and (value := number(rest[0])):
        name = world.parameter(
            snake(f"{thing.name}_{item.name}_value"), value.value, (rest[0].start, rest[0].end)
        )
        return Reading(
            (compared(item, Comparison.NE if negative else Comparison.EQ, Named(name=name)),)
        )
    if rest and rest[-1].lower == "positive":
        return Reading((compared(item, Comparison.GT, Value(value=0)),))
    if item.choices and rest:
        value_text = snake("_".join(token.lower for token in rest))
        if value_text in item.choices:
            op = Comparison.NE if negative else Comparison.EQ
            return Reading((compared(item, op, Value(value=value_text)),))
    return _emptiness(item, words, rest, negative=negative)


def _of_moment(item: EntityField, words: Sequence[str], *, negative: bool) -> Reading | None:
    """ "passed", "in the future"."""
    if item.type not in DATES:
        return None
    if words[-1:] in (["passed"], ["over"], ["reached"]) or words[-2:] == ["the", "past"]:
        op = Comparison.GE if negative else Comparison.LT
    elif words[-2:] == ["the", "future"]:
        op = Comparison.LE if negative else Comparison.GT
    else:
        return None
    return Reading((compared(item, op, moment_now(item)),))


def _emptiness(
    item: EntityField, words: Sequence[str], rest: Sequence[Token], *, negative: bool
) -> Reading | None:
    """ "empty", "set"."""
    if not (rest and rest[-1].lower in {"empty", "missing", "set", "blank"}) and words[-1:] != [
        "set"
    ]:
        return None
    empty = rest[-1].lower in {"empty", "missing", "blank"} if rest else False
    op = Comparison.IS_NULL if empty is not negative else Comparison.NOT_NULL
    return Reading((Condition(field=item.name, op=op),))


def _other_field(rest: Sequence[Token], item: EntityField, thing: Thing) -> Condition | None:
    """ "below the minimum quantity", "after the start date"."""
    after = {"after": Comparison.GT, "before": Comparison.LT}
    for words, how in sorted(BOUNDS.items(), key=lambda pair: -len(pair[0])):
        if [t.lower for t in rest[: len(words)]] == list(words):
            op, place = _BOUNDS[how], len(words)
            break
    else:
        if not rest or rest[0].lower not in after:
            return None
        op, place = after[rest[0].lower], 1
    if place < len(rest) and rest[place].lower == "than":
        place += 1
    found = noun(rest, place)
    if found is None or found[1] < len(rest) or not found[0].heads:
        return None
    for name in (found[0].field, found[0].name):
        if name in thing.fields and name != item.name:
            return Condition(field=item.name, op=op, operands=(FieldValue(path=name),))
    return None
