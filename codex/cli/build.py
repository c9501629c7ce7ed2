"""Builds a service from a request: design, architecture, functions, verification, delivery.

REQUEST is the text itself, @FILE for a file's content, or - for standard input. In a terminal it
asks what matters, unless --yes is given. Exit code 3 where something is missing; what is sound is
delivered all the same.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.output import show_json
from codex.cli.settings import settings
from codex.common.errors import EXIT_DONE, EXIT_INCOMPLETE

if TYPE_CHECKING:
    from codex.common.documents.application import Application
    from codex.common.events import AnyEvent
    from codex.common.services import Services
    from codex.runtime import Runtime


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "request", metavar="REQUEST", help="the text, @FILE, or - for standard input"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="the service's folder")
    parser.add_argument("--zip", type=Path, metavar="FILE", help="also write a zip file")
    parser.add_argument("--git", action="store_true", help="make the folder a git repository")
    parser.add_argument("--name", default="", help="what the run is called")
    parser.add_argument("--yes", action="store_true", help="ask nothing; take the defaults")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help='answers as JSON {"Q1": "…"} or lines "Q1: …"'
    )
    parser.add_argument("--force", action="store_true", help="write over hand edits in the folder")


async def run(args: argparse.Namespace) -> int:
    """Build, deliver, say what came of it."""
    from codex.cli.design import request_text
    from codex.design import read_request
    from codex.design.interview import read_answers
    from codex.runtime import open_runtime

    request = read_request(request_text(args.request))
    answers = read_answers(args.answers) if args.answers else {}
    check_target(args.out, force=args.force)
    async with (
        open_runtime(settings(args)) as runtime,
        runtime.run(request, kind="build", name=args.name) as services,
    ):
        progress = asyncio.create_task(follow(services, as_json=args.json))
        try:
            application = await built(args, request, answers, services)
            target = deliver(application, args)
            await finish(runtime, services, application)
        finally:
            await services.events.close()
            await asyncio.sleep(0)  # the last events are shown before the summary
            progress.cancel()
    summary(application, target, services.run_id, as_json=args.json)
    return EXIT_DONE if application.complete else EXIT_INCOMPLETE


def check_target(folder: Path | None, *, force: bool) -> None:
    """Refuse a folder that cannot be taken before any work is done."""
    if folder is not None:
        from codex.common.handover import check_folder

        check_folder(folder, force=force)


async def built(
    args: argparse.Namespace, request: str, answers: dict[str, str], services: Services
) -> Application:
    """The Application; in a terminal, what matters is asked first."""
    from codex.pipeline import stages

    if not args.yes and not args.json and sys.stdin.isatty() and args.request != "-":
        from codex.cli.design import ask_questions

        answers = {**await ask_questions(request, answers, services), **answers}
    return await stages(request, services=services, answers=answers)


def deliver(application: Application, args: argparse.Namespace) -> Path:
    """Write what was asked for; the folder of the service."""
    from codex.deploy.package import to_folder, to_git, to_zip

    target: Path = args.out or Path(application.name.replace("_", "-"))
    pack = to_git if args.git else to_folder
    pack(application, target, force=args.force)
    if args.zip:
        to_zip(application, args.zip)
    return target


async def finish(runtime: Runtime, services: Services, application: Application) -> None:
    """End the run as what it is."""
    from codex.common.documents.run import RunStatus

    status = RunStatus.DONE if application.complete else RunStatus.INCOMPLETE
    await runtime.finish(services, status, application.missing)  # pyright: ignore[reportArgumentType] the runtime's own services


async def follow(services: Services, *, as_json: bool) -> None:
    """Show what happens, as it happens, on standard error."""
    async for logged in services.events.subscribe():
        if as_json:
            print(logged.model_dump_json(), file=sys.stderr, flush=True)
        elif line := told(logged.event):
            print(line, file=sys.stderr, flush=True)


def told(event: AnyEvent) -> str:
    """One line for a person; empty for what is of no interest to one."""
    match event.type:
        case "stage_started":
            planned = f" ({event.planned} functions)" if event.planned else ""
            return f"{event.stage}{planned} …"
        case "stage_finished":
            return f"{event.stage} took {event.seconds:.1f} s"
        case "function_verified":
            again = " (served before)" if event.reused else ""
            return f"  verified {event.function}{again}"
        case "check_failed":
            return f"  {event.check} failed on {event.subject}: {event.message[:160]}"
        case "notice":
            return event.text if not event.todo else f"{event.text} {event.todo}"
        case _:
            return ""


def summary(application: Application, target: Path, run_id: str, *, as_json: bool) -> None:
    """What was built, what it lacks, and what to do next."""
    if as_json:
        show_json(
            {
                "run": run_id,
                "name": application.name,
                "folder": str(target),
                "complete": application.complete,
                "missing": list(application.missing),
                "verification": json.loads(application.verification.model_dump_json())["steps"],
            }
        )
        return
    routes = len(application.routes)
    print(f"\n{application.name}: {routes} routes, {len(application.files)} files in {target}")
    for step in application.verification.steps:
        figures = ", ".join(f"{value} {name}" for name, value in step.figures.items())
        print(f"  {step.outcome}: {step.name}{f' ({figures})' if figures else ''}")
    for sentence in application.missing:
        print(f"  missing: {sentence}")
    print(f"Start it with: codex run {target}")
