"""The words that only introduce: "I need a service for", "Build an API that lets users"."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.clause import find_verb
from codex.builtin.language.intros import PURPOSE, Intro, made, names_system
from codex.builtin.language.nouns import noun, starts
from codex.builtin.language.people import SYSTEMS, is_person
from codex.builtin.language.system_subjects import after_system, as_verb, system_subject
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset

_BUILD = wordset(
    """build create make develop design write need want implement provide generate code set_up like
    get have"""
)


def introduction(tokens: Sequence[Token]) -> tuple[Intro | None, list[Token]]:
    """The introduction that `tokens` begin with, and the words that say something after it."""
    start = 0
    while start < len(tokens) and (
        tokens[start].tag in {"ADV", "COMMA"}
        or tokens[start].lower in {"hi", "hello", "please", "hey", "!", "project", ":", "goal", "-"}
    ):
        start += 1
    verb = _intro_verb(tokens, start)
    if verb is None:
        return _described(tokens, start)
    place = verb
    found = noun(tokens, place)
    if found is None or found[0].pronoun:
        return None, list(tokens)
    head, place = found
    if head.plural and not names_system(head.heads[-1].lower):
        return None, list(tokens)
    if not _introduces(tokens, place, head.heads[-1].lower):
        return None, list(tokens)
    if (
        head.heads[-1].lower not in SYSTEMS
        and place >= len(tokens) - 1
        and head.det not in {"a", "an", "my", "our", ""}
    ):
        return None, list(tokens)
    return after_system(
        tokens, place, " ".join(token.text for token in (*head.adjectives, *head.heads))
    )


def _introduces(tokens: Sequence[Token], place: int, head: str) -> bool:
    """Whether what follows a noun fits the name of a whole service."""
    if names_system(head):
        return True
    follow = tokens[place].lower if place < len(tokens) else "."
    return follow in wordset(
        """. : for with where to that which in called named ! backend ( — - – of using so ,"""
    )


def _intro_verb(tokens: Sequence[Token], place: int) -> int | None:
    """Where the object of "I need", "We would like to have", "Build", "Let's make" begins."""
    first = place
    if place < len(tokens) and tokens[place].lower in wordset("i we let you can could my"):
        while (
            place < len(tokens)
            and place - first < 9
            and (
                tokens[place].tag in {"PRON", "MODAL", "AUX", "ADV", "TO"}
                or tokens[place].lower
                in wordset(
                    """let us you like please looking for going want need love wish team company
                    help am are"""
                )
                or tokens[place].lemma in _BUILD
            )
        ):
            place += 1
        return place if place > first else None
    if place < len(tokens) and tokens[place].lower in _BUILD | {"create"}:
        return place + 1 + (place + 1 < len(tokens) and tokens[place + 1].lower in {"me", "us"})
    return None


def _described(tokens: Sequence[Token], start: int) -> tuple[Intro | None, list[Token]]:
    """ "A library with books …", "The service should let users …", "This is an API for …"."""
    if starts(tokens, start, ["this", "is"]) or starts(tokens, start, ["it", "is"]):
        start += 2
    elif starts(tokens, start, ["what"]) and (end := _something(tokens, start)):
        return after_system(tokens, end, "")
    elif tokens[start:] and tokens[start].lower == "the" and _aim(tokens, start):
        return Intro(tokens[0].start, tokens[start + 3].end, ""), list(tokens[start + 4 :])
    found = noun(tokens, start)
    if found is None or found[0].pronoun or found[1] >= len(tokens):
        return None, list(tokens)
    head, place = found
    last = head.heads[-1].lower
    follow = tokens[place].lower
    label = " ".join(token.text for token in (*head.adjectives, *head.heads))
    if follow in {"for", "to"} and names_system(last) and find_verb(tokens) is None:
        return after_system(tokens, place, label)
    dets = {"a", "an", "our", "my", "the", *([""] if head.owner else [])}
    if not head.plural and head.det in dets and not is_person(head.name):
        end = _wants(tokens, place)
        if end and tokens[end].lemma in PURPOSE:
            return Intro(tokens[0].start, tokens[end - 1].end, ""), list(tokens[end:])
    if names_system(last) and head.det in {"the", "this", "our", "my", "a", "an", ""}:
        return system_subject(tokens, place)
    named = head.det in {"a", "an", ""} and not head.plural
    if named and find_verb(tokens[: _first_wh(tokens)]) is None:
        contents = follow in {"with", "in"} and _plural_follows(tokens, place + 1)
        if contents or follow == "where" or (follow == "for" and place + 1 < len(tokens)):
            return after_system(tokens, place, label)
    return None, list(tokens)


def _aim(tokens: Sequence[Token], start: int) -> bool:
    """ "the goal is to"."""
    return any(starts(tokens, start, ["the", word, "is", "to"]) for word in ("goal", "idea", "aim"))


def _something(tokens: Sequence[Token], start: int) -> int:
    """Where "what we need is something" ends; 0 where it does not stand there."""
    near = range(start, min(len(tokens) - 2, start + 8))
    place = next((i for i in near if tokens[i].lower == "is"), None)
    if place is None:
        return 0
    found = noun(tokens, place + 1)
    end = found[1] if found and tokens[place + 1].lower != "something" else place + 2
    if end >= len(tokens):
        return 0
    led = tokens[end].tag in {"WH", "TO"} or tokens[end].lower in {"for", "with", "where"}
    return end if led else 0


def _wants(tokens: Sequence[Token], place: int) -> int:
    """Where the verb of "needs to keep"."""
    step = place
    while step < len(tokens) and (
        tokens[step].tag in {"MODAL", "ADV"}
        or tokens[step].lemma in {"need", "want", "like", "wish"}
    ):
        step += 1
    if step == place or step + 1 >= len(tokens) or tokens[step].tag != "TO":
        return 0
    return step + 1 if tokens[step + 1].tag == "VERB" else 0


def _first_wh(tokens: Sequence[Token]) -> int:
    return next(
        (i for i, token in enumerate(tokens) if token.tag == "WH" or token.lower == "where"),
        len(tokens),
    )


def _plural_follows(tokens: Sequence[Token], place: int) -> bool:
    found = noun(tokens, place)
    return found is not None and found[0].plural and found[0].det in {"", "many"}


_WISH = wordset("i we want would like need can could should must be able wish will")


def story(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "As a user, I want to add recipes so that …" is "a user can add recipes"."""
    if len(tokens) < 6 or tokens[0].lower != "as":
        return tokens
    found = noun(tokens, 1)
    if found is None or found[1] >= len(tokens):
        return tokens
    place = found[1]
    while place < len(tokens) and (
        tokens[place].tag in {"COMMA", "TO", "ADV"} or tokens[place].lower in _WISH
    ):
        place += 1
    if place == found[1] or place >= len(tokens):
        return tokens
    end = next(
        (
            i
            for i in range(place, len(tokens) - 1)
            if tokens[i].lower == "so" and (tokens[i + 1].lower in {"that", "i", "we", "they"})
        ),
        next(
            (
                i
                for i in range(place, len(tokens) - 2)
                if tokens[i].lower == "in" and tokens[i + 1].lower == "order"
            ),
            len(tokens),
        ),
    )
    can = made("can", "MODAL", at=tokens[place])
    return [*tokens[1 : found[1]], can, *as_verb(list(tokens[place:end]))]
