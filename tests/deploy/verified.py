"""Services to be verified: architectures of the tests, with their functions, as they are built."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from codex.common.documents.application import Fault, VerificationStep
from codex.common.documents.implementation import Implementation
from codex.common.sandbox import Environment, Sandbox
from codex.compiler import compile_service
from codex.deploy.postgres import ServiceDatabases
from codex.deploy.verify import Subject, Verified, verify
from tests.architectures import functions_of, named


def implementation(name: str, **codes: str) -> Implementation:
    """The architecture `name` with its functions; `codes` replace those of some."""
    architecture = named(name)
    functions = functions_of(name)
    for function, code in codes.items():
        functions[function] = functions[function].model_copy(update={"code": code})
    wanted = [item.name for item in architecture.functions if item.name in functions]
    return Implementation(
        architecture=architecture, functions=tuple(functions[item] for item in wanted)
    )


def subject(built: Implementation, edits: Mapping[str, tuple[str, str]] | None = None) -> Subject:
    """Its service, with a text of some files replaced by another."""
    functions = {item.name: item for item in built.functions}
    service = compile_service(built.architecture, functions)
    files = {item.path: item.content for item in service.files}
    for place, (old, new) in (edits or {}).items():
        path = place.partition("#")[0]
        assert old in files[path], f"{path} has no {old!r}"
        files[path] = files[path].replace(old, new, 1)
    return Subject(built, files, service.source_map)


def tried(
    what: Subject, sandbox: Sandbox, environment: Environment, data_dir: Path | None = None
) -> Verified:
    """The verification."""
    databases = ServiceDatabases(data_dir) if data_dir else None
    return asyncio.run(verify(what, sandbox, environment, databases))


def step(verified: Verified, name: str) -> VerificationStep:
    """The step called `name`."""
    return next(item for item in verified.steps if item.name == name)


def faults(verified: Verified, name: str) -> dict[str, Fault]:
    """What the step found, by route."""
    return {fault.route: fault for fault in step(verified, name).faults}
