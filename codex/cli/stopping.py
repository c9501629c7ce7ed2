"""Ctrl-C and its like: what is at work ends cleanly, and what was opened is closed."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any

from codex.common.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def stoppable(work: Coroutine[Any, Any, int]) -> int:
    """The exit code of `work`; a signal cancels it, and a second one does not wait for its end."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    # One that is ignored, as below `nohup`, stays ignored; and only the main thread hears any.
    main = threading.current_thread() is threading.main_thread()
    heard = [
        number for number in SIGNALS if main and signal.getsignal(number) is not signal.SIG_IGN
    ]

    def stop() -> None:
        hear_no_more()
        if task is not None:
            task.cancel()

    def hear_no_more() -> None:
        for number in heard:
            loop.remove_signal_handler(number)

    for number in heard:
        loop.add_signal_handler(number, stop)
    try:
        return await work
    except asyncio.CancelledError:
        raise Interrupted("Stopped.") from None
    finally:
        hear_no_more()
