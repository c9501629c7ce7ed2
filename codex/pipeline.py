"""The four stages in order: a request in, an Application out, every document saved on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from codex.architect.stage import architect
from codex.common.documents.application import Application
from codex.common.documents.architecture import Architecture
from codex.common.documents.base import Document
from codex.common.documents.implementation import Implementation
from codex.common.documents.specification import Specification
from codex.common.events import DocumentSaved
from codex.common.services import Services
from codex.deploy.stage import deliver
from codex.design.stage import design
from codex.develop.stage import develop

D = TypeVar("D", bound=Document)


async def build(
    request: str,
    *,
    services: Services,
    answers: Mapping[str, str] | None = None,
    feedback: Sequence[str] = (),
) -> Application:
    """A verified service for `request`; what falls short is listed in it."""
    specification: Specification = await _saved(
        await design(request, services=services, answers=answers, feedback=feedback), services
    )
    architecture: Architecture = await _saved(
        await architect(specification, services=services), services
    )
    implementation: Implementation = await _saved(
        await develop(architecture, services=services), services
    )
    return await _saved(await deliver(implementation, services=services), services)


async def _saved(document: D, services: Services) -> D:
    """Each document is in the store as soon as it exists."""
    owner = services.settings.owner
    number = await services.store.save(document, owner=owner, run_id=services.run_id)
    await services.events.append(DocumentSaved(kind=document.kind, id=number))
    await services.store.update_run(services.run_id, stage=document.kind)
    return document
