"""What a sentence shows, and to whom."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.actors import Actors, read_actors
from codex.builtin.language.clause import Clause
from codex.builtin.language.nouns import Noun, noun, starts
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World

_SHOW = wordset(
    """list show see view display get browse find retrieve return access fetch look_at read"""
)


LISTS = {"list", "overview", "view", "lists"}


def shown_noun(clause: Clause, world: World) -> tuple[Noun, list[Token], Actors, bool] | None:
    """What a clause shows, what it says besides, to whom, and whether nothing else is shown."""
    if (clause.negated and not (clause.passive and clause.verb in _SHOW)) or len(clause.verbs) != 1:
        return None
    if clause.passive and clause.verb in _SHOW | {"include"}:
        subject = _unlisted(clause.subject)
        found = noun(subject, 0)
        if found is None:
            return None
        rest = _without_agents(clause.rest)
        actors = Actors()
        by = next((i for i, t in enumerate(rest) if t.lower == "by"), None)
        if (
            by is not None
            and (read := read_actors(rest[by + 1 :], world)) is not None
            and read.roles
        ):
            actors, rest = read, rest[:by]
        return found[0], [*subject[found[1] :], *rest], actors, found[0].only
    if (
        clause.verb == "be"
        and clause.rest
        and clause.rest[0].lower
        in {"visible", "listed", "shown", "available", "accessible", "public"}
    ):
        found = noun(clause.subject, 0)
        if found is None or found[1] < len(clause.subject) or not found[0].adjectives:
            return None
        rest = list(clause.rest[1:])
        actors = Actors()
        if rest and rest[0].lower in {"to", "for"}:
            read = read_actors(rest[1:], world)
            if read is None:
                return None
            actors, rest = read, []
        return found[0], rest, actors, found[0].only
    if not clause.passive and clause.verb in _SHOW | {"include"}:
        actors = read_actors(clause.subject, world)
        if actors is None:
            subject = noun(clause.subject, 0)
            if (
                subject is None
                or not subject[0].heads
                or subject[0].heads[-1].lower
                not in LISTS | {"system", "service", "api", "endpoint"}
            ):
                return None
            actors = Actors()
        tokens = _unlisted(clause.rest)
        found = noun(tokens, 0)
        if found is None:
            return None
        return found[0], list(tokens[found[1] :]), actors, found[0].only or clause.only
    return None


def _unlisted(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without "a list of"."""
    for words in (
        ["a", "list", "of"],
        ["the", "list", "of"],
        ["list", "of"],
        ["all", "the"],
        ["an", "overview", "of"],
    ):
        if starts(tokens, 0, words):
            return tokens[len(words) :]
    return tokens


def _without_agents(tokens: Sequence[Token]) -> list[Token]:
    out = list(tokens)
    for words in (
        ["in", "the", "list"],
        ["in", "lists"],
        ["by", "default"],
        ["separately"],
        ["to", "everyone"],
        ["publicly"],
        ["to", "users"],
        ["to", "visitors"],
        ["to", "readers"],
        ["to", "the", "public"],
        ["in", "the", "public", "list"],
    ):
        if starts(out, 0, words):
            out = out[len(words) :]
    return out
