"""Signs around a word that tell its part of speech."""

from __future__ import annotations

from collections.abc import Sequence

from codex.builtin.language.inflect import is_plural
from codex.builtin.language.parts_of_speech import (
    CLASSES,
    NOUNY,
    NUMBER_WORDS,
    PARTICLES,
    could_be_noun,
)
from codex.builtin.language.tokens import Token
from codex.builtin.language.verbs import AUXILIARIES, MODALS, PHRASAL, VERB_FORMS

BEFORE_VERBS = frozenset({"NOUN", "PRON", "MODAL", "TO", "CONJ", "COMMA", "ADV", ""})


def with_particle(lemma: str, after: Token | None, *, nouny: bool) -> bool:
    """Whether a particle makes a verb of a word: "log in", "sign up"."""
    if after is None or after.lower not in PARTICLES or after.lower not in PHRASAL.get(lemma, ()):
        return False
    return not (nouny and after.lower in {"in", "on"} and lemma not in {"log", "sign"})


def after_noun(token: Token, form: str, done: list[Token], after: Token | None) -> bool:
    """Whether a word behind a noun is its verb: "members borrow the book", not "book orders"."""
    word = token.lower
    if not could_be_noun(word):
        return True
    agrees = is_plural(done[-1].lower) == (form == "base")
    kinds = {"DET", "POSS", "QUANT", "PREP", "ADV", "ONLY", "PRON"}
    follows = after is not None and (
        CLASSES.get(after.lower) in kinds
        or after.lower == "to"
        or after.kind in {"number", "quoted"}
        or after.lower in NUMBER_WORDS
    )
    return agrees and follows and not _noun_prep(word, after)


def predicate_follows(rest: Sequence[Token]) -> bool:
    """Whether a noun phrase and its verb follow: "Invoice lines have …"."""
    for index, token in enumerate(rest[:4]):
        if index and (
            token.lower in AUXILIARIES or token.lower in MODALS or token.lower in {":", "("}
        ):
            return True
        form = VERB_FORMS.get(token.lower)
        if index and form is not None and form[1] == "third" and not could_be_noun(token.lower):
            return True
        if token.kind != "word" or token.lower in CLASSES or token.lower == "to":
            return False
    return False


def _noun_prep(word: str, after: Token | None) -> bool:
    """`orders of`, `price in`: a noun with what belongs to it."""
    return (
        after is not None
        and after.lower in {"of", "in", "on", "for", "per", "from", "between", "by", "at", "as"}
        and could_be_noun(word)
    )


def coordinated(
    token: Token, verb: Token, noun: Token, done: list[Token], after: Token | None
) -> Token:
    """In "create, edit and delete notes" verbs; in "a title, rate and cost" nouns."""
    for earlier in reversed(done):
        if earlier.tag in {"COMMA", "CONJ", "ADV", "NEG", "PART"}:
            continue
        if earlier.tag == "VERB":
            return (
                verb
                if earlier.form == token.tagged("", form=verb.form).form or verb.form == "base"
                else noun
            )
        break
    asked = any(item.tag in {"MODAL", "TO", "VERB"} for item in done)
    if takes_object(after) and verb.form == "base" and token.lower not in NOUNY and asked:
        return verb
    if (
        verb.form == "base"
        and any(item.tag in {"MODAL", "TO"} for item in done)
        and _determined(after)
    ):
        return verb
    if verb.form == "third" and (
        (token.lower not in NOUNY and not could_be_noun(token.lower))
        or (
            _determined(after)
            and any(item.tag in {"VERB", "AUX"} for item in done)
            and not _list_of_nouns(done)
        )
    ):
        return verb
    plural_verb = any(item.tag == "VERB" and item.form == "base" for item in done)
    if verb.form == "base" and plural_verb and _determined(after) and not _list_of_nouns(done[:-1]):
        return verb
    if (
        verb.form == "base"
        and after is not None
        and after.lower == "to"
        and verb.lemma in {"report", "belong", "refer", "relate", "link"}
    ):
        return verb
    led = after is not None and (after.lower == "to" or _determined(after))
    if (
        verb.form == "base"
        and not led
        and not any(item.tag in {"MODAL", "TO", "VERB"} for item in done)
    ):
        return noun  # "a name, breed, weight"
    return noun if could_be_noun(token.lower) else verb


def _list_of_nouns(done: list[Token]) -> bool:
    return bool(done) and done[-1].tag == "COMMA"


def _determined(after: Token | None) -> bool:
    return after is not None and (
        CLASSES.get(after.lower) in {"DET", "POSS", "QUANT", "PRON"} or after.kind == "number"
    )


def takes_object(after: Token | None) -> bool:
    """Whether what follows can be what a verb is done to."""
    if after is None or after.kind == "sign":
        return False
    kind = CLASSES.get(after.lower)
    if kind is None:
        return after.lower not in AUXILIARIES and after.lower not in MODALS and after.lower != "to"
    return kind in {"DET", "POSS", "QUANT", "PRON", "ADJ", "ONLY"}


def after_determiner(done: list[Token]) -> bool:
    """Whether a determiner stands before the word."""
    return bool(done) and done[-1].tag in {"DET", "POSS"}


def verb_here(done: list[Token]) -> bool:
    """Whether what comes next is a verb: after a modal, "to" (an infinitive), or an auxiliary."""
    for earlier in reversed(done):
        if earlier.tag in {"ADV", "NEG", "ONLY"}:
            continue
        return earlier.tag == "MODAL" or (
            earlier.tag == "AUX" and earlier.lower not in {"has", "have", "had"}
        )
    return False


def aux_before(done: list[Token]) -> bool:
    """Whether an auxiliary stands shortly before the word."""
    return any(item.tag == "AUX" for item in done[-3:])
