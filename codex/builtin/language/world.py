"""What a request has been understood to say so far, and where it says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from codex.builtin.language.names import plural_name
from codex.builtin.language.nouns import Noun
from codex.builtin.language.wordlists import wordset
from codex.common.documents.rules import Grant, Rule, Scope
from codex.common.documents.specification import (
    EntityField,
    EntityRelation,
    FieldType,
    Operation,
    RelationKind,
    Verb,
)

Place = tuple[int, int]
CRUD = (Verb.CREATE, Verb.LIST, Verb.GET, Verb.UPDATE, Verb.DELETE)
Key = tuple[Verb, str, str | None, str | None]


@dataclass
class Thing:
    """An entity in the making."""

    name: str
    plural: str
    fields: dict[str, EntityField] = field(default_factory=dict[str, EntityField])
    relations: dict[str, EntityRelation] = field(default_factory=dict[str, EntityRelation])
    owner: str | None = None
    description: str = ""
    forbidden: set[Verb] = field(default_factory=set[Verb])
    """Operations that the request rules out."""
    made_by: str = ""
    """The action that makes rows of it, instead of a plain create."""

    def add(self, item: EntityField) -> EntityField:
        """The field, put in or merged with what was said before."""
        old = self.fields.get(item.name)
        if old is not None:
            changes = {
                name: value
                for name, value in item
                if value != EntityField.model_fields[name].default and name != "name"
            }
            item = old.model_copy(update=changes)
        self.fields[item.name] = item
        return item

    def choice_with(self, names: Iterable[str]) -> tuple[str, str] | None:
        """The field of choices that has one of `names`, and which."""
        for name in names:
            for item in self.fields.values():
                if name in item.choices:
                    return item.name, name
        return None

    def relation_to(self, target: str) -> EntityRelation | None:
        """The first tie to `target` of which there is one per row."""
        return next(
            (
                item
                for item in self.relations.values()
                if item.target == target and item.kind is not RelationKind.MANY_TO_MANY
            ),
            None,
        )


@dataclass
class Deed:
    """An operation in the making."""

    key: Key
    filters: list[str] = field(default_factory=list[str])
    ranges: list[str] = field(default_factory=list[str])
    search: list[str] = field(default_factory=list[str])
    sorts: list[str] = field(default_factory=list[str])
    fields: list[str] = field(default_factory=list[str])
    access: list[Grant] = field(default_factory=list[Grant])
    open: bool = False
    """Somebody without a special role may, too."""
    rule: Rule | None = None

    def operation(self) -> Operation:
        """The finished operation."""
        verb, entity, name, parent = self.key
        return Operation(
            verb=verb,
            entity=entity,
            name=name,
            parent=parent,
            filters=tuple(self.filters),
            ranges=tuple(self.ranges),
            search=tuple(self.search),
            sorts=tuple(self.sorts),
            fields=tuple(self.fields),
            access=tuple(self.access),
            rule=self.rule,
        )


@dataclass
class Statement:
    """One clause that was understood: what it is about and what it says, in our words."""

    place: Place
    feature: str
    """An entity's name, or `accounts`, or `service`."""
    text: str = ""
    """The requirement's sentence; empty where the entity's own sentence says it."""
    deeds: list[Key] = field(default_factory=list[Key])


@dataclass
class Number:
    """A number of the request in the making of a parameter."""

    name: str
    value: int | float | str
    unit: str
    place: Place
    description: str = ""


@dataclass
class World:
    """Everything understood so far."""

    text: str
    things: dict[str, Thing] = field(default_factory=dict[str, Thing])
    vocabulary: set[str] = field(default_factory=set[str])
    """The entities that the request speaks of, found before anything is read in detail."""
    people: dict[str, str] = field(default_factory=dict[str, str])
    """What people are called, and their role: `""` for anybody who is signed in."""
    account: str | None = None
    signs_in: bool = False
    public_readers: bool = False
    deeds: dict[Key, Deed] = field(default_factory=dict[Key, Deed])
    exclusive: set[Key] = field(default_factory=set[Key])
    """Operations of which the request says that only some may do them."""
    statements: list[Statement] = field(default_factory=list[Statement])
    numbers: list[Number] = field(default_factory=list[Number])
    out_of_scope: list[tuple[Place, str]] = field(default_factory=list[tuple[Place, str]])
    not_understood: list[tuple[Place, str, tuple[str, ...]]] = field(
        default_factory=list[tuple[Place, str, tuple[str, ...]]]
    )
    assumptions: list[str] = field(default_factory=list[str])
    aliases: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """Other words for a tie: the assignee of a task that is assigned to an employee."""
    systems: set[str] = field(default_factory=set[str])
    """What the whole service is called: a library that has books is no thing of its own."""
    made: list[tuple[Thing, str]] = field(default_factory=list[tuple[Thing, str]])
    """Fields that words for states asked for."""
    synonyms: dict[str, str] = field(default_factory=dict[str, str])
    """Compounds that mean the same as their last word: a gym membership is a membership."""
    many: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Which thing has many of which."""
    tails: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Compound names by their last word."""
    indexed: int = 0
    title: str = ""
    focus: str | None = None
    """The thing that "it" means."""
    focus_person: str | None = None
    """Who "they" are when they act."""

    def thing(self, name: str) -> Thing:
        """The entity `name`, made when it is first spoken of."""
        if name not in self.things:
            many = plural_name(name)
            if any(other.plural == many for other in self.things.values()):
                many = f"{name}_items"
            self.things[name] = Thing(name, many)
        return self.things[name]

    def known(self, name: str) -> str | None:
        """The entity that a noun means: itself, or its last word, or a compound that ends so."""
        name = self.synonyms.get(name, name)
        if name in self.vocabulary or name in self.things:
            return name
        first, _, last = name.rpartition("_")
        if (
            first
            and last in {"entry", "record", "item", "row", "object"}
            and first in self.vocabulary
        ):
            return first
        size = len(self.vocabulary) + len(self.things)
        if size != self.indexed:
            self.tails.clear()
            for candidate in sorted(self.vocabulary | self.things.keys()):
                head, _, tail = candidate.rpartition("_")
                if head:
                    self.tails.setdefault(tail, []).append(candidate)
            self.indexed = size
        for candidate in self.tails.get(name.rpartition("_")[2], ()):
            if candidate.endswith(f"_{name}") and candidate.count("_") <= name.count("_") + 1:
                return candidate
        return None

    def entity(self, found: Noun) -> str | None:
        """The entity that a noun phrase means, pronouns included."""
        if found.pronoun:
            if found.pronoun in wordset("it they them its their these those this each"):
                return self.focus
            return None
        name = self.known(found.name)
        if name is not None:
            return name
        if found.adjectives:
            whole = "_".join([*(token.lower for token in found.adjectives), found.name])
            return self.known(whole)
        return None

    def deed(
        self, verb: Verb, entity: str, name: str | None = None, parent: str | None = None
    ) -> Deed:
        """The operation of this key, made when it is first spoken of."""
        key = (verb, entity, name, parent)
        if key not in self.deeds:
            self.deeds[key] = Deed(key)
        return self.deeds[key]

    def allow(self, deed: Deed, roles: Iterable[tuple[str, Scope]]) -> None:
        """Let these roles do it, besides those that may already."""
        for role, scope in roles:
            grant = Grant(role=role, scope=scope)
            if grant not in deed.access:
                deed.access.append(grant)

    def mark(self) -> tuple[int, ...]:
        """Where everything stands, before a reading is tried."""
        return tuple(len(part) for part in self._parts())

    def undo(self, mark: tuple[int, ...]) -> None:
        """Take back what a reading that failed has put down since."""
        for thing, name in self.made[mark[0] :]:
            thing.fields.pop(name, None)
        for part, size in zip(self._parts(), mark, strict=True):
            if isinstance(part, list):
                del part[size:]
            else:
                for key in list(part)[size:]:
                    del part[key]

    def _parts(self) -> tuple[list[Any] | dict[Any, Any], ...]:
        return (
            self.made,
            self.things,
            self.deeds,
            self.statements,
            self.numbers,
            self.not_understood,
            self.assumptions,
        )

    def say(self, place: Place, feature: str, text: str = "", *deeds: Deed) -> None:
        """Note that the clause at `place` is understood."""
        self.statements.append(Statement(place, feature, text, [deed.key for deed in deeds]))

    def assume(self, text: str) -> None:
        """Note what was decided without being asked for."""
        if text not in self.assumptions:
            self.assumptions.append(text)

    def parameter(
        self,
        name: str,
        value: float | str,
        place: Place,
        unit: str = "",
        description: str = "",
    ) -> str:
        """The name under which a number of the request is kept; made unique."""
        for item in self.numbers:
            if item.place == place:
                return item.name
        taken = {item.name for item in self.numbers}
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        self.numbers.append(Number(unique, value, unit, place, description))
        return unique


def text_field(name: str = "name") -> EntityField:
    """A required line of text."""
    return EntityField(name=name, type=FieldType.TEXT)
