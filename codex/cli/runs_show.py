"""`codex runs show RUN`: what it was asked, made, used and lacks, and what to do next."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from codex.chains.run_table import chain_figures
from codex.cli.output import printable, show_json
from codex.cli.runs_list import as_json, called
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from codex.common.english import counted
from codex.common.errors import EXIT_DONE
from codex.common.events import RunEnded, follow
from codex.common.run_options import kept_arguments, kept_settings, way_back

if TYPE_CHECKING:
    from codex.common.documents.run import Run


async def show_run(args: argparse.Namespace, chosen: Settings) -> int:
    """Print what is known of one run."""
    async with open_store(chosen) as store:
        await store.end_dead_runs(chosen.owner)
        run = await store.find_run(args.run, chosen.owner)
        documents = await store.run_documents(run.id)
        seconds = await store.worked_seconds(run.id)
        events = [logged.event async for logged in follow(store, run.id, live=False)]
    total = chain_figures(events)[-1].as_json()
    ended = [event for event in events if isinstance(event, RunEnded)]
    missing = list(ended[-1].missing) if ended else []
    if args.json:
        made: list[dict[str, Any]] = [
            {"document": kind, "number": number} for kind, number in documents
        ]
        told = {"documents": made, "seconds": round(seconds, 1), "used": total, "missing": missing}
        show_json({**as_json(run), **told})
        return EXIT_DONE
    print(printable(f"{run.kind} {run.id}: {run.status}{f', {run.detail}' if run.detail else ''}"))
    rows = {
        "name": run.name,
        "request": called(run.model_copy(update={"name": ""})),
        "began": f"{run.created_at:%Y-%m-%d %H:%M:%S}",
        "worked": f"{seconds:.1f} s",
        "documents": ", ".join(f"{kind} {number}" for kind, number in documents),
        "used": used(total),
        "settings": said(kept_settings(run.options)),
        "arguments": said(kept_arguments(run.options)),
    }
    for name, value in rows.items():
        if value:
            print(printable(f"  {name + ':':<11}{value}"))
    for sentence in missing:
        print(printable(f"  missing: {sentence}"))
    print(f"Next: {next_step(run)}")
    return EXIT_DONE


def used(total: dict[str, Any]) -> str:
    """What its questions cost."""
    tokens = total["input_tokens"] + total["output_tokens"]
    before = f" ({total['from_journal']} answered before)" if total["from_journal"] else ""
    told = f"{counted(total['asked'], 'question')}{before}"
    if not tokens and total["usd"] is not None and not float(total["usd"]):
        return told  # the built-in rules: there is no price to speak of
    usd = "price unknown" if total["usd"] is None else f"${total['usd']}"
    return f"{told}, {tokens:,} tokens, {usd}"


def said(values: dict[str, Any]) -> str:
    """Values with their names, without those that say nothing."""
    told = {name: value for name, value in values.items() if value not in ("", "none", [], False)}
    return ", ".join(f"{name} {value}" for name, value in told.items())


def next_step(run: Run) -> str:
    """What whoever looks at the run will want to do."""
    match run.status:
        case RunStatus.RUNNING | RunStatus.WAITING:
            return f"codex runs logs -f {run.id}, or codex runs cancel {run.id}"
        case RunStatus.DONE | RunStatus.INCOMPLETE:
            return f"codex runs chains {run.id} tells what was asked"
        case _:
            return way_back(run.kind, run.id).removeprefix("Go on with: ")
