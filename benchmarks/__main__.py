"""Runs every benchmark: a table for people, and `benchmarks/latest.json` for programs.

python -m benchmarks            all of them
python -m benchmarks cli store  those of bench_cli.py and bench_store.py
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import Row, render

HERE = Path(__file__).parent
LATEST = HERE / "latest.json"


def topics() -> list[str]:
    """The topics that have a file here: `cli` for `bench_cli.py`."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def measure(topic: str) -> list[Row] | None:
    """The rows of one topic; None when it failed, which is told at once."""
    started = time.monotonic()
    print(f"{topic} ...", end="", flush=True, file=sys.stderr)
    try:
        rows = list(importlib.import_module(f"benchmarks.bench_{topic}").rows())
    except Exception:  # noqa: BLE001  the other topics are measured all the same
        print(" failed:", file=sys.stderr)
        traceback.print_exc()
        return None
    print(f" {time.monotonic() - started:.1f} s", file=sys.stderr)
    return rows


def write(measured: dict[str, list[Row]], target: Path) -> None:
    """The figures as JSON, for programs."""
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    rows = [{"topic": topic, **row.as_json()} for topic, part in measured.items() for row in part]
    report = {"python": platform.python_version(), "machine": machine, "rows": rows}
    target.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None, target: Path = LATEST) -> int:
    """Measure, print, write; 1 when a bar is missed or a benchmark failed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topic", nargs="*", help=f"only these: {', '.join(topics())}")
    chosen: list[str] = parser.parse_args(arguments).topic or topics()
    if unknown := set(chosen) - set(topics()):
        parser.error(f"there is no topic {', '.join(sorted(unknown))}")
    outcomes = {topic: measure(topic) for topic in chosen}
    measured = {topic: rows for topic, rows in outcomes.items() if rows is not None}
    rows = [row for part in measured.values() for row in part]
    print(render(rows), end="")
    write(measured, target)
    missed = [row.name for row in rows if row.holds is False]
    if missed:
        print(f"{len(missed)} of {len(rows)} figures miss their bar.", file=sys.stderr)
    failed = outcomes.keys() - measured.keys()
    if failed:
        print(f"Failed: {', '.join(sorted(failed))}.", file=sys.stderr)
    return 1 if missed or failed else 0


if __name__ == "__main__":
    sys.exit(main())
