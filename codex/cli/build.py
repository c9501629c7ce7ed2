"""Builds a service from a request: design, architecture, functions, verification, delivery.

REQUEST is the text itself, @FILE for a file's content, or - for standard input. In a terminal it
asks what matters, unless --yes is given. Exit code 3 where something is missing; what is sound is
delivered all the same. Ctrl-C stops it; `codex runs resume` goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.output import show_json
from codex.cli.settings import settings
from codex.cli.targets import add_target_arguments, check_targets, hand_over, target_folder
from codex.cli.working import Order, Working, working
from codex.common.english import counted
from codex.common.errors import EXIT_DONE, EXIT_INCOMPLETE
from codex.common.run_options import kept_answers

if TYPE_CHECKING:
    from codex.architect.size import Size
    from codex.common.config import Settings
    from codex.common.documents.application import Application
    from codex.common.documents.run import Run
    from codex.common.documents.specification import Specification
    from codex.pipeline import Consent


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "request", metavar="REQUEST", help="the text, @FILE, or - for standard input"
    )
    parser.add_argument("--name", default="", help="what the run is called")
    parser.add_argument("--yes", action="store_true", help="ask nothing; take the defaults")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help='answers as JSON {"Q1": "…"} or lines "Q1: …"'
    )
    add_target_arguments(parser)


async def run(args: argparse.Namespace) -> int:
    """Build, deliver, say what came of it."""
    from codex.cli.design import request_text
    from codex.design import read_request
    from codex.design.interview import read_answers

    chosen = settings(args)
    order = Order(
        "build",
        request=read_request(request_text(args.request)),
        name=args.name,
        answers=read_answers(args.answers) if args.answers else {},
    )
    return await carry_out(order, args, chosen)


async def carry_out(
    order: Order, args: argparse.Namespace, chosen: Settings, resume: Run | None = None
) -> int:
    """The same for a run that begins, or that goes on."""
    from codex.common.handover import check_place
    from codex.common.saved import Saved

    # Whoever pipes the request or the result in or out is no partner for a conversation.
    piped = resume is None and args.request == "-"
    asks = not (args.yes or args.json or piped) and sys.stdin.isatty() and sys.stderr.isatty()
    check_targets(args)
    check_place(args.out or Path("service"))  # some name in this folder
    async with working(order, args, chosen, resume) as work:
        application = await built(order, work, args, asks=asks, resumed=resume is not None)
        delivered = await hand_over(application, args, work.services)
        if delivered != application:
            await Saved(work.services).keep(delivered)
        await work.finish_application(delivered)
    summary(delivered, target_folder(delivered, args), work.services.run_id, as_json=args.json)
    return EXIT_DONE if delivered.complete else EXIT_INCOMPLETE


async def built(
    order: Order, work: Working, args: argparse.Namespace, *, asks: bool, resumed: bool
) -> Application:
    """The Application; in a terminal, what matters is asked first."""
    from codex.pipeline import stages

    answers = kept_answers(work.options)
    if asks and not work.options.get("interviewed"):
        from codex.cli.design import ask_questions

        with work.view.paused():
            answers = {**await ask_questions(order.request, answers, work.services), **answers}
        await work.remember(answers=dict(answers), interviewed=True)
    return await stages(
        order.request,
        services=work.services,
        answers=answers,
        feedback=order.feedback,
        consent=consent(work, args, asks=asks),
        resumed=resumed,
    )


def consent(work: Working, args: argparse.Namespace, *, asks: bool) -> Consent:
    """Ask whoever sits at the terminal, once for each decision."""
    from codex.architect.join import service_name
    from codex.cli.asking import agreed
    from codex.common.handover import check_folder
    from codex.pipeline import Consent

    def place(specification: Specification) -> None:
        # A folder that was named was looked at before; this one has its name from the request.
        if args.out is None:
            name = service_name(specification.title).replace("_", "-")
            check_folder(Path(name), force=args.force)

    if not asks:
        return Consent(place=place)

    async def once(name: str, question: str) -> bool:
        if not work.options.get(name):
            with work.view.paused():
                if not await agreed(question):
                    return False
            await work.remember(**{name: True})
        return True

    async def rest(specification: Specification) -> bool:
        quotes = [" ".join(item.quote.split()) for item in specification.not_understood]
        return await once(
            "rest_agreed", f"Not understood: {'; '.join(quotes)}\nBuild the rest without that?"
        )

    async def size(size: Size) -> bool:
        return size.usd == 0 or await once("size_agreed", f"{size.told} Go on?")

    return Consent(rest, size, place)


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
                "image": application.image.model_dump() if application.image else None,
            }
        )
        return
    routes = counted(len(application.routes), "route")
    files = counted(len(application.files), "file")
    print(f"\n{application.name}: {routes}, {files} in {target}")
    for step in application.verification.steps:
        told = ", ".join(step.told)
        about = step.detail.partition("\n")[0][:120] if step.outcome == "skipped" else told
        print(f"  {step.outcome}: {step.name}{f' ({about})' if about else ''}")
    for sentence in application.missing:
        print(f"  missing: {sentence}")
    if application.image is not None:
        print(f"Image: {application.image.pushed_to or application.image.reference}")
    print(f"What was tried on it: {target / 'report.html'}")
    print(f"Start it with: codex run {target}")
    print(f"What was done, asked and paid for it: codex runs show {run_id}")
