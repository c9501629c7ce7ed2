"""The four stages in order: a request in, an Application out, every document saved on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

from codex.architect.stage import architect
from codex.common.config import Settings
from codex.common.documents.application import Application
from codex.common.documents.base import Document
from codex.common.documents.run import RunStatus
from codex.common.events import DocumentSaved
from codex.common.services import Services
from codex.deploy.stage import deliver
from codex.design.stage import design
from codex.develop.stage import develop
from codex.runtime import open_runtime

D = TypeVar("D", bound=Document)


async def stages(
    request: str,
    *,
    services: Services,
    answers: Mapping[str, str] | None = None,
    feedback: Sequence[str] = (),
) -> Application:
    """A verified service for `request`, with services at hand; what falls short is listed in it."""
    specification = await design(request, services=services, answers=answers, feedback=feedback)
    await _saved(specification, services)
    architecture = await _saved(await architect(specification, services=services), services)
    implementation = await _saved(await develop(architecture, services=services), services)
    return await _saved(await deliver(implementation, services=services), services)


async def build(
    request: str,
    *,
    settings: Settings | None = None,
    answers: Mapping[str, str] | None = None,
    feedback: Sequence[str] = (),
    name: str = "",
) -> Application:
    """The same with services of its own, as a run that the store keeps."""
    if settings is None:
        from codex.common.configuration import load

        settings = load()
    async with open_runtime(settings) as runtime, runtime.run(request, name=name) as services:
        application = await stages(request, services=services, answers=answers, feedback=feedback)
        status = RunStatus.DONE if application.complete else RunStatus.INCOMPLETE
        await runtime.finish(services, status, application.missing)
    return application


def build_sync(request: str, *, settings: Settings | None = None, name: str = "") -> Application:
    """The one bridge for programs that are not asynchronous."""
    return asyncio.run(build(request, settings=settings, name=name))


async def _saved(document: D, services: Services) -> D:
    """Each document is in the store as soon as it exists."""
    owner = services.settings.owner
    number = await services.store.save(document, owner=owner, run_id=services.run_id)
    await services.events.append(DocumentSaved(kind=document.kind, id=number))
    await services.store.update_run(services.run_id, stage=document.kind)
    return document
