"""Sentences about figures: counts, sums, averages, totals, "top ten" and "most borrowed"."""

from __future__ import annotations

from codex.builtin.language.actors import Actors, permit, read_actors
from codex.builtin.language.aggregates import figure_of
from codex.builtin.language.clause import Clause
from codex.builtin.language.nouns import noun
from codex.builtin.language.rankings import ranking
from codex.builtin.language.sums import HEADS, Figure
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset
from codex.builtin.language.world import World

_SHOW = wordset(
    """show report see view get return calculate compute display know provide give list count offer
    query retrieve determine track sum_up sum be have include expose find want need read tell
    request look_up ask"""
)


def read_figure(clause: Clause, world: World) -> bool:
    """A clause that asks for figures, by itself or as something to show."""
    if clause.negated or clause.only:
        return False
    tokens, actors = _asked(clause, world)
    if tokens is None:
        return False
    figures: list[Figure] = []
    for part in _parts(tokens):
        figure = ranking(part, world) or figure_of(part, world)
        if figure is None:
            return False
        figures.append(figure)
    if not figures:
        return False
    for figure in figures:
        deed = world.deed(figure.verb, figure.entity, figure.name)
        deed.rule = figure.rule
        permit(world, deed, actors)
        if actors.only:
            world.exclusive.add(deed.key)
        world.say((clause.start, clause.end), figure.entity, "", deed)
    return True


def _asked(clause: Clause, world: World) -> tuple[list[Token] | None, Actors]:
    """The words that name the figure, and who may ask for it."""
    verb = clause.verb
    if not clause.verbs or clause.tokens[0].lower in {"how", "what"}:
        return list(clause.tokens), Actors()
    if clause.passive and verb in _SHOW:
        rest = [t for t in clause.rest if t.tag != "ADV"]
        return [*clause.subject, *rest], Actors()
    if (
        verb == "be"
        and clause.rest
        and clause.rest[0].lower
        in {"available", "visible", "shown", "needed", "reported", "required"}
    ):
        return [*clause.subject, *clause.rest[1:]], Actors()
    if verb not in _SHOW or verb == "be" or clause.passive:
        return None, Actors()
    if verb == "have" or (
        verb in {"show", "include", "track", "list"}
        and clause.subject
        and read_actors(clause.subject, world) is None
    ):
        return _of_subject(clause, world), Actors()
    actors = read_actors(clause.subject, world)
    if actors is None:
        subject = noun(clause.subject, 0)
        if subject is None or world.entity(subject[0]) is not None:
            return None, Actors()
        actors = Actors()
    rest = list(clause.rest)
    if verb == "count":
        rest = [*_count_of(rest)]
    elif verb in {"sum", "sum_up"}:
        rest = (
            [Token("sum", rest[0].start, rest[0].start, "word", "sum", "NOUN", "sum"), *rest]
            if rest
            else rest
        )
    return rest, actors


def _count_of(rest: list[Token]) -> list[Token]:
    if not rest:
        return rest
    at = rest[0]
    return [
        Token("number", at.start, at.start, "word", "number", "NOUN", "number"),
        Token("of", at.start, at.start, "word", "of", "PREP", "of"),
        *rest,
    ]


def _of_subject(clause: Clause, world: World) -> list[Token] | None:
    """ "Each book shows its average rating" is "the average rating of a book"."""
    subject = noun(clause.subject, 0)
    if (
        subject is None
        or subject[1] < len(clause.subject)
        or world.entity(subject[0]) is None
        or subject[0].pronoun
    ):
        return None
    rest = [t for t in clause.rest if t.tag != "POSS"]
    if not rest or not any(t.lower in HEADS for t in rest[:3]):
        return None
    if not any(t.lower == "its" for t in clause.rest) and clause.verb == "have":
        return None
    at = rest[-1]
    return [*rest, Token("of", at.end, at.end, "word", "of", "PREP", "of"), *clause.subject]


def _parts(tokens: list[Token]) -> list[list[Token]]:
    """ "the number of tasks per status and the average price": each figure by itself."""
    parts: list[list[Token]] = [[]]
    for index, token in enumerate(tokens):
        if token.tag in {"COMMA", "CONJ"}:
            follow = tokens[index + 1 :]
            skip = next(
                (i for i, t in enumerate(follow) if t.tag not in {"DET", "CONJ", "ADV", "COMMA"}),
                None,
            )
            if skip is not None and (
                follow[skip].lower in HEADS or follow[skip].lower in {"how", "top"}
            ):
                parts.append([])
                continue
        parts[-1].append(token)
    return [part for part in parts if part]
