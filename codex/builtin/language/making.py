"""Fields and ties as they enter a thing."""

from __future__ import annotations

from codex.builtin.language.bounds import Facts
from codex.builtin.language.names import snake, spoken
from codex.builtin.language.nouns import Noun
from codex.builtin.language.quantities import Number
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import field_type
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World, text_field
from codex.common.documents.specification import (
    EntityField,
    EntityRelation,
    FieldType,
    RelationKind,
)

NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.FLOAT})


TEXTUAL = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.URL})


def make_field(name: str, facts: Facts, thing: str, world: World) -> EntityField:
    """The field `name` of `thing` with all that is said of it; numbers become parameters."""
    kind = facts.type or field_type(name)
    if facts.choices:
        kind = FieldType.CHOICE
    minimum, maximum = facts.minimum, facts.maximum
    min_length, max_length = facts.min_length, facts.max_length
    whole = all(not isinstance(b, Number) or isinstance(b.value, int) for b in (minimum, maximum))
    if (
        kind in TEXTUAL
        and isinstance(maximum, Number)
        and facts.type is None
        and (isinstance(minimum, Number) or not facts.unit)
    ) or (kind in TEXTUAL and facts.type is None and isinstance(minimum, Number)):
        kind = FieldType.INTEGER if whole else FieldType.DECIMAL
    if kind in TEXTUAL and isinstance(maximum, Number) and isinstance(maximum.value, int):
        max_length, maximum = maximum.value, None
    if kind in TEXTUAL and isinstance(minimum, Number) and isinstance(minimum.value, int):
        min_length, minimum = minimum.value, None
    if kind in NUMERIC and max_length is not None:
        kind = FieldType.TEXT
    default = facts.default
    if kind is FieldType.CHOICE and isinstance(default, str):
        default = snake(default)
    if kind is FieldType.BOOLEAN and isinstance(default, str):
        default = default == name
    changes: dict[str, object] = {}
    if facts.required is False:
        changes["required"] = False
    if kind is FieldType.BOOLEAN and default is None:
        default = False
    item = EntityField(
        name=name,
        type=kind,
        unique=facts.unique and not facts.unique_per,
        choices=tuple(facts.choices),
        default=default,
        minimum=minimum.value if isinstance(minimum, Number) else minimum,
        maximum=maximum.value if isinstance(maximum, Number) else maximum,
        exclusive_minimum=facts.exclusive_minimum,
        exclusive_maximum=facts.exclusive_maximum,
        min_length=min_length,
        max_length=max_length,
        description=facts.description,
    ).model_copy(update=changes)
    for token, use in facts.quotes:
        _number(world, f"{thing}_{name}_{use}", token, facts)
    return item


def _number(world: World, name: str, token: Token, facts: Facts) -> None:
    from codex.builtin.language.quantities import number

    found = number(token)
    if found is not None:
        unit = "characters" if name.endswith("_length") else facts.unit
        world.parameter(snake(name), found.value, (token.start, token.end), unit)


def relate(
    world: World,
    owner: str,
    target: str,
    name: str,
    *,
    required: bool = True,
    one: bool = False,
    server: bool = False,
    inverse: str | None = None,
) -> EntityRelation:
    """`owner` belongs to `target`, under `name`."""
    thing, other = world.thing(owner), world.thing(target)
    if owner == target:
        name = "parent" if name == target else name
        required = False
        inverse = inverse or ("children" if name == "parent" else None)
    many = next(
        (r for r in thing.relations.values() if r.target == target and r.name in {name, target}),
        None,
    )
    if many is not None:
        if not required and many.required:
            many = many.model_copy(update={"required": False})
            thing.relations[many.name] = many
        return many
    taken = {
        r.inverse for t in world.things.values() for r in t.relations.values() if r.target == target
    }
    back = inverse or (thing.plural if owner != target else None)
    if back in taken or (back and back in other.fields):
        back = f"{name}_{thing.plural}" if back else None
    relation = EntityRelation(
        name=name,
        target=target,
        kind=RelationKind.ONE_TO_ONE if one else RelationKind.BELONGS_TO,
        required=required,
        inverse=back,
        on_delete="refuse" if required else "clear",
        set_by="server" if server else "client",
    )
    thing.fields.pop(name, None)
    thing.relations[name] = relation
    return relation


def relate_many(world: World, owner: str, target: str, head: Noun) -> bool:
    """`owner` has many `target`: each target belongs to one, or to many where both say so."""
    other = world.thing(target)
    thing = world.thing(owner)
    if owner == target:
        link_many(world, owner, target, plural_words(head))
        return True
    back = other.relation_to(owner)
    if back is not None:
        return True
    if any(
        r.target == owner and r.kind is RelationKind.MANY_TO_MANY for r in other.relations.values()
    ):
        return True
    if (target, owner) in world.many or target in SHARED:
        forward = next((r for r in thing.relations.values() if r.target == target), None)
        if forward is not None:
            return True
        link_many(world, owner, target, plural_words(head))
        return True
    if thing.relation_to(target) is not None:
        thing.relations.pop(thing.relation_to(target).name)  # pyright: ignore[reportOptionalMemberAccess] just found
        link_many(world, owner, target, plural_words(head))
        return True
    world.many.add((owner, target))
    relate(world, target, owner, owner)
    return True


SHARED = wordset("tag label category genre skill keyword topic hashtag ingredient amenity")


def plural_words(head: Noun) -> str:
    """A plural noun in snake case, as a tie is called."""
    return snake(
        " ".join(
            [
                *(t.lower for t in head.adjectives if t.lower not in {"other", "multiple"}),
                *head.words,
            ]
        )
    )


def link_many(world: World, owner: str, target: str, name: str) -> None:
    """Tie two things, several to several."""
    thing = world.thing(owner)
    world.thing(target)
    thing.relations[name] = EntityRelation(
        name=name,
        target=target,
        kind=RelationKind.MANY_TO_MANY,
        required=False,
        inverse=thing.plural if owner != target else None,
    )


def ensure_named(world: World) -> None:
    """A thing of which nothing is said gets a name, and the assumption is told."""
    for thing in world.things.values():
        if not thing.fields and not thing.relations and thing.name != world.account:
            thing.fields["name"] = text_field()
            world.assume(f"Each {spoken(thing.name)} has a name; the request names no field of it.")
