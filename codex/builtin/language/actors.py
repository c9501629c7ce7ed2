"""Who acts: roles, ownership, and what "only" and "their own" allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex.builtin.language.making import relate
from codex.builtin.language.nouns import Noun, nouns, starts
from codex.builtin.language.people import ADMIN_NAMES, ANYBODY, GENERIC, GROUPS, is_person
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, Thing, World
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Grant, Scope
from codex.common.documents.specification import RelationKind


@dataclass(frozen=True)
class Actors:
    """Who does something."""

    roles: tuple[str, ...] = ()
    """Role names; `user` for anybody signed in, `public` for everybody."""
    only: bool = False
    """Nobody else may."""
    owner: bool = False
    """Only whom the row belongs to."""
    name: str | None = None
    """The noun, where it is one: `member`."""


def read_actors(tokens: Sequence[Token], world: World) -> Actors | None:
    """The people that a subject names; None where it names something else."""
    tokens = list(tokens)
    only = False
    for words in (
        ["no", "one", "except"],
        ["nobody", "except"],
        ["nobody", "but"],
        ["no", "one", "but"],
        ["no", "one", "other", "than"],
        ["nobody", "other", "than"],
        ["no-one", "except"],
        ["no", "one", "apart", "from"],
    ):
        if starts(tokens, 0, words):
            tokens, only = tokens[len(words) :], True
    if not tokens:
        return Actors()
    qualified = _qualified(tokens)
    tokens = qualified if qualified is not None else tokens
    if owner := _owner_of(tokens, world):
        return Actors((SIGNED_IN,), only=True, owner=True, name=owner)
    found, end = nouns(tokens, 0)
    if end < len(tokens) or not found:
        return None
    roles: list[str] = []
    name: str | None = None
    for item in found:
        only = only or item.only
        role = _role(item, world)
        if role is None:
            return None
        roles.append(role)
        name = item.name if not item.pronoun else world.focus_person
    if qualified is not None and roles == [PUBLIC]:
        roles = [SIGNED_IN]
    return Actors(tuple(dict.fromkeys(roles)), only=only, name=name if len(found) == 1 else None)


def _qualified(tokens: list[Token]) -> list[Token] | None:
    """ "users who are logged in"."""
    for words in (
        ["who", "are", "logged", "in"],
        ["who", "are", "signed", "in"],
        ["who", "is", "logged", "in"],
        ["that", "are", "logged", "in"],
        ["who", "have", "signed", "up"],
        ["who", "are", "registered"],
        ["who", "have", "an", "account"],
        ["with", "an", "account"],
        ["that", "are", "signed", "in"],
        ["who", "is", "signed", "in"],
    ):
        if len(tokens) > len(words) and starts(tokens, len(tokens) - len(words), words):
            return tokens[: len(tokens) - len(words)]
    for index, token in enumerate(tokens):
        if token.lower in {
            "logged-in",
            "signed-in",
            "registered",
            "authenticated",
            "authorized",
            "authorised",
        }:
            return [*tokens[:index], *tokens[index + 1 :]]
    return None


def _owner_of(tokens: list[Token], world: World) -> str | None:
    """ "the owner of a note", "its author", "the author", "only the creator"."""
    rest = [token for token in tokens if token.tag not in {"ONLY", "DET", "POSS"}]
    if (
        len(rest) == 2
        and rest[1].lemma in {"owner", "author", "creator", "organizer"}
        and world.known(rest[0].lemma)
    ):
        return rest[1].lemma
    if not rest or rest[0].lower not in wordset(
        """owner author creator owners authors poster organizer organiser host seller uploader"""
    ):
        return None
    if (
        any(token.tag == "POSS" for token in tokens)
        or any(token.lower == "of" for token in rest)
        or (len(rest) == 1 and tokens[-2:-1] and tokens[-2].lower == "the")
    ):
        return rest[0].lemma
    return None


def _role(item: Noun, world: World) -> str | None:
    if item.pronoun:
        if item.pronoun in ANYBODY or item.pronoun in {"one", "all"}:
            return PUBLIC
        if item.pronoun in {"they", "i", "we", "you", "he", "she"}:
            person = world.focus_person
            return (
                (world.people.get(person or "", "") or SIGNED_IN)
                if item.pronoun in {"they", "he", "she"}
                else SIGNED_IN
            )
        return None
    name = item.name
    adjectives = {token.lower for token in item.adjectives}
    if adjectives & {"anonymous"} or (name in ANYBODY and name not in world.things):
        return PUBLIC
    if name in world.people and name not in ANYBODY:
        return world.people[name] or SIGNED_IN
    if name in GENERIC or (name in GROUPS and name not in world.things):
        return SIGNED_IN
    if is_person(name):
        return (
            ADMIN_NAMES.get(name, name) if world.signs_in and name != world.account else SIGNED_IN
        )
    return None


def own(world: World, thing: Thing) -> str:
    """The way from a row of `thing` to the account that owns it; made where there is none."""
    if thing.owner:
        return thing.owner
    account = world.account
    assert account is not None
    relation = thing.relation_to(account)
    if relation is None:
        through = _through(world, thing)
        if through is not None:
            thing.owner = through
            return through
        relation = relate(world, thing.name, account, "user" if account in GENERIC else account)
    thing.relations[relation.name] = relation.model_copy(
        update={"set_by": "server", "required": True, "on_delete": "refuse"}
    )
    thing.owner = relation.name
    return relation.name


def _through(world: World, thing: Thing) -> str | None:
    """The owner of what this belongs to: a task of one's project is one's own."""
    for relation in thing.relations.values():
        target = world.things.get(relation.target)
        if (
            target is not None
            and target is not thing
            and target.owner
            and relation.kind is not RelationKind.MANY_TO_MANY
            and relation.required
        ):
            return f"{relation.name}.{target.owner}"
    return None


def permit(world: World, deed: Deed, actors: Actors, *, own_rows: bool = False) -> None:
    """Put down who may do a deed."""
    if not world.signs_in:
        return
    scope = Scope.OWN if own_rows or actors.owner else Scope.ALL
    for role in actors.roles:
        if role == SIGNED_IN and scope is Scope.ALL:
            deed.open = True
            continue
        grant = Grant(role=role, scope=scope)
        if grant not in deed.access:
            deed.access.append(grant)
