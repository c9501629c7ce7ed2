"""Draws the architecture of a specification: modules, database, routes and their functions.

Reads a specification as JSON; writes an architecture. Before the routes' functions are drawn it
shows what is planned and what that costs, and asks whether to go on; --yes does not ask. With
--previous it revises an architecture: only what rests on something that has changed is asked. With
--draw it writes pictures (Mermaid and SVG) of the tables, the routes and each route's functions.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex.cli.asking import agreed
from codex.cli.output import printable, show_columns, show_json
from codex.cli.settings import settings
from codex.cli.working import Order, working
from codex.common.english import counted
from codex.common.errors import EXIT_DONE

if TYPE_CHECKING:
    from codex.architect.size import Size
    from codex.common.config import Settings
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.run import Run


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("specification", type=Path, metavar="FILE", help="a specification as JSON")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the architecture goes")
    parser.add_argument("--draw", type=Path, metavar="DIR", help="where the pictures go")
    parser.add_argument(
        "--previous",
        type=Path,
        metavar="FILE",
        help="the architecture of an earlier form of the specification: what still fits is kept",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")


async def run(args: argparse.Namespace) -> int:
    """Draw, write, say what came of it."""
    from codex.common.documents.specification import Specification

    document = Specification.load(args.specification)
    order = Order("architect", document.request, document.title, document)
    return await carry_out(order, args, settings(args))


async def carry_out(
    order: Order, args: argparse.Namespace, chosen: Settings, resume: Run | None = None
) -> int:
    """The same for a run that begins, or that goes on."""
    from codex.architect.draw import draw
    from codex.architect.stage import architect
    from codex.common.documents.architecture import Architecture
    from codex.common.documents.specification import Specification
    from codex.common.handover import check_file, write_text

    check_file(args.out)
    previous = Architecture.load(args.previous) if args.previous else None
    async with working(order, args, chosen, resume) as work:

        async def approve(size: Size) -> bool:
            print(size.told, file=sys.stderr)
            if args.yes or size.usd == 0 or not sys.stdin.isatty():
                return True
            with work.view.paused():
                return await agreed("Go on?")

        specification = await work.begun_with(Specification)
        done = await architect(
            specification, services=work.services, approve=approve, previous=previous
        )
        await work.services.store.save(done, run_id=work.services.run_id)
    if args.out:
        write_text(args.out, done.to_json())
    if args.draw:
        for path in draw(done, args.draw):
            print(f"Drawn: {path}", file=sys.stderr)
    show(done, as_json=args.json, out=args.out)
    return EXIT_DONE


def show(done: Architecture, *, as_json: bool, out: Path | None) -> None:
    """The document, or a line for each route, and what a reader must know besides."""
    if as_json:
        show_json(json.loads(done.to_json()))
        return
    lines = [("module", "route", "answers", "made by")]
    for route in done.routes:
        how = "compiled" if route.derived else counted(len(route.functions), "function")
        answers = route.response or str(route.success.kind)
        lines.append((route.module, route.api_route, f"{route.success.status} {answers}", how))
    show_columns(lines)
    for mend in done.mends:
        print(printable(f"Put right: {mend.place}: {mend.what}."), file=sys.stderr)
    if done.uncovered:
        shown = ", ".join(done.uncovered)
        print(f"No scenario shows: {shown}.", file=sys.stderr)
    for clause in done.specification.not_understood:
        print(printable(f"Not understood: {clause.quote}"), file=sys.stderr)
    for item in done.specification.out_of_scope:
        print(printable(f"Out of scope: {item.quote} ({item.reason})"), file=sys.stderr)
    if out:
        print(f"Written to {out}.", file=sys.stderr)
