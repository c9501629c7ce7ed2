"""What a run shows while it goes on: lines, or a live picture in a terminal, from events alone."""

from __future__ import annotations

import io
import os
import pty
import re
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from rich.console import Console

from codex.cli.event_lines import told
from codex.cli.progress import Lines, view_for
from codex.cli.progress_live import Live, drawn, duration
from codex.cli.progress_picture import Picture
from codex.common.documents.run import RunStatus, Usage
from codex.common.events import (
    CheckFailed,
    DocumentSaved,
    Event,
    FunctionVerified,
    Logged,
    ModelCalled,
    ModelRetried,
    Notice,
    Progress,
    RunEnded,
    RunStarted,
    StageFinished,
    StageStarted,
)

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def called(chain: str, place: str, *, hit: bool = False) -> ModelCalled:
    usage = Usage(input_tokens=900, output_tokens=100)
    price = Decimal("0.0125")
    return ModelCalled(chain=chain, place=place, usage=usage, price=price, latency_ms=2000, hit=hit)


# A build as it is recorded: an event, and the second at which it happened.
RECORDED: list[tuple[float, Event]] = [
    (0, RunStarted(name="books")),
    (0, Notice(text="Somebody answers.", todo="Choose another.")),
    (0, StageStarted(stage="design")),
    (2, called("design/specify", "specify")),
    (3, StageFinished(stage="design", seconds=3.0)),
    (3, DocumentSaved(kind="specification", id=1)),
    (3, StageStarted(stage="architect")),
    (5, ModelRetried(chain="architect/routes", place="r", reason="rate_limit", wait_seconds=4)),
    (9, called("architect/routes", "routes:a")),
    (10, StageFinished(stage="architect", seconds=7.0)),
    (10, DocumentSaved(kind="architecture", id=1)),
    (10, StageStarted(stage="develop", planned=4)),
    (12, called("develop/write_function", "add_loan:0:0")),
    (12, called("develop/write_function", "count_loans:0:0", hit=True)),
    (12, called("develop/write_function", "borrow_book:0:0")),
    (13, Progress(place="borrow_book:0:0", text="def borrow_book(")),
    (14, FunctionVerified(function="add_loan")),
    (15, CheckFailed(check="examples", subject="borrow_book", message="expected 1, got 2")),
    (16, FunctionVerified(function="count_loans")),
]
REST: list[tuple[float, Event]] = [
    (18, FunctionVerified(function="borrow_book")),
    (19, CheckFailed(check="given up", subject="return_book", message="It never worked.")),
    (20, StageFinished(stage="develop", seconds=10.0)),
    (20, DocumentSaved(kind="implementation", id=1)),
    (20, StageStarted(stage="deploy")),
    (30, StageFinished(stage="deploy", seconds=10.0)),
    (30, DocumentSaved(kind="application", id=1)),
    (30, RunEnded(status=RunStatus.DONE)),
]


def logged(events: list[tuple[float, Event]]) -> list[Logged]:
    return [
        Logged(run_id="1", position=place, created_at=BEGAN + timedelta(seconds=at), event=event)  # pyright: ignore[reportArgumentType] any of them
        for place, (at, event) in enumerate(events, 1)
    ]


def taken(events: list[tuple[float, Event]]) -> Picture:
    picture = Picture()
    for item in logged(events):
        picture.take(item)
    return picture


def as_text(picture: Picture, at: float) -> str:
    console = Console(file=io.StringIO(), width=120)
    with console.capture() as captured:
        console.print(drawn(picture, BEGAN + timedelta(seconds=at)))
    return captured.get()


def test_the_picture_tells_stages_functions_tokens_money_and_time_left() -> None:
    text = as_text(taken(RECORDED), 16)
    assert re.search(r"✓ +design +3.0 s", text)
    assert re.search(r"develop +2 of 4 functions, 6 s", text)
    assert "borrow_book: examples failed, repairing" in text
    assert "add_loan" not in text  # it is done
    assert text.splitlines()[-1] == "def borrow_book("  # what is being written
    assert "4 questions (1 answered before) · 4,000 tokens · $0.0500" in text
    # Two functions took six seconds, two are left; then comes what Deploy usually takes.
    assert "about 26 s left" in text


def test_a_wait_for_the_model_is_told_until_it_answers() -> None:
    assert "waiting for the model: rate_limit, again in 4 s" in as_text(taken(RECORDED[:8]), 6)
    assert "waiting" not in as_text(taken(RECORDED[:9]), 9)


def test_at_the_end_nothing_is_left() -> None:
    picture = taken(RECORDED + REST)
    assert picture.seconds_left(BEGAN + timedelta(seconds=30)) == 0
    text = as_text(picture, 30)
    assert text.count("✓") == 4
    assert "left" not in text


def test_before_anything_began_no_time_is_guessed() -> None:
    assert Picture().seconds_left(BEGAN) is None


def test_a_price_that_nobody_knows_is_not_called_nothing() -> None:
    call = called("design/specify", "specify").model_copy(update={"price": None})
    assert "price unknown" in as_text(taken([(0, call)]), 1)


def test_of_a_model_that_costs_nothing_no_price_is_told() -> None:
    free = {"usage": Usage(), "price": Decimal(0)}
    call = called("design/specify", "specify").model_copy(update=free)
    text = as_text(taken([(0, call)]), 1)
    assert "1 question\n" in text
    assert "$" not in text
    assert "tokens" not in text


def test_many_functions_at_once_are_counted() -> None:
    calls: list[tuple[float, Event]] = [
        (1, called("develop/write_function", f"function_{number}:0:0")) for number in range(12)
    ]
    text = as_text(taken([(0, StageStarted(stage="develop", planned=12)), *calls]), 1)
    assert "function_7" in text
    assert "function_8" not in text
    assert "and 4 more" in text


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "1 s"), (89, "89 s"), (150, "2 min"), (7500, "2 h 5 min")]
)
def test_durations_are_readable(seconds: float, words: str) -> None:
    assert duration(seconds) == words


class Terminal:
    """A terminal that remembers everything that was drawn in it."""

    def __init__(self) -> None:
        self._mine, theirs = pty.openpty()
        self.file = os.fdopen(theirs, "w", encoding="utf-8")
        self.console = Console(file=self.file, width=100)
        self._pieces: list[bytes] = []
        # Read all the time, since a terminal that nobody reads takes only so much.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def said(self) -> str:
        """All of it; the terminal is gone then."""
        self.file.close()
        self._reader.join()
        os.close(self._mine)
        return b"".join(self._pieces).decode()

    def _read(self) -> None:
        # Linux' way to say that the other side is closed is an error.
        with suppress(OSError):
            while piece := os.read(self._mine, 65536):
                self._pieces.append(piece)


def test_a_terminal_shows_the_recorded_build() -> None:
    terminal = Terminal()
    assert terminal.console.is_terminal
    view = Live(terminal.console)
    for item in logged(RECORDED):
        view.show(item)
    with view.paused():
        # The terminal belongs to a question meanwhile; what happens is shown after it.
        terminal.file.write("Build the rest? ")
        view.show(logged([(17, Notice(level="warning", text="Somebody waits."))])[0])
        terminal.file.write("[answered]\n")
    for item in logged(REST):
        view.show(item)
    view.close()
    said = terminal.said()
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)
    assert "\x1b[?25l" in said  # the cursor is hidden …
    assert said.rindex("\x1b[?25h") > said.rindex("\x1b[?25l")  # … and comes back
    assert "Somebody answers. Choose another." in plain
    assert "examples failed on borrow_book: expected 1, got 2" in plain
    assert "Build the rest? [answered]" in plain
    assert plain.index("[answered]") < plain.index("Somebody waits.")
    last = plain[plain.rindex("design") :]
    assert re.search(r"deploy +10.0 s", last)
    assert "$0.0500" in last


def test_without_a_terminal_there_is_a_line_for_each_event(
    capsys: pytest.CaptureFixture[str],
) -> None:
    view = view_for(as_json=False)
    assert isinstance(view, Lines)
    for item in logged(RECORDED + REST):
        view.recall(item)  # the past was shown when it happened
        view.show(item)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "Somebody answers. Choose another.",
        "design …",
        "design took 3.0 s",
        "architect …",
        "  waiting 4.0 s for the model: rate_limit",
        "architect took 7.0 s",
        "develop (4 functions) …",
        "  verified add_loan",
        "  examples failed on borrow_book: expected 1, got 2",
        "  verified count_loans",
        "  verified borrow_book",
        "  given up failed on return_book: It never worked.",
        "develop took 10.0 s",
        "deploy …",
        "deploy took 10.0 s",
    ]


def test_what_a_model_says_steers_no_terminal() -> None:
    message = "\x1b[2J\x07 gone"
    line = told(CheckFailed(check="examples", subject="f", message=message))
    assert "\x1b" not in line
    text = as_text(taken([(0, StageStarted(stage="develop", planned=1))]), 1)
    assert "\x1b" not in text
