"""Starts a service that codex built, on this machine, with accounts to try it.

It gets the packages of its own lock, its own SQLite file (`service.db` in its folder, kept between
runs) and one account for each role. Ctrl-C stops it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from codex.cli.output import show_columns, show_json
from codex.cli.settings import settings
from codex.common.errors import EXIT_DONE, RunFailed


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the service's folder")
    parser.add_argument("--port", type=int, default=0, metavar="N", help="a free one if left out")


async def run(args: argparse.Namespace) -> int:
    """Start, say where it is, wait."""
    from codex.common.sandbox import Environments
    from codex.deploy.local import started

    chosen = settings(args)
    environments = Environments(chosen.data_dir / "environments", index=chosen.package_index)
    async with started(args.folder, environments, port=args.port) as service:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        show(service.address, service.accounts, as_json=args.json)
        ended = asyncio.create_task(service.process.wait())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await stopped
        crashed = ended.done() and not stop.is_set()
        ended.cancel()
    if crashed:
        raise RunFailed(
            f"The service ended by itself, with code {service.process.returncode}.",
            "Look at what it said above.",
        )
    return EXIT_DONE


def show(address: str, accounts: Sequence[Sequence[str]], *, as_json: bool) -> None:
    """Where it is and who may sign in."""
    found = [[str(part) for part in account] for account in accounts]
    if as_json:
        people = [dict(zip(("email", "password", "role"), item, strict=False)) for item in found]
        show_json({"address": address, "docs": f"{address}/docs", "accounts": people})
        return
    print(
        f"Serving at {address}, its documentation at {address}/docs. Ctrl-C stops it.", flush=True
    )
    if found:
        show_columns([("email", "password", "role"), *found])
        sys.stdout.flush()
