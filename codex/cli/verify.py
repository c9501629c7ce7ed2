"""Verifies a service that codex built, also after hand edits: everything that `build` tries.

Migrations, start, description, access, hostile input, generated requests on every route, its
scenarios and tests; in the sandbox. The report lies in the folder as report.html and report.json.
Exit code 1 where something fails.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.output import printable, show_json
from codex.cli.settings import settings
from codex.common.errors import EXIT_DONE, EXIT_FAILED, InputError

if TYPE_CHECKING:
    from codex.deploy.again import Again

_SHOWN = 8
"""Faults of one step that the terminal shows; the report has them all."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the service's folder")


async def run(args: argparse.Namespace) -> int:
    """Verify, tell, and leave the report."""
    from codex.common.handover import write_beside
    from codex.common.sandbox import Environments, open_sandbox
    from codex.deploy.again import verify_again
    from codex.deploy.written import read_service

    chosen = settings(args)
    written = read_service(args.folder)
    environments = Environments(chosen.data_dir / "environments", index=chosen.package_index)
    sandbox = await open_sandbox(chosen.sandbox)
    again = await verify_again(written, sandbox, environments, chosen.data_dir)
    report = written.folder / "report.html"
    try:
        write_beside(written.folder, again.report)
    except InputError as error:
        print(f"The report could not be left: {error.what}", file=sys.stderr)
        report = None
    if args.json:
        show_json(
            {
                "passed": again.verification.passed,
                "edited": list(written.edited),
                "added": list(written.added),
                "report": str(report) if report else None,
                "steps": json.loads(again.verification.model_dump_json())["steps"],
            }
        )
    else:
        show(again, report)
    return EXIT_DONE if again.verification.passed else EXIT_FAILED


def show(again: Again, report: Path | None) -> None:
    """A line for each step, the faults below it."""
    for name in again.written.edited:
        print(f"edited by hand: {printable(name)}")
    for name in again.written.added:
        print(f"added by hand: {printable(name)}")
    for step in again.verification.steps:
        told = ", ".join(step.told)
        print(f"{step.outcome}: {step.name}{f' ({told})' if told else ''}")
        if not step.faults and step.detail:
            print(f"  {printable(step.detail)}")
        for fault in step.faults[:_SHOWN]:
            where = f"{fault.route or fault.function}: " if fault.route or fault.function else ""
            behind = f" [{fault.function}]" if fault.function and fault.route else ""
            print(f"  {printable(where + fault.message)[:300]}{behind}")
        if len(step.faults) > _SHOWN:
            print(f"  … and {len(step.faults) - _SHOWN} more")
    if report:
        print(f"Report: {report}")
