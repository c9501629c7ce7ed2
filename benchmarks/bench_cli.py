"""What the command line costs before any work is done, against a bare interpreter."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.table import Row

ROUNDS = 30


def rows() -> Iterable[Row]:
    """CPU time of a few command lines; each is a process of its own."""
    python = sys.executable
    script = Path(python).with_name("codex")
    bare, helped, version = medians(
        [python, "-c", "pass"], [str(script), "--help"], [str(script), "--version"]
    )
    yield Row("python -c pass: CPU", bare * 1000, "ms")
    yield Row("codex --help: CPU", helped * 1000, "ms")
    yield Row(
        "codex --help against python -c pass", helped / bare, "x", 3, "a bare interpreter, CPU time"
    )
    yield Row("codex --version: CPU", version * 1000, "ms")
    (shown,) = medians([str(script), "config", "show"], rounds=7)
    yield Row("codex config show: CPU", shown * 1000, "ms")


def medians(*commands: list[str], rounds: int = ROUNDS) -> list[float]:
    """The median CPU seconds of each command; they take turns, so that a busy moment hits all."""
    taken = [[cpu_seconds(command) for command in commands] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def cpu_seconds(command: list[str]) -> float:
    """User and system time of one run of `command`, its output thrown away."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"{command} failed")
    return used.ru_utime + used.ru_stime
