"""Sentences about data: what things have, are, and belong to."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.clause import Clause
from codex.builtin.language.facts import Facts
from codex.builtin.language.fields import Item, read_items
from codex.builtin.language.names import field_name, snake, spoken
from codex.builtin.language.nouns import Noun, noun, nouns
from codex.builtin.language.people import SYSTEMS
from codex.builtin.language.quantities import Number
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import field_type, is_telling
from codex.builtin.language.verbs import HAVE
from codex.builtin.language.world import Thing, World, text_field
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
    ):
        kind = FieldType.INTEGER if whole else FieldType.DECIMAL
    elif kind in TEXTUAL and facts.type is None and isinstance(minimum, Number):
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


_OWNS = frozenset("have contain include consist_of need require hold come_with comprise".split())


def read_have(clause: Clause, world: World) -> bool:
    """ "A book has a title and an author", "Books (title, price)", "An author has many books"."""
    if clause.negated or clause.passive or clause.only:
        return False
    if clause.verb not in HAVE | {"use"} or len(clause.verbs) != 1:
        return _read_colon(clause, world)
    subjects = _subjects(clause.subject, world)
    if subjects is None:
        return False
    if clause.verb == "use" and any(name is None for name in subjects):
        return False
    if clause.verb not in _OWNS and any(name in world.people for name in subjects if name):
        return False
    rest, each = _each_with(clause.rest)
    items, left = read_items(rest)
    whose = _whose(items, world) if None in subjects else None
    if whose is not None:
        return take([whose], items, left, clause, world)
    if None in subjects:
        return not left and not each and bool(items) and _things(items, clause, world)
    names = [name for name in subjects if name is not None]
    if each:
        return (
            not left
            and len(items) == 1
            and _with_attributes(names[0], items[0], each, clause, world)
        )
    optional = clause.modal == "can"
    return take(names, items, left, clause, world, optional=optional)


def _whose(items: Sequence[Item], world: World) -> str | None:
    """ "We know their name and address", "we store each member's name": whose fields these are."""
    if not items or items[0].noun.owner is None:
        return None
    owner = items[0].noun.owner
    name = (
        (
            world.focus_person
            if owner.pronoun == "their" and world.focus_person in world.vocabulary
            else world.focus
        )
        if owner.pronoun
        else world.entity(owner)
    )
    return name if name and owner.pronoun not in {"our", "my"} else None


def take(
    names: Sequence[str],
    items: Sequence[Item],
    left: Sequence[Token],
    clause: Clause,
    world: World,
    *,
    optional: bool = False,
) -> bool:
    """Take every item that is understood; the others are told by themselves."""
    if optional:
        for item in items:
            if item.facts.required is None and item.noun.det in {"a", "an", "one", "their", "its"}:
                item.facts.required = False
    good = [
        item
        for item in items
        if not item.tail and all(_item(world, name, item, dry=True) for name in names)
    ]
    bad = [item for item in items if item not in good]
    if not good or (left and len(good) < 2):
        return False
    for name in names:
        for item in good:
            _item(world, name, item, dry=False)
    start = clause.start
    for item in bad:
        if item.start > start:
            world.say((start, item.start), names[0])
        world.not_understood.append(
            ((item.start, item.end), "What is said of it is not known to the built-in model.", ())
        )
        start = item.end
    end = left[0].start if left else clause.end
    if left:
        world.not_understood.append(
            ((left[0].start, left[-1].end), "The built-in model knows no field of this form.", ())
        )
    if end > start:
        for name in names:
            world.say((start, end), name)
    return True


def _each_with(rest: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """ "many items, each with a quantity": the items, and what each has."""
    for place, token in enumerate(rest):
        if token.lower in {"each", "every"} and place and place + 2 < len(rest):
            if rest[place + 1].lower in {"with", "having"}:
                return [
                    t for t in rest[:place] if t is not rest[place - 1] or t.tag != "COMMA"
                ], rest[place + 2 :]
        if (
            token.lower == "with"
            and place >= 2
            and rest[place - 1].tag == "NOUN"
            and rest[0].lower in {"many", "several", "multiple", "one"}
        ):
            return rest[:place], rest[place + 1 :]
    return rest, ()


def _with_attributes(
    owner: str, item: Item, each: Sequence[Token], clause: Clause, world: World
) -> bool:
    """ "A recipe uses many ingredients, each with an amount": the amount is of the tie."""
    target = world.known(item.noun.name)
    fields, left = read_items(each)
    if target is None or left or not fields or any(field.tail for field in fields):
        return False
    if target in SHARED or clause.verb == "use":
        tie = snake(f"{owner} {target}")
        world.vocabulary.add(tie)
        relate(world, tie, owner, owner)
        relate(world, tie, target, target)
        place = tie
    else:
        relate_many(world, owner, target, item.noun)
        place = target
    if not all(_item(world, place, field, dry=True) for field in fields):
        return False
    for field in fields:
        _item(world, place, field, dry=False)
    world.say((clause.start, clause.end), place)
    return True


def _read_colon(clause: Clause, world: World) -> bool:
    """ "Book: title, author", "Books (title, author)"."""
    if clause.verbs:
        return False
    first = noun(clause.tokens, 0)
    if first is None or first[0].pronoun:
        return False
    head, end = first
    name = world.entity(head)
    if name is None or end >= len(clause.tokens):
        return False
    sign = clause.tokens[end]
    if sign.tag not in {"COLON", "OPEN", "DASH"} and sign.lower != "with":
        return False
    rest = list(clause.tokens[end + 1 :])
    if sign.tag == "OPEN":
        if rest[-1].tag != "CLOSE":
            return False
        rest.pop()
    items, left = read_items(rest)
    return bool(items) and take([name], items, left, clause, world)


def _things(items: Sequence[Item], clause: Clause, world: World) -> bool:
    """ "The system has books and authors"."""
    names = [world.entity(item.noun) for item in items]
    if any(name is None for name in names) or any(item.facts != Facts() for item in items):
        return False
    for name in names:
        assert name is not None
        world.thing(name)
        world.say((clause.start, clause.end), name)
    return True


_PLACES = frozenset("list system catalogue catalog library collection database store shop app service inventory site platform".split())


def _inside(tokens: Sequence[Token]) -> bool:
    """ "a book on the list", "each item in the system": says nothing more."""
    return len(tokens) == 3 and tokens[0].lower in {"on", "in", "of", "at"} and tokens[1].lower in {"the", "our", "a"} and tokens[2].lower in _PLACES


def _subjects(tokens: Sequence[Token], world: World) -> list[str | None] | None:
    """The entities of a subject; None in the list for the system itself; None for no such subject."""
    place = 0
    if tokens and tokens[0].lower in {"for", "of", "about"}:
        place = 1
        found = nouns(tokens, 1)
        rest = [token for token in tokens[found[1] :] if token.tag not in {"COMMA", "ADV"}]
        if (
            rest
            and not (len(rest) == 1 and rest[0].tag == "PRON")
            and not all(
                t.lower in {"the", "system", "service", "app", "we", "i", "it"} for t in rest
            )
        ):
            return None
        found_nouns = found[0]
    else:
        found_nouns, end = nouns(tokens, place)
        if end < len(tokens) and not _inside(tokens[end:]):
            return None
    names: list[str | None] = []
    for item in found_nouns:
        if item.pronoun in {"i", "we", "you"}:
            names.append(None)
            continue
        name = world.entity(item)
        if name is None:
            if item.name.rpartition("_")[2] in SYSTEMS:
                names.append(None)
                continue
            return None
        if item.adjectives and not name.startswith(item.adjectives[0].lower):
            return None
        names.append(None if name in world.systems else name)
    return names or None


def _item(world: World, owner: str, item: Item, *, dry: bool) -> bool:
    """Take one item of a list as a field or a relation of `owner`; `dry` only asks whether it would."""
    head = item.noun
    if not head.heads:
        return False
    target = _target(head, world, owner)
    if target is None:
        return _plain(world, owner, item, dry=dry)
    many = (
        head.det == "many"
        or (head.plural and head.det in {"", "the", "all", "their", "its", "some"})
        or head.count is not None
    )
    if dry:
        return not item.facts.choices and item.facts.type is None and head.count is None
    if many:
        return relate_many(world, owner, target, head)
    skipped = {
        "optional",
        "single",
        "required",
        "unique",
        "own",
        "mandatory",
        "specific",
        "certain",
    }
    words = [t.lower for t in head.adjectives if t.lower not in skipped]
    name = snake(" ".join([*words, *head.words]))
    relate(
        world,
        owner,
        target,
        name or target,
        required=item.facts.required is not False,
        one=item.facts.unique,
    )
    return True


def _target(head: Noun, world: World, owner: str) -> str | None:
    """The entity that an item refers to, if it is no plain field."""
    if head.words[:2] == ["number", "of"] or "per" in head.words or "of" in head.words:
        return None
    whole = world.known(head.field) if head.adjectives else None
    target = whole or world.known(head.name)
    if target is not None:
        if target not in {head.name, head.field} and is_field_like(head, owner, world):
            return None
        return target
    if len(head.heads) > 1:
        last = world.known(head.heads[-1].lemma)
        if (
            last is not None
            and last == head.heads[-1].lemma
            and (last in world.things or not is_telling(last))
        ):
            return last
    return None


def is_field_like(head: Noun, owner: str, world: World) -> bool:
    """Whether a noun that ends like an entity is still a plain field: "author name"."""
    return len(head.heads) > 1 or (is_telling(head.field) and head.name not in world.things)


def _plain(world: World, owner: str, item: Item, *, dry: bool) -> bool:
    head = item.noun
    if not head.heads or head.count is not None:
        return False
    names = [head.field]
    if head.words[-1] in {"address"} and head.field == "email_address":
        names = ["email"]
    if head.det == "many" and not is_telling(head.field) and not _listing(head):
        return False
    if dry:
        return bool(names[0])
    thing = world.thing(owner)
    for name in names:
        name = field_name([name], owner)
        facts = item.facts
        if _listing(head) and facts.type is None and field_type(name) is FieldType.TEXT:
            facts.type = FieldType.JSON
        elif head.plural and facts.type is None and field_type(name) is FieldType.TEXT:
            facts.type = FieldType.LONG_TEXT
        made = make_field(_singular_flag(name), facts, owner, world)
        if facts.unique_per:
            made = made.model_copy(update={"unique_with": tuple(facts.unique_per)})
        thing.add(made)
    return True


def _listing(head: Noun) -> bool:
    """ "a list of subjects": several values in one field."""
    words = [token.lower for token in head.tokens[:4]]
    return words[:3] in (
        ["a", "list", "of"],
        ["a", "set", "of"],
        ["a", "collection", "of"],
        ["a", "series", "of"],
    ) or words[:2] in (["list", "of"], ["lists", "of"])


def _singular_flag(name: str) -> str:
    if name.startswith("flag_"):
        return name.removeprefix("flag_")
    for ending in ("_flag", "_field", "_text_field"):
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


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
        _link(world, owner, target, _plural_words(head))
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
        _link(world, owner, target, _plural_words(head))
        return True
    if thing.relation_to(target) is not None:
        thing.relations.pop(thing.relation_to(target).name)  # pyright: ignore[reportOptionalMemberAccess] just found
        _link(world, owner, target, _plural_words(head))
        return True
    world.many.add((owner, target))
    relate(world, target, owner, owner)
    return True


SHARED = frozenset(
    "tag label category genre skill keyword topic hashtag ingredient amenity".split()
)


def _plural_words(head: Noun) -> str:
    return snake(
        " ".join(
            [
                *(t.lower for t in head.adjectives if t.lower not in {"other", "multiple"}),
                *head.words,
            ]
        )
    )


def _link(world: World, owner: str, target: str, name: str) -> None:
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
