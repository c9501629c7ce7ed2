"""What is tried on the finished service, in the sandbox, before anything is called done."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as resources
from typing import Any

from codex.common.documents.application import Outcome, Verification, VerificationStep
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.rules import PUBLIC
from codex.common.sandbox import Command, Environment, Limits, Sandbox

LIMITS = Limits(
    cpu_seconds=400, wall_seconds=600, memory_mb=2048, processes=256, open_files=1024, disk_mb=512
)
MARK = "CODEX-RESULT "
EXAMPLES = 5
"""Generated cases of each operation, beside those that its schema asks for by itself."""
# Every check of schemathesis runs but these, each for its reason.
CHECKS_OFF: Mapping[str, str] = {
    "positive_data_acceptance": "a body may be refused for what no schema says: a missing row",
    "object_level_authorization": "it needs two callers; the scenarios have them",
    "missing_required_header": "the log-in is a header that the access step tries",
    "ignored_auth": "the access step tries it on every route",
}
SERVED_ALWAYS = re.compile(r"^(GET /health|GET /ready|[A-Z]+ /auth/\S+|PATCH /\S+)$")


@dataclass
class Verified:
    """The verification, and what it learned on the way."""

    steps: list[VerificationStep] = field(default_factory=list[VerificationStep])
    openapi: dict[str, Any] = field(default_factory=dict[str, Any])
    failures: dict[str, str] = field(default_factory=dict[str, str])
    """The tests of the service that failed, with what they said."""

    @property
    def verification(self) -> Verification:
        """As the document holds it."""
        return Verification(steps=tuple(self.steps))

    def add(self, name: str, problems: Sequence[str], **figures: JsonValue) -> None:
        """Note a step."""
        outcome = Outcome.FAILED if problems else Outcome.PASSED
        detail = "\n".join(problems)[:4000]
        self.steps.append(
            VerificationStep(name=name, outcome=outcome, detail=detail, figures=figures)
        )


async def verify(
    architecture: Architecture,
    files: Mapping[str, str],
    sandbox: Sandbox,
    environment: Environment,
) -> Verified:
    """Try everything; nothing that fails stops the rest."""
    verified = Verified()
    found = await _probe(architecture, files, sandbox, environment)
    for name in ("migrations", "boot", "access", "fuzz"):
        step = found.get(name, {"problems": ["it gave no answer"], "figures": {}})
        verified.add(name, step["problems"], **step["figures"])
        verified.openapi = step.get("openapi") or verified.openapi
    verified.add("openapi", openapi_problems(architecture, verified.openapi))
    await _tests(verified, files, sandbox, environment)
    return verified


async def _probe(
    architecture: Architecture,
    files: Mapping[str, str],
    sandbox: Sandbox,
    environment: Environment,
) -> dict[str, Any]:
    order = {
        "steps": ["migrations", "boot", "access", "fuzz"],
        "settings": _needed(architecture),
        "guarded": guarded(architecture),
        "examples": EXAMPLES,
        "checks_off": sorted(CHECKS_OFF),
    }
    program = resources("codex.deploy.inside").joinpath("probe.py").read_text("utf-8")
    command = Command(
        ["python", "probe.py", "order.json"],
        environment=environment,
        files={**files, "probe.py": program, "order.json": json.dumps(order)},
        env={"PYTHONPATH": "."},
        limits=LIMITS,
    )
    result = await sandbox.run(command)
    for line in reversed(result.stdout.splitlines()):
        if line.startswith(MARK):
            return dict(json.loads(line.removeprefix(MARK)))
    why = result.limit_hit or f"exit code {result.exit_code}"
    return {"boot": {"problems": [f"{why}: {result.stderr.strip()[-500:]}"], "figures": {}}}


def _needed(architecture: Architecture) -> dict[str, JsonValue]:
    samples: dict[str, JsonValue] = {"int": 1, "float": 1.0, "Decimal": "1", "bool": False}
    return {
        item.name: samples.get(item.type, "example")
        for item in architecture.settings
        if item.default is None
    }


def guarded(architecture: Architecture) -> list[dict[str, str]]:
    """The routes that nobody may call without signing in."""
    if not architecture.database.account:
        return []
    return [
        {"method": route.method, "path": re.sub(r"\{[^}]*\}", "1", route.path)}
        for route in architecture.routes
        if not any(grant.role == PUBLIC for grant in route.access)
    ]


def openapi_problems(architecture: Architecture, document: Mapping[str, Any]) -> list[str]:
    """Where the service describes other routes than the Architecture has."""
    served = {
        f"{method.upper()} {path}"
        for path, item in document.get("paths", {}).items()
        for method in item
    }
    wanted = {route.api_route for route in architecture.routes}
    missing = [f"{name} is not served" for name in sorted(wanted - served)]
    more = [
        f"{name} is served, and the architecture does not have it"
        for name in sorted(served - wanted)
        if not SERVED_ALWAYS.match(name)
    ]
    return missing + more


async def _tests(
    verified: Verified, files: Mapping[str, str], sandbox: Sandbox, environment: Environment
) -> None:
    """The service's own tests, scenarios among them."""
    command = Command(
        ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
         "--junitxml=report.xml", "tests"],
        environment=environment,
        files=dict(files),
        collect=["report.xml"],
        limits=LIMITS,
    )  # fmt: skip
    result = await sandbox.run(command)
    counts, verified.failures = read_tests(result.files.get("report.xml", b""), result.stdout)
    problems = [f"{name}: {told}" for name, told in verified.failures.items()]
    verified.add("tests", problems, **counts)


def read_tests(report: bytes, output: str) -> tuple[dict[str, JsonValue], dict[str, str]]:
    """How many tests ran, and what each failing one said."""
    try:
        root = ET.fromstring(report)  # noqa: S314 written by pytest inside the sandbox, and small
    except ET.ParseError:
        return {"tests": 0}, {"all": f"the tests could not be run: {output.strip()[-500:]}"}
    failures: dict[str, str] = {}
    count = skipped = 0
    for case in root.iter("testcase"):
        count += 1
        skipped += case.find("skipped") is not None
        for kind in ("failure", "error"):
            found = case.find(kind)
            if found is not None:
                text = (found.get("message") or found.text or "it failed").strip()
                failures[case.get("name", "?")] = text.splitlines()[0][:600]
    return {"tests": count, "skipped": skipped}, failures
