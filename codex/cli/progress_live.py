"""The live picture of a run in a terminal."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live as RichLive
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from codex.cli.event_lines import told
from codex.cli.output import printable
from codex.cli.progress_picture import Picture, Stage
from codex.common.english import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from codex.common.events import Logged

SHOWN = 8
"""Functions that are listed at once; the others are counted."""
LONGEST_LINE = 100
_ABOVE = frozenset({"notice", "check_failed"})
_MARKS = {"waiting": Text("·", "dim"), "done": Text("✓", "green")}


class Live:
    """Draws the picture again and again; what is worth keeping is printed above it."""

    def __init__(self, console: Console | None = None) -> None:
        self.picture = Picture()
        self._console = console or Console(stderr=True)
        self._spinner = Spinner("dots")
        self._live: RichLive | None = None
        self._paused = False
        self._above: list[Text] = []

    def show(self, logged: Logged) -> None:
        """Take it in and draw."""
        self.picture.take(logged)
        if logged.event.type in _ABOVE and (line := told(logged.event)):
            self._above.append(Text(line, _style(logged)))
        if not self._paused:
            self._draw()
        if logged.event.type == "run_ended":
            self.close()

    def recall(self, logged: Logged) -> None:
        """Take it in."""
        self.picture.take(logged)

    @contextmanager
    def paused(self) -> Generator[None]:
        """Take the picture away meanwhile."""
        if self._live is not None:
            self._live.transient = True
        self.close()
        self._paused = True
        try:
            yield
        finally:
            self._paused = False
            self._draw()

    def close(self) -> None:
        """Leave the last picture standing."""
        if self._live is not None:
            live, self._live = self._live, None
            with suppress(OSError):  # the terminal may be gone
                live.stop()

    def _draw(self) -> None:
        """Begin to draw, unless that is done already; what came meanwhile stands above."""
        if self._live is None:
            self._live = RichLive(
                console=self._console, get_renderable=self._drawn, refresh_per_second=5
            )
            self._live.start()
        for line in self._above:
            self._console.print(line, soft_wrap=True)
        self._above.clear()

    def _drawn(self) -> RenderableType:
        return drawn(self.picture, datetime.now(UTC), self._spinner)


def drawn(picture: Picture, now: datetime, spinner: RenderableType = "") -> RenderableType:
    """The picture as lines: the stages, what is worked on in parallel, what it costs."""
    grid = Table.grid(padding=(0, 2))
    for stage in picture.stages.values():
        mark = spinner if stage.state == "running" else _MARKS[stage.state]
        grid.add_row(mark, Text(stage.name), Text(_about(stage, now), "dim"))
        if stage.name == "develop" and stage.state == "running":
            for line in _parallel(picture):
                grid.add_row("", "", Text(line, "dim"))
    lines: list[RenderableType] = [grid, Text(_figures(picture, now), "dim")]
    if written := picture.writing.strip():
        last = printable(written.splitlines()[-1])[-LONGEST_LINE:]
        lines.append(Text(last, "dim italic", overflow="ellipsis", no_wrap=True))
    return Group(*lines)


def _about(stage: Stage, now: datetime) -> str:
    match stage.state:
        case "waiting":
            return ""
        case "done":
            return f"{stage.seconds:.1f} s"
        case _:
            spent = (now - stage.began).total_seconds() if stage.began else 0.0
            many = (
                f"{stage.done} of {counted(stage.planned, 'function')}, " if stage.planned else ""
            )
            return f"{many}{spent:.0f} s"


def _parallel(picture: Picture) -> list[str]:
    """The functions that are worked on at this moment."""
    names = list(picture.functions.items())
    lines = [printable(f"{name}: {what}") for name, what in names[:SHOWN]]
    return lines + ([f"and {len(names) - SHOWN} more"] if len(names) > SHOWN else [])


def _figures(picture: Picture, now: datetime) -> str:
    """Calls, tokens, money and time left in one line."""
    asked = picture.calls - picture.answered_before
    parts = [counted(asked, "question")]
    if picture.answered_before:
        parts[0] += f" ({picture.answered_before} answered before)"
    # The built-in rules read no tokens and cost nothing; zeros would say so five times a second.
    if picture.tokens:
        parts.append(f"{picture.tokens:,} tokens")
    if picture.unpriced:
        parts.append("price unknown")
    elif picture.usd:
        parts.append(f"${picture.usd:.4f}")
    left = picture.seconds_left(now)
    if left:
        parts.append(f"about {duration(left)} left")
    if picture.waiting:
        parts.append(f"waiting for the model: {picture.waiting}")
    return printable(" · ".join(parts))


def duration(seconds: float) -> str:
    """`45 s`, `3 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _style(logged: Logged) -> str:
    warned = getattr(logged.event, "level", "warning") == "warning"
    return "yellow" if warned else ""
