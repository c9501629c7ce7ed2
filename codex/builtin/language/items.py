"""One item of a list of fields: a field, or a tie to another thing."""

from __future__ import annotations

from codex.builtin.language.items_names import Item
from codex.builtin.language.making import make_field, relate, relate_many
from codex.builtin.language.names import field_name, snake
from codex.builtin.language.nouns import Noun
from codex.builtin.language.types import field_type, is_telling
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World
from codex.common.documents.specification import (
    FieldType,
)


def take_item(world: World, owner: str, item: Item, *, dry: bool) -> bool:
    """Take one item of a list as a field or a tie of `owner`; `dry` only asks whether it would."""
    head = item.noun
    if not head.heads:
        return False
    target = _target(head, world)
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
    skipped = wordset("optional single required unique own mandatory specific certain")
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


def _target(head: Noun, world: World) -> str | None:
    """The entity that an item refers to, if it is no plain field."""
    if head.words[:2] == ["number", "of"] or "per" in head.words or "of" in head.words:
        return None
    whole = world.known(head.field) if head.adjectives else None
    target = whole or world.known(head.name)
    if target is not None:
        if target not in {head.name, head.field} and is_field_like(head, world):
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


def is_field_like(head: Noun, world: World) -> bool:
    """Whether a noun that ends like an entity is still a plain field: "author name"."""
    return len(head.heads) > 1 or (is_telling(head.field) and head.name not in world.things)


def _plain(world: World, owner: str, item: Item, *, dry: bool) -> bool:
    head = item.noun
    if not head.heads or head.count is not None:
        return False
    names = [head.field]
    if head.words[-1] == "address" and head.field == "email_address":
        names = ["email"]
    if head.det == "many" and not is_telling(head.field) and not _listing(head):
        return False
    if dry:
        return bool(names[0])
    thing = world.thing(owner)
    for said in names:
        name = field_name([said], owner)
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
