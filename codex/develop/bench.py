"""A warm place in the sandbox where the functions of one service are tried, case by case."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from codex.common.documents.application import ServiceFile
from codex.common.documents.implementation import Package
from codex.common.errors import NoSuchVersions, SandboxError
from codex.common.sandbox import Environment, Environments, Limits, Sandbox
from codex.common.sandbox.environments import (
    SERVICE_REQUIREMENTS,
    SERVICE_TOOLS,
    service_lock,
)
from codex.common.sandbox.zygote import Call, CallResult, Zygote
from codex.develop.postgres import NAME, Postgres
from codex.develop.trial import Case, judge

# What a service imports at its start; imported once, before the first case.
LIBRARIES = ("fastapi", "pydantic", "pydantic_settings", "sqlalchemy", "sqlmodel")
# Of the service, what codex compiled from names and types alone: no function is among it.
COMPILED = ("app.database", "app.errors", "app.models", "app.settings", "app.types")
# Ours: it does once what every case with rows would do again.
WARMING = "codex_warm"
CASE_LIMITS = Limits(cpu_seconds=5, wall_seconds=10, processes=16, memory_mb=512)


@dataclass(frozen=True)
class Outcome:
    """What a case showed."""

    case: Case
    problems: tuple[str, ...]
    """What speaks against the function; empty where the case holds."""


class Bench:
    """The compiled service without its functions, and a warm interpreter that knows it."""

    def __init__(
        self,
        sandbox: Sandbox,
        environment: Environment,
        service: Sequence[ServiceFile],
        *,
        postgres: Postgres | None = None,
        turns: asyncio.Semaphore | None = None,
    ) -> None:
        """`turns` is shared with others that work on the same processors."""
        self._turns = turns or processors()
        self._sandbox = sandbox
        self._environment = environment
        self._service = service
        self._postgres = postgres
        self._stack = AsyncExitStack()
        self._zygote: Zygote | None = None
        self._folder = Path()
        inside = files("codex.develop.inside")
        self._observe = inside.joinpath("observe.py").read_text("utf-8")
        self._warm = inside.joinpath("warm.py").read_text("utf-8")

    async def __aenter__(self) -> Self:
        """Write the service down and warm the interpreter up."""
        folder = self._stack.enter_context(TemporaryDirectory(prefix="codex-bench-"))
        self._folder = Path(folder)
        for file in self._service:
            if file.path.startswith("app/"):
                path = self._folder / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(file.content, "utf-8")
        compiled = [name for name in COMPILED if self._has(name)]
        if "app.models" in compiled:
            (self._folder / f"{WARMING}.py").write_text(self._warm, "utf-8")
            compiled.append(WARMING)
        # The sandbox may look with the eyes of another user.
        for path in (self._folder, *self._folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        zygote = Zygote(
            self._sandbox,
            self._environment,
            preload=[*LIBRARIES, *(["psycopg"] if self._postgres else []), *compiled],
            preload_from=[self._folder],
            readable=[self._folder],
            sockets=[self._postgres.folder] if self._postgres else [],
        )
        self._zygote = await self._stack.enter_async_context(zygote)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the interpreter and remove what was written."""
        await self._stack.aclose()

    def _has(self, module: str) -> bool:
        path = self._folder / module.replace(".", "/")
        return path.is_dir() or path.with_suffix(".py").exists()

    async def try_case(self, case: Case) -> Outcome:
        """Run one case in a process of its own: on SQLite, then on Postgres where there is one."""
        problems = await self._tried(case, case.payload)
        if problems or self._postgres is None or case.payload["pure"]:
            return Outcome(case, tuple(problems))
        async with self._postgres.fresh() as url:
            problems = await self._tried(case, {**case.payload, "database_url": url})
        return Outcome(case, tuple(f"On Postgres: {_without_names(told)}" for told in problems))

    async def _tried(self, case: Case, payload: Mapping[str, Any]) -> list[str]:
        result = await self.call("observe", payload)
        if result.outcome == "returned":
            return judge(case, result.value)
        return [f"Case {case.name!r}: {_ended(result)}."]

    async def call(
        self, function: str, payload: Mapping[str, Any], limits: Limits = CASE_LIMITS
    ) -> CallResult:
        """Call a function of the program inside."""
        if self._zygote is None:
            raise SandboxError("The bench is not open.", "Use it with `async with`.")
        call = Call(
            source=self._observe,
            function=function,
            payload=dict(payload),
            paths=[self._folder],
            limits=limits,
        )
        async with self._turns:
            return await self._zygote.call(call)


class Benches:
    """One bench for each package set, opened when the first function needs it."""

    def __init__(
        self,
        sandbox: Sandbox,
        environments: Environments,
        service: Sequence[ServiceFile],
        *,
        postgres: Postgres | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._environments = environments
        self._service = service
        self._postgres = postgres
        self.turns = processors()
        """Taken by whatever keeps a processor busy."""
        self._stack = AsyncExitStack()
        self._open: dict[tuple[str, ...], asyncio.Task[Bench]] = {}

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every bench."""
        for opening in self._open.values():
            opening.cancel()
        await asyncio.gather(*self._open.values(), return_exceptions=True)
        await self._stack.aclose()

    @property
    def databases(self) -> str:
        """What functions with rows are tried on, in words."""
        return "SQLite and Postgres" if self._postgres else "SQLite"

    async def of(self, packages: Collection[Package]) -> Bench:
        """The bench with these packages beside those that every service has."""
        wanted = wanted_of(packages)
        if wanted not in self._open:
            self._open[wanted] = asyncio.create_task(self._opened(wanted))
        return await asyncio.shield(self._open[wanted])

    async def uninstallable(self, packages: Collection[Package]) -> str:
        """Why no versions of these packages can be installed; empty where some can."""
        try:
            await self.environment(wanted_of(packages))
        except NoSuchVersions as error:
            # From the first reason on: before it stands the whole list.
            return error.what[error.what.find("Because") :][:400]
        return ""

    async def environment(self, wanted: Sequence[str]) -> Environment:
        """The environment with the packages `wanted`, which is cached by its lock."""
        if not wanted:
            return await self._environments.service()
        lock = await self._environments.resolve(
            [*SERVICE_REQUIREMENTS, *SERVICE_TOOLS, *wanted], constraints=pins(service_lock())
        )
        return await self._environments.get(lock)

    async def _opened(self, wanted: tuple[str, ...]) -> Bench:
        environment = await self.environment(wanted)
        bench = Bench(
            self._sandbox,
            environment,
            self._service,
            postgres=self._postgres,
            turns=self.turns,
        )
        return await self._stack.enter_async_context(bench)


def _without_names(told: str) -> str:
    """What was said, without the names of a database that is gone by now."""
    return re.sub(rf"\b{NAME}[0-9a-f]+\b", "trial", told)


def processors() -> asyncio.Semaphore:
    """As many turns as there are processors: more would only wait, and seem to be endless."""
    return asyncio.Semaphore(max(2, os.cpu_count() or 2))


def wanted_of(packages: Collection[Package]) -> tuple[str, ...]:
    """Packages as requirements, in order."""
    return tuple(sorted(f"{item.name}{item.specifier}" for item in packages))


def pins(lock: str) -> str:
    """The versions of a lock, as constraints for another one."""
    return "\n".join(re.findall(r"^[A-Za-z0-9._-]+==[^\s;\\]+", lock, re.MULTILINE))


def _ended(result: CallResult) -> str:
    """How a case ended that gave no observation."""
    match result.outcome:
        case "limit":
            what = {
                "cpu": "it never ended",
                "wall": "it never ended",
                "memory": "it took all memory",
            }
            return what.get(result.limit_hit, f"it reached the limit on {result.limit_hit}")
        case "raised" if result.raised is not None:
            return f"it could not be observed ({result.raised.type}: {result.raised.message})"
        case _:
            return f"its process ended with code {result.exit_code}"
