"""The stage: an Architecture in, an Implementation out, every function tried before it counts."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from codex.common.documents.application import Fault
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.implementation import Function, Implementation
from codex.common.errors import InputError
from codex.common.events import StageFinished, StageStarted
from codex.common.services import Services
from codex.compiler import compile_service
from codex.develop.assembly import check_assembly, types_foreseen
from codex.develop.bench import Benches
from codex.develop.checks import load_policy
from codex.develop.loop import make
from codex.develop.meaning import open_meaning
from codex.develop.postgres import open_postgres
from codex.develop.scenario_round import Player
from codex.develop.workshop import Workshop

ROUNDS = 2
"""How often the assembled service may send functions back."""


async def develop(
    architecture: Architecture,
    *,
    services: Services,
    only: Collection[str] = (),
    previous: Implementation | None = None,
    faults: Sequence[Fault] = (),
    player: Player | None = None,
) -> Implementation:
    """Write and verify the function behind every FunctionDefinition.

    With `previous`, just those named by `only` are written anew, and those that `faults` speak
    against are repaired; the others stay as they are. `player` plays the scenarios, where somebody
    tries the whole service anyway.
    """
    blamed = _blamed(faults)
    _check_names(architecture, [*only, *blamed], previous)
    began = time.monotonic()
    before = {item.name: item for item in previous.functions} if previous else {}
    again = _callers(architecture, blamed) & before.keys()
    planned = len({*only} | again) or len(architecture.functions)
    await services.events.append(StageStarted(stage="develop", planned=planned))
    async with _workshop(architecture, services, player) as shop:
        shop.series = f"+{_digest(before, faults)}" if faults else ""
        for name, function in before.items() if only or blamed else ():
            if name in again:
                shop.reopen(name, function, blamed.get(name, ()))
            elif name not in only:
                shop.keep(name, function)
        for name in only:
            shop.works[name].anew = True
        async with types_foreseen(shop):
            await _make_all(shop)
            for number in range(1, ROUNDS + 1):
                sent_back = await check_assembly(shop, number)
                if not sent_back:
                    break
                await _make_again(shop, sent_back)
            else:
                # Nothing is left to try, and what came of the last round is not taken on trust.
                await _give_up(shop, await check_assembly(shop, ROUNDS + 1))
        for name in sorted(before.keys() - {*only}) if faults else ():
            # What could not be mended still serves as well as before; its fault is told.
            if not shop.works[name].verified:
                shop.keep(name, before[name])
        functions = tuple(work.function() for work in shop.works.values())
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
        return shop.works[definition.name].function()


def _blamed(faults: Sequence[Fault]) -> dict[str, list[str]]:
    """What was found against each function, as its next repair is shown it."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        if fault.function:
            where = f"{fault.route}: " if fault.route else ""
            found.setdefault(fault.function, []).append(
                f"The service shows: {where}{fault.message}"
            )
    return found


def _callers(architecture: Architecture, names: Collection[str]) -> set[str]:
    """These functions and all that call them, however indirectly."""
    found = set(names)
    while more := {
        item.name
        for item in architecture.functions
        if item.name not in found and found.intersection(item.calls)
    }:
        found |= more
    return found


def _digest(before: Mapping[str, Function], faults: Sequence[Fault]) -> str:
    """Eight digits that tell this round from every other."""
    told = [item.code for item in before.values()] + [item.model_dump_json() for item in faults]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:8]


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
async def _workshop(
    architecture: Architecture, services: Services, player: Player | None = None
) -> AsyncGenerator[Workshop]:
    policy = load_policy(services.settings.package_policy, services.settings.extra_packages)
    service = compile_service(architecture).files
    async with (
        open_postgres(services.settings) as postgres,
        Benches(services.sandbox, services.environments, service, postgres=postgres) as benches,
        open_meaning(architecture.functions, services) as meaning,
    ):
        yield Workshop(architecture, services, benches, policy, meaning, player)


async def _make_all(shop: Workshop) -> None:
    """All functions at once; each waits for what it calls only before it is tried."""
    async with asyncio.TaskGroup() as group:
        for work in shop.works.values():
            if not work.settled.is_set():
                group.create_task(make(shop, work))


async def _make_again(shop: Workshop, names: Collection[str]) -> None:
    """Work on what the assembled service sent back, and on nothing else."""
    for name in names:
        work = shop.works[name]
        if work.kept is not None:  # it was to stay as it is, and does not hold any more
            shop.reopen(name, work.kept, work.problems)
            work.kept = None
        work.settled.clear()
    await _make_all(shop)


async def _give_up(shop: Workshop, names: Collection[str]) -> None:
    """Settle what the assembled service still speaks against, and what rests on it."""
    for name in sorted(_callers(shop.architecture, names) & shop.works.keys()):
        work = shop.works[name]
        if work.verified:
            work.problems = [f"{name} calls what the assembled service speaks against."]
        if work.verified or name in names:
            work.kept = None
            await shop.settle(work, verified=False)
