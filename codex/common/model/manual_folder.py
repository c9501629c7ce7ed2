"""A folder as the desk of a person who is asked: questions and answers are files."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from codex.common.model.manual import (
    MARK,
    Sleep,
    Waiting,
    all_questions,
    one_question,
    split_answers,
)

_LOOK_SECONDS = 0.5


class FolderDesk:
    """Questions and answers as files.

    `questions.md` holds what waits, to be pasted as one; `NUMBER.question.md` each alone. Answers
    are read from `answers.md` (with its marks) and from `NUMBER.answer.md`, and then moved to
    `done`. A page stays as it is until it was answered, since somebody may be reading it: what is
    asked meanwhile stands on the next one.
    """

    def __init__(
        self, folder: Path, *, tell: TextIO | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._folder = folder
        self._tell = tell or sys.stderr
        self._sleep = sleep
        self._shown: list[Waiting] = []
        self._on_page: frozenset[str] = frozenset()
        self._seen: dict[Path, tuple[int, int]] = {}
        self._told: set[tuple[Path, tuple[int, int]]] = set()

    @property
    def _page(self) -> Path:
        return self._folder / "questions.md"

    async def show(self, waiting: Sequence[Waiting]) -> None:
        """Write all questions down."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._shown = list(waiting)
        for item in waiting:
            _written(self._folder / f"{item.number}.question.md", one_question(item))
        later = [item.number for item in waiting if item.number not in self._on_page]
        if len(later) == len(waiting) or not self._page.exists():
            self._renew_page()
        else:
            print(
                f"{len(later)} more question(s) wait: they come on the next page, when "
                f"{self._page} is answered.",
                file=self._tell,
            )

    def _renew_page(self) -> None:
        """A page of all that waits; none where nothing does."""
        self._on_page = frozenset(item.number for item in self._shown)
        if not self._shown:
            self._page.unlink(missing_ok=True)
            return
        _written(self._page, all_questions(self._shown))
        print(
            f"{len(self._shown)} question(s) wait in {self._page}: paste it into a chat and save "
            f"the reply as {self._folder / 'answers.md'}.",
            file=self._tell,
        )

    async def answers(self) -> Mapping[str, str]:
        """What was saved since the last look; a file that still grows is left for the next."""
        await self._sleep(_LOOK_SECONDS)
        found: dict[str, str] = {}
        page_taken = False
        for path in [self._folder / "answers.md", *sorted(self._folder.glob("*.answer.md"))]:
            text = self._read(path)
            if text is None:
                continue
            numbers = [item.number for item in self._shown]
            known = {number: number for number in numbers} | self._formerly()
            is_page = path.name == "answers.md"
            marked = self._split(text, [*known]) if is_page else {path.name[:8]: text}
            answers = {known[number]: each for number, each in marked.items() if number in known}
            if answers:
                found |= answers
                page_taken = page_taken or is_page
                self._put_away(path, marked, known)
            elif numbers and is_page:
                self._tell_unasked(path, text, numbers)
        self._shown = [item for item in self._shown if item.number not in found]
        if found and (page_taken or not self._on_page & {item.number for item in self._shown}):
            self._renew_page()
        return found

    def _split(self, text: str, numbers: Sequence[str]) -> dict[str, str]:
        """The answers of a page; one without marks answers the only question that it had."""
        return split_answers(text, numbers) or split_answers(text, [*self._on_page])

    def _formerly(self) -> dict[str, str]:
        """Numbers of questions whose instructions have changed since, and nothing that is asked.

        What was answered for the same material is an answer still; it is checked like any other.
        """
        numbers = {item.number for item in self._shown}
        found: dict[str, str] = {}
        for path in self._folder.glob("*.question.md"):
            number = path.name[:8]
            if number in numbers:
                continue
            text = path.read_text(encoding="utf-8", errors="replace").rstrip()
            for item in self._shown:
                asked = "\n\n".join(part.content for part in item.question.messages[1:])
                if asked and text.endswith(asked.rstrip()):
                    found[number] = item.number
        return found

    def _tell_unasked(self, path: Path, text: str, numbers: Sequence[str]) -> None:
        """Say, once for each state of a file, that nothing in it answers what waits."""
        state = (path, self._seen[path])
        if state in self._told:
            return
        self._told.add(state)
        marks = [mark[1] for line in text.splitlines() if (mark := MARK.match(line.strip()))]
        what = f"answers {_few(marks)}" if marks else "has no line === ANSWER NUMBER ==="
        print(
            f"{path} {what}; what waits now is {_few(numbers)}: see {self._page}.",
            file=self._tell,
        )

    def _read(self, path: Path) -> str | None:
        """The text of a file that is there, not empty, and the same as at the last look."""
        try:
            state = path.stat()
        except OSError:
            return None
        now = (state.st_mtime_ns, state.st_size)
        settled = self._seen.get(path) == now
        self._seen[path] = now
        if not settled or not state.st_size:
            return None
        return path.read_text(encoding="utf-8", errors="replace")

    def _put_away(self, path: Path, marked: Mapping[str, str], known: Mapping[str, str]) -> None:
        done = self._folder / "done"
        done.mkdir(exist_ok=True)
        for number, text in marked.items():
            if number not in known:
                continue
            (done / f"{number}.answer.md").write_text(text, encoding="utf-8")
            for name in {number, known[number]}:
                question = self._folder / f"{name}.question.md"
                if question.exists():
                    question.replace(done / question.name)
        path.unlink()


def _written(path: Path, text: str) -> None:
    """Write a file that nobody ever sees half written."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _few(numbers: Sequence[str]) -> str:
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"{', '.join(numbers[:3])}{more}"
