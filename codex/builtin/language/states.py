"""Changes of state: which field holds it, what may forbid it."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.conditions import told
from codex.builtin.language.inflect import participle
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.state_words import state_names
from codex.builtin.language.tokens import Token
from codex.builtin.language.truths import negate
from codex.builtin.language.verbs import MARKED, STATES
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import Assignment, Change, Guard, Now, Value
from codex.common.documents.specification import EntityField, FieldType, Verb


def marked_state(rest: list[Token]) -> tuple[tuple[str, str] | None, list[Token]]:
    """The action and the state of "marked as done": (`complete`, `done`)."""
    place = 0
    while place < len(rest) and (
        rest[place].lower in {"as", "to", "being"} or rest[place].tag in {"ADV", "DET"}
    ):
        place += 1
    end = place
    while (
        end < len(rest)
        and rest[end].tag in {"ADJ", "VERB", "NOUN", "NEG", "QUOTED"}
        and end - place < 3
    ):
        end += 1
    if end == place:
        return None, rest
    word = snake("_".join(token.lower for token in rest[place:end]))
    if end < len(rest) and rest[end].lower == "or":
        return None, rest
    verb = MARKED.get(word)
    if verb is None:
        from codex.builtin.language.state_words import guess_state

        lemma = guess_state(word)
        verb = lemma if lemma and lemma != "read" else f"mark_{word}"
    return (verb, word), rest[end:]


def state_deed(world: World, thing: Thing, verb: str, word: str, guards: list[Guard]) -> Deed:
    """The operation that sets a state, and the field that holds it."""
    assign = _assignment(thing, verb, word)
    deed = world.deed(Verb.ACTION, thing.name, verb)
    deed.rule = changed_rule(deed, thing, guards, verb, (assign,))
    return deed


def _assignment(thing: Thing, verb: str, word: str) -> Assignment:
    opposite = STATES[verb].opposite if verb in STATES else ""
    names = [word, *(STATES[verb].names if verb in STATES else ()), *state_names(word)]
    found = thing.choice_with(names)
    if found:
        return Assignment(field=found[0], operand=Value(value=found[1]))
    if opposite or (word.startswith("un") and word != "unlisted"):
        base = [*(STATES[opposite].names if opposite in STATES else ()), word.removeprefix("un")]
        for name in base:
            if name in thing.fields and thing.fields[name].type is FieldType.BOOLEAN:
                return Assignment(field=name, operand=Value(value=False))
        if opposite:
            name = base[0]
            thing.add(
                EntityField(
                    name=name,
                    type=FieldType.BOOLEAN,
                    default=True,
                    required=False,
                    set_by="server",
                )
            )
            return Assignment(field=name, operand=Value(value=False))
    for name in names:
        item = thing.fields.get(name) or thing.fields.get(f"is_{name}")
        if item is not None and item.type is FieldType.BOOLEAN:
            return Assignment(field=item.name, operand=Value(value=True))
    for name in names:
        stamp = thing.fields.get(f"{name}_at") or thing.fields.get(f"{name}_on")
        if stamp is not None:
            return Assignment(field=stamp.name, operand=Now(date_only=stamp.type is FieldType.DATE))
    name = word if verb in MARKED.values() or verb.startswith("mark_") else names[0]
    if verb == "reopen":
        for other in ("closed", "done", "completed"):
            if other in thing.fields:
                return Assignment(field=other, operand=Value(value=False))
    thing.add(
        EntityField(
            name=snake(name), type=FieldType.BOOLEAN, default=False, required=False, set_by="server"
        )
    )
    return Assignment(field=snake(name), operand=Value(value=True))


def changed_rule(
    deed: Deed, thing: Thing, guards: Sequence[Guard], verb: str, assign: tuple[Assignment, ...]
) -> Change:
    """The rule of a deed with guards and assignments added."""
    old = deed.rule if isinstance(deed.rule, Change) else Change(table=thing.name)
    done = (
        participle(verb.partition("_")[0])
        if not verb.startswith("mark_")
        else f"marked {spoken(verb[5:])}"
    )
    named = [
        guard.model_copy(update={"message": guard.message or _message(thing, done, guard)})
        for guard in guards
    ]
    lock = old.lock or (thing.name if any(guard.count for guard in named) else None)
    kept = [guard for guard in old.guards if guard not in named]
    return old.model_copy(
        update={"guards": (*kept, *named), "assign": assign or old.assign, "lock": lock}
    )


def _message(thing: Thing, done: str, guard: Guard) -> str:
    what = spoken(thing.name)
    if guard.require:
        # Nothing of the deed: what forbids two of them is one error.
        wrong = [told(negate(item)) if _negatable(item) else told(item) for item in guard.require]
        told_of = [
            f"this {what}{item.removeprefix('it')}"
            if item.startswith("it ")
            else f"the {what}'s {item}"
            for item in wrong
        ]
        text = " or ".join(told_of)
        return f"{text[:1].upper()}{text[1:]}."
    many = spoken(guard.count.table) if guard.count else "others"
    return f"This {what} cannot be {done} because of its {many} rows."


def _negatable(item: object) -> bool:
    from codex.common.documents.rules import Comparison, Condition

    return isinstance(item, Condition) and item.op is not Comparison.CONTAINS
