"""The verification report: what was tried on a service, how it went, and where it comes from.

It holds no clock and no timing, so that equal services have equal reports.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from codex.common.documents.application import (
    LockedPackage,
    Outcome,
    ServiceFile,
    VerificationStep,
)
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.implementation import Function, Implementation
from codex.common.documents.scenario import Step
from codex.common.english import counted
from codex.compiler.access_rules import access_of
from codex.compiler.fixed import is_fixed
from codex.compiler.plan import Plan
from codex.compiler.prerequisites import completed, route_of
from codex.compiler.scenarios import scenario_tests
from codex.deploy.explained import ABOUT, CHECKS, OFF, TITLES
from codex.deploy.verify import SCENARIOS, Verified

if TYPE_CHECKING:
    from jinja2 import Template

HTML, JSON = "report.html", "report.json"
_WALKS = ("conventions", "access", "injections")
Json = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What a report is made of."""

    implementation: Implementation
    verified: Verified
    missing: Sequence[str] = ()
    packages: Sequence[LockedPackage] = ()
    edited: Sequence[str] = ()
    added: Sequence[str] = ()


def report_files(facts: Facts) -> tuple[ServiceFile, ServiceFile]:
    """The report as a page, and as JSON."""
    told = report(facts)
    return (
        ServiceFile.of(HTML, _template().render(told)),
        ServiceFile.of(JSON, json.dumps(told, indent=2, ensure_ascii=False) + "\n"),
    )


def report(facts: Facts) -> Json:
    """The report as data."""
    specification = facts.implementation.architecture.specification
    steps = facts.verified.steps
    routes = facts.implementation.architecture.routes
    return {
        "title": specification.title,
        "summary": specification.summary,
        "passed": facts.verified.verification.passed,
        "complete": facts.verified.verification.passed and not facts.missing,
        "missing": list(facts.missing),
        "edited": list(facts.edited),
        "added": list(facts.added),
        "size": f"{counted(len(routes), 'route')}, {counted(len(steps), 'step')}",
        "steps": [_step(step) for step in steps],
        "checks": _checks(facts.verified.evidence),
        "routes": [_Routes(facts).told(route) for route in routes],
        "tests": list(facts.verified.evidence.get("tests", ())),
        "coverage": _coverage(facts.verified.evidence.get("coverage", {})),
        "provenance": _provenance(facts),
        "packages": [f"{item.name} {item.version}" for item in facts.packages],
    }


def _step(step: VerificationStep) -> Json:
    return {
        "name": step.name,
        "title": TITLES.get(step.name, step.name),
        "about": ABOUT.get(step.name, ""),
        "outcome": step.outcome.value,
        "figures": step.figures,
        "told": list(step.told),
        "detail": step.detail if step.outcome is Outcome.SKIPPED else "",
        "faults": [fault.model_dump() for fault in step.faults],
    }


def _checks(evidence: Mapping[str, Any]) -> list[Json]:
    """Each kind of check by its name: what it shows, how often it ran, or why it is off."""
    told: list[Json] = []
    for step in ("requests", *_WALKS):
        ran: Mapping[str, int] = evidence.get(step, {}).get("checks", {})
        on = [
            {"name": name, "about": CHECKS.get(name, ""), "times": count}
            for name, count in ran.items()
        ]
        off = [{"name": name, "why": why} for name, why in OFF.items() if step == "requests"]
        untried = list(evidence.get(step, {}).get("untried", ()))
        if on or untried:
            told.append({"step": step, "title": TITLES[step], "on": on, "off": off,
                         "untried": untried})  # fmt: skip
    return told


class _Routes:
    """What was tried on each route."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.architecture = facts.implementation.architecture
        self.evidence = facts.verified.evidence
        self.plan = Plan(self.architecture, _written(facts.implementation))
        self.scenarios = _scenarios_of_routes(facts)

    def told(self, route: CodeGraph) -> Json:
        """One route."""
        name = route.api_route
        access = access_of(self.architecture, route)
        faults = [item for item in self.facts.verified.verification.faults if item.route == name]
        walks = {
            what: self.evidence.get(what, {}).get("routes", {}).get(name, []) for what in _WALKS
        }
        functions = self.plan.below(route.main.name) if route.main else ()
        written = route.main is None or not self.plan.missing_below(route.main.name)
        requests = self.evidence.get("requests", {}).get("routes", {}).get(name, 0)
        tried = requests or any(walks.values()) or self.scenarios.get(name)
        return {
            "route": name,
            "summary": route.summary or route.description,
            "callers": "anybody"
            if access.caller != "user"
            else ", ".join(access.roles) or "signed in",
            "made": "compiled from the tables" if route.derived else "with functions",
            "functions": [item for item in functions if item in self.plan.functions],
            "outcome": _outcome(bool(faults), written, bool(tried)),
            "requests": requests,
            **walks,
            "scenarios": self.scenarios.get(name, []),
            "faults": [item.message for item in faults],
        }


def _outcome(failed: bool, written: bool, tried: bool) -> str:
    if failed:
        return "failed"
    if not written:
        return "missing"
    return "passed" if tried else "untried"


def _written(implementation: Implementation) -> dict[str, Function]:
    return {item.name: item for item in implementation.functions if item.verified}


def _scenarios_of_routes(facts: Facts) -> dict[str, list[str]]:
    """The scenarios that call each route."""
    architecture = facts.implementation.architecture
    found: dict[str, list[str]] = {}
    for scenario in architecture.scenarios:
        for step in completed(architecture, scenario):
            if not isinstance(step, Step) or step.expect is None:
                continue
            route = route_of(architecture, step.method, step.path)
            names = found.setdefault(route.api_route, []) if route else []
            if scenario.name not in names:
                names.append(scenario.name)
    return found


def _coverage(reached: Mapping[str, Any]) -> Json:
    lines = sum(item["lines"] for item in reached.values())
    hit = sum(item["reached"] for item in reached.values())
    own = [item for name, item in reached.items() if not is_fixed(name)]
    return {
        "lines": lines,
        "reached": hit,
        "percent": _percent(hit, lines),
        "own": _percent(sum(i["reached"] for i in own), sum(i["lines"] for i in own)),
        "files": [
            {
                "file": name,
                "lines": item["lines"],
                "reached": item["reached"],
                "percent": _percent(item["reached"], item["lines"]),
                "missing": ranges(item["missing"]),
            }
            for name, item in reached.items()
            if item["lines"]
        ],
    }


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 100


def ranges(numbers: Sequence[int]) -> str:
    """`3-5, 9` for 3, 4, 5 and 9."""
    told: list[str] = []
    start = last = 0
    for number in [*numbers, -1]:
        if number == last + 1 and last:
            last = number
            continue
        if last:
            told.append(str(start) if start == last else f"{start}-{last}")
        start = last = number
    return ", ".join(told)


def _provenance(facts: Facts) -> list[Json]:
    """For each requirement: the routes that serve it, their functions, and what shows it."""
    implementation = facts.implementation
    architecture = implementation.architecture
    plan = Plan(architecture, _written(implementation))
    outcomes = {
        test["name"].removeprefix(SCENARIOS): test["outcome"]
        for test in facts.verified.evidence.get("tests", ())
    }
    played = {
        place: outcomes.get(name, "not played")
        for name, places in scenario_tests(architecture).items()
        for place in places
    }
    told: list[Json] = []
    for requirement in architecture.specification.requirements:
        routes = [item for item in architecture.routes if requirement.id in item.requirements]
        told.append(
            {
                "id": requirement.id,
                "text": requirement.text,
                "served_by": architecture.served_by_schema.get(requirement.id, ""),
                "routes": [
                    {
                        "route": route.api_route,
                        "functions": [
                            _function(implementation.function(name))
                            for name in (plan.below(route.main.name) if route.main else ())
                            if implementation.function(name)
                        ],
                    }
                    for route in routes
                ],
                "scenarios": [
                    {"name": scenario.name, "outcome": played[place]}
                    for place, scenario in enumerate(architecture.scenarios)
                    if scenario.requirement == requirement.id
                ],
            }
        )
    return told


def _function(function: Function | None) -> Json:
    assert function is not None
    return {
        "name": function.name,
        "status": function.status.value,
        "calls": len(function.journal_keys),
        "evidence": [{"name": check.name, "passed": check.passed} for check in function.evidence],
    }


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(
        resources("codex.deploy").joinpath("report.html.j2").read_text("utf-8")
    )
