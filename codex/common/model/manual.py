"""A model that is a person: questions are written down, answers are read back.

For people who have only a chat window, and for trying prompts by hand. All questions that wait at
one moment are given together, to be pasted and answered in one go.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TextIO

from codex.common.errors import ModelUnreachable
from codex.common.model.base import Identity, Mode, OnToken, Question, Reply
from codex.common.terminal import line_from

Sleep = Callable[[float], Awaitable[None]]

_GATHER_SECONDS = 0.2  # more questions may come in the same moment
MARK = re.compile(r"^[\W_]*ANSWER[\W_]+([0-9a-f]{8})[\W_]*$")
"""The line before an answer, as chats write it."""
_END = "=== END ==="


@dataclass(frozen=True)
class Waiting:
    """A question that waits for a person."""

    number: str
    """Follows from the question, so that a later run finds an answer that came while none ran."""
    question: Question


class Desk(Protocol):
    """Where a person is given questions and gives answers."""

    async def show(self, waiting: Sequence[Waiting]) -> None:
        """Give all questions that wait now."""
        ...

    async def answers(self) -> Mapping[str, str]:
        """The answers that came since, by number; waits until there is something to look at."""
        ...


class Manual:
    """Asks a person at a desk: a folder (`manual_folder`), or the terminal."""

    def __init__(self, desk: Desk, *, sleep: Sleep = asyncio.sleep) -> None:
        self._desk = desk
        self._sleep = sleep
        self._waiting: dict[str, tuple[Waiting, asyncio.Future[str]]] = {}
        self._clerk: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """`manual`."""
        return "manual"

    @property
    def identity(self) -> Identity:
        """A person; who it was is not known."""
        return Identity(provider="manual", model="manual")

    @property
    def mode(self) -> Mode:
        """The schema stands in the question, since nothing else tells it to a chat window."""
        return Mode.JSON

    @property
    def reads_text(self) -> bool:
        """It does."""
        return True

    async def ask(
        self,
        question: Question,
        on_token: OnToken | None = None,  # noqa: ARG002 nothing is streamed
    ) -> Reply:
        """The person's answer, however long it takes."""
        waiting = Waiting(number_of(question), question)
        known = self._waiting.get(waiting.number)
        answer = known[1] if known else asyncio.get_running_loop().create_future()
        self._waiting[waiting.number] = (waiting, answer)
        if self._clerk is None or self._clerk.done():
            self._clerk = asyncio.create_task(self._serve())
            self._clerk.add_done_callback(self._failed)
        try:
            return Reply(await asyncio.shield(answer))
        except asyncio.CancelledError:
            self._waiting.pop(waiting.number, None)  # nobody waits for it any more
            raise

    async def close(self) -> None:
        """Stop waiting."""
        if self._clerk is not None:
            self._clerk.cancel()

    async def _serve(self) -> None:
        """Give questions and take answers while any waits."""
        shown: set[str] = set()
        while self._waiting:
            if self._waiting.keys() - shown:
                await self._sleep(_GATHER_SECONDS)
                shown = set(self._waiting)
                await self._desk.show([waiting for waiting, _ in self._waiting.values()])
            for number, text in (await self._desk.answers()).items():
                found = self._waiting.pop(number, None)
                if found is not None and not found[1].done():
                    found[1].set_result(text)

    def _failed(self, clerk: asyncio.Task[None]) -> None:
        """Pass on what ended the clerk to all who wait."""
        error = None if clerk.cancelled() else clerk.exception()
        for _, answer in self._waiting.values():
            if not answer.done():
                if error is None:
                    answer.cancel()
                else:
                    answer.set_exception(error)
        self._waiting.clear()


class TerminalDesk:
    """Questions on the terminal, answers from it."""

    def __init__(self, source: TextIO | None = None, target: TextIO | None = None) -> None:
        self._source = source or sys.stdin
        self._target = target or sys.stderr
        self._shown: Sequence[Waiting] = ()

    async def show(self, waiting: Sequence[Waiting]) -> None:
        """Print all questions that wait."""
        self._shown = list(waiting)
        print(f"{all_questions(waiting)}\nPaste the reply, then a line: {_END}", file=self._target)

    async def answers(self) -> Mapping[str, str]:
        """What is typed or pasted up to the end mark."""
        text = await self._read()
        return split_answers(text, [item.number for item in self._shown])

    async def _read(self) -> str:
        lines: list[str] = []
        while line := await line_from(self._source):
            if line.strip() == _END:
                return "".join(lines)
            lines.append(line)
        if not "".join(lines).strip():
            raise ModelUnreachable(
                "The terminal was closed before the questions were answered.",
                "Resume the run, or set `manual_dir` to answer in files.",
            )
        return "".join(lines)


def number_of(question: Question) -> str:
    """Eight digits that follow from what is asked."""
    texts = [f"{message.role}\0{message.content}" for message in question.messages]
    asked = "\0".join([question.chain, str(question.sample), *texts])
    return hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()[:8]


def one_question(item: Waiting) -> str:
    """One question to be pasted alone."""
    return "\n\n".join(message.content for message in item.question.messages) + "\n"


def all_questions(waiting: Sequence[Waiting]) -> str:
    """All questions on one page, to be answered in one go."""
    if len(waiting) == 1:
        mark = f"=== ANSWER {waiting[0].number} ==="
        return f"Begin the answer with the line {mark}\n\n{one_question(waiting[0])}"
    lines = [
        f"Here are {len(waiting)} questions that have nothing to do with each other. Answer each",
        "in full, exactly in the form that it asks for. Before each answer write its line, such as",
        f"=== ANSWER {waiting[0].number} ===",
        "and nothing else outside the answers.",
    ]
    for beginning, items in _by_beginning(waiting).items():
        if len(items) > 1:
            numbers = ", ".join(item.number for item in items)
            lines += ["", f"=== THE BEGINNING OF QUESTIONS {numbers} ===", "", beginning]
        for item in items:
            place = f", {item.question.place}" if item.question.place else ""
            lines += ["", f"=== QUESTION {item.number} ({item.question.chain}{place}) ===", ""]
            text = one_question(item)
            lines.append(text.removeprefix(beginning).lstrip() if len(items) > 1 else text)
    return "\n".join(lines)


def _by_beginning(waiting: Sequence[Waiting]) -> Mapping[str, Sequence[Waiting]]:
    """The questions by their first message, which those of one chain have in common."""
    found: dict[str, list[Waiting]] = {}
    for item in waiting:
        found.setdefault(item.question.messages[0].content, []).append(item)
    return found


def split_answers(text: str, numbers: Sequence[str]) -> dict[str, str]:
    """The answers in a pasted reply by number; without marks it answers the only question."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines(keepends=True):
        if mark := MARK.match(line.strip()):
            current = found.setdefault(mark[1], [])
        elif current is not None:
            current.append(line)
    if not found and len(numbers) == 1 and text.strip():
        return {numbers[0]: text}
    return {number: "".join(lines) for number, lines in found.items() if number in numbers}
