"""From what was seen to whom it concerns: the Function behind a failure, where one is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from codex.common.documents.application import Fault, SourceSpan
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.implementation import Function
from codex.common.documents.scenario import Step
from codex.compiler.plan import Plan
from codex.compiler.prerequisites import completed, route_of
from codex.compiler.scenarios import scenario_tests

FUNCTIONS = "app/functions/"
_STEP = re.compile(r"^step (\d+): ")
# What the scenario player, the interpreter and the tools say differently each time.
_VARYING = re.compile(r"0x[0-9a-f]{6,}|\b[0-9a-f]{32}\b")
# An answer's problem, in JSON that may be cut off.
_ANSWERED = re.compile(
    r'\{"type":"about:blank","title":"[^"]*","status":\d+,"code":"([^"]*)","detail":"([^"]*)"'
    r'(?:,"request_id":"[^"]*")?(?:,"errors":(\[[^\]]*\]?))?\}?'
)
LONGEST = 600
Problem = Mapping[str, Any]


@dataclass(frozen=True)
class Blame:
    """What is known of a service, to find who is behind a failure."""

    architecture: Architecture
    functions: Mapping[str, Function]
    """Those that stand in the service with code of their own."""
    source_map: Sequence[SourceSpan] = ()
    guesses: bool = True
    """Whether a failing route speaks against its functions; not where the ground itself broke."""

    def faults(self, problems: Iterable[Problem]) -> tuple[Fault, ...]:
        """What failed, one by one; several failures that point to the same place become one."""
        grouped: dict[tuple[str, str | None], list[str]] = {}
        for problem in problems:
            route, names = self.behind(problem)
            told = sentence(problem, route)
            for name in names or [None]:
                said = grouped.setdefault((route, name), [])
                if told not in said:
                    said.append(told)
        return tuple(
            Fault(message=_joined(said), function=name, route=route)
            for (route, name), said in grouped.items()
        )

    def behind(self, problem: Problem) -> tuple[str, list[str]]:
        """The route that showed it, and the functions to look at: the likeliest first."""
        route = self._route(problem)
        shown = route.api_route if route else str(problem.get("route", ""))
        culprit = self._in_traceback(problem.get("frames") or [])
        if culprit:
            return shown, [culprit]
        if not self.guesses:
            return shown, []
        names = self._of_route(route)
        return shown, names or self._earlier(problem)

    def _route(self, problem: Problem) -> CodeGraph | None:
        wanted = problem.get("route")
        found = next((item for item in self.architecture.routes if item.api_route == wanted), None)
        called = cast("list[str]", problem.get("called") or [])
        if found is None and called:
            found = route_of(self.architecture, called[0], called[1])
        return found

    def _in_traceback(self, frames: Sequence[Mapping[str, Any]]) -> str | None:
        """The innermost function of the service that an error came through."""
        for frame in reversed(frames):
            if not str(frame["file"]).startswith(FUNCTIONS):
                continue
            if frame["function"] in self.functions:
                return str(frame["function"])
            # A helper beside it: the source map says to which function it belongs.
            for span in self.source_map:
                inside = span.file == frame["file"] and span.first <= frame["line"] <= span.last
                name = span.element.removeprefix("function ")
                if inside and name in self.functions:
                    return name
        return None

    def _of_route(self, route: CodeGraph | None) -> list[str]:
        """The route's main function and what it calls, as far as they have code."""
        if route is None or route.main is None:
            return []
        below = Plan(self.architecture, self.functions).below(route.main.name)
        return [name for name in below if name in self.functions]

    def _earlier(self, problem: Problem) -> list[str]:
        """Of a scenario whose failing step has no functions: those of the step before that has."""
        name = str(problem.get("test", "")).rpartition("::")[2]
        match = _STEP.match(str(problem.get("message", "")))
        places = scenario_tests(self.architecture).get(name)
        if places is None or match is None:
            return []
        calls = [
            item
            for item in completed(self.architecture, self.architecture.scenarios[places[0]])
            if isinstance(item, Step) and item.expect is not None
        ]
        for step in reversed(calls[: int(match[1])]):
            names = self._of_route(route_of(self.architecture, step.method, step.path))
            if names:
                return names
        return []


def sentence(problem: Problem, shown: str = "") -> str:
    """A failure in words that are the same each time; `shown` is a route that is told anyway."""
    wanted = [str(problem[name]) for name in ("check", "route", "test") if problem.get(name)]
    parts = [part for part in wanted if part != shown]
    told = f"{' '.join(parts)}: {problem['message']}" if parts else str(problem["message"])
    error = problem.get("error")
    if error:
        places = [
            f"{frame['file']}:{frame['line']} in {frame['function']}"
            for frame in list(problem.get("frames") or [])[-2:]
        ]
        told = f"{told} Behind it: {error}" + (f" ({'; '.join(places)})" if places else "")
    told = _ANSWERED.sub(_in_words, " ".join(told.split()))
    return _VARYING.sub("…", told)[:LONGEST]


def _in_words(match: re.Match[str]) -> str:
    code, detail, errors = match.groups()
    return f"{code}, {detail}" + (f" {errors}" if errors else "")


def _joined(said: Sequence[str]) -> str:
    shown: Iterator[str] = iter(said[:3])
    more = f" (and {len(said) - 3} more)" if len(said) > 3 else ""
    return " | ".join(shown) + more
