"""A whole build with the built-in model, stage by stage: three tables, and forty routes."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import TypeVar

from benchmarks.table import Row
from codex.architect.stage import architect
from codex.common.config import Settings
from codex.common.documents.application import Application
from codex.common.services import Services
from codex.deploy.ahead import ahead
from codex.deploy.stage import deliver
from codex.design.stage import design
from codex.develop.stage import develop
from codex.runtime import open_runtime

THREE = (
    "A library with books that have a title, an author, an ISBN and an optional publication year. "
    "The ISBN must be unique. Members have a name and an email. Members can borrow up to 5 books "
    "for 14 days and return them. Overdue loans are listed. Books can be searched by title and "
    "author."
)
THINGS = (
    "customers", "products", "suppliers", "warehouses", "invoices", "payments", "coupons",
    "employees",
)  # fmt: skip
FORTY = "A trading company. " + " ".join(
    f"{thing.capitalize()} have a name, a number, an optional note and a start date."
    for thing in THINGS
)
# Environments and the database stay between runs: it is the warm build that is measured.
DATA = Path(sys.prefix) / "codex-bench-data"
T = TypeVar("T")


class Clock:
    """What each stage took, on the wall and of the processors."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.processor: dict[str, float] = {}

    async def time(self, name: str, work: Awaitable[T]) -> T:
        """Wait for `work`, and note what it took."""
        began, used = time.monotonic(), _used()
        try:
            return await work
        finally:
            self.seconds[name] = time.monotonic() - began
            self.processor[name] = _used() - used


def _used() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


async def _built(request: str, services: Services, clock: Clock) -> Application:
    specification = await clock.time("design", design(request, services=services))
    architecture = await clock.time("architect", architect(specification, services=services))
    async with ahead(architecture, services) as begun:
        implementation = await clock.time(
            "develop", develop(architecture, services=services, player=begun.scenarios)
        )
        return await clock.time("deploy", deliver(implementation, services=services, begun=begun))


async def _measured(request: str) -> tuple[Clock, Application]:
    clock, began = Clock(), time.monotonic()
    settings = Settings(data_dir=DATA)
    async with open_runtime(settings) as runtime:
        opened = time.monotonic() - began
        async with runtime.run(request) as services:
            application = await _built(request, services, clock)
    clock.seconds["start"] = opened
    return clock, application


def rows() -> Iterable[Row]:
    """Both builds; the first is done twice, since the first time installs and prepares."""
    asyncio.run(_measured(THREE))
    for request, bar in ((THREE, 12.0), (FORTY, 60.0)):
        began = time.monotonic()
        clock, application = asyncio.run(_measured(request))
        seconds = time.monotonic() - began
        routes, tables = (
            len(application.routes),
            len(application.implementation.architecture.database.tables),
        )
        name = f"build: {tables} tables, {routes} routes"
        assert application.complete, application.missing
        yield Row(f"{name}, warm", round(seconds, 1), "s", bar, f"{os.cpu_count()} processors")
        for stage, took in clock.seconds.items():
            used = clock.processor.get(stage)
            told = "" if used is None else f"{used:.1f} s of the processors"
            yield Row(f"  {stage}", round(took, 2), "s", compared_to=told)
