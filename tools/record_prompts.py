"""Records the small set of chain inputs that ships, by building a few requests by rules.

python tools/record_prompts.py    writes codex/prompts/recorded.jsonl
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from codex.architect.stage import architect
from codex.chains.recorded import RECORDED, as_lines
from codex.chains.registry import chain_names
from codex.common.config import Settings
from codex.common.documents.run import ModelCall
from codex.design.stage import design
from codex.develop.stage import develop
from codex.runtime import open_runtime

REQUESTS = """
A library with books that have a title, an author and a unique ISBN. Members sign up and log in, and
can borrow books. A member may hold at most 5 loans at once. Overdue loans are listed.

A to-do service: tasks have a title, an optional due date and a priority between 1 and 5. A task can
be marked done. Users see only their own tasks.

An order desk. A product has a name and a positive price. An order has many items, each with a
product and a quantity. An order can be cancelled unless it has shipped. Show its total.
""".strip().split("\n\n")
FOR_EACH = 3
LONGEST = 12_000
"""Characters of one line: the set is small."""


async def recorded() -> list[ModelCall]:
    """Every call that building the requests takes."""
    calls: dict[str, ModelCall] = {}
    with tempfile.TemporaryDirectory(prefix="codex-record-") as folder:
        chosen = Settings.model_validate({"data_dir": folder})
        async with open_runtime(chosen) as runtime:
            for request in REQUESTS:
                async with runtime.run(request) as services:
                    specification = await design(request, services=services)
                    architecture = await architect(specification, services=services)
                    await develop(architecture, services=services)
                for name in chain_names():
                    for call in reversed(await runtime.store.recorded_calls(name)):
                        calls.setdefault(call.key, call)
    return list(calls.values())


def main() -> int:
    """Record, choose, write."""
    found = asyncio.run(recorded())
    kept: list[ModelCall] = []
    for name in chain_names():
        mine = [call for call in found if call.chain == name and call.attempt == 1]
        mine = [call for call in mine if len(as_lines([call])) <= LONGEST] or mine[:1]
        # Spread over the requests rather than all of the first one.
        step = max(1, len(mine) // FOR_EACH)
        kept += mine[::step][:FOR_EACH]
        print(f"{name}: {len(mine)} calls, {min(len(mine), FOR_EACH)} kept")
    Path(RECORDED).write_text(as_lines(kept), encoding="utf-8")
    print(f"{RECORDED}: {RECORDED.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
