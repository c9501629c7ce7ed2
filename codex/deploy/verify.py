"""What is tried on the finished service, in the sandbox, before anything is called done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from codex.common.documents.application import Outcome, SourceSpan, Verification, VerificationStep
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.implementation import Implementation
from codex.common.sandbox import Command, Environment, Result, Sandbox
from codex.compiler.fixed import is_fixed
from codex.compiler.plan import Plan
from codex.compiler.scenarios import scenario_tests
from codex.deploy.blame import Blame, Problem
from codex.deploy.jobs import ENTRY, FOLDER, FOUND, LIMITS, check_files, order, planned
from codex.deploy.openapi import differences
from codex.deploy.postgres import Databases, ServiceDatabases

NO_POSTGRES = "no Postgres can be had here"
SCENARIOS = "tests/test_scenarios.py::"
Found = Mapping[str, Any]


@dataclass(frozen=True)
class Subject:
    """A service to be verified."""

    implementation: Implementation
    files: Mapping[str, str]
    """Its text files, as they are now."""
    source_map: Sequence[SourceSpan] = ()

    @property
    def architecture(self) -> Architecture:
        """What it should be."""
        return self.implementation.architecture

    @property
    def blame(self) -> Blame:
        """Who is behind what fails."""
        functions = {item.name: item for item in self.implementation.functions if item.verified}
        return Blame(self.architecture, functions, self.source_map)

    @property
    def unwritten(self) -> list[str]:
        """The main functions of routes that answer 501."""
        plan = Plan(self.architecture, self.blame.functions)
        routes = [route for route in self.architecture.routes if route.main]
        return [
            route.function_name
            for route in routes
            if route.main and plan.missing_below(route.main.name)
        ]


@dataclass
class Verified:
    """The verification, and what it learned on the way."""

    blame: Blame
    steps: list[VerificationStep] = field(default_factory=list[VerificationStep])
    openapi: dict[str, Any] = field(default_factory=dict[str, Any])
    evidence: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the report shows beside the steps: checks, routes, coverage, tests."""
    cpu: dict[str, float] = field(default_factory=dict[str, float])
    """The processor seconds of each job; they are in no document."""

    @property
    def verification(self) -> Verification:
        """As the document holds it."""
        return Verification(steps=tuple(self.steps))

    def add(self, name: str, problems: Iterable[Problem], **figures: JsonValue) -> None:
        """Note a step that was tried."""
        faults = self.blame.faults(problems)
        self.steps.append(
            VerificationStep(
                name=name,
                outcome=Outcome.FAILED if faults else Outcome.PASSED,
                detail="\n".join(dict.fromkeys(fault.message for fault in faults))[:4000],
                figures=figures,
                faults=faults,
            )
        )

    def skip(self, name: str, why: str) -> None:
        """Note a step that could not be tried."""
        self.steps.append(VerificationStep(name=name, outcome=Outcome.SKIPPED, detail=why))


@dataclass(frozen=True)
class Tried:
    """What every job saw of a service, and which service that was."""

    files: Mapping[str, str]
    unwritten: tuple[str, ...]
    found: Mapping[str, Found]
    no_postgres: str = NO_POSTGRES
    """Why there was none, where there was none."""

    def is_of(self, subject: Subject) -> bool:
        """Whether it was this very service."""
        return self.files == subject.files and self.unwritten == tuple(subject.unwritten)

    @property
    def failed_scenarios(self) -> dict[str, str] | None:
        """What each scenario said that failed; None where none could be played."""
        tests: Sequence[Found] = self.found["suite"].get("tests", ())
        played = [test for test in tests if test["name"].startswith(SCENARIOS)]
        if not played:
            return None
        return {
            test["name"].removeprefix(SCENARIOS): str(test.get("message", "it failed"))
            for test in played
            if test["outcome"] == "failed"
        }


async def verify(
    subject: Subject,
    sandbox: Sandbox,
    environment: Environment,
    databases: ServiceDatabases | None = None,
) -> Verified:
    """Try everything; nothing that fails stops the rest."""
    return judged(subject, await try_all(subject, sandbox, environment, databases))


async def try_all(
    subject: Subject,
    sandbox: Sandbox,
    environment: Environment,
    databases: ServiceDatabases | None = None,
) -> Tried:
    """Run every job."""
    files, unwritten = dict(subject.files), tuple(subject.unwritten)
    if databases is None or not subject.architecture.database.tables:
        return Tried(files, unwritten, await _seen(subject, sandbox, environment, None))
    async with databases.lent() as lent:
        found = await _seen(subject, sandbox, environment, lent)
    return Tried(files, unwritten, found, lent.why_not)


def judged(subject: Subject, tried: Tried) -> Verified:
    """What was seen as steps, with who is behind what failed."""
    verified = Verified(subject.blame)
    verified.cpu = {name: told.get("cpu", 0.0) for name, told in tried.found.items()}
    _Reading(subject, verified, tried.found, tried.no_postgres).steps()
    return verified


async def _seen(
    subject: Subject, sandbox: Sandbox, environment: Environment, databases: Databases | None
) -> dict[str, Found]:
    """What every job saw."""
    architecture = subject.architecture
    url = databases.url if databases else ""
    jobs = planned(architecture, url)
    command = Command(
        ["python", ENTRY],
        environment=environment,
        files={
            **subject.files,
            **check_files(architecture, subject.unwritten),
            f"{FOLDER}/order.json": order(jobs),
        },
        sockets=[databases.sockets] if databases and url else [],
        collect=[FOUND],
        limits=LIMITS,
    )
    result = await sandbox.run(command)
    try:
        return dict(json.loads(result.files[FOUND]))
    except (KeyError, ValueError):
        problem = {"message": f"the verification was ended: {_ended(result)}"}
        return {job["name"]: {"problems": [problem]} for job in jobs}


def _ended(result: Result) -> str:
    why = f"the limit on {result.limit_hit}" if result.limit_hit else f"exit {result.exit_code}"
    return f"{why} {result.stderr.strip()[-300:]}".strip()


@dataclass
class _Reading:
    """Turns what was seen into steps."""

    subject: Subject
    verified: Verified
    found: Mapping[str, Found]
    no_postgres: str

    def steps(self) -> None:
        """Every step, in the order in which a reader asks for them."""
        self._migrations()
        self._boot()
        ground = [step for step in self.verified.steps if step.name in ("migrations", "boot")]
        if any(step.outcome is Outcome.FAILED for step in ground):
            # Whatever stands on it fails for that reason.
            self.verified.blame = replace(self.verified.blame, guesses=False)
        self._requests()
        for name in ("conventions", "access", "injections"):
            self._walk(name)
        self._tests()

    def _migrations(self) -> None:
        if not self.subject.architecture.database.tables:
            self.verified.skip("migrations", "the service keeps nothing in a database")
            return
        seen = self.found["migrations"]
        self.verified.add("migrations", seen["problems"], tables=seen.get("tables", 0))
        if "migrations_postgres" not in self.found:
            self.verified.skip("migrations on Postgres", self.no_postgres)
            return
        seen, boot = self.found["migrations_postgres"], self.found["boot_postgres"]
        problems = [*seen["problems"], *boot["problems"]]
        self.verified.add("migrations on Postgres", problems, tables=seen.get("tables", 0))

    def _boot(self) -> None:
        seen = self.found["boot"]
        self.verified.add("boot", seen["problems"])
        self.verified.openapi = document = dict(seen.get("openapi") or {})
        problems: list[Problem] = [{"message": line} for line in seen.get("described", ())]
        if not document:
            problems.append({"message": "the service does not describe itself"})
        else:
            problems += differences(self.subject.architecture, document)
        operations = sum(len(item) for item in document.get("paths", {}).values())
        self.verified.add("openapi", problems, operations=operations)

    def _parts(self, name: str) -> list[Found]:
        return [self.found[job] for job in self.found if job.rpartition("_")[0] == name]

    def _requests(self) -> None:
        parts = self._parts("fuzz")
        problems = [item for part in parts for item in part["problems"]]
        cases, checks = _sum(parts, "cases"), _sum(parts, "checks")
        routes = _sum(parts, "routes")
        self.verified.evidence["requests"] = {"checks": checks, "routes": routes, "phases": cases}
        self.verified.add("requests", problems, routes=len(routes), requests=sum(cases.values()))

    def _walk(self, name: str) -> None:
        """A step of checks that go from route to route."""
        if name == "access" and not self.subject.architecture.database.account:
            self.verified.skip(name, "the service has no accounts: everybody may call every route")
            return
        parts = self._parts(name)
        problems = [item for part in parts for item in part["problems"]]
        counts = _sum(parts, "counts")
        untried = [item for part in parts for item in part.get("untried", ())]
        routes: dict[str, list[str]] = {}
        for part in parts:
            routes |= part.get("routes", {})
        self.verified.evidence[name] = {"checks": counts, "routes": routes, "untried": untried}
        figures = {"routes": len(routes), "checks": sum(counts.values())}
        if untried:
            figures["untried"] = len(untried)
        self.verified.add(name, problems, **figures)

    def _tests(self) -> None:
        seen = self.found["suite"]
        tests: list[Found] = list(seen.get("tests", ()))
        played = [test for test in tests if test["name"].startswith(SCENARIOS)]
        problems: list[Problem] = list(seen["problems"])
        of_scenarios = [item for item in problems if _is_scenario(item)]
        names = {test["name"].removeprefix(SCENARIOS) for test in played}
        architecture = self.subject.architecture
        for name, places in scenario_tests(architecture).items():
            if name not in names:
                told = f"the scenario {architecture.scenarios[places[0]].name!r} was not played"
                of_scenarios.append({"message": told, "test": name})
        self.verified.evidence["tests"] = tests
        if architecture.scenarios or played:
            self.verified.add("scenarios", of_scenarios, **_outcomes(played))
        others = [item for item in problems if not _is_scenario(item)]
        reached: Mapping[str, Any] = seen.get("coverage", {})
        self.verified.evidence["coverage"] = reached
        # Scenarios count; what stands in every service is tried by codex's own tests.
        own = {name: item for name, item in reached.items() if not is_fixed(name)}
        covered = {
            "% of its own lines covered": _percent(own.values()),
            "% of all lines covered": _percent(reached.values()),
        }
        rest = _outcomes([test for test in tests if test not in played])
        self.verified.add("tests", others, **rest, **covered)


def _is_scenario(problem: Problem) -> bool:
    return str(problem.get("test", "")).startswith(SCENARIOS.removesuffix("::"))


def _outcomes(tests: Sequence[Found]) -> dict[str, JsonValue]:
    counts = Counter(test["outcome"] for test in tests)
    return {name: counts[name] for name in ("passed", "failed", "skipped") if counts[name]}


def _percent(files: Iterable[Mapping[str, int]]) -> int:
    """How much of the lines of some files the tests reached."""
    counted = [(item["lines"], item["reached"]) for item in files]
    lines = sum(item for item, _ in counted)
    return 100 * sum(item for _, item in counted) // lines if lines else 0


def _sum(parts: Sequence[Found], name: str) -> dict[str, int]:
    """Counts of several jobs as one, in order of their names."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part.get(name, {}))
    return dict(sorted(total.items()))
