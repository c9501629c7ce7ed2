"""Questions to whoever sits at the terminal."""

from __future__ import annotations

import sys

from codex.cli.output import printable
from codex.common.terminal import line_from


async def typed_line(prompt: str) -> str:
    """The line that is typed after `prompt`, with its end; empty at the end of the input."""
    shown = "\n".join(printable(line) for line in prompt.split("\n"))
    print(shown, end="", file=sys.stderr, flush=True)
    return await line_from(sys.stdin)


async def agreed(question: str) -> bool:
    """Whether the answer is yes; an empty line is one, the end of the input is not."""
    line = await typed_line(f"{question} [Y/n] ")
    return bool(line) and line.strip().lower() in {"", "y", "yes"}
