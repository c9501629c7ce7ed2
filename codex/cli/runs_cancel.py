"""`codex runs cancel RUN`: ends it, whichever process works on it."""

from __future__ import annotations

import argparse

from codex.cli.output import show_json
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import EXIT_DONE, EXIT_FAILED, UsageError
from codex.common.events import RunEnded, follow

PATIENCE = 60.0
"""Seconds that the other process may take to put its things away."""


async def cancel(args: argparse.Namespace, chosen: Settings) -> int:
    """Tell its process to stop, and wait until it has."""
    async with open_store(chosen) as store:
        await store.end_dead_runs(chosen.owner)
        run = await store.find_run(args.run, chosen.owner)
        if run.status is not RunStatus.CANCELLED and not await store.cancel_run(run.id):
            run = await store.get_run(run.id)
            raise UsageError(
                f"The run {run.id} has ended already: {run.status}.", "There is nothing to cancel."
            )
        stopped = await store.wait_for_end(run.id, PATIENCE)
        events = [logged.event async for logged in follow(store, run.id, live=False)]
        last = events[-1] if events else None
        if stopped and not (isinstance(last, RunEnded) and last.status is RunStatus.CANCELLED):
            ended = RunEnded(status=RunStatus.CANCELLED, detail="It was cancelled.")
            await store.events_append(run.id, [ended])
        run = await store.get_run(run.id)
    if args.json:
        show_json({"run": run.id, "status": run.status, "stopped": stopped})
    elif stopped:
        print(f"{run.id}: {run.status}")
    else:
        print(f"{run.id}: told to stop; after {PATIENCE:.0f} seconds it still puts things away")
    return EXIT_DONE if stopped else EXIT_FAILED
