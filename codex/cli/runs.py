"""Runs that the store keeps: what they did, how they go on, how they end."""

from __future__ import annotations

import argparse
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

_RUN = "its id, the start of it, or its name"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, about: str, more: str = "") -> argparse.ArgumentParser:
        text = f"{about[0].upper()}{about[1:]}.{f' {more}' if more else ''}"
        return actions.add_parser(name, help=about, description=text)

    from codex.common.documents.run import RunStatus

    listing = action("list", "the runs, the newest first")
    listing.add_argument(
        "--status",
        choices=[str(item) for item in RunStatus],
        default="",
        help="those of this status alone",
    )
    listing.add_argument("--kind", default="", help="those of this kind alone: build, design, …")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many (20)")
    listing.add_argument("--before", default="", metavar="ID", help="those before this run")

    show = action("show", "what a run was asked, made, used and lacks")
    show.add_argument("run", metavar="RUN", help=_RUN)

    logs = action("logs", "the events of a run")
    logs.add_argument("run", metavar="RUN", help=_RUN)
    logs.add_argument("-f", "--follow", action="store_true", help="go on until the run ends")

    resume = action(
        "resume",
        "go on with a run that was interrupted",
        "It goes on with what it was started with; what was answered is not asked again. Flags for "
        "settings, as a higher --budget-usd, take the place of what the run began with.",
    )
    resume.add_argument("run", metavar="RUN", help=_RUN)
    resume.add_argument("--yes", action="store_true", help="ask nothing; take the defaults")
    resume.add_argument("--out", type=Path, metavar="PATH", help="another place for the result")
    resume.add_argument("--force", action="store_true", help="write over hand edits there")

    cancel = action("cancel", "end a run, also one of another process")
    cancel.add_argument("run", metavar="RUN", help=_RUN)

    chains = action(
        "chains",
        "what each chain of a run asked: first-try passes, mends, re-asks, tokens, price, time",
    )
    chains.add_argument("run", metavar="RUN", help=_RUN)


def run(args: argparse.Namespace) -> Coroutine[Any, Any, int]:
    """Do what was chosen."""
    from codex.cli.settings import settings

    chosen = settings(args)
    match args.action:
        case "list":
            from codex.cli.runs_list import show_list

            return show_list(args, chosen)
        case "show":
            from codex.cli.runs_show import show_run

            return show_run(args, chosen)
        case "logs":
            from codex.cli.runs_logs import show_logs

            return show_logs(args, chosen)
        case "resume":
            from codex.cli.runs_resume import resume

            return resume(args, chosen)
        case "cancel":
            from codex.cli.runs_cancel import cancel

            return cancel(args, chosen)
        case _:
            from codex.cli.runs_chains import show_chains

            return show_chains(chosen, args.run, as_json=args.json)
