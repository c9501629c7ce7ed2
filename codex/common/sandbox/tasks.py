"""Work that is not left half done when its task is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def obtained(work: Coroutine[Any, Any, T], give_back: Callable[[T], Awaitable[None]]) -> T:
    """What `work` makes; cancelled meanwhile, it is made to the end and given back."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await uninterrupted(_given_back(task, give_back))
        raise


async def _given_back(task: asyncio.Task[T], give_back: Callable[[T], Awaitable[None]]) -> None:
    await asyncio.wait([task])
    if task.exception() is None:
        await give_back(task.result())


async def uninterrupted(work: Awaitable[T]) -> T:
    """Finish clearing up though we are cancelled meanwhile; the cancellation follows it."""
    task = asyncio.ensure_future(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            interrupted = error
    if interrupted is not None:
        task.exception()
        raise interrupted
    return task.result()
