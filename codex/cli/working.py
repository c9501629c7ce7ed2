"""A run as a command line works on it: shown while it goes on, kept so that it can be taken up."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from codex.cli.parser import SETTING, actions_of
from codex.common.errors import InputError, Interrupted, NotFound, NotUnderstood, RunFailed
from codex.common.run_options import kept_arguments, run_options, way_back

if TYPE_CHECKING:
    from codex.cli.progress import View
    from codex.common.config import Settings
    from codex.common.documents.application import Application
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.base import Document, JsonValue
    from codex.common.documents.implementation import Implementation
    from codex.common.documents.run import Run, RunStatus
    from codex.common.documents.specification import Specification
    from codex.runtime import RunServices, Runtime

D = TypeVar("D", "Specification", "Architecture", "Implementation")

# What belongs to this one call of a command, or is kept with the run in another way.
_NOT_KEPT = frozenset({"json", "debug", "request", "specification", "document", "answers"})
FOLDER = "working_folder"


@dataclass(frozen=True)
class Order:
    """What a run is started with."""

    kind: str
    request: str = ""
    name: str = ""
    document: Document | None = None
    """What it begins with, where that is no text."""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    feedback: Sequence[str] = ()


@dataclass(frozen=True)
class Working:
    """A run that goes on."""

    runtime: Runtime
    services: RunServices
    view: View
    options: dict[str, JsonValue]

    async def remember(self, **options: JsonValue) -> None:
        """Keep what was decided meanwhile, so that nobody is asked again."""
        self.options.update(options)
        await self.services.store.update_run(self.services.run_id, options=self.options)

    async def begun_with(self, kind: type[D]) -> D:
        """The document that the run began with."""
        store, run_id = self.services.store, self.services.run_id
        for name, number in await store.run_documents(run_id):
            if name == kind.kind:
                return await store.load(kind, number)
        raise NotFound(f"The run {run_id} has no {kind.kind}.", "Repeat its command.")

    async def finish(self, missing: Sequence[str], *, complete: bool | None = None) -> None:
        """End the run as delivered, and say what is missing."""
        from codex.common.documents.run import RunStatus

        done = not missing if complete is None else complete
        status: RunStatus = RunStatus.DONE if done else RunStatus.INCOMPLETE
        await self.runtime.finish(self.services, status, missing)

    async def finish_application(self, application: Application) -> None:
        """The same for a service."""
        await self.finish(application.missing, complete=application.complete)


@asynccontextmanager
async def working(
    order: Order,
    args: argparse.Namespace,
    chosen: Settings,
    resume: Run | None = None,
    *,
    view: View | None = None,
) -> AsyncGenerator[Working]:
    """A new run, or one that is taken up, with its events shown and a way back when it is ended."""
    from codex.cli.progress import followed, view_for
    from codex.runtime import open_runtime

    options = dict(resume.options) if resume else options_of(order, args, chosen)
    # Whoever answers in this terminal needs it for the questions.
    busy = chosen.model == "manual" and chosen.manual_dir is None
    shown = view or view_for(as_json=args.json, draws=not busy)
    run_id = ""
    try:
        async with (
            open_runtime(chosen) as runtime,
            followed(runtime.store, shown) as begin,
            runtime.run(
                order.request, kind=order.kind, name=order.name, options=options, resume=resume
            ) as services,
        ):
            run_id = services.run_id
            begin(run_id, resume is not None)
            if order.document is not None and resume is None:
                await services.store.save(order.document, owner=chosen.owner, run_id=run_id)
            yield Working(runtime, services, shown, options)
    except asyncio.CancelledError:
        again = way_back(order.kind, run_id) if run_id else ""
        raise Interrupted("Stopped; what was done is kept.", again) from None
    except RunFailed as error:
        if run_id and not args.json and not isinstance(error, NotUnderstood):
            print(f"What was done is kept. {way_back(order.kind, run_id)}", file=sys.stderr)
        raise


def options_of(order: Order, args: argparse.Namespace, chosen: Settings) -> dict[str, JsonValue]:
    """Everything that is needed to take the run up with the same."""
    given = vars(args)
    return run_options(
        chosen,
        flags=[
            name.removeprefix(SETTING)
            for name, value in given.items()
            if name.startswith(SETTING) and value is not None
        ],
        answers=order.answers,
        feedback=order.feedback,
        arguments={**_arguments(given), FOLDER: os.getcwd()},  # noqa: PTH109  as text
    )


def _arguments(given: Mapping[str, object]) -> dict[str, JsonValue]:
    """The command's own arguments, with paths that mean the same everywhere."""
    kept: dict[str, JsonValue] = {}
    for name, value in given.items():
        if name.startswith(SETTING) or name in _NOT_KEPT:
            continue
        if isinstance(value, Path):
            kept[name] = str(value.expanduser().absolute())
        elif isinstance(value, (str, bool)) and value:
            kept[name] = value
        elif isinstance(value, int) and not isinstance(value, bool):
            kept[name] = value  # 0 says something too
        elif isinstance(value, list):
            kept[name] = [str(item) for item in cast("list[object]", value)]
    return kept


def arguments_again(run: Run, parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The arguments that the run was started with; the command's defaults where it had none."""
    args = parser.parse_args(["-"])  # its one position: what it works on is kept with the run
    kept = kept_arguments(run.options)
    for action in actions_of(parser):
        if action.dest in kept:
            value = kept[action.dest]
            is_path = action.type is Path and isinstance(value, str)
            setattr(args, action.dest, Path(str(value)) if is_path else value)
    return args


def return_to_folder(run: Run) -> None:
    """Stand where the run was started: what it writes goes there."""
    folder = kept_arguments(run.options).get(FOLDER)
    if not isinstance(folder, str):
        return
    try:
        os.chdir(folder)
    except OSError as error:
        raise InputError(
            f"The run was started in {folder}, which cannot be entered: {error.strerror}.",
            "Make the folder again, or name another place with --out.",
        ) from None
