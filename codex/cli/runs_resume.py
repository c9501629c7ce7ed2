"""`codex runs resume RUN`: goes on with it, as it was started."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from codex.cli.main import command_parser, load
from codex.cli.parser import SETTING
from codex.cli.working import Order, arguments_again, return_to_folder
from codex.common.config import Settings
from codex.common.configuration import read
from codex.common.database.store import open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import UsageError
from codex.common.run_options import RESUMABLE, kept_answers, kept_feedback, kept_settings, way_back

if TYPE_CHECKING:
    from codex.common.documents.run import Run


async def resume(args: argparse.Namespace, chosen: Settings) -> int:
    """Find it, see that it can go on, and go on."""
    async with open_store(chosen) as store:
        await store.end_dead_runs(chosen.owner)
        run = await store.find_run(args.run, chosen.owner)
    check(run)
    module = load(run.kind)
    again = arguments_again(run, command_parser(run.kind, module))
    again.json, again.debug = args.json, args.debug
    if args.out is not None:
        again.out = args.out.expanduser().absolute()
    for name in ("yes", "force"):
        if getattr(args, name):
            setattr(again, name, True)
    given = {
        name.removeprefix(SETTING): value
        for name, value in vars(args).items()
        if name.startswith(SETTING) and value is not None
    }
    # Where the run is kept is what was just found; the rest is as it was started.
    known = Settings.model_fields
    kept = {name: value for name, value in kept_settings(run.options).items() if name in known}
    merged = read({**kept, **given}).settings
    return_to_folder(run)
    order = Order(
        run.kind,
        request=run.request,
        name=run.name,
        answers=kept_answers(run.options),
        feedback=kept_feedback(run.options),
    )
    code: int = await module.carry_out(order, again, merged, run)
    return code


def check(run: Run) -> None:
    """Whether there is something to go on with."""
    if run.status is RunStatus.DONE:
        raise UsageError(
            f"The run {run.id} is done; nothing is left to do.",
            f"See what it made: codex runs show {run.id}",
        )
    if run.kind not in RESUMABLE:
        raise UsageError(
            f"A run of the kind {run.kind!r} cannot be resumed.",
            way_back(run.kind, run.id),
        )
