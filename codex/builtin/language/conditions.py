"""Conditions: "unless it has shipped", "only if paid", "while its status is draft", "once due"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.builtin.language.inflect import guess_lemma, participle
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.nouns import BOUNDS, bound, noun, nouns
from codex.builtin.language.quantities import number
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import MARKED, STATES, VERB_FORMS
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import (
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.specification import EntityField, FieldType, RelationKind

_OPPOSITE = {
    Comparison.EQ: Comparison.NE, Comparison.NE: Comparison.EQ, Comparison.LT: Comparison.GE,
    Comparison.GE: Comparison.LT, Comparison.GT: Comparison.LE, Comparison.LE: Comparison.GT,
    Comparison.IS_NULL: Comparison.NOT_NULL, Comparison.NOT_NULL: Comparison.IS_NULL,
    Comparison.IN: Comparison.NOT_IN, Comparison.NOT_IN: Comparison.IN,
}  # fmt: skip
_BOUNDS = {
    "le": Comparison.LE,
    "ge": Comparison.GE,
    "lt": Comparison.LT,
    "gt": Comparison.GT,
    "eq": Comparison.EQ,
}
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
_DATES = (FieldType.DATE, FieldType.DATETIME)


@dataclass(frozen=True)
class Reading:
    """What a condition says of a row, and of how many other rows."""

    conditions: tuple[Condition, ...] = ()
    guard: Guard | None = None
    """For "it has no comments": what is counted."""

    def negated(self) -> Reading | None:
        """The opposite, where there is a simple one."""
        if self.guard is not None:
            op = Comparison.GT if self.guard.op is Comparison.EQ else Comparison.EQ
            return Reading(guard=self.guard.model_copy(update={"op": op}))
        if len(self.conditions) != 1:
            return None
        only = self.conditions[0]
        if only.op is Comparison.EQ and only.operands == (Value(value=True),):
            return Reading((only.model_copy(update={"operands": (Value(value=False),)}),))
        if only.op is Comparison.EQ and only.operands == (Value(value=False),):
            return Reading((only.model_copy(update={"operands": (Value(value=True),)}),))
        return Reading((only.model_copy(update={"op": _OPPOSITE[only.op]}),))


def negate(condition: Condition) -> Condition:
    """The opposite of one condition."""
    opposite = Reading((condition,)).negated()
    assert opposite is not None
    return opposite.conditions[0]


def read_condition(tokens: Sequence[Token], thing: Thing, world: World) -> Reading | None:
    """What `tokens` say of one row of `thing`; None where that is not known."""
    tokens = [
        token
        for token in tokens
        if token.tag not in {"ADV"} and token.lower not in {".", "yet", "that", "currently", "all"}
    ]
    for joint in ("and", "or"):
        at = next((i for i, t in enumerate(tokens) if t.lower == joint), None)
        if at is not None:
            return _joined(tokens, at, joint, thing, world)
    place, mine = _subject(tokens, thing, world)
    if mine is None:
        return None
    if isinstance(mine, EntityField):
        return _about_field(mine, tokens[place:], thing, world)
    return _about_row(tokens[place:], thing, world)


def _joined(tokens: list[Token], at: int, joint: str, thing: Thing, world: World) -> Reading | None:
    first = read_condition(tokens[:at], thing, world)
    if first is None or len(first.conditions) != 1:
        return None
    rest = tokens[at + 1 :]
    second = read_condition(rest, thing, world) if rest else None
    if second is None:
        place = next((i for i, t in enumerate(tokens[:at]) if t.tag in {"AUX"}), None)
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
        or (tokens[0].tag in {"ADJ"} and found[1] == len(tokens))
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


def _about_field(
    item: EntityField, tokens: Sequence[Token], thing: Thing, world: World
) -> Reading | None:
    words = [token.lower for token in tokens]
    negative = any(token.tag == "NEG" for token in tokens)
    rest = [
        token
        for token in tokens
        if token.tag not in {"NEG"}
        and token.lower
        not in {
            "is",
            "are",
            "was",
            "has",
            "have",
            "been",
            "be",
            "still",
            "equal",
            "to",
            "set",
            "the",
        }
    ]
    if item.type in _DATES and (
        words[-1:] in (["passed"], ["over"], ["reached"]) or words[-2:] in (["the", "past"],)
    ):
        return Reading((_compare(item, Comparison.GE if negative else Comparison.LT, _now(item)),))
    if item.type in _DATES and words[-2:] == ["the", "future"]:
        return Reading((_compare(item, Comparison.LE if negative else Comparison.GT, _now(item)),))
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
        found = Reading((_compare(item, _BOUNDS[limit[0]], Named(name=name)),))
        return found.negated() if negative else found
    if len(rest) == 1 and (value := number(rest[0])):
        name = world.parameter(
            snake(f"{thing.name}_{item.name}_value"), value.value, (rest[0].start, rest[0].end)
        )
        return Reading(
            (_compare(item, Comparison.NE if negative else Comparison.EQ, Named(name=name)),)
        )
    if rest and rest[-1].lower in {"positive"}:
        return Reading((_compare(item, Comparison.GT, Value(value=0)),))
    if item.choices and rest:
        value_text = snake("_".join(token.lower for token in rest))
        if value_text in item.choices:
            return Reading(
                (
                    _compare(
                        item, Comparison.NE if negative else Comparison.EQ, Value(value=value_text)
                    ),
                )
            )
    if rest and rest[-1].lower in {"empty", "missing", "set", "blank"} or words[-1:] == ["set"]:
        empty = rest[-1].lower in {"empty", "missing", "blank"} if rest else False
        return Reading(
            (
                Condition(
                    field=item.name,
                    op=Comparison.IS_NULL if empty is not negative else Comparison.NOT_NULL,
                ),
            )
        )
    return None


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


def _now(item: EntityField) -> Now:
    return Now(date_only=item.type is FieldType.DATE)


def _compare(item: EntityField, op: Comparison, operand: Operand) -> Condition:
    return Condition(field=item.name, op=op, operands=(operand,))


def _about_row(tokens: Sequence[Token], thing: Thing, world: World) -> Reading | None:
    """ "is paid", "has shipped", "has no comments", "is not in stock", "pending"."""
    negative = any(
        token.tag == "NEG"
        or token.lower == "no"
        and i + 1 < len(tokens)
        and tokens[i + 1].lower == "longer"
        for i, token in enumerate(tokens)
    )
    rest = [
        t
        for t in tokens
        if t.tag not in {"NEG", "AUX"}
        and t.lower
        not in {
            "still",
            "already",
            "been",
            "longer",
            "a",
            "an",
            "in",
            "state",
            "status",
            "marked",
            "as",
            "yet",
            "the",
            "to",
        }
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
                    _compare(
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
    found = noun([t for t in tokens[at + 1 :] if t.tag not in {"ADV"}], 0)
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


def state_condition(
    words: Sequence[str], thing: Thing, world: World, *, make: bool = True
) -> Condition | None:
    """The condition that a word for a state stands for: `paid`, `shipped`, `open`, `overdue`."""
    word = snake("_".join(words))
    if word.startswith("not_"):
        inner = state_condition([word[4:]], thing, world, make=make)
        return negate(inner) if inner else None
    if (
        word.startswith("un")
        and (inner := VERB_FORMS.get(word[2:]))
        and inner[1] in {"participle", "past"}
    ):
        if thing.choice_with([word]) is None and word not in thing.fields:
            positive = state_condition([word[2:]], thing, world, make=make)
            return negate(positive) if positive else None
    names = state_names(word)
    found = thing.choice_with(names)
    if found:
        return Condition(field=found[0], operands=(Value(value=found[1]),))
    for name in names:
        item = thing.fields.get(name) or thing.fields.get(f"is_{name}")
        if item is not None and item.type is FieldType.BOOLEAN:
            return Condition(field=item.name, operands=(Value(value=True),))
        stamp = (
            thing.fields.get(f"{name}_at")
            or thing.fields.get(f"{name}_on")
            or thing.fields.get(f"{name}_date")
        )
        if stamp is not None:
            return Condition(field=stamp.name, op=Comparison.NOT_NULL)
    special = _special(word, thing)
    if special is not None:
        return special
    if not make or word not in STATES and guess_state(word) is None:
        return None
    name = names[0]
    thing.add(EntityField(name=name, type=FieldType.BOOLEAN, default=False, required=False))
    return Condition(field=name, operands=(Value(value=True),))


def _special(word: str, thing: Thing) -> Condition | None:
    """States that follow from others: open tasks are not done, open loans are not returned."""
    if word in {
        "open",
        "current",
        "active",
        "outstanding",
        "running",
        "borrowed",
        "ongoing",
        "incomplete",
        "unfinished",
        "pending",
        "undone",
        "unreturned",
    }:
        for name in ("returned_at", "ended_at", "closed_at", "finished_at", "completed_at"):
            if name in thing.fields:
                return Condition(field=name, op=Comparison.IS_NULL)
        for name in ("done", "completed", "finished", "closed", "complete"):
            if name in thing.fields and thing.fields[name].type is FieldType.BOOLEAN:
                return Condition(field=name, operands=(Value(value=False),))
    if word in {"past", "previous"} or word in {
        "upcoming",
        "future",
        "expired",
        "started",
        "ended",
        "over",
        "begun",
    }:
        moments = [
            item
            for item in thing.fields.values()
            if item.type in _DATES and item.set_by == "client"
        ]
        wanted = {
            "expired": ("expir", "valid_until", "end"),
            "ended": ("end",),
            "over": ("end",),
            "started": ("start",),
            "begun": ("start",),
        }.get(word, ("date", "start", "time"))
        moment = next(
            (m for m in moments for hint in wanted if hint in m.name),
            moments[0] if len(moments) == 1 else None,
        )
        if moment is not None:
            op = (
                Comparison.GT
                if word in {"upcoming", "future"}
                else Comparison.LE
                if word in {"started", "begun"}
                else Comparison.LT
            )
            return Condition(field=moment.name, op=op, operands=(_now(moment),))
    return None


def state_names(word: str) -> list[str]:
    """Every name that a state may have: `done`, `completed`, `finished`."""
    names = [word]
    verb = MARKED.get(word) or guess_state(word)
    if verb and verb in STATES:
        names += [name for name in STATES[verb].names if name not in names]
    return names


def guess_state(word: str) -> str | None:
    """The verb whose participle `word` is."""
    form = VERB_FORMS.get(word)
    if form is not None and form[1] in {"participle", "past"}:
        return form[0]
    if word.endswith("ed") and len(word) > 4:
        lemma = guess_lemma(word)
        return lemma if participle(lemma) == word else None
    return None


def told(condition: Condition, thing: Thing) -> str:
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
    del thing
    return words[condition.op]


def counts_single(world: World, name: str, target: str) -> bool:
    """Whether rows of `name` belong to one row of `target`."""
    relation = world.things[name].relation_to(target) if name in world.things else None
    return relation is not None and relation.kind is not RelationKind.MANY_TO_MANY


__all__ = [
    "Reading",
    "counts_single",
    "guess_state",
    "negate",
    "nouns",
    "read_condition",
    "state_condition",
    "state_names",
    "told",
]
