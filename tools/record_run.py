"""Keeps the answers of a build, so that tests build the same service from them with no model.

python tools/record_run.py RUN … --to tests/recorded/NAME    writes request.txt and answers.json

What is kept is the answer that was taken at each place, without keys, times or prices: a prompt may
be reworded without recording anew, as long as the answers still fit what is asked. A later run of
the same request uses functions that an earlier one wrote; name both then, the older one first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from codex.common.configuration import load
from codex.common.database.store import open_store


async def recorded(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The request of the runs, and the answer that was taken last at each place."""
    request = ""
    answers: dict[str, str] = {}
    async with open_store(load()) as store:
        for name in names:
            run = await store.find_run(name)
            request = run.request
            turns: dict[str, tuple[int, int]] = {}
            for use in await store.run_calls(run.id):
                call = await store.journal_get(use.key)
                assert call is not None, "a run's call is committed with its answer"
                spot, turn = f"{use.chain}@{use.place}", (use.sample, use.attempt)
                if turns.get(spot, turn) <= turn:
                    turns[spot], answers[spot] = turn, call.reply
    return request, dict(sorted(answers.items()))


def main() -> int:
    """Read the command line, record, say how much."""
    parser = argparse.ArgumentParser(description="Keep a build's answers for the tests.")
    parser.add_argument("runs", nargs="+", metavar="RUN", help="id or name of a run")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="where they go")
    args = parser.parse_args()
    request, answers = asyncio.run(recorded(args.runs))
    args.to.mkdir(parents=True, exist_ok=True)
    (args.to / "request.txt").write_text(request, encoding="utf-8")
    text = json.dumps(answers, indent=1, ensure_ascii=False) + "\n"
    (args.to / "answers.json").write_text(text, encoding="utf-8")
    print(f"{len(answers)} answers in {args.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
