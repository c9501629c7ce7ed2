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

import pyte
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
    screen = pyte.Screen(WIDTH, HEIGHT)
    pyte.ByteStream(screen).feed(written)
    TARGET.write_text(drawn(f'codex build "{request}" --yes --out library', screen), "utf-8")
    print(f"Drawn as {TARGET.name}.")
    return 0


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


def drawn(command: str, screen: pyte.Screen) -> str:
    """The screen as a picture, below the command that was typed."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    prompt = Text("$ ", "bold green")
    prompt.append(command, "bold")
    console.print(prompt, soft_wrap=False)
    last = max((row for row in range(HEIGHT) if screen.display[row].strip()), default=0)
    for row in range(last + 1):
        console.print(_line(screen, row), no_wrap=True, overflow="crop")
    picture = console.export_svg(title="codex", unique_id="codex-build")
    return _FONT_FACES.sub("", picture)


def _line(screen: pyte.Screen, row: int) -> Text:
    line = Text()
    cells = [screen.buffer[row][column] for column in range(WIDTH)]
    for style, group in itertools.groupby(
        cells, lambda cell: Style(color=_color(cell.fg), bold=cell.bold)
    ):
        line.append("".join(cell.data for cell in group), style)
    line.rstrip()
    return line


def _color(name: str) -> Color | None:
    if name == "default":
        return None
    return Color.parse(f"#{name}" if _HEX.match(name) else name)


if __name__ == "__main__":
    raise SystemExit(main())
