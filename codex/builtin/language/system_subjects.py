"""Sentences whose subject is the service: the system lets users do it, an app for doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex.builtin.language.intros import PURPOSE, Intro, made, names_system
from codex.builtin.language.nouns import noun, starts
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import Token


def system_subject(tokens: Sequence[Token], place: int) -> tuple[Intro | None, list[Token]]:
    """ "The service lets users …", "The API must allow members to …", "The app stores books"."""
    step = place
    while (step < len(tokens) and tokens[step].tag in {"MODAL", "ADV", "TO"}) or (
        step < len(tokens)
        and tokens[step].lower in {"needs", "has", "be", "able"}
        and starts(tokens, step + 1, ["to"])
    ):
        step += 1
    if step >= len(tokens):
        return None, list(tokens)
    word = tokens[step]
    if word.lower == ":" and step + 1 < len(tokens):
        label = " ".join(token.text for token in tokens[:step] if token.tag == "NOUN")
        return Intro(tokens[0].start, word.end, label), list(tokens[step + 1 :])
    if word.lemma in {"let", "allow", "enable", "permit", "help", "support"} and step + 1 < len(
        tokens
    ):
        return Intro(tokens[0].start, word.end, ""), _allowed(tokens, step + 1)
    if word.tag == "WH":
        return after_system(tokens, step, "")
    if word.lemma in PURPOSE and word.tag == "VERB":
        return Intro(tokens[0].start, tokens[step - 1].end, ""), list(tokens[step:])
    if tokens[place].lower in {"with", "for", "where", "called", "named"}:
        return after_system(tokens, place, "")
    return None, list(tokens)


def _allowed(tokens: Sequence[Token], place: int) -> list[Token]:
    """ "users to create notes" → "users can create notes"; "creating notes" → "create notes"."""
    found = noun(tokens, place)
    rest = list(tokens[place:])
    if found is None:
        return [_base(rest[0]), *rest[1:]] if rest else rest
    end = found[1]
    can = made("can", "MODAL", at=tokens[min(end, len(tokens) - 1)])
    if end < len(tokens) and tokens[end].tag == "TO":
        return [*tokens[place:end], can, *as_verb(list(tokens[end + 1 :]))]
    if end < len(tokens) and tokens[end].tag == "VERB":
        return [*tokens[place:end], can, *tokens[end:]]
    if (
        found[0].heads
        and tokens[end - 1] is found[0].heads[-1]
        and len(found[0].heads) == 1
        and end < len(tokens)
    ):
        return [*tokens[place:end], can, *as_verb(list(tokens[end:]))]
    return rest


def as_verb(tokens: list[Token]) -> list[Token]:
    """The same words, tagged again after a modal, so that the first is a verb."""
    if not tokens:
        return tokens
    can = made("can", "MODAL", at=tokens[0])
    plain = [replace(token, tag="", lemma="", form="") for token in tokens]
    return tag([can, *plain])[1:]


def _base(token: Token) -> Token:
    return token.tagged("VERB", token.lemma, "base") if token.form == "gerund" else token


def after_system(
    tokens: Sequence[Token], place: int, name: str
) -> tuple[Intro | None, list[Token]]:
    """What stands after "a service": its purpose, its contents, or clauses."""
    first = tokens[0].start
    while place < len(tokens):
        word = tokens[place].lower
        if word in {"called", "named"} and place + 1 < len(tokens):
            place += 2
            while (
                place < len(tokens)
                and tokens[place].tag in {"NOUN", "QUOTED"}
                and tokens[place].text[:1].isupper()
            ):
                place += 1
            continue
        if word in {",", "backend", "and", "so", ":"} and place + 1 < len(tokens):
            place += 1
            continue
        if (
            word in {"in", "using", "on"}
            and place + 1 < len(tokens)
            and tokens[place + 1].lower in {"which", "python", "fastapi"}
        ):
            place += 2
            continue
        break
    if place >= len(tokens):
        return Intro(first, tokens[-1].end, name), []
    end = tokens[place - 1].end if place else tokens[0].start
    word = tokens[place]
    rest = list(tokens[place + 1 :])
    if word.lower in {".", "!"}:
        return Intro(first, word.end, name), rest
    if word.tag == "WH" or word.lower in {"where", "whereby"}:
        return Intro(first, word.end, name), _purpose(rest, word)
    if word.tag == "TO" and rest:
        return Intro(first, word.end, name), _purpose(as_verb(rest), word)
    if word.lower == "for" and rest:
        if rest[0].form == "gerund" or rest[0].lemma in PURPOSE:
            return Intro(first, word.end, name), [_base(rest[0]), *_coordinated(rest[1:])]
        return _for(tokens, place, first, name, rest)
    if word.lower in {"with", "of", "containing", "including"} and rest:
        have = made("have", "AUX", "have", at=rest[0])
        return Intro(first, word.end, name), [made("system", "NOUN", at=rest[0]), have, *rest]
    return Intro(first, end, name), list(tokens[place:])


def _coordinated(tokens: list[Token]) -> list[Token]:
    """ "managing and sharing recipes": every gerund of the list in its base form."""
    out: list[Token] = []
    listing = True
    for token in tokens:
        listing = listing and (token.tag in {"CONJ", "COMMA"} or token.form == "gerund")
        out.append(_base(token) if listing else token)
    return out


def _purpose(rest: list[Token], word: Token) -> list[Token]:
    """ "that lets users …", "that manages books", "where users can …"."""
    step = 0
    while step < len(rest) and rest[step].tag in {"MODAL", "ADV"}:
        step += 1
    if step < len(rest) and rest[step].lemma in {"let", "allow", "enable", "help", "permit"}:
        return _allowed(rest, step + 1)
    if word.tag == "WH" and step < len(rest) and rest[step].tag == "VERB":
        verb = rest[step].tagged("VERB", rest[step].lemma, "base")
        return [verb, *rest[step + 1 :]]
    if word.tag == "WH" and step < len(rest) and rest[step].lemma == "have":
        return [made("system", "NOUN", at=rest[step]), *rest[step:]]
    return rest


def _for(
    tokens: Sequence[Token], place: int, first: int, name: str, rest: list[Token]
) -> tuple[Intro | None, list[Token]]:
    """ "for a small library", "for recipes with a title", "for a gym where members …"."""
    found = noun(rest, 0)
    if found is None:
        return Intro(first, tokens[-1].end, name), []
    head, end = found
    if (head.plural and head.det in {"", "many", "my", "our"}) or (
        head.owner is not None and head.plural
    ):
        keep = made("keep", "VERB", at=rest[0])
        if end < len(rest) and rest[end].lower == "to":
            return Intro(first, rest[end].end, name), [
                *rest[:end],
                made("can", "MODAL", at=rest[end]),
                *as_verb(rest[end + 1 :]),
            ]
        return Intro(first, tokens[place].end, name), [keep, *rest]
    label = " ".join(token.text for token in (*head.adjectives, *head.heads))
    return after_system(
        [*tokens[: place + 1], *rest],
        place + 1 + end,
        label if not name or names_system(name.rsplit(maxsplit=1)[-1].lower()) else name,
    )
