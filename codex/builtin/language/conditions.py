"""Conditions: "unless it has shipped", "only if paid", "while its status is draft", "once due"."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.conditions_fields import about_field
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.nouns import noun
from codex.builtin.language.state_words import state_condition
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import Reading, compared
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Value,
)
from codex.common.documents.specification import EntityField, RelationKind

_STOCK = (
    "stock",
    "quantity",
    "copies",
    "available_copies",
    "quantity_in_stock",
    "stock_quantity",
    "seats",
    "capacity",
    "available_seats",
    "amount",
)


def read_condition(tokens: Sequence[Token], thing: Thing, world: World) -> Reading | None:
    """What `tokens` say of one row of `thing`; None where that is not known."""
    tokens = [
        token
        for token in tokens
        if token.tag != "ADV" and token.lower not in {".", "yet", "that", "currently", "all"}
    ]
    for joint in ("and", "or"):
        at = next((i for i, t in enumerate(tokens) if t.lower == joint), None)
        if at is not None:
            return _joined(tokens, at, joint, thing, world)
    place, mine = _subject(tokens, thing, world)
    if mine is None:
        return None
    if isinstance(mine, EntityField):
        return about_field(mine, tokens[place:], thing, world)
    return _about_row(tokens[place:], thing, world)


def _joined(tokens: list[Token], at: int, joint: str, thing: Thing, world: World) -> Reading | None:
    first = read_condition(tokens[:at], thing, world)
    if first is None or len(first.conditions) != 1:
        return None
    rest = tokens[at + 1 :]
    second = read_condition(rest, thing, world) if rest else None
    if second is None:
        place = next((i for i, t in enumerate(tokens[:at]) if t.tag == "AUX"), None)
        second = (
            read_condition([*tokens[: place + 1], *rest], thing, world)
            if place is not None
            else None
        )
    if second is None or len(second.conditions) != 1:
        return None
    one, two = first.conditions[0], second.conditions[0]
    if joint == "and":
        return Reading((one, two))
    if one.field == two.field and one.op is two.op is Comparison.EQ:
        return Reading(
            (Condition(field=one.field, op=Comparison.IN, operands=(*one.operands, *two.operands)),)
        )
    return None


def _subject(
    tokens: Sequence[Token], thing: Thing, world: World
) -> tuple[int, EntityField | Thing | None]:
    """What the condition is about: the row ("it", "the order", nothing) or one of its fields."""
    if not tokens:
        return 0, None
    found = noun(tokens, 0)
    if (
        found is None
        or tokens[0].tag in {"VERB", "AUX"}
        or (tokens[0].tag == "ADJ" and found[1] == len(tokens))
    ):
        return 0, thing
    head, end = found
    if end == len(tokens) and not head.pronoun and head.owner is None:
        return 0, thing  # "while pending", "if draft"
    if head.pronoun in {"it", "they", "this", "these", "he", "she"}:
        return end, thing
    if end < len(tokens) and tokens[end].lower == "of":
        owner = noun(tokens, end + 1)
        if owner is None:
            return 0, None
        end = owner[1]
    if head.owner is None and world.entity(head) == thing.name:
        return end, thing
    for name in (head.field, head.name, f"{thing.name}_{head.field}"):
        if name in thing.fields:
            return end, thing.fields[name]
    if head.name == "status":
        return end, thing
    return 0, None


def _about_row(tokens: Sequence[Token], thing: Thing, world: World) -> Reading | None:
    """ "is paid", "has shipped", "has no comments", "is not in stock", "pending"."""
    negative = any(
        token.tag == "NEG"
        or (token.lower == "no" and i + 1 < len(tokens) and tokens[i + 1].lower == "longer")
        for i, token in enumerate(tokens)
    )
    rest = [
        t
        for t in tokens
        if t.tag not in {"NEG", "AUX"}
        and t.lower
        not in wordset("still already been longer a an in state status marked as yet the to")
    ]
    exact = snake(
        "_".join(
            t.lower
            for t in tokens
            if t.tag not in {"NEG", "AUX"} and t.lower not in {"still", "already", "yet"}
        )
    )
    named = thing.choice_with([exact])
    if named is not None:
        found = Reading((Condition(field=named[0], operands=(Value(value=named[1]),)),))
        return found.negated() if negative else found
    has = any(token.lemma == "have" and token.tag == "AUX" for token in tokens)
    words = [t.lower for t in rest]
    if has and rest and (counted := _counted(tokens, thing, world)) is not None:
        return counted
    if words in (
        ["stock"],
        ["available"],
        ["out", "of", "stock"],
        ["sold", "out"],
        ["stock", "left"],
    ):
        level = next((thing.fields[name] for name in _STOCK if name in thing.fields), None)
        if (
            level is not None
            and "available" not in thing.fields
            and thing.choice_with(["available"]) is None
        ):
            empty = words[0] in {"out", "sold"}
            return Reading(
                (
                    compared(
                        level,
                        Comparison.LE if empty is not negative else Comparison.GT,
                        Value(value=0),
                    ),
                )
            )
    words = [word for word in words if word != "no"]
    if not words:
        return None
    condition = state_condition(words, thing, world)
    if condition is None:
        return None
    return Reading((condition,)).negated() if negative else Reading((condition,))


def _counted(tokens: Sequence[Token], thing: Thing, world: World) -> Reading | None:
    """ "it has no comments", "it has books", "it still has open loans"."""
    at = next(i for i, token in enumerate(tokens) if token.lemma == "have")
    found = noun([t for t in tokens[at + 1 :] if t.tag != "ADV"], 0)
    if found is None:
        return None
    name = world.known(found[0].name)
    if name is None:
        return None
    other = world.things.get(name)
    back = other.relation_to(thing.name) if other else None
    if other is None or back is None:
        return None
    where = [Condition(field=back.name, operands=(FieldValue(path="id"),))]
    for adjective in found[0].adjectives:
        extra = state_condition([adjective.lower], other, world)
        if extra is None:
            return None
        where.append(extra)
    none = found[0].det == "no" or any(token.tag == "NEG" for token in tokens)
    return Reading(
        guard=Guard(
            table=thing.name,
            count=Filter(table=name, where=tuple(where)),
            op=Comparison.EQ if none else Comparison.GT,
            limit=Value(value=0),
        )
    )


def told(condition: Condition) -> str:
    """A condition in words: "status is not shipped"."""
    name = spoken(condition.field)
    value = ""
    if condition.operands:
        operand = condition.operands[0]
        value = str(
            getattr(operand, "value", getattr(operand, "name", getattr(operand, "path", "now")))
        )
        value = spoken(value) if value not in {"True", "False"} else ""
        if operand.source == "now":
            value = "today" if getattr(operand, "date_only", False) else "now"
        if isinstance(operand, Value) and isinstance(operand.value, bool):
            positive = operand.value is (condition.op is Comparison.EQ)
            return f"it is {name}" if positive else f"it is not {name}"
    words = {
        Comparison.EQ: f"{name} is {value}", Comparison.NE: f"{name} is not {value}",
        Comparison.LT: f"{name} is less than {value}", Comparison.LE: f"{name} is at most {value}",
        Comparison.GT: f"{name} is more than {value}", Comparison.GE: f"{name} is at least {value}",
        Comparison.IS_NULL: f"{name} is empty", Comparison.NOT_NULL: f"{name} is set",
        Comparison.CONTAINS: f"{name} contains {value}",
    }  # fmt: skip
    if condition.op in {Comparison.IN, Comparison.NOT_IN}:
        values = " or ".join(spoken(str(getattr(o, "value", ""))) for o in condition.operands)
        return f"{name} is {'not ' if condition.op is Comparison.NOT_IN else ''}{values}"
    return words[condition.op]


def counts_single(world: World, name: str, target: str) -> bool:
    """Whether rows of `name` belong to one row of `target`."""
    relation = world.things[name].relation_to(target) if name in world.things else None
    return relation is not None and relation.kind is not RelationKind.MANY_TO_MANY
