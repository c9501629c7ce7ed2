"""The stage: an Architecture in, an Implementation out, every function tried before it counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.implementation import Function, Implementation
from codex.common.errors import InputError
from codex.common.events import StageFinished, StageStarted
from codex.common.services import Services
from codex.compiler import compile_service
from codex.develop.assembly import check_assembly
from codex.develop.bench import Benches
from codex.develop.checks import load_policy
from codex.develop.loop import make
from codex.develop.workshop import Workshop

ROUNDS = 2
"""How often the assembled service may send functions back."""


async def develop(
    architecture: Architecture,
    *,
    services: Services,
    only: Collection[str] = (),
    previous: Implementation | None = None,
) -> Implementation:
    """Write and verify the function behind every FunctionDefinition.

    With `only` and `previous`, just these functions are written anew.
    """
    _check_names(architecture, only, previous)
    began = time.monotonic()
    planned = len(only) or len(architecture.functions)
    await services.events.append(StageStarted(stage="develop", planned=planned))
    kept = {item.name: item for item in previous.functions} if previous and only else {}
    async with _workshop(architecture, services) as shop:
        for name, function in kept.items():
            if name not in only:
                shop.keep(name, function)
        await _make_all(shop)
        for number in range(1, ROUNDS + 1):
            sent_back = await check_assembly(shop, number)
            if not sent_back:
                break
            await _make_again(shop, sent_back)
        functions = tuple(shop.function(work) for work in shop.works.values())
    seconds = time.monotonic() - began
    await services.events.append(StageFinished(stage="develop", seconds=seconds))
    return Implementation(architecture=architecture, functions=functions)


async def write(
    definition: FunctionDefinition, *, architecture: Architecture, services: Services
) -> Function:
    """Write and verify one function of `architecture`, with all that it calls."""
    _check_names(architecture, [definition.name], None)
    async with _workshop(architecture, services) as shop:
        wanted = [*shop.callees(shop.works[definition.name]), definition.name]
        shop.works = {name: work for name, work in shop.works.items() if name in wanted}
        await _make_all(shop)
        return shop.function(shop.works[definition.name])


def _check_names(
    architecture: Architecture, only: Collection[str], previous: Implementation | None
) -> None:
    known = {item.name for item in architecture.functions}
    for name in only:
        if name not in known:
            raise InputError(
                f"The architecture has no function {name!r}.",
                f"Name one of: {', '.join(sorted(known)) or 'none is defined'}.",
            )
    if previous is not None and previous.architecture != architecture:
        raise InputError(
            "The implementation is of another architecture.", "Develop all functions anew."
        )


@asynccontextmanager
async def _workshop(architecture: Architecture, services: Services) -> AsyncGenerator[Workshop]:
    policy = load_policy(services.settings.package_policy, services.settings.extra_packages)
    service = compile_service(architecture).files
    async with Benches(services.sandbox, services.environments, service) as benches:
        yield Workshop(architecture, services, benches, policy)


async def _make_all(shop: Workshop) -> None:
    """All functions at once; each waits for what it calls only before it is tried."""
    async with asyncio.TaskGroup() as group:
        for work in shop.works.values():
            if not work.settled.is_set():
                group.create_task(make(shop, work))


async def _make_again(shop: Workshop, names: Collection[str]) -> None:
    """Work on what the assembled service sent back, and on nothing else."""
    for name in names:
        shop.works[name].settled.clear()
    await _make_all(shop)
