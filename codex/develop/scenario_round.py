"""The scenarios of the assembled service, and the functions that a failing one speaks against."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Check, Implementation
from codex.common.events import CheckFailed
from codex.common.sandbox import Command, Limits
from codex.compiler import CompiledService

if TYPE_CHECKING:
    from codex.develop.workshop import Workshop

Player = Callable[[Implementation], Awaitable[Mapping[str, str] | None]]
"""Plays the scenarios of a service that is about to be handed on: what went wrong in each that
failed, or None where they could not be played."""
LIMITS = Limits(cpu_seconds=240, wall_seconds=300, memory_mb=1024, processes=64)
TESTS = "tests/test_scenarios.py"
REPORT = "report.xml"
# How a step tells what it called: `step 2: POST /books/1/borrow as member`.
_STEP = re.compile(r"step \d+: (GET|POST|PUT|PATCH|DELETE) (\S+) as \S+[^\n]*")


async def scenario_failures(
    shop: Workshop, service: CompiledService, number: int
) -> dict[str, str]:
    """Play every scenario: what went wrong in each that failed; journaled, it enters prompts."""
    files = {file.path: file.content for file in service.files}
    if TESTS not in files:
        return {}

    async def produce() -> str:
        if shop.player is not None:
            functions = tuple(work.function() for work in shop.works.values())
            draft = Implementation(architecture=shop.architecture, functions=functions)
            told = await shop.player(draft)
            if told is not None:
                return json.dumps({name: _first(text) for name, text in told.items()})
        command = Command(
            argv=[
                *("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short"),
                *(f"--junitxml={REPORT}", TESTS),
            ],
            environment=await shop.environment(),
            files=dict(files),
            # Plugins of tools that play no part here take longer to load than the scenarios to run.
            env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            collect=[REPORT],
            limits=LIMITS,
        )
        result = await shop.services.sandbox.run(command)
        return json.dumps(read_report(result.files.get(REPORT, b""), result.stdout))

    subject = "\n".join(files[path] for path in sorted(files))
    told = await shop.services.journal.evidence(
        shop.assembly(number), "scenarios", subject, produce
    )
    return cast("dict[str, str]", json.loads(told))


async def judge_scenarios(shop: Workshop, failures: Mapping[str, str]) -> list[str]:
    """The functions that failing scenarios speak against; they must be worked on again."""
    blamed: dict[str, list[str]] = {}
    for name, told in failures.items():
        function = _blamed(shop.architecture, told)
        if function is None or not shop.works[function].verified:
            continue
        blamed.setdefault(function, []).append(f"Scenario {name}: {told}")
    for function, problems in blamed.items():
        work = shop.works[function]
        work.evidence.append(Check(name="scenarios", passed=False, detail="\n".join(problems)))
        work.problems = problems[:3]
        work.verified = False
        await shop.services.events.append(
            CheckFailed(check="scenarios", subject=function, message="; ".join(problems)[:1000])
        )
    return sorted(blamed)


def read_report(report: bytes, output: str) -> dict[str, str]:
    """The message of each failing test, without places and times."""
    try:
        root = ET.fromstring(report)  # noqa: S314 written by pytest inside the sandbox, and small
    except ET.ParseError:
        return {"all": f"The scenarios could not be played: {output.strip()[-500:]}"}
    failures: dict[str, str] = {}
    for case in root.iter("testcase"):
        for kind in ("failure", "error"):
            found = case.find(kind)
            if found is not None:
                failures[case.get("name", "?")] = _message(found)
    return failures


def _message(found: ET.Element) -> str:
    return _first(found.get("message") or found.text or "")


def _first(text: str) -> str:
    """The first line of what was said, without the kind of error."""
    first = text.strip().splitlines()[0] if text.strip() else "it failed"
    return re.sub(r"^(AssertionError|assert): ?", "", first)[:600]


def _blamed(architecture: Architecture, told: str) -> str | None:
    """The main function of the route that the failing step called."""
    match = _STEP.search(told)
    if match is None:
        return None
    method, path = match[1], match[2].partition("?")[0]
    for route in architecture.routes:
        pattern = re.sub(r"\\\{[a-z0-9_]+\\\}", "[^/]+", re.escape(route.path))
        if route.method == method and re.fullmatch(pattern, path) and route.main is not None:
            return route.main.name
    return None
