"""`codex runs list`: a line for each run."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from codex.cli.output import show_columns, show_json
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import EXIT_DONE, UsageError

if TYPE_CHECKING:
    from codex.common.documents.run import Run

LONGEST_REQUEST = 60


async def show_list(args: argparse.Namespace, chosen: Settings) -> int:
    """Print a page of the runs, and how to get the next."""
    if args.limit < 1:
        raise UsageError("--limit is a number from 1 on.", "Name how many runs to show.")
    async with open_store(chosen) as store:
        await store.end_dead_runs(chosen.owner)
        before = (await store.find_run(args.before, chosen.owner)).id if args.before else None
        page = await store.list_runs(
            owner=chosen.owner,
            limit=args.limit,
            before=before,
            status=RunStatus(args.status) if args.status else None,
            kind=args.kind,
        )
    if args.json:
        show_json({"runs": [as_json(run) for run in page.runs], "before": page.before})
        return EXIT_DONE
    if not page.runs:
        print("There are no such runs.")
        return EXIT_DONE
    show_columns(
        [
            ("run", "began", "kind", "status", "name or request"),
            *(
                (run.id, f"{run.created_at:%Y-%m-%d %H:%M}", run.kind, run.status, called(run))
                for run in page.runs
            ),
        ]
    )
    if page.before:
        print(f"There are more: codex runs list --before {page.before}")
    return EXIT_DONE


def called(run: Run) -> str:
    """The run's name, or the beginning of its request."""
    text = run.name or " ".join(run.request.split())
    return text if len(text) <= LONGEST_REQUEST else text[: LONGEST_REQUEST - 1] + "…"


def as_json(run: Run) -> dict[str, Any]:
    """What programs are told of a run."""
    told = run.model_dump(mode="json")
    told.pop("owner")
    return told
