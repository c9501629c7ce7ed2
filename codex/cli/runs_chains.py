"""`codex runs chains RUN`: what each chain of a run asked, and how well it went."""

from __future__ import annotations

from codex.chains.run_table import HEADINGS, chain_figures
from codex.cli.output import show_columns, show_json
from codex.common.config import Settings
from codex.common.database.store import open_store
from codex.common.events import follow


async def show_chains(chosen: Settings, name: str, *, as_json: bool) -> int:
    """Print the table of one run, found by its id, the start of it, or its name."""
    async with open_store(chosen) as store:
        run = await store.find_run(name, chosen.owner)
        events = [logged.event async for logged in follow(store, run.id, live=False)]
    figures = chain_figures(events)
    if as_json:
        show_json({"run": run.id, "chains": [line.as_json() for line in figures]})
    else:
        show_columns([HEADINGS, *(line.cells() for line in figures)])
    return 0
