"""The assembled service: the type checker over all functions at once, then the scenarios."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from codex.common.documents.application import SourceSpan
from codex.common.documents.implementation import Check, Function, FunctionStatus
from codex.common.events import CheckFailed
from codex.common.sandbox import Command, Environment, Limits
from codex.compiler import CompiledService, compile_service
from codex.develop.bench import wanted_of
from codex.develop.scenario_round import judge_scenarios, scenario_failures
from codex.develop.work import Work
from codex.develop.workshop import Workshop

TYPE_LIMITS = Limits(cpu_seconds=120, wall_seconds=180, memory_mb=2048, processes=128)


async def check_assembly(shop: Workshop, number: int) -> list[str]:
    """Check the service as a whole; the functions that must be worked on again."""
    verified = {name: work.function() for name, work in shop.works.items() if work.verified}
    if not verified:
        return []
    service = compile_service(shop.architecture, verified)
    # Side by side: both take seconds, and nearly always both find nothing.
    played = asyncio.create_task(scenario_failures(shop, service, number))
    try:
        sent_back = await _check_types(shop, service, number)
        # What does not fit together need not be played.
        return sent_back or await judge_scenarios(shop, await played)
    finally:
        played.cancel()
        await asyncio.gather(played, return_exceptions=True)


async def _check_types(shop: Workshop, service: CompiledService, number: int) -> list[str]:
    """Hold the functions against the type checker; those that must be worked on again."""
    problems = await type_problems(shop, service, number)
    sent_back: list[str] = []
    for name, told in problems.items():
        work = shop.works[name]
        work.evidence = [item for item in work.evidence if item.name != "types"]
        if told:
            work.evidence.append(Check(name="types", passed=False, detail="\n".join(told)))
            work.problems = told[:5]
            work.verified = False
            sent_back.append(name)
            await shop.services.events.append(
                CheckFailed(check="types", subject=name, message="; ".join(told)[:1000])
            )
        else:
            work.evidence.append(Check(name="types", passed=True))
    return sent_back


async def type_problems(
    shop: Workshop, service: CompiledService, number: int
) -> dict[str, list[str]]:
    """What pyright says of each function, in the sandbox, once for all of them."""
    names = [name for name, work in shop.works.items() if work.verified]
    files, subject = _typed(service)

    async def produce() -> str:
        reading = shop.foreseen.pop(subject, None)
        said = await (reading or _pyright(shop, files, await shop.environment()))
        found = read_pyright(said, service.source_map, files)
        return json.dumps({name: found.get(name, []) for name in names})

    told = await shop.services.journal.evidence(shop.assembly(number), "types", subject, produce)
    return cast("dict[str, list[str]]", json.loads(told))


@asynccontextmanager
async def types_foreseen(shop: Workshop) -> AsyncGenerator[None]:
    """Let the type checker read the functions while they are tried: most stay as they are."""
    beginning = asyncio.create_task(_foresee(shop))
    try:
        yield
    finally:
        begun: list[asyncio.Task[Any]] = [beginning, *shop.foreseen.values()]
        for task in begun:
            task.cancel()
        # Whoever needed what it says has heard of its failure.
        await asyncio.gather(*begun, return_exceptions=True)


async def _foresee(shop: Workshop) -> None:
    """Begin as soon as every function can be read."""
    works = [work for work in shop.works.values() if work.kept is None]
    for work in works:
        await work.readable.wait()
    drafts = {work.name: _as_if_verified(work) for work in works if work.code and work.evidence}
    if not works or len(drafts) < len(works):
        return
    kept = {name: work.function() for name, work in shop.works.items() if work.kept}
    files, subject = _typed(compile_service(shop.architecture, {**kept, **drafts}))
    wanted = wanted_of([package for work in works for package in work.packages])
    shop.foreseen[subject] = asyncio.create_task(_in_turn(shop, files, wanted))


def _as_if_verified(work: Work) -> Function:
    return Function(
        name=work.name,
        code=work.code,
        status=FunctionStatus.VERIFIED,
        packages=work.packages,
        evidence=tuple(work.evidence),
    )


def _typed(service: CompiledService) -> tuple[dict[str, str], str]:
    """The files that the type checker reads, and all of them as one text."""
    files = {
        file.path: file.content
        for file in service.files
        if file.path.startswith("app/") or file.path == "pyproject.toml"
    }
    return files, "\n".join(files[path] for path in sorted(files))


async def _in_turn(shop: Workshop, files: Mapping[str, str], wanted: Sequence[str]) -> str:
    environment = await shop.benches.environment(wanted)
    async with shop.benches.turns:
        return await _pyright(shop, files, environment)


async def _pyright(shop: Workshop, files: Mapping[str, str], environment: Environment) -> str:
    command = Command(
        argv=["python", "-m", "pyright", "--outputjson", "app/functions"],
        environment=environment,
        files=dict(files),
        limits=TYPE_LIMITS,
    )
    return (await shop.services.sandbox.run(command)).stdout


def read_pyright(
    output: str, spans: Sequence[SourceSpan], files: dict[str, str]
) -> dict[str, list[str]]:
    """Pyright's errors by function, each with its line's text instead of its number."""
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        return {}
    problems: dict[str, list[str]] = {}
    for item in report.get("generalDiagnostics", []):
        if item.get("severity") != "error":
            continue
        path = re.sub(r"^.*?(app/functions/)", r"\1", str(item["file"]))
        line = int(item["range"]["start"]["line"]) + 1
        name = _function_at(path, line, spans)
        if name is None:
            continue
        lines = files.get(path, "").splitlines()
        text = lines[line - 1].strip() if line <= len(lines) else ""
        rule = f" ({item['rule']})" if item.get("rule") else ""
        message = " ".join(str(item["message"]).split())
        problems.setdefault(name, []).append(f"The type checker says of `{text}`: {message}{rule}.")
    return problems


def _function_at(path: str, line: int, spans: Sequence[SourceSpan]) -> str | None:
    for span in spans:
        if span.file == path and span.first <= line <= span.last:
            word, _, name = span.element.partition(" ")
            return name if word == "function" else None
    return None
