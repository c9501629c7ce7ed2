"""An introduction in the making, and the words that one is told by."""

from __future__ import annotations

from dataclasses import dataclass

from codex.builtin.language.people import SYSTEMS
from codex.builtin.language.tokens import Token
from codex.builtin.language.wordlists import wordset

PURPOSE = wordset(
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


def names_system(word: str) -> bool:
    """Whether a word is one for services: app, tool, systems."""
    return word in SYSTEMS or word.rstrip("s") in SYSTEMS
