"""The interview: questions with their defaults, answers, and what is assumed without one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from codex.chains.design.clarify import Clarification
from codex.common.documents.base import check_text
from codex.common.documents.specification import Assumption, InterviewQuestion
from codex.common.errors import InputError

LONGEST_ANSWER = 5_000

Answers = Mapping[str, str]
"""Answers by the question's id (`Q1`) or its text."""


def numbered(clarification: Clarification) -> tuple[InterviewQuestion, ...]:
    """The questions of a clarification, numbered."""
    return tuple(
        InterviewQuestion(
            id=f"Q{number}",
            text=item.text,
            why=item.why,
            default=item.default,
            choices=item.choices,
        )
        for number, item in enumerate(clarification.questions, 1)
    )


def answered(
    questions: Sequence[InterviewQuestion], answers: Answers
) -> tuple[InterviewQuestion, ...]:
    """The questions with their answers; an answer to a question that nobody asked is refused."""
    known = {key for item in questions for key in (item.id, _key(item.text))}
    given: dict[str, str] = {}
    for name, text in answers.items():
        key = name if name in known else _key(name)
        if key not in known:
            asked = ", ".join(item.id for item in questions) or "none"
            raise InputError(
                f"There is no question {name!r} to answer.", f"The questions are: {asked}."
            )
        check_text(text, f"The answer to {name}")
        if len(text) > LONGEST_ANSWER:
            raise InputError(
                f"The answer to {name} has {len(text):,} characters; {LONGEST_ANSWER:,} are taken.",
                "Shorten it, or put it into the request.",
            )
        given[key] = text.strip()
    return tuple(
        item.model_copy(update={"answer": given.get(item.id) or given.get(_key(item.text)) or None})
        for item in questions
    )


def assumed(
    questions: Sequence[InterviewQuestion], taken: Sequence[Assumption]
) -> tuple[Assumption, ...]:
    """What is assumed because a question was not answered, numbered after `taken`."""
    first = max((int(item.id[1:]) for item in taken), default=0) + 1
    open_ = [item for item in questions if item.answer is None]
    return tuple(
        Assumption(id=f"A{number}", text=f"{item.text} {item.default}", question=item.id)
        for number, item in enumerate(open_, first)
    )


def read_answers(path: Path) -> dict[str, str]:
    """Answers from a file: a JSON object, or lines such as `Q1: yes`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a file.") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    if text.lstrip().startswith("{"):
        return _from_json(text, path)
    answers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, answer = line.partition(":")
        if not colon:
            raise InputError(
                f"{path}:{number}: there is no colon.", "Write lines such as `Q1: yes`."
            )
        answers[name.strip()] = answer.strip()
    return answers


def _from_json(text: str, path: Path) -> dict[str, str]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is not JSON: {error}.", "Mend it.") from None
    if not all(isinstance(value, str) for value in raw.values()):
        raise InputError(f"{path}: every answer must be text.", 'For example {"Q1": "yes"}.')
    return raw


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
