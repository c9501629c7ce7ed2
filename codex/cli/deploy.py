"""Hands a service over: as a folder, a git repository, an archive, an image, or running.

Reads an implementation (which is compiled and verified first), an application, or the folder of a
service; what was changed in it by hand is verified again. `--to compose` starts it with its
Postgres on the local engine and upgrades it there the next time; a version whose verification
failed replaces none that is there, unless --force says so. Exit code 3 where the service lacks
something.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.output import show_json
from codex.cli.settings import settings
from codex.cli.targets import add_target_arguments, check_targets, hand_over, target_folder
from codex.cli.working import Order, working
from codex.common.errors import EXIT_DONE, EXIT_INCOMPLETE, UsageError

if TYPE_CHECKING:
    from codex.common.config import Settings
    from codex.common.documents.application import Application
    from codex.common.documents.run import Run
    from codex.common.services import Services
    from codex.deploy.compose import Deployment

TARGETS = ("folder", "git", "archive", "image", "compose")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "source",
        type=Path,
        metavar="PATH",
        help="an implementation or application as JSON, or a service's folder",
    )
    parser.add_argument("--to", choices=TARGETS, default="folder", help="where it goes (folder)")
    add_target_arguments(parser)
    group = parser.add_argument_group("for --to compose")
    group.add_argument("--port", type=int, default=None, metavar="N", help="where it answers")
    group.add_argument(
        "--postgres", default="", metavar="IMAGE", help="the database's image (postgres:17)"
    )
    group.add_argument("--project", default="", metavar="NAME", help="the service's name otherwise")


async def run(args: argparse.Namespace) -> int:
    """Read, verify what is not yet, hand over."""
    return await carry_out(Order("deploy", name=args.source.name), args, settings(args))


async def carry_out(
    order: Order, args: argparse.Namespace, chosen: Settings, resume: Run | None = None
) -> int:
    """The same for a run that begins, or that goes on: with what it had verified."""
    from codex.common.documents.application import Application
    from codex.common.handover import check_folder
    from codex.common.saved import Saved
    from codex.deploy.given import read_given, verified

    check(args)
    given = read_given(args.source) if resume is None else None
    if given is not None and args.out is None and args.to in {"folder", "git"}:
        name = given.implementation.architecture.name
        check_folder(Path(name.replace("_", "-")), force=args.force)
    async with working(order, args, chosen, resume) as work:
        saved = Saved(work.services, resumed=resume is not None)
        application = await saved.newest(Application) or await saved.keep(
            await verified(given or read_given(args.source), work.services)
        )
        delivered, deployment = await handed_over(application, args, work.services)
        if delivered != application:
            await saved.keep(delivered)
        complete = not lacking(delivered)
        await work.finish(delivered.missing, complete=complete)
    show(delivered, args, deployment)
    return EXIT_DONE if complete else EXIT_INCOMPLETE


def check(args: argparse.Namespace) -> None:
    """Complete what `--to` leaves open, and refuse what makes no sense before any work is done."""
    if args.to != "compose" and (args.port is not None or args.postgres or args.project):
        raise UsageError("--port, --postgres and --project are for --to compose.", "Add it.")
    if args.to == "compose" and (args.platform or args.image or args.push):
        raise UsageError(
            "--to compose builds an image of its own for the engine that runs it.",
            "Leave --platform, --image and --push out.",
        )
    if args.port is not None and not 0 <= args.port < 65536:
        raise UsageError(f"{args.port} is no port.", "Name one from 1 to 65535, or 0 for any.")
    check_targets(args, builds=args.to in {"image", "compose"})


async def handed_over(
    application: Application, args: argparse.Namespace, services: Services
) -> tuple[Application, Deployment | None]:
    """Do what `--to` and the other flags say."""
    plain = application.name.replace("_", "-")
    if args.to == "git":
        args.git = True
    elif args.to == "archive" and not args.image_archive:
        args.zip = args.zip or Path(f"{plain}.zip")
    elif args.to == "image" and not args.image:
        args.image = args.push or f"{plain}:latest"
    folder = args.to in {"folder", "git"} or args.out is not None
    application = await hand_over(application, args, services, folder=folder)
    if args.to != "compose":
        return application, None
    from codex.deploy.compose import Wishes, deploy

    wishes = Wishes(
        port=args.port,
        postgres=args.postgres,
        project=args.project,
        base=args.base,
        network=args.build_network,
        pip_config=args.pip_config,
        force=args.force,
    )
    return application, await deploy(application, services, wishes)


def lacking(application: Application) -> bool:
    """Whether something is missing; a folder that is taken as it is was verified before."""
    return bool(application.missing) or bool(
        application.verification.steps and not application.verification.passed
    )


def show(application: Application, args: argparse.Namespace, deployment: Deployment | None) -> None:
    """Where everything is."""
    places: dict[str, object] = {}
    if args.to in {"folder", "git"} or args.out is not None:
        places["repository" if args.git else "folder"] = str(target_folder(application, args))
    if args.zip:
        places["zip"] = str(args.zip)
    if args.image_archive:
        places["image archive"] = str(args.image_archive)
    if application.image is not None:
        places["image"] = application.image.reference
        if application.image.pushed_to:
            places["pushed to"] = application.image.pushed_to
    if deployment is not None:
        places |= {"address": deployment.address, "documentation": f"{deployment.address}/docs"}
    if args.json:
        named = {name.replace(" ", "_"): place for name, place in places.items()}
        show_json({"name": application.name, **named, "missing": list(application.missing)})
        return
    for name, place in places.items():
        print(f"{name}: {place}")
    for sentence in application.missing:
        print(f"missing: {sentence}")
