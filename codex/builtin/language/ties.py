"""Sentences in which people do something that leaves a row: borrow, book, enroll, rate, like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.actors import Actors, permit, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.making import relate
from codex.builtin.language.names import snake
from codex.builtin.language.nouns import Noun, noun
from codex.builtin.language.people import is_person
from codex.builtin.language.quantities import number
from codex.builtin.language.rows import actor_tie, build, end_rule, row_of
from codex.builtin.language.terms import Terms, read_terms, state_guards, stock_field
from codex.builtin.language.tokens import Token
from codex.builtin.language.types import field_type
from codex.builtin.language.verbs import TIES, Tie
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import Deed, World
from codex.common.documents.rules import (
    Change,
)
from codex.common.documents.specification import FieldType, Verb


def read_tie(clause: Clause, world: World, *, exclusive: bool = False) -> bool:
    """ "Members can borrow up to 5 books at a time", "students enroll in courses"."""
    if clause.verb not in TIES or (clause.negated and clause.modal != "can"):
        return _read_end(clause, world)
    if len(clause.verbs) > 1:
        return _several(clause, world)
    if clause.passive:
        return _passive(clause, world)
    tie = TIES[clause.verb]
    actors = read_actors(clause.subject, world)
    if actors is None or actors.name is None or len(actors.roles) != 1:
        return False
    if exclusive and not tie.ended:
        return False
    place, once = _object_at(clause)
    found = noun(clause.rest, place)
    if found is None:
        return False
    head, rest = found[0], list(clause.rest[found[1] :])
    if _bought(clause, world, actors, head, rest):
        return True
    target = world.entity(head)
    if target is None or _is_its_row(clause, world, tie, target, actors):
        return False
    states = state_guards(head, world, target)
    if states is None and any(t.lower not in _PLAIN for t in head.adjectives):
        return False
    terms = Terms(once=once, exclusive=exclusive, guards=states or [])
    terms.available = any(t.lower == "available" for t in head.adjectives)
    if head.count is not None:
        if head.bound not in ({"gt"} if clause.negated else {"le", "lt", "eq"}):
            return False
        terms.limit = (head.count, next(t for t in head.tokens if number(t)))
    elif clause.negated:
        return _overlap(clause, world, tie, actors, target, rest)
    if not read_terms(rest, terms, world, target):
        return False
    if terms.available and not tie.ended and stock_field(world.thing(target)) is None:
        return False
    build(clause, world, tie, actors, target, terms)
    return True


_PLAIN = wordset("other new available same different")


def _object_at(clause: Clause) -> tuple[int, bool]:
    """Where the object begins, and whether "once per poll" stands there."""
    words = [token.lower for token in clause.rest[:2]]
    if words[:1] == ["once"] and words[1:] and words[1] in {"per", "for", "in", "on"}:
        return 2, True
    return int(bool(words) and words[0] in {"for", "to", "in", "on", "into"}), False


def _is_its_row(clause: Clause, world: World, tie: Tie, target: str, actors: Actors) -> bool:
    """Whether the object is the row itself ("order an order"), or whoever acts."""
    if is_person(target) and target == actors.name:
        return True
    if clause.verb in {"order", "apply", "review", "comment", "rate"}:
        return world.known(tie.noun) == target
    return target == tie.noun and clause.verb != "vote"


def _bought(clause: Clause, world: World, actors: Actors, head: Noun, rest: list[Token]) -> bool:
    """ "buy tickets for screenings", "reserve seats in a flight": the tickets are the rows."""
    if (
        clause.verb not in {"buy", "purchase", "order", "book", "reserve"}
        or clause.negated
        or head.count
    ):
        return False
    if (
        not rest
        or rest[0].lower not in {"for", "of", "in", "on"}
        or head.adjectives
        or head.pronoun
    ):
        return False
    found = noun(rest, 1)
    parent = (
        world.entity(found[0])
        if found and found[1] == len(rest) and not found[0].adjectives
        else None
    )
    name = world.entity(head)
    if parent is None or name is None or name == parent or parent in world.people:
        return False
    row = world.thing(name)
    if any(r.target == name for r in world.thing(parent).relations.values()):
        return False
    if row.relation_to(parent) is None:
        relate(world, name, parent, parent)
    actor_tie(world, actors, row)
    deed = world.deed(Verb.CREATE, name)
    permit(world, deed, actors)
    world.say((clause.start, clause.end), name, "", deed)
    return True


def _several(clause: Clause, world: World) -> bool:
    """ "borrow and return books", "like and comment on posts": one after the other."""
    parts = [replace(clause, verbs=(verb,)) for verb in clause.verbs]
    ends = {tie.end for verb in clause.verbs if (tie := TIES.get(verb))}
    if not all(verb in TIES or verb in ends for verb in clause.verbs) or clause.passive:
        return False
    return all(read_tie(part, world) for part in parts)


def _passive(clause: Clause, world: World) -> bool:
    """ "Books can be borrowed by members for 14 days", "posts can be liked by users"."""
    by = next((i for i, token in enumerate(clause.rest) if token.lower == "by"), None)
    if by is None:
        return False
    found = noun(clause.rest, by + 1)
    if found is None:
        return False
    active = replace(
        clause,
        passive=False,
        subject=tuple(clause.rest[by + 1 : found[1]]),
        rest=(*clause.subject, *clause.rest[:by], *clause.rest[found[1] :]),
    )
    one = found[0].count is not None and found[0].count.value == 1
    return read_tie(active, world, exclusive=one)


def _read_end(clause: Clause, world: World) -> bool:
    """ "Members can return books", "loans can be returned", "users can unfollow each other"."""
    tie = next((tie for tie in TIES.values() if tie.end == clause.verb), None)
    if tie is None or len(clause.verbs) > 1 or clause.negated:
        return False
    row = next(
        (
            world.things[name]
            for t in TIES.values()
            if t.end == clause.verb and (name := world.known(t.noun) or t.noun) in world.things
        ),
        None,
    )
    if row is None or tie.ended not in row.fields:
        return False
    actors = Actors() if clause.passive else read_actors(clause.subject, world)
    tokens = clause.subject if clause.passive else clause.rest
    found = noun(tokens, 0)
    if actors is None or found is None:
        return False
    rest = clause.rest if clause.passive else clause.rest[found[1] :]
    if any(token.tag != "ADV" for token in rest):
        return False
    target = world.entity(found[0])
    if target != row.name and (target is None or row.relation_to(target) is None):
        return False
    deed = world.deed(Verb.ACTION, row.name, tie.end)
    deed.rule = deed.rule or end_rule(row, tie)
    permit(world, deed, actors)
    world.say((clause.start, clause.end), row.name, "", deed)
    return True


def _overlap(
    clause: Clause, world: World, tie: Tie, actors: Actors, target: str, rest: list[Token]
) -> bool:
    """ "A member cannot review a book twice": at most one row of each pair."""
    words = [token.lower for token in rest if token.tag != "PUNCT"]
    if words not in (["twice"], ["more", "than", "once"], ["again"]):
        return False
    row = row_of(world, tie)
    relation = row.relation_to(target) or relate(world, row.name, target, target)
    who, _, _ = actor_tie(world, actors, row)
    if who is None:
        return False
    row.relations[relation.name] = row.relations[relation.name].model_copy(
        update={"unique_with": (who.name,)}
    )
    world.say((clause.start, clause.end), row.name)
    return True


def lock_target(deed: Deed, name: str) -> None:
    """Make a deed lock the row of `name` first."""
    if isinstance(deed.rule, Change) and deed.rule.lock is None:
        deed.rule = deed.rule.model_copy(update={"lock": name})


def typed(name: str) -> FieldType:
    """The type that a name tells."""
    return field_type(name)


def named(items: Sequence[Noun]) -> list[str]:
    """The names of nouns in snake case."""
    return [snake(" ".join(item.words)) for item in items]
