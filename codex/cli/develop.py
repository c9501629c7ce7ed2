"""Writes and verifies the functions of an architecture.

Reads an architecture, or an implementation whose functions are to be done again with --only; writes
an implementation. Exit code 3 where a function could not be verified.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.output import show_columns, show_json
from codex.cli.settings import settings
from codex.cli.working import Order, working
from codex.common.english import counted
from codex.common.errors import EXIT_DONE, EXIT_INCOMPLETE, UsageError

if TYPE_CHECKING:
    from codex.common.config import Settings
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.implementation import Implementation
    from codex.common.documents.run import Run


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("document", type=Path, metavar="FILE", help="an architecture as JSON")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the implementation goes")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="FUNCTION",
        help="do just this function again (FILE is an implementation then); may be repeated",
    )


async def run(args: argparse.Namespace) -> int:
    """Develop, write, say what came of it."""
    architecture, previous = read(args.document)
    if args.only and previous is None:
        raise UsageError(
            f"{args.document} is an architecture; --only is for functions that are there.",
            "Leave --only out, or give the implementation.",
        )
    begin = previous if args.only and previous else architecture
    order = Order("develop", name=architecture.name, document=begin)
    return await carry_out(order, args, settings(args))


async def carry_out(
    order: Order, args: argparse.Namespace, chosen: Settings, resume: Run | None = None
) -> int:
    """The same for a run that begins, or that goes on."""
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.implementation import Implementation
    from codex.common.handover import check_file, write_text
    from codex.develop.stage import develop

    check_file(args.out)
    async with working(order, args, chosen, resume) as work:
        previous = await work.begun_with(Implementation) if args.only else None
        architecture = previous.architecture if previous else await work.begun_with(Architecture)
        done = await develop(
            architecture, services=work.services, only=args.only, previous=previous
        )
        await work.services.store.save(done, run_id=work.services.run_id)
        missing = [f"{name} could not be verified." for name in done.missing]
        await work.finish(missing)
    if args.out:
        write_text(args.out, done.to_json())
    show(done, as_json=args.json, out=args.out)
    return EXIT_INCOMPLETE if missing else EXIT_DONE


def read(path: Path) -> tuple[Architecture, Implementation | None]:
    """The architecture in `path`, and the implementation where the file holds one."""
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.implementation import Implementation

    try:
        kind = json.loads(path.read_bytes()).get("document")
    except (OSError, ValueError, AttributeError, RecursionError):
        kind = None  # loading it says what is wrong
    if kind == "implementation":
        implementation = Implementation.load(path)
        return implementation.architecture, implementation
    return Architecture.load(path), None


def show(done: Implementation, *, as_json: bool, out: Path | None) -> None:
    """The document, or a line for each function."""
    if as_json:
        show_json(json.loads(done.to_json()))
        return
    lines = [("function", "status", "evidence")]
    for item in done.functions:
        held = sum(check.passed for check in item.evidence)
        failed = next((check for check in item.evidence if not check.passed), None)
        told = counted(held, "check") if failed is None else f"{failed.name}: {failed.detail[:100]}"
        lines.append((item.name, item.status, told))
    show_columns(lines)
    if out:
        print(f"Written to {out}.", file=sys.stderr)
