"""The few questions that the built-in model can ask, and its own reading of their answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from codex.builtin.language.names import spoken
from codex.builtin.language.world import World
from codex.chains.design.clarify import Question
from codex.common.documents.specification import InterviewQuestion

MOST_FIELDS_ASKED = 3
_YES = re.compile(r"(yes|yeah|yep|y|true|sure|of course|they do|they should)\b", re.IGNORECASE)
_SIGN_IN = "Do users sign up and log in?"
_KNOWN_OF = re.compile(r"What is known of each ([a-z0-9 ]+)\?")
_SHARED = re.compile(r"May signed-in users see the ([a-z0-9 ]+) of others\?")


def questions(world: World) -> Iterator[Question]:
    """What a client should be asked about what was understood."""
    if not world.things:
        return
    if world.account is None:
        yield Question(
            text=_SIGN_IN,
            why="Without accounts, everybody who reaches the service may do everything.",
            default="No",
            choices=("No", "Yes"),
        )
    bare = [
        t
        for t in world.things.values()
        if not t.fields and not t.relations and t.name != world.account
    ]
    for thing in bare[:MOST_FIELDS_ASKED]:
        yield Question(
            text=f"What is known of each {spoken(thing.name)}?",
            why=f"The request names no field of the {spoken(thing.plural)}.",
            default="A name",
        )
    if world.account is not None and not any(thing.owner for thing in world.things.values()):
        kept = [t for t in world.things.values() if t.name != world.account and not t.made_by]
        if kept:
            yield Question(
                text=f"May signed-in users see the {spoken(kept[0].plural)} of others?",
                why="It decides whether everybody sees everything or only what is their own.",
                default="Yes",
                choices=("Yes", "No"),
            )


def as_sentences(asked: Sequence[InterviewQuestion]) -> list[str]:
    """The answers as sentences to read with the request; to other questions as they stand."""
    found: list[str] = []
    for question in asked:
        if question.answer is None:
            continue
        sentence = _sentence(question.text, question.answer.strip())
        if sentence:
            found.append(sentence)
    return found


def _sentence(text: str, answer: str) -> str:
    yes = bool(_YES.match(answer))
    if text == _SIGN_IN:
        return "Users sign up and log in." if yes else ""
    if match := _KNOWN_OF.fullmatch(text):
        return f"Each {match[1]} has {answer.rstrip('.')}."
    if match := _SHARED.fullmatch(text):
        return "" if yes else f"Users see only their own {match[1]}."
    return "" if re.fullmatch(r"(yes|no)\W*", answer, re.IGNORECASE) else answer
