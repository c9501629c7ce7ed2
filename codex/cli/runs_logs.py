"""`codex runs logs RUN [-f]`: its events, as they were, and as they come."""

from __future__ import annotations

import argparse
import asyncio

from codex.cli.event_lines import told
from codex.cli.output import printable
from codex.common.config import Settings
from codex.common.database.store import Store, open_store
from codex.common.documents.run import Run, RunStatus
from codex.common.errors import EXIT_DONE
from codex.common.events import AnyEvent, follow

_GOING_ON = frozenset({RunStatus.RUNNING, RunStatus.WAITING})


async def show_logs(args: argparse.Namespace, chosen: Settings) -> int:
    """Print the events; with --follow until the run ends."""
    async with open_store(chosen) as store:
        await store.end_dead_runs(chosen.owner)
        run = await store.find_run(args.run, chosen.owner)
        live = args.follow and run.status in _GOING_ON
        burying = asyncio.create_task(_buried(store, run)) if live else None
        try:
            async for logged in follow(store, run.id, live=live):
                if args.json:
                    print(logged.model_dump_json(), flush=True)
                elif line := line_of(logged.event):
                    print(f"{logged.created_at:%H:%M:%S} {line}", flush=True)
        finally:
            if burying is not None:
                burying.cancel()
                await asyncio.gather(burying, return_exceptions=True)
    return EXIT_DONE


async def _buried(store: Store, run: Run) -> None:
    """When its process is no more, say how the run ended, if it could not do so itself."""
    await store.wait_for_end(run.id)
    await store.end_dead_runs(run.owner)


def line_of(event: AnyEvent) -> str:
    """One line for every event but streamed text."""
    match event.type:
        case "run_started":
            line = f"{event.kind} began{' again' if event.resumed else ''}"
        case "run_ended":
            line = f"{event.status}{f': {event.detail}' if event.detail else ''}"
        case "document_saved":
            line = f"saved {event.kind} {event.id}"
        case "model_called":
            tokens = event.usage.input_tokens + event.usage.output_tokens
            cost = "answered before" if event.hit else f"{tokens} tokens, {event.latency_ms} ms"
            wrong = f"; rejected: {event.problems[0]}" if event.problems else ""
            line = f"  {event.chain} {event.place} ({cost}){wrong}"
        case _:
            return told(event)
    return printable(line)
