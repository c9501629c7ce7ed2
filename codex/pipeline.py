"""The four stages in order: a request in, an Application out, every document saved on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from codex.architect.size import Size
from codex.architect.stage import Approve, architect
from codex.common.config import Settings
from codex.common.documents.application import Application
from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Implementation
from codex.common.documents.run import RunStatus
from codex.common.documents.specification import Specification
from codex.common.errors import NotUnderstood
from codex.common.events import Notice
from codex.common.run_options import run_options
from codex.common.saved import Saved
from codex.common.services import Services
from codex.deploy.ahead import ahead
from codex.deploy.stage import deliver
from codex.design.stage import design
from codex.develop.stage import develop
from codex.runtime import open_runtime

ROUNDS = 2
"""How often Deploy may send Functions back to Develop."""


@dataclass(frozen=True)
class Consent:
    """Who is asked whether to go on, where a client would want to be; by default nobody is."""

    rest: Callable[[Specification], Awaitable[bool]] | None = None
    """Shall it be built without the clauses that were not understood?"""
    size: Approve | None = None
    """Shall it be built at this size and price?"""
    place: Callable[[Specification], None] | None = None
    """Raises where the service could not be put where it is to go."""


async def stages(
    request: str,
    *,
    services: Services,
    answers: Mapping[str, str] | None = None,
    feedback: Sequence[str] = (),
    consent: Consent | None = None,
    resumed: bool = False,
) -> Application:
    """A verified service for `request`, with services at hand; what falls short is listed in it.

    With `resumed`, the documents that the run saved before are taken as they are.
    """
    saved, ask = Saved(services, resumed), consent or Consent()
    if application := await saved.newest(Application):
        return application
    specification = await saved.newest(Specification) or await saved.keep(
        await design(request, services=services, answers=answers, feedback=feedback)
    )
    await _rest_agreed(specification, services, ask)
    if ask.place is not None:
        ask.place(specification)
    architecture = await saved.newest(Architecture) or await saved.keep(
        await architect(specification, services=services, approve=_shown(services, ask))
    )
    async with ahead(architecture, services) as begun:
        implementation = await saved.newest(Implementation) or await saved.keep(
            await develop(architecture, services=services, player=begun.scenarios)
        )
        while True:
            services.budget.check_time()  # else it is looked at before each question only
            application = await deliver(implementation, services=services, begun=begun)
            made = await saved.count(Implementation)
            faults = await saved.faults(application, made) if made <= ROUNDS else ()
            if not faults:
                return await saved.keep(application)
            mended = await develop(
                architecture,
                services=services,
                previous=implementation,
                faults=faults,
                player=begun.scenarios,
            )
            if mended == implementation:
                return await saved.keep(application)
            implementation = await saved.keep(mended)


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
    options = run_options(settings, answers=answers, feedback=feedback)
    async with (
        open_runtime(settings) as runtime,
        runtime.run(request, name=name, options=options) as services,
    ):
        application = await stages(request, services=services, answers=answers, feedback=feedback)
        status = RunStatus.DONE if application.complete else RunStatus.INCOMPLETE
        await runtime.finish(services, status, application.missing)
    return application


def build_sync(request: str, *, settings: Settings | None = None, name: str = "") -> Application:
    """The one bridge for programs that are not asynchronous."""
    return asyncio.run(build(request, settings=settings, name=name))


async def _rest_agreed(specification: Specification, services: Services, ask: Consent) -> None:
    """Say what was not understood, and go on only if the rest shall be built."""
    for clause in specification.not_understood:
        quote = " ".join(clause.quote.split())
        await services.events.append(Notice(level="warning", text=f"Not understood: {quote!r}."))
    if specification.not_understood and ask.rest and not await ask.rest(specification):
        raise NotUnderstood(
            "Nothing was built, since a part of the request was not understood.",
            "Say that part in other words, leave it out, or choose a language model with --model.",
        )


def _shown(services: Services, ask: Consent) -> Approve:
    """Show the size and price in the run's events, then ask whoever is to be asked."""

    async def approve(size: Size) -> bool:
        await services.events.append(Notice(text=size.told))
        return ask.size is None or await ask.size(size)

    return approve
