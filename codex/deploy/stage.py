"""The stage: an Implementation in, a verified Application out, with the truth about it."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from codex.common.documents.application import Application, Outcome, ServiceFile
from codex.common.documents.implementation import Function, Implementation
from codex.common.events import CheckFailed, StageFinished, StageStarted
from codex.common.services import Services
from codex.compiler import CompiledService
from codex.deploy.ahead import Begun
from codex.deploy.lock import locked_packages
from codex.deploy.postgres import ServiceDatabases
from codex.deploy.prepare import prepare
from codex.deploy.report import Facts, report_files
from codex.deploy.verify import Verified, judged, try_all

_LINK = """
## Verification

[report.html](report.html) says what was tried on this service and how it went; `codex verify .`
tries it again, also after changes by hand.
"""


async def deliver(
    implementation: Implementation, *, services: Services, begun: Begun | None = None
) -> Application:
    """Compile, lock, verify; what falls short is listed in the Application, never hidden.

    Where this very service was tried ahead, as `begun` knows, it is not tried again.
    """
    began = time.monotonic()
    await services.events.append(StageStarted(stage="deploy"))
    architecture = implementation.architecture
    prepared = await prepare(implementation, services)
    service, subject, lock = prepared.service, prepared.subject, prepared.lock
    tried = begun.tried_of(subject) if begun else None
    if tried is None:
        databases = ServiceDatabases(services.settings.data_dir)
        tried = await try_all(subject, services.sandbox, prepared.environment, databases)
    verified = judged(subject, tried)
    for step in verified.steps:
        if step.outcome is Outcome.FAILED:
            await services.events.append(
                CheckFailed(check=step.name, subject="service", message=step.detail[:1000])
            )
    packages, missing = locked_packages(lock), missing_parts(implementation, verified)
    facts = Facts(implementation, verified, missing, packages)
    application = Application(
        implementation=implementation,
        name=architecture.name,
        description=architecture.specification.summary,
        routes=service.routes,
        files=_files(service, facts),
        source_map=service.source_map,
        lock=packages,
        verification=verified.verification,
        missing=missing,
    )
    seconds = time.monotonic() - began
    await services.events.append(StageFinished(stage="deploy", seconds=seconds))
    return application


def _files(service: CompiledService, facts: Facts) -> tuple[ServiceFile, ...]:
    """The service's files, its description, where every line comes from, and its documents."""
    implementation = facts.implementation
    architecture = implementation.architecture
    openapi = json.dumps(facts.verified.openapi, indent=2, sort_keys=True) + "\n"
    more = [
        ServiceFile.of("openapi.json", openapi),
        ServiceFile.of("provenance.json", provenance(service, implementation)),
        ServiceFile.of(".codex/specification.json", architecture.specification.to_json()),
        ServiceFile.of(".codex/architecture.json", architecture.to_json()),
        ServiceFile.of(".codex/implementation.json", implementation.to_json()),
        *report_files(facts),
    ]
    compiled = [_linked(item) for item in service.files]
    return tuple(sorted([*compiled, *more], key=lambda item: item.path))


def _linked(file: ServiceFile) -> ServiceFile:
    """The README with a way to the report; every other file as it is."""
    return ServiceFile.of(file.path, file.content + _LINK) if file.path == "README.md" else file


def provenance(service: CompiledService, implementation: Implementation) -> str:
    """Each line's element, and for functions the requirements and model calls behind them."""
    architecture = implementation.architecture
    functions: Mapping[str, Function] = {item.name: item for item in implementation.functions}
    requirements: dict[str, list[str]] = {}
    for route in architecture.routes:
        for item in route.functions:
            requirements.setdefault(item.name, []).extend(route.requirements)
    told = {
        "functions": {
            name: {
                "requirements": sorted(set(requirements.get(name, []))),
                "calls": list(function.journal_keys),
                "status": function.status.value,
            }
            for name, function in sorted(functions.items())
        },
        "routes": {
            route.api_route: {
                "requirements": list(route.requirements),
                "function": route.function_name,
            }
            for route in architecture.routes
        },
        "lines": [span.model_dump() for span in service.source_map],
    }
    return json.dumps(told, indent=2) + "\n"


def missing_parts(implementation: Implementation, verified: Verified) -> tuple[str, ...]:
    """What falls short, each in one sentence."""
    specification = implementation.architecture.specification
    told = [f"Not understood: {item.quote!r}." for item in specification.not_understood]
    told += [f"{name} could not be verified and answers 501." for name in implementation.missing]
    told += [
        f"The verification step {step.name!r} failed."
        for step in verified.steps
        if step.outcome is Outcome.FAILED
    ]
    return tuple(told)
