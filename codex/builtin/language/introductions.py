"""The words that only introduce: "I need a service for", "Build an API that lets users"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codex.builtin.language.clause import find_verb
from codex.builtin.language.nouns import noun, starts
from codex.builtin.language.people import SYSTEMS, is_person
from codex.builtin.language.tags import tag
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset

_BUILD = wordset(
    """build create make develop design write need want implement provide generate code set_up like
    get have"""
)


_PURPOSE = wordset(
    """manage track store keep handle organise organize maintain record save collect administer
    monitor list catalog catalogue plan"""
)


@dataclass(frozen=True)
class Intro:
    """The words that only introduce: "I need a service for"."""

    start: int
    end: int
    system: str
    """What the service is called: `library`, `recipe service`."""


def made(word: str, tag_: str, lemma: str = "", *, at: Token) -> Token:
    """A word that the text leaves out, at the place of `at`."""
    return Token(
        word,
        at.start,
        at.start,
        "word",
        word,
        tag_,
        lemma or word,
        "base" if tag_ == "VERB" else "",
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
    if head.plural and not _system(head.heads[-1].lower):
        return None, list(tokens)
    if not _introduces(tokens, place, head.heads[-1].lower):
        return None, list(tokens)
    if (
        head.heads[-1].lower not in SYSTEMS
        and place >= len(tokens) - 1
        and head.det not in {"a", "an", "my", "our", ""}
    ):
        return None, list(tokens)
    return _after_system(
        tokens, place, " ".join(token.text for token in (*head.adjectives, *head.heads))
    )


def _system(word: str) -> bool:
    return word in SYSTEMS or word.rstrip("s") in SYSTEMS


def _introduces(tokens: Sequence[Token], place: int, head: str) -> bool:
    """Whether what follows a noun fits the name of a whole service."""
    if _system(head):
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
        return _after_system(tokens, end, "")
    elif tokens[start:] and tokens[start].lower == "the" and _aim(tokens, start):
        return Intro(tokens[0].start, tokens[start + 3].end, ""), list(tokens[start + 4 :])
    found = noun(tokens, start)
    if found is None or found[0].pronoun or found[1] >= len(tokens):
        return None, list(tokens)
    head, place = found
    last = head.heads[-1].lower
    follow = tokens[place].lower
    label = " ".join(token.text for token in (*head.adjectives, *head.heads))
    if follow in {"for", "to"} and _system(last) and find_verb(tokens) is None:
        return _after_system(tokens, place, label)
    dets = {"a", "an", "our", "my", "the", *([""] if head.owner else [])}
    if not head.plural and head.det in dets and not is_person(head.name):
        end = _wants(tokens, place)
        if end and tokens[end].lemma in _PURPOSE:
            return Intro(tokens[0].start, tokens[end - 1].end, ""), list(tokens[end:])
    if _system(last) and head.det in {"the", "this", "our", "my", "a", "an", ""}:
        return _system_subject(tokens, place)
    named = head.det in {"a", "an", ""} and not head.plural
    if named and find_verb(tokens[: _first_wh(tokens)]) is None:
        contents = follow in {"with", "in"} and _plural_follows(tokens, place + 1)
        if contents or follow == "where" or (follow == "for" and place + 1 < len(tokens)):
            return _after_system(tokens, place, label)
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


def _system_subject(tokens: Sequence[Token], place: int) -> tuple[Intro | None, list[Token]]:
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
        return _after_system(tokens, step, "")
    if word.lemma in _PURPOSE and word.tag == "VERB":
        return Intro(tokens[0].start, tokens[step - 1].end, ""), list(tokens[step:])
    if tokens[place].lower in {"with", "for", "where", "called", "named"}:
        return _after_system(tokens, place, "")
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
        return [*tokens[place:end], can, *_as_verb(list(tokens[end + 1 :]))]
    if end < len(tokens) and tokens[end].tag == "VERB":
        return [*tokens[place:end], can, *tokens[end:]]
    if (
        found[0].heads
        and tokens[end - 1] is found[0].heads[-1]
        and len(found[0].heads) == 1
        and end < len(tokens)
    ):
        return [*tokens[place:end], can, *_as_verb(list(tokens[end:]))]
    return rest


def _as_verb(tokens: list[Token]) -> list[Token]:
    """The same words, tagged again after a modal, so that the first is a verb."""
    if not tokens:
        return tokens
    can = made("can", "MODAL", at=tokens[0])
    plain = [replace(token, tag="", lemma="", form="") for token in tokens]
    return tag([can, *plain])[1:]


def _base(token: Token) -> Token:
    return token.tagged("VERB", token.lemma, "base") if token.form == "gerund" else token


def _after_system(
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
        return Intro(first, word.end, name), _purpose(_as_verb(rest), word)
    if word.lower == "for" and rest:
        if rest[0].form == "gerund" or rest[0].lemma in _PURPOSE:
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
                *_as_verb(rest[end + 1 :]),
            ]
        return Intro(first, tokens[place].end, name), [keep, *rest]
    label = " ".join(token.text for token in (*head.adjectives, *head.heads))
    return _after_system(
        [*tokens[: place + 1], *rest],
        place + 1 + end,
        label if not name or _system(name.rsplit(maxsplit=1)[-1].lower()) else name,
    )


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
    return [*tokens[1 : found[1]], can, *_as_verb(list(tokens[place:end]))]
