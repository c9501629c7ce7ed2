"""Many inputs of one chain at once, in their order, with one call ahead for the prompt cache."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from pydantic import BaseModel

from codex.chains.contract import Chain
from codex.chains.runner import Asking, run
from codex.common.errors import ChainExhausted, ModelRefused, NotInMyPower

I = TypeVar("I", bound=BaseModel)  # noqa: E741 inputs
O = TypeVar("O", bound=BaseModel)  # noqa: E741 output
T = TypeVar("T")
K = TypeVar("K")

Failure = ChainExhausted | ModelRefused | NotInMyPower
"""What can happen to one input without a reason for the others to stop."""


async def fan_out(chain: Chain[I, O], inputs: Mapping[str, I], services: Asking) -> list[O]:
    """The outputs for `inputs` (by place), in their order.

    When one fails, no further call begins, those under way end and are journaled, and the first
    failure is raised: a resumed run asks nothing twice.
    """
    return await each(
        inputs,
        lambda place: run(chain, inputs[place], services, place=place),
        services,
    )


async def settle(
    chain: Chain[I, O], inputs: Mapping[str, I], services: Asking
) -> list[O | Failure]:
    """The same, with the failure in place of an output that could not be had."""

    async def one(place: str) -> O | Failure:
        try:
            return await run(chain, inputs[place], services, place=place)
        except (ChainExhausted, ModelRefused, NotInMyPower) as failure:
            return failure

    return await each(inputs, one, services)


async def each(
    keys: Mapping[K, object], work: Callable[[K], Awaitable[T]], services: Asking
) -> list[T]:
    """`work` on every key, as many at once as the provider's limit allows, in their order.

    The first goes ahead alone where the provider caches prompts.
    """
    names = list(keys)
    results: dict[int, T] = {}
    failures: list[BaseException] = []
    waiting = iter(enumerate(names))
    limits = services.limits.of(services.model.identity)

    async def worker() -> None:
        for position, name in waiting:
            if failures:
                return
            try:
                results[position] = await work(name)
            except Exception as failure:  # noqa: BLE001 raised again below, when the others have ended
                failures.append(failure)
                return

    if len(names) > 2 and limits.warm_up:
        position, name = next(waiting)
        results[position] = await work(name)
    async with asyncio.TaskGroup() as group:
        for _ in range(min(limits.concurrency * 2, len(names))):
            group.create_task(worker())
    if failures:
        raise failures[0]
    return [results[position] for position in range(len(names))]
