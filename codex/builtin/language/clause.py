"""Clauses: who does what, may it, and what comes after the verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codex.builtin.language.inflect import is_plural
from codex.builtin.language.nouns import Tokens, noun, starts
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import PHRASAL, VERB_FORMS
from codex.builtin.language.wordlists import wordset

# Particles that only lead to the object: "comment on posts" is `comment` with `posts`.
_SILENT = wordset(
    """comment apply register subscribe bid rsvp volunteer donate enroll enrol browse vote search"""
)


_ABILITY = (
    "be able to",
    "able to",
    "be allowed to",
    "allowed to",
    "be permitted to",
    "permitted to",
    "have the ability to",
    "have permission to",
    "have the right to",
    "have to",
    "need to",
    "want to",
    "needs to",
    "has to",
    "wants to",
    "get to",
    "be supposed to",
    "are able to",
    "is able to",
    "is allowed to",
    "are allowed to",
    "have the option to",
    "have the possibility to",
    "would like to",
    "has the right to",
    "has the ability to",
    "are permitted to",
    "be possible to",
    "is permitted to",
    "ought to",
    "also be able to",
    "choose to",
    "go ahead and",
)


_ABILITIES = sorted((tuple(item.split()) for item in _ABILITY), key=len, reverse=True)


@dataclass(frozen=True)
class Clause:
    """One clause, read as far as its grammar goes."""

    tokens: tuple[Token, ...]
    subject: tuple[Token, ...] = ()
    """Everything before the verb group."""
    modal: str = ""
    """`can`, `must`, `should`; empty for a plain statement."""
    negated: bool = False
    only: bool = False
    """ "only" between subject and object: "can only be changed while …"."""
    verbs: tuple[str, ...] = ()
    """The main verb's lemma; several where they share one object."""
    passive: bool = False
    perfect: bool = False
    rest: tuple[Token, ...] = ()
    """Everything after the verb group."""
    own: tuple[Token, ...] = field(default=())
    """The tokens that stand in the text here; others are shared with an earlier clause."""

    @property
    def verb(self) -> str:
        """The main verb."""
        return self.verbs[0] if self.verbs else ""

    @property
    def start(self) -> int:
        """Where it starts in the request."""
        return (self.own or self.tokens)[0].start

    @property
    def end(self) -> int:
        """Where it ends in the request."""
        return (self.own or self.tokens)[-1].end


def ability_at(tokens: Tokens, place: int) -> int:
    """How many words of "be able to" and the like stand at `place`; 0 for none."""
    for words in _ABILITIES:
        if starts(tokens, place, words):
            return len(words)
    return 0


def find_verb(tokens: Tokens, place: int = 0) -> int | None:
    """Where the main verb group begins: the first finite verb of the clause itself."""
    depth = 0
    skipping = False
    for index in range(place, len(tokens)):
        token = tokens[index]
        depth += (token.tag == "OPEN") - (token.tag == "CLOSE")
        if depth > 0:
            continue
        if token.tag == "WH" and index > place:
            skipping = True
            continue
        if token.tag == "SUB" and index > place:
            return None
        if token.tag in {"MODAL", "AUX"} or (token.tag == "VERB" and _finite(tokens, index, place)):
            if skipping:
                end = verb_end(tokens, index)
                if index < end:
                    skipping = False
                    return find_verb(tokens, end)
                continue
            return index
    return None


def _finite(tokens: Tokens, index: int, first: int) -> bool:
    token = tokens[index]
    before = tokens[index - 1] if index > first else None
    if token.form == "gerund":
        return False
    if token.form == "participle":
        return False
    return not (before is not None and before.tag == "TO")


def verb_end(tokens: Tokens, place: int) -> int:
    """Where the verb group that begins at `place` ends."""
    while place < len(tokens) and tokens[place].tag in {
        "MODAL",
        "AUX",
        "NEG",
        "ADV",
        "ONLY",
        "VERB",
    }:
        place += 1
        if tokens[place - 1].tag == "VERB":
            return _verbs(tokens, place - 1)[1]
    return place


def parse(tokens: Sequence[Token], own: Sequence[Token] = ()) -> Clause:
    """The clause that `tokens` say; without a verb, all of it is `rest`."""
    tokens = _trim(tokens)
    whole = tuple(tokens)
    if len(tokens) > 1 and tokens[0].tag == "ONLY" and tokens[1].lower in _ORDERS:
        rest = [tokens[1].tagged("VERB", tokens[1].lower, "base"), *tokens[2:]]
        return replace(_verb_group(Clause(whole, own=tuple(own)), rest, 0), only=True)
    start = find_verb(tokens)
    if start is None:
        tokens = _promoted(tokens)
        start = find_verb(tokens)
    if start is None:
        return Clause(whole, rest=whole, own=tuple(own))
    found = Clause(whole, subject=tuple(tokens[:start]), own=tuple(own))
    return _verb_group(found, tokens, start)


_ORDERS = frozenset({"show", "list", "display", "return", "include"})


def _promoted(tokens: Sequence[Token]) -> Sequence[Token]:
    """ "Members rate books": the word after a plural subject is the verb after all."""
    place = 0
    found = noun(tokens, 0)
    if found is None or len(found[0].heads) < 2:
        return tokens
    place = next((i for i, token in enumerate(tokens) if token is found[0].heads[0]), 0)
    second = tokens[place + 1]
    form = VERB_FORMS.get(second.lower)
    if form is None or second.tag != "NOUN" or form[1] not in {"base", "third"}:
        return tokens
    if is_plural(tokens[place].lower) != (form[1] == "base") or place + 2 >= len(tokens):
        return tokens
    changed = list(tokens)
    changed[place + 1] = second.tagged("VERB", form[0], form[1])
    return changed


def _trim(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without leading connectives and closing stops."""
    first, last = 0, len(tokens)
    while first < last and (
        tokens[first].tag in {"CONJ", "COMMA", "DASH", "ADV", "COLON"}
        or tokens[first].lower in {".", "while", "where"}
    ):
        first += 1
    while last > first and (
        tokens[last - 1].lower in {".", ";", "!", "?", ",", ":", "…"}
        or tokens[last - 1].tag == "CONJ"
    ):
        last -= 1
    return tokens[first:last]


def _verb_group(clause: Clause, tokens: Sequence[Token], place: int) -> Clause:
    """The clause with its verb group read: modal, negation, verbs, and what comes after."""
    base, aux, place = _auxiliaries(clause, tokens, place)
    if place >= len(tokens) or tokens[place].tag != "VERB":
        verb = aux or ("be" if base.modal else "")
        return replace(base, verbs=(verb,), rest=tuple(tokens[place:]))
    done = tokens[place].form in {"participle", "past"}
    if aux == "have" and not done:
        return replace(base, verbs=("have",), rest=tuple(tokens[place:]))
    verbs, place = _verbs(tokens, place)
    return replace(
        base,
        verbs=tuple(verbs),
        passive=aux == "be" and done,
        perfect=base.perfect or (aux == "have" and done),
        rest=tuple(tokens[place:]),
    )


def _auxiliaries(clause: Clause, tokens: Sequence[Token], place: int) -> tuple[Clause, str, int]:
    """What stands before the main verb: "may not only be", "is able to"; where it ends."""
    aux = ""
    while place < len(tokens):
        token = tokens[place]
        if step := ability_at(tokens, place):
            clause, aux, place = replace(clause, modal=clause.modal or "can"), "", place + step
            continue
        if token.tag == "MODAL":
            clause = replace(clause, modal=token.lemma)
        elif token.tag == "NEG" or starts(tokens, place, ["no", "longer"]):
            clause = replace(clause, negated=True)
            place += token.tag != "NEG"
        elif token.tag == "ONLY":
            clause = replace(clause, only=True)
        elif token.tag == "AUX":
            been = aux == "have" and token.lower == "been"
            clause, aux = replace(clause, perfect=clause.perfect or been), token.lemma
        elif token.tag == "TO" and aux == "be":
            clause, aux = replace(clause, modal="must"), ""
        elif token.tag != "ADV" and not _floating(tokens, place):
            break
        place += 1
    return clause, aux, place


def _floating(tokens: Sequence[Token], place: int) -> bool:
    """ "each" in "they each have"."""
    follow = tokens[place + 1] if place + 1 < len(tokens) else None
    return (
        tokens[place].lower in {"each", "all", "both"}
        and follow is not None
        and follow.tag in {"AUX", "VERB"}
    )


def _verbs(tokens: Sequence[Token], place: int) -> tuple[list[str], int]:
    """The main verb and those that share its object: "create, edit and delete"."""
    lemma, place = one_verb(tokens, place)
    verbs = [lemma]
    while True:
        step = place
        while step < len(tokens) and (
            tokens[step].tag in {"COMMA", "CONJ", "ADV"}
            or (tokens[step].lower == "be" and step > place)
        ):
            step += 1
        if (
            step == place
            or step >= len(tokens)
            or tokens[step].tag != "VERB"
            or (tokens[step].form == "third" and verbs)
        ):
            return verbs, place
        lemma, place = one_verb(tokens, step)
        verbs.append(lemma)


def one_verb(tokens: Sequence[Token], place: int) -> tuple[str, int]:
    """The verb at `place` with its particle, and where it ends."""
    token = tokens[place]
    lemma = token.lemma
    place += 1
    if lemma == "keep" and starts(tokens, place, ["track", "of"]):
        return "keep_track_of", place + 2
    if lemma == "keep" and starts(tokens, place, ["a", "record", "of"]):
        return "keep_track_of", place + 3
    if place < len(tokens) and tokens[place].lower in PHRASAL.get(lemma, ()):
        particle = tokens[place].lower
        if lemma in _SILENT:
            return lemma, place + 1
        if lemma == "sign" and particle == "up" and starts(tokens, place + 1, ["for"]):
            return "register", place + 2
        return f"{lemma}_{particle}", place + 1
    return lemma, place
