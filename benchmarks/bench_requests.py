"""All sixty labelled requests, each built to a verified service: how many pass, and the cost."""

from __future__ import annotations

import asyncio
import resource
import statistics
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.table import Row
from codex.common.config import Settings
from codex.runtime import open_runtime
from tests.requests.built import build, failures
from tests.requests.labels import requests


def rows() -> Iterable[Row]:
    """The one run; it takes half an hour and more."""
    with tempfile.TemporaryDirectory(prefix="codex-requests-") as folder:
        built, passed, seconds = asyncio.run(_all(Path(folder)))
    share = 100 * passed / built
    yield Row("requests: services that pass their verification", share, "%", 100, better="higher")
    yield Row("requests: understood far enough to be built", built, "of 60")
    yield Row("requests: request to verified service, median CPU", statistics.median(seconds), "s")
    yield Row("requests: request to verified service, slowest, CPU", max(seconds), "s")


async def _all(folder: Path) -> tuple[int, int, list[float]]:
    """How many were built, how many of them pass, and the CPU seconds of each."""
    built = passed = 0
    seconds: list[float] = []
    async with open_runtime(Settings(data_dir=folder)) as runtime:
        for request in requests():
            began = _cpu()
            application = await build(request, runtime)
            if application is None:
                continue
            built += 1
            seconds.append(_cpu() - began)
            passed += not failures(application)
    return built, passed, seconds


def _cpu() -> float:
    """CPU seconds of this process and of all that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(item.ru_utime + item.ru_stime for item in used)
