"""A person as the model: all waiting questions at once, answers from files or the terminal."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from codex.chains.chain import fan_out, run
from codex.common.errors import ModelUnreachable
from codex.common.model.manual import Manual, TerminalDesk, split_answers
from codex.common.model.manual_folder import FolderDesk
from tests.chains.library import GOOD, INPUTS, NAME_SHELF, NameShelfInputs, library


async def no_time(_: float) -> None:
    """Time passes at once, and others get their turn."""
    for _turn in range(50):
        await asyncio.sleep(0)


def folder_model(folder: Path, told: io.StringIO | None = None) -> Manual:
    return Manual(FolderDesk(folder, tell=told or io.StringIO(), sleep=no_time), sleep=no_time)


async def until(path: Path) -> str:
    """The text of a file, as soon as it is there."""
    await turns_until(path.exists)
    return read(path)


def read(path: Path) -> str:
    return path.read_text()


def found_in(folder: Path, kind: str) -> list[Path]:
    return list(folder.glob(f"*.{kind}.md")) + list(folder.glob(f".*.{kind}"))


async def turns_until(condition: Callable[[], object]) -> None:
    """Let the others work until `condition` holds."""
    while not condition():  # noqa: ASYNC110 what is waited for is a file
        await asyncio.sleep(0)


async def questions(folder: Path, count: int = 1) -> list[Path]:
    """The files of the questions, as soon as there are so many."""
    await turns_until(lambda: len(found_in(folder, "question")) >= count)
    return found_in(folder, "question")


def numbers_in(page: str) -> list[str]:
    return re.findall(r"QUESTION ([0-9a-f]{8})", page)


async def test_all_waiting_questions_are_given_and_answered_together(tmp_path: Path) -> None:
    told = io.StringIO()
    services = library(folder_model(tmp_path, told))
    inputs = {f"shelf {n}": NameShelfInputs(topic=f"topic {n}") for n in range(3)}
    work = asyncio.create_task(fan_out(NAME_SHELF, inputs, services))
    page = await until(tmp_path / "questions.md")
    numbers = numbers_in(page)
    assert len(numbers) == 3
    assert all(f"topic {n}" in page for n in range(3))
    assert '"attic" | "hall"' in page, "nothing but the question tells a chat window the schema"
    assert page.count("You name shelves") == 1, "what all begin with is shown once"
    assert "3 question(s)" in told.getvalue()
    answers = [f'=== ANSWER {n} ===\n{{"name": "N{n[:3]}", "room": "hall"}}\n' for n in numbers]
    (tmp_path / "answers.md").write_text("Here you are!\n" + "\n".join(reversed(answers)))
    assert [shelf.name for shelf in await work] == [f"N{n[:3]}" for n in numbers]
    assert not found_in(tmp_path, "question")
    assert len(found_in(tmp_path / "done", "answer")) == 3


async def test_a_bad_answer_is_asked_again_like_any_other(tmp_path: Path) -> None:
    services = library(folder_model(tmp_path))
    work = asyncio.create_task(run(NAME_SHELF, INPUTS, services, place="sea"))
    [first] = await questions(tmp_path)
    (tmp_path / first.name.replace("question", "answer")).write_text('{"name": "Harbour"}')
    await turns_until(lambda: not first.exists())
    [second] = await questions(tmp_path)
    assert "room" in second.read_text()
    (tmp_path / second.name.replace("question", "answer")).write_text(GOOD)
    assert (await work).name == "Tides"


async def test_an_answer_given_while_nobody_waited_is_found(tmp_path: Path) -> None:
    first = asyncio.create_task(run(NAME_SHELF, INPUTS, library(folder_model(tmp_path))))
    [question] = await questions(tmp_path)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    (tmp_path / question.name.replace("question", "answer")).write_text(GOOD)
    again = library(folder_model(tmp_path))
    assert (await run(NAME_SHELF, INPUTS, again)).name == "Tides"


async def test_an_answer_to_what_nobody_asks_is_told_once_and_left(tmp_path: Path) -> None:
    told = io.StringIO()
    asking = asyncio.create_task(run(NAME_SHELF, INPUTS, library(folder_model(tmp_path, told))))
    (question,) = await questions(tmp_path)
    number = question.name[:8]
    page = tmp_path / "answers.md"
    page.write_text(f"=== ANSWER 00000000 ===\n{GOOD}")
    await turns_until(lambda: "answers 00000000" in told.getvalue())
    for _ in range(5):
        await no_time(0)
    assert told.getvalue().count("answers 00000000; what waits now is " + number) == 1
    assert page.exists()
    page.write_text(f"=== ANSWER {number} ===\n{GOOD}")
    assert (await asking).name == "Tides"


async def test_a_page_stays_as_it_is_until_it_is_answered(tmp_path: Path) -> None:
    """Somebody may be reading it; what is asked meanwhile stands on the next page."""
    told = io.StringIO()
    services = library(folder_model(tmp_path, told))
    first = asyncio.create_task(run(NAME_SHELF, INPUTS, services, place="sea"))
    page = await until(tmp_path / "questions.md")
    other = NameShelfInputs(topic="the moon")
    second = asyncio.create_task(run(NAME_SHELF, other, services, place="moon"))
    await questions(tmp_path, 2)
    await turns_until(lambda: "1 more question(s) wait" in told.getvalue())
    assert read(tmp_path / "questions.md") == page
    assert "the moon" not in page
    (tmp_path / "answers.md").write_text(GOOD)  # no mark: the page had one question
    assert (await first).name == "Tides"
    await turns_until(lambda: "the moon" in read(tmp_path / "questions.md"))
    (tmp_path / "answers.md").write_text(GOOD)
    assert (await second).name == "Tides"
    await turns_until(lambda: not (tmp_path / "questions.md").exists())
    assert not found_in(tmp_path, "new"), "nothing half written is left"


async def test_an_answer_to_the_same_material_under_other_instructions_is_taken(
    tmp_path: Path,
) -> None:
    """As when a prompt's rules were mended while somebody was answering."""
    work = asyncio.create_task(run(NAME_SHELF, INPUTS, library(folder_model(tmp_path))))
    [question] = await questions(tmp_path)
    instructions, _, material = question.read_text().partition("\n\n")
    (tmp_path / "0123abcd.question.md").write_text(f"{instructions} Be brief.\n\n{material}")
    (tmp_path / "89abcdef.question.md").write_text(f"{instructions}\n\nAbout something else.")
    (tmp_path / "answers.md").write_text(
        f"=== ANSWER 89abcdef ===\nno\n=== ANSWER 0123abcd ===\n{GOOD}"
    )
    assert (await work).name == "Tides"
    assert [path.name for path in found_in(tmp_path, "question")] == ["89abcdef.question.md"]


async def test_the_terminal_takes_a_pasted_reply() -> None:
    target = io.StringIO()
    source = io.StringIO(f"{GOOD}\n=== END ===\n")
    services = library(Manual(TerminalDesk(source, target), sleep=no_time))
    assert (await run(NAME_SHELF, INPUTS, services)).name == "Tides"
    assert "about <topic>the sea</topic>" in target.getvalue()


async def test_a_closed_terminal_is_said() -> None:
    services = library(Manual(TerminalDesk(io.StringIO(""), io.StringIO()), sleep=no_time))
    with pytest.raises(ModelUnreachable, match="terminal was closed"):
        await run(NAME_SHELF, INPUTS, services)


@pytest.mark.parametrize(
    "line",
    ["=== ANSWER 0123abcd ===", "**ANSWER 0123abcd**", "# ANSWER 0123abcd", "ANSWER: 0123abcd"],
)
def test_marks_are_read_as_chats_write_them(line: str) -> None:
    assert split_answers(f"Sure.\n{line}\none\ntwo\n", ["0123abcd"]) == {"0123abcd": "one\ntwo\n"}


def test_a_reply_without_marks_answers_only_a_single_question() -> None:
    assert split_answers("one", ["0123abcd"]) == {"0123abcd": "one"}
    assert split_answers("one", ["0123abcd", "89abcdef"]) == {}
