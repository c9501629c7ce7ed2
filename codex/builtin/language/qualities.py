"""Sentences about fields: "the title is required", "ratings must be between 1 and 5"."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.bounds import Facts
from codex.builtin.language.choices import choice_values
from codex.builtin.language.clause import Clause
from codex.builtin.language.facts import read_facts
from codex.builtin.language.intros import made
from codex.builtin.language.making import make_field
from codex.builtin.language.names import field_name
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.state_words import guess_state
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import is_telling
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World
from codex.common.documents.specification import EntityField, EntityRelation, FieldType

_SAYS = wordset(
    """be have default range exceed contain consist_of start need require lie set fall omit leave
    take"""
)


def read_quality(clause: Clause, world: World) -> bool:
    """Everything that a clause says about one or several fields or ties."""
    if len(clause.verbs) != 1 or clause.verb not in _SAYS or (clause.only and clause.verb != "be"):
        return False
    targets = subject_fields(clause.subject, world)
    if not targets:
        return _of_thing(clause, world)
    said = _said(clause)
    if said is None:
        return False
    probe = Facts()
    if (
        not read_facts(said, probe, listed=clause.verb == "be" and not clause.modal)
        or probe == Facts()
    ):
        return False
    for thing, name in targets:
        facts = Facts()
        read_facts(said, facts, listed=clause.verb == "be" and not clause.modal)
        _apply(world, thing, name, facts)
        world.say((clause.start, clause.end), thing)
    return True


def _said(clause: Clause) -> list[Token] | None:
    """What is said, with the negation in front of it, as `read_facts` takes it."""
    rest = list(clause.rest)
    at = clause.tokens[-1]
    if clause.verb == "default":
        return [made("defaults", "VERB", at=at), *rest]
    if clause.verb == "exceed":
        return (
            [made("at", "PREP", at=at), made("most", "ADJ", at=at), *rest]
            if clause.negated
            else None
        )
    if clause.verb in {"omit", "leave"}:
        return (
            [made("optional", "ADJ", at=at)]
            if clause.modal == "can" and not clause.negated
            else [made("required", "ADJ", at=at)]
        )
    if clause.verb == "start":
        return [
            made("initially", "ADV", at=at),
            *[t for t in rest if t.lower not in {"as", "at", "out", "with"}],
        ]
    if clause.negated:
        return [made("not", "NEG", at=at), *rest]
    return rest


def subject_fields(tokens: Sequence[Token], world: World) -> list[tuple[str, str]]:
    """The fields that a subject names: "the title of a book", "a book's title"."""
    place = 0
    found: list[Noun] = []
    while place < len(tokens):
        item = noun(tokens, place)
        if item is None:
            return []
        found.append(item[0])
        place = item[1]
        if place < len(tokens) and tokens[place].lower in {"of", "for", "in", "on"}:
            owner = noun(tokens, place + 1)
            if owner is None or owner[1] < len(tokens):
                return []
            thing = world.entity(owner[0])
            return (
                []
                if thing is None
                else [pair for noun_ in found if (pair := _member(world, thing, noun_))]
            )
        while place < len(tokens) and tokens[place].tag in {"COMMA", "CONJ"}:
            place += 1
    pairs: list[tuple[str, str]] = []
    for item in found:
        pair = _owned(item, world)
        if pair is None:
            return []
        pairs.append(pair)
    return pairs


def _owned(item: Noun, world: World) -> tuple[str, str] | None:
    if item.owner is not None:
        thing = world.focus if item.owner.pronoun else world.entity(item.owner)
        return _member(world, thing, item) if thing else None
    if item.pronoun:
        return None
    name = item.field
    for thing in _order(world):
        members = world.things[thing]
        if name in members.fields or (name in members.relations and item.name not in world.things):
            return thing, name
    words = item.words
    if len(words) > 1:  # "book titles must be unique"
        thing = world.known("_".join(words[:-1]))
        if thing is not None:
            rest = Noun(item.tokens, heads=item.heads[-1:])
            return _member(world, thing, rest)
    single = item.name
    for thing in _order(world):
        if single in world.things[thing].fields:
            return thing, single
    return None


def _order(world: World) -> list[str]:
    """The thing in focus first."""
    names = list(world.things)
    if world.focus in world.things:
        names.remove(world.focus)
        names.insert(0, world.focus)
    return names


def _member(world: World, thing: str, item: Noun) -> tuple[str, str] | None:
    kept = world.thing(thing)
    for name in (item.field, item.name):
        if name in kept.fields or name in kept.relations:
            return thing, name
    if is_telling(item.name) or is_telling(item.field):
        return thing, field_name([item.name if item.plural else item.field], thing)
    for name in kept.fields:
        if name.endswith(f"_{item.name}"):
            return thing, name
    if (
        item.det in {"the", "a", "an", "each", "every", ""}
        and item.heads
        and world.known(item.name) is None
    ):
        return thing, field_name([item.field], thing)
    return None


def _apply(world: World, thing: str, name: str, facts: Facts) -> None:
    kept = world.thing(thing)
    if name in kept.relations:
        relation = kept.relations[name]
        changes: dict[str, object] = {}
        if facts.required is not None:
            changes["required"] = facts.required
            changes["on_delete"] = "refuse" if facts.required else "clear"
        if facts.unique_per or facts.unique:
            changes["unique_with"] = tuple(facts.unique_per)
        kept.relations[name] = EntityRelation.model_validate(relation.model_dump() | changes)
        return
    old = kept.fields.get(name)
    merged = facts
    if old is not None and facts.type is None:
        facts.type = old.type if not facts.choices else FieldType.CHOICE
    if old is not None and old.choices and not facts.choices:
        merged.choices = list(old.choices)
    item = make_field(name, merged, thing, world)
    if facts.unique_per:
        item = item.model_copy(update={"unique_with": tuple(facts.unique_per)})
    if old is not None:
        item = _merge(old, item, facts)
    kept.fields[name] = item


def _merge(old: EntityField, new: EntityField, facts: Facts) -> EntityField:
    """What was said before, and what is said now on top of it."""
    changes = {
        name: value
        for name, value in new
        if name not in {"name", "required", "type", "default"}
        and value != EntityField.model_fields[name].default
    }
    if facts.required is not None:
        changes["required"] = facts.required
    if facts.default is not None:
        changes["default"] = new.default
    changes["type"] = new.type
    return old.model_copy(update=changes)


def _of_thing(clause: Clause, world: World) -> bool:
    """ "Books must have a unique ISBN", "A task is either open or done"."""
    subjects, end = nouns(clause.subject, 0)
    if end < len(clause.subject) or len(subjects) != 1:
        return False
    thing = world.entity(subjects[0])
    if thing is None:
        return False
    if (
        clause.verb == "be"
        and not clause.negated
        and clause.rest
        and (
            clause.rest[0].lower == "either" or [t.lower for t in clause.rest[:2]] == ["one", "of"]
        )
    ):
        facts = Facts()
        if read_facts(clause.rest, facts) and facts.choices:
            kept = world.thing(thing)
            kept.add(make_field("status", facts, thing, world))
            world.say((clause.start, clause.end), thing)
            return True
    if clause.verb == "be" and not clause.negated and clause.modal != "must":
        probe = Facts()
        values, end = choice_values(clause.rest, 0)
        words = {token.lower for token in clause.rest}
        plain = all(
            token.tag in {"ADJ", "VERB", "COMMA", "CONJ", "PREP", "NOUN", "ADV"}
            for token in clause.rest
        )
        known = any(state_words(value) for value in values)
        if end == len(clause.rest) and len(values) >= 2 and "or" in words and plain and known:
            probe.choices, probe.type = values, FieldType.CHOICE
            world.thing(thing).add(make_field("status", probe, thing, world))
            world.say((clause.start, clause.end), thing)
            return True
    return False


def state_words(value: str) -> bool:
    """Whether a value sounds like a state: open, done, shipped."""
    return (
        value
        in wordset(
            """open done active inactive pending draft new in_progress todo ready waiting free
            overdue doing"""
        )
        or guess_state(value) is not None
    )
