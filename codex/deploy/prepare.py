"""A service as it will be delivered: compiled, locked, and ready to be tried."""

from __future__ import annotations

from dataclasses import dataclass

from codex.common.documents.implementation import Implementation
from codex.common.sandbox import Environment
from codex.common.services import Services
from codex.compiler import CompiledService, compile_service
from codex.compiler.features import features
from codex.compiler.packaging import requirements as required_by
from codex.compiler.plan import Plan
from codex.deploy.lock import resolve_lock, tools_lock
from codex.deploy.verify import Subject


@dataclass(frozen=True)
class Prepared:
    """A compiled service with its lock."""

    service: CompiledService
    lock: str
    subject: Subject
    environment: Environment
    """Its packages, and the tools that it is tried with."""


async def prepare(implementation: Implementation, services: Services) -> Prepared:
    """Resolve the lock, compile the service, and have its environment at hand."""
    architecture = implementation.architecture
    functions = {item.name: item for item in implementation.functions if item.verified}
    requirements = required_by(Plan(architecture, functions), features(architecture))
    lock = await resolve_lock(requirements, services)
    service = compile_service(architecture, functions, lock=lock)
    files = {item.path: item.content for item in service.files}
    tools = await tools_lock(lock, requirements, services)
    environment = await services.environments.get(tools)
    return Prepared(service, lock, Subject(implementation, files, service.source_map), environment)
