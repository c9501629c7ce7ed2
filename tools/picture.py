"""Draws the README's terminal picture from a real run: `python tools/picture.py [REQUEST]`.

`codex build` runs in a pseudo-terminal of its own; what it drew last is the picture.
"""

from __future__ import annotations

import fcntl
import io
import itertools
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import Any, NamedTuple, cast

import pyte  # pyright: ignore[reportMissingTypeStubs] it has none
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tools.demo import CODEX, REQUEST

TARGET = Path(__file__).parents[1] / "docs" / "build.svg"
WIDTH, HEIGHT = 108, 60
_HEX = re.compile(r"^[0-9a-f]{6}$")
# The picture stands alone: its letters are those of whoever looks at it.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> int:
    """Record a build and draw it."""
    request = sys.argv[1] if len(sys.argv) > 1 else REQUEST
    with tempfile.TemporaryDirectory() as folder:
        command = [CODEX, "build", request, "--yes", "--out", "library"]
        written = recorded(command, folder)
    screen = shown(written)
    TARGET.write_text(drawn(f'codex build "{request}" --yes --out library', screen), "utf-8")
    print(f"Drawn as {TARGET.name}.")
    return 0


class Cell(NamedTuple):
    """A letter on the screen."""

    data: str
    color: str
    bold: bool


def shown(written: bytes) -> list[list[Cell]]:
    """The screen after all that was written to it."""
    library = cast("Any", pyte)
    screen = library.Screen(WIDTH, HEIGHT)
    library.ByteStream(screen).feed(written)
    rows: list[list[Cell]] = []
    for line in range(HEIGHT):
        cells = [screen.buffer[line][column] for column in range(WIDTH)]
        rows.append([Cell(cell.data, cell.fg, cell.bold) for cell in cells])
    while rows and not "".join(cell.data for cell in rows[-1]).strip():
        rows.pop()
    return rows


def recorded(command: list[str], folder: str) -> bytes:
    """All that a command writes to its terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            more = os.read(ours, 1 << 16)
        except OSError:  # the terminal is gone with its last process
            break
        if not more:
            break
        written += more
    os.close(ours)
    if process.wait():
        raise SystemExit(f"codex build ended with {process.returncode}.")
    return written


def drawn(command: str, screen: list[list[Cell]]) -> str:
    """The screen as a picture, below the command that was typed."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    prompt = Text("$ ", "bold green")
    prompt.append(command, "bold")
    console.print(prompt, soft_wrap=False)
    for row in screen:
        console.print(_line(row), no_wrap=True, overflow="crop")
    picture = console.export_svg(title="codex", unique_id="codex-build")
    return _FONT_FACES.sub("", picture)


def _line(row: list[Cell]) -> Text:
    line = Text()
    for (color, bold), group in itertools.groupby(row, lambda cell: (cell.color, cell.bold)):
        line.append("".join(cell.data for cell in group), Style(color=_color(color), bold=bold))
    line.rstrip()
    return line


def _color(name: str) -> Color | None:
    if name == "default":
        return None
    return Color.parse(f"#{name}" if _HEX.match(name) else name)


if __name__ == "__main__":
    raise SystemExit(main())
