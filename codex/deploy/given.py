"""What is handed over: read from a document, or from the folder of a service as it is now."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codex.common.documents.application import (
    Application,
    Outcome,
    ServiceFile,
    Verification,
    VerificationStep,
)
from codex.common.documents.implementation import Implementation
from codex.common.events import CheckFailed, Notice, StageFinished, StageStarted
from codex.common.services import Services
from codex.compiler import compile_service
from codex.deploy.again import verify_again
from codex.deploy.lock import locked_packages
from codex.deploy.stage import deliver
from codex.deploy.written import Written, documents, read_service

_SHOWN = 5


@dataclass(frozen=True)
class Given:
    """An Implementation that is still to be verified, or an Application."""

    implementation: Implementation
    application: Application | None = None
    written: Written | None = None
    """The folder that it was read from, where it was one."""

    @property
    def changed(self) -> tuple[str, ...]:
        """Files that were edited or added by hand since codex wrote the folder."""
        return (*self.written.edited, *self.written.added) if self.written else ()


def read_given(path: Path) -> Given:
    """What `path` holds: an implementation, an application, or a service's folder."""
    if path.is_dir():
        return _folder(path)
    try:
        kind: object = json.loads(path.read_bytes()).get("document")
    except (OSError, ValueError, AttributeError, RecursionError):
        kind = None  # loading it says what is wrong
    if kind == "application":
        application = Application.load(path)
        return Given(application.implementation, application)
    return Given(Implementation.load(path))


async def verified(given: Given, services: Services) -> Application:
    """What is handed over: verified now, unless it was and nobody changed it since."""
    if given.application is None:
        return await deliver(given.implementation, services=services)
    if given.written is None or not given.changed:
        return given.application
    more = len(given.changed) - _SHOWN
    names = ", ".join(given.changed[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    text = f"Changed by hand, so it is verified again: {names}."
    await services.events.append(Notice(text=text), StageStarted(stage="deploy"))
    began = time.monotonic()
    again = await verify_again(
        given.written, services.sandbox, services.environments, services.settings.data_dir
    )
    for step in again.verification.steps:
        if step.outcome is Outcome.FAILED:
            await services.events.append(
                CheckFailed(check=step.name, subject="service", message=step.detail[:1000])
            )
    await services.events.append(StageFinished(stage="deploy", seconds=time.monotonic() - began))
    files = {item.path: item for item in (*given.application.files, *again.report)}
    return given.application.model_copy(
        update={
            "files": tuple(files[path] for path in sorted(files)),
            "verification": again.verification,
            "missing": again.missing,
        }
    )


def _folder(folder: Path) -> Given:
    """A folder that codex wrote, with what was changed in it since."""
    written = read_service(folder)
    implementation = written.implementation
    architecture = implementation.architecture
    found = {**written.files, **documents(folder)}
    files = tuple(
        ServiceFile.of(name, text, executable=bool((folder / name).stat().st_mode & 0o100))
        for name, text in sorted(found.items())
    )
    functions = {item.name: item for item in implementation.functions if item.verified}
    application = Application(
        implementation=implementation,
        name=architecture.name,
        description=architecture.specification.summary,
        routes=compile_service(architecture, functions, lock=written.lock).routes,
        files=files,
        lock=locked_packages(written.lock),
        verification=_verification(found.get("report.json", "")),
        missing=_missing(found.get("report.json", ""), implementation),
    )
    return Given(implementation, application, written)


def _verification(report: str) -> Verification:
    """How the steps ended when it was verified; none where the report is lost."""
    try:
        steps = [
            VerificationStep(name=step["name"], outcome=step["outcome"], figures=step["figures"])
            for step in json.loads(report)["steps"]
        ]
    except (ValueError, KeyError, TypeError):
        return Verification()
    return Verification(steps=tuple(steps))


def _missing(report: str, implementation: Implementation) -> tuple[str, ...]:
    """What fell short when it was verified; what the documents say, where the report is lost."""
    try:
        told: Any = json.loads(report)
        return tuple(str(item) for item in told["missing"])
    except (ValueError, KeyError, TypeError):
        pass
    specification = implementation.architecture.specification
    said = [f"Not understood: {item.quote!r}." for item in specification.not_understood]
    said += [f"{name} could not be verified and answers 501." for name in implementation.missing]
    return tuple(said)
