"""Runs every benchmark: a table for people, and `benchmarks/latest.json` for programs.

python -m benchmarks            all of them
python -m benchmarks cli store  those of bench_cli.py and bench_store.py
"""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
import time
from pathlib import Path

from benchmarks.table import Row, render

HERE = Path(__file__).parent
LATEST = HERE / "latest.json"


def topics() -> list[str]:
    """The topics that have a file here: `cli` for `bench_cli.py`."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def measure(topic: str) -> list[Row]:
    """The rows of one topic."""
    started = time.monotonic()
    print(f"{topic} ...", end="", flush=True, file=sys.stderr)
    rows = list(importlib.import_module(f"benchmarks.bench_{topic}").rows())
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr)
    return rows


def main() -> int:
    """Measure, print, write; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topic", nargs="*", choices=[*topics(), []], help="only these")
    chosen: list[str] = parser.parse_args().topic or topics()
    measured = {topic: measure(topic) for topic in chosen}
    rows = [row for part in measured.values() for row in part]
    print(render(rows), end="")
    LATEST.write_text(
        json.dumps(
            {
                "python": platform.python_version(),
                "machine": f"{platform.system()} {platform.machine()}",
                "rows": [
                    {"topic": topic, **row.as_json()}
                    for topic, part in measured.items()
                    for row in part
                ],
            },
            indent=2,
        )
        + "\n"
    )
    missed = [row.name for row in rows if row.holds is False]
    if missed:
        print(f"{len(missed)} of {len(rows)} figures miss their bar.", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
