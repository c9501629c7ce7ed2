"""Questions to whoever sits at the terminal, while events and signals are still heard."""

from __future__ import annotations

import asyncio
import sys

from codex.cli.output import printable


async def typed_line(prompt: str) -> str:
    """The line that is typed after `prompt`, with its end; empty at the end of the input."""
    shown = "\n".join(printable(line) for line in prompt.split("\n"))
    print(shown, end="", file=sys.stderr, flush=True)
    try:
        source = sys.stdin.fileno()
    except (OSError, ValueError):  # no terminal but its double
        return sys.stdin.readline()
    loop = asyncio.get_running_loop()
    typed = loop.create_future()
    loop.add_reader(source, lambda: typed.done() or typed.set_result(None))
    try:
        await typed
    finally:
        loop.remove_reader(source)
    return sys.stdin.readline()


async def agreed(question: str) -> bool:
    """Whether the answer is yes; an empty line is one, the end of the input is not."""
    line = await typed_line(f"{question} [Y/n] ")
    return bool(line) and line.strip().lower() in {"", "y", "yes"}
