"""What the sandbox costs: a start of each kind, a check in a warm interpreter, an environment."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from benchmarks.table import Row
from codex.common.errors import SandboxUnavailable
from codex.common.sandbox import Call, Command, Environment, Environments, Sandbox, Zygote, policy
from codex.common.sandbox import open_sandbox as opened
from codex.common.sandbox.environments import service_lock

_STARTS, _CALLS, _TOGETHER = 15, 60, 100
_COMMAND = Command(["python", "-I", "-S", "-c", "pass"])
_PRELOAD = ("fastapi", "fastapi.testclient", "sqlmodel", "pydantic", "hypothesis")
_IMPORTS = "import fastapi, fastapi.testclient, sqlmodel, pydantic, hypothesis"


def rows() -> Iterable[Row]:
    """Every figure, on this machine as it is loaded now."""
    return asyncio.run(_rows())


async def _rows() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="codex-bench-") as folder:
        found, environment = await _environment_rows(Path(folder))
        found.append(await _bare_interpreter())
        for kind in ("bubblewrap", "landlock", "none"):
            try:
                sandbox = await opened(kind)
            except SandboxUnavailable:
                continue
            found += await _sandbox_rows(sandbox, environment)
    return found


async def _environment_rows(folder: Path) -> tuple[list[Row], Environment]:
    """Made from uv's cache, and found again."""
    environments = Environments(folder)
    lock = service_lock()
    start = time.perf_counter()
    environment = await environments.get(lock)
    made = time.perf_counter() - start
    found = await _quick(lambda: environments.get(lock), 20)
    name = "sandbox: environment of a service"
    return [
        Row(f"{name}, made", made, "s", None, "61 packages, uv's cache as it is"),
        Row(f"{name}, found", found, "ms", 5, "made once per lock"),
    ], environment


async def _bare_interpreter() -> Row:
    executable = policy.interpreter().executable

    async def start() -> None:
        process = await asyncio.create_subprocess_exec(executable, "-I", "-S", "-c", "pass")
        await process.wait()

    value = await _quick(start, _STARTS)
    return Row("sandbox: bare interpreter, start to end", value, "ms", None, "no sandbox at all")


async def _sandbox_rows(sandbox: Sandbox, environment: Environment) -> list[Row]:
    name = f"sandbox: {sandbox.kind}"
    start = await _quick(lambda: sandbox.run(_COMMAND), _STARTS)
    cold = await _quick(
        lambda: sandbox.run(Command(["python", "-c", _IMPORTS], environment=environment)), 3
    )
    async with Zygote(sandbox, environment, preload=_PRELOAD) as zygote:
        call = Call("def run(payload):\n    return payload + 1", 1)
        await zygote.call(call)
        one = await _quick(lambda: zygote.call(call), _CALLS)
        begin = time.perf_counter()
        await asyncio.gather(*(zygote.call(call) for _ in range(_TOGETHER)))
        together = (time.perf_counter() - begin) / _TOGETHER * 1000
    return [
        Row(f"{name}, start to end", start, "ms", None, "warden and interpreter"),
        Row(f"{name}, cold import of the usual libraries", cold, "ms", None, "what a check saves"),
        Row(f"{name}, one check when warm", one, "ms", 30, "examples of a pure function"),
        Row(f"{name}, {_TOGETHER} checks together, each", together, "ms", 30, _load()),
    ]


async def _quick(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Milliseconds: the lower quartile, since the machine does other things too."""
    taken: list[float] = []
    for _ in range(times):
        start = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.quantiles(taken, n=4)[0]


def _load() -> str:
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
