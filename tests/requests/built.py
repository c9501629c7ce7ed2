"""A labelled request built to a verified service, in one process and without the command line."""

from __future__ import annotations

from codex.common.documents.application import Application, Outcome
from codex.common.documents.run import RunStatus
from codex.common.errors import NotUnderstood
from codex.pipeline import stages
from codex.runtime import Runtime
from tests.requests.labels import LabelledRequest


async def build(request: LabelledRequest, runtime: Runtime) -> Application | None:
    """Its Application; None where the first stage understood nothing at all, and said so."""
    try:
        async with runtime.run(request.text, name=request.name) as services:
            application = await stages(request.text, services=services)
            await runtime.finish(services, RunStatus.DONE)
    except NotUnderstood:
        return None
    return application


def failures(application: Application) -> list[str]:
    """What falls short, but for clauses that were said to be not understood from the beginning."""
    told = [item for item in application.missing if not item.startswith("Not understood")]
    return told + [
        f"{step.name}: {step.detail[:800]}"
        for step in application.verification.steps
        if step.outcome is Outcome.FAILED
    ]
