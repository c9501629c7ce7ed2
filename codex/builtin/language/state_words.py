"""What words for states stand for: paid, shipped, open, overdue."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.inflect import guess_lemma, participle
from codex.builtin.language.names import snake
from codex.builtin.language.truths import DATES, moment_now, negate
from codex.builtin.language.verbs import MARKED, STATES, TIES, VERB_FORMS
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Thing, World
from codex.common.documents.rules import Comparison, Condition, Value
from codex.common.documents.specification import EntityField, FieldType, Verb


def state_condition(
    words: Sequence[str], thing: Thing, world: World, *, make: bool = True
) -> Condition | None:
    """The condition that a word for a state stands for: `paid`, `shipped`, `open`, `overdue`."""
    word = snake("_".join(words))
    if word.startswith("not_"):
        inner = state_condition([word[4:]], thing, world, make=make)
        return negate(inner) if inner else None
    if (
        (
            word.startswith("un")
            and (inner := VERB_FORMS.get(word[2:]))
            and inner[1] in {"participle", "past"}
        )
        and thing.choice_with([word]) is None
        and word not in thing.fields
    ):
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
    if not make or (word not in STATES and guess_state(word) is None):
        return None
    name = names[0]
    verb = guess_state(word)
    if verb in TIES and (TIES[verb].ended or (Verb.ACTION, thing.name, verb, None) in world.deeds):
        return None  # whether it is borrowed or adopted follows from other rows
    made = EntityField(name=name, type=FieldType.BOOLEAN, default=False, required=False)
    thing.add(made)
    world.made.append((thing, name))
    return Condition(field=name, operands=(Value(value=True),))


def _special(word: str, thing: Thing) -> Condition | None:
    """States that follow from others: open tasks are not done, open loans are not returned."""
    if word in wordset(
        """open current active outstanding running borrowed ongoing incomplete unfinished pending
        undone unreturned"""
    ):
        for name in ("returned_at", "ended_at", "closed_at", "finished_at", "completed_at"):
            if name in thing.fields:
                return Condition(field=name, op=Comparison.IS_NULL)
        for name in ("done", "completed", "finished", "closed", "complete"):
            if name in thing.fields and thing.fields[name].type is FieldType.BOOLEAN:
                return Condition(field=name, operands=(Value(value=False),))
    if word in {"past", "previous"} or word in wordset(
        "upcoming future expired started ended over begun"
    ):
        moments = [
            item for item in thing.fields.values() if item.type in DATES and item.set_by == "client"
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
            return Condition(field=moment.name, op=op, operands=(moment_now(moment),))
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
