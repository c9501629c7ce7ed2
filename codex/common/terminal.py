"""Lines that a person types, waited for while everything else goes on."""

from __future__ import annotations

import asyncio
from typing import TextIO


async def line_from(source: TextIO) -> str:
    """The next line with its end; empty at the end of the input.

    At a terminal nothing is blocked meanwhile, so that events are shown and signals are heard.
    """
    if not source.isatty():
        return await asyncio.to_thread(source.readline)
    try:
        number = source.fileno()
    except OSError:  # a double in a test
        return source.readline()
    loop = asyncio.get_running_loop()
    typed = loop.create_future()
    # A terminal is readable when a whole line is there.
    loop.add_reader(number, lambda: typed.done() or typed.set_result(None))
    try:
        await typed
    finally:
        loop.remove_reader(number)
    return source.readline()
