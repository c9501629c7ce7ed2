"""What a picture shows: boxes with lines of text, and arrows between them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field

# A monospaced letter is 0.602 em wide in every font that such pictures are shown with, so that
# texts can be measured without one.
SIZE = 12
LETTER = SIZE * 0.602
LINE = 17
PADDING = 10


@dataclass(frozen=True)
class Line:
    """One line of a box."""

    text: str
    kind: str = "plain"
    """`title`, `plain`, `quiet`, `key`, `good`, or `rule` for an empty line that parts."""


@dataclass
class Box:
    """A rectangle with lines of text."""

    name: str
    lines: list[Line]
    tone: str = "table"
    """`table`, `link`, `account`, `module`, `main`, `stub`, `shared`, `library`."""
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        """As wide as its longest line."""
        longest = max((len(line.text) for line in self.lines), default=4)
        return round(longest * LETTER + 2 * PADDING, 1)

    @property
    def height(self) -> float:
        """As high as its lines."""
        return len(self.lines) * LINE + PADDING

    def line_y(self, number: int) -> float:
        """The middle of one line."""
        return self.y + PADDING / 2 + LINE * (number + 0.5)


@dataclass
class Arrow:
    """A connection; it may leave at one line of its box."""

    source: str
    target: str
    line: int | None = None
    dashed: bool = False
    points: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])


@dataclass
class Diagram:
    """A whole picture."""

    title: str
    boxes: list[Box]
    arrows: list[Arrow] = field(default_factory=list[Arrow])

    def box(self, name: str) -> Box:
        """The box called `name`."""
        return next(box for box in self.boxes if box.name == name)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, margins included."""
        right = max([box.x + box.width for box in self.boxes] + self._xs, default=100)
        bottom = max([box.y + box.height for box in self.boxes] + self._ys, default=60)
        return right + 30, bottom + 30

    @property
    def _xs(self) -> list[float]:
        return [x for arrow in self.arrows for x, _ in arrow.points]

    @property
    def _ys(self) -> list[float]:
        return [y for arrow in self.arrows for _, y in arrow.points]


def wrapped(text: str, width: int, kind: str = "plain", indent: str = "  ") -> list[Line]:
    """`text` in lines of at most `width` letters."""
    lines = textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=True)
    return [Line(line, kind) for line in lines]
