"""Tries a whole service inside the sandbox: every job in a process of its own, forked when warm.

It stands in a folder of its own inside the service's. `order.json` beside it says what to do;
`found.json` in the working folder is what was seen. What it says is an observation: the host
compares it with the Architecture.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# What every job needs, imported once before they part; nothing of the service is among it.
FIRST = (
    *("fastapi", "starlette.testclient", "pydantic_settings", "multipart", "pytest", "coverage"),
    *("sqlmodel", "alembic.command", "alembic.autogenerate", "psycopg", "jwt", "argon2"),
)
# The service's own tests do without these, and begin meanwhile.
THEN = (
    *("hypothesis", "requests", "schemathesis", "schemathesis.engine", "schemathesis.engine.core"),
    *("schemathesis.engine.run.unit", "schemathesis.engine.run.unit._hypothesis_executor"),
    *("schemathesis.openapi.loaders", "schemathesis.specs.openapi.schemas"),
    *("schemathesis.specs.openapi.checks", "schemathesis.specs.openapi.definitions"),
    *("schemathesis.generation.hypothesis.builder", "schemathesis.python.asgi"),
)
# A service that waits for itself, or runs in circles, is ended; the other jobs go on.
PROCESSOR_SECONDS, SECONDS = 240, 600
# Few of the many things that requests make are rings: looking for them after every 700 new ones, as
# Python does by itself, takes a tenth of the time.
NEW_ONES = 50_000


def main() -> None:
    """Do what the order says, as many jobs at once as there are processors."""
    order = json.loads((HERE / "order.json").read_text("utf-8"))
    sys.path[:0] = [str(HERE), str(Path.cwd())]
    sys.dont_write_bytecode = True
    gc.set_threshold(NEW_ONES)
    _preload(FIRST)
    jobs = Jobs(order)
    # Coverage counts what happens while the service is imported, too.
    jobs.start(cold=True)
    _preload(THEN)
    with contextlib.suppress(Exception):  # what fails here, the job that needs it tells
        importlib.import_module("fuzz").warm()
    with contextlib.suppress(BaseException):
        importlib.import_module("app.main")  # what is wrong with it, each job says for itself
    # What is there now stays: no job looks through it again for what may be thrown away.
    gc.collect()
    gc.freeze()
    found = jobs.run()
    Path("found.json").write_text(json.dumps(found), "utf-8")


def _preload(names: tuple[str, ...]) -> None:
    for name in names:
        # A service that keeps no data has no database packages.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


class Jobs:
    """The jobs of one order, each forked, each answering through a pipe."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.waiting: list[dict[str, Any]] = list(order["jobs"])
        self.running: dict[int, tuple[dict[str, Any], int]] = {}
        self.found: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """What every job saw, by its name."""
        while self.waiting or self.running:
            self.start()
            pid, status = os.wait()
            if pid in self.running:
                self._end(pid, status)
        return self.found

    def start(self, *, cold: bool = False) -> None:
        """Start what may be started; of the cold ones alone, if asked."""
        most = len(os.sched_getaffinity(0))
        for job in list(self.waiting):
            ready = job.get("after") is None or job["after"] in self.found
            if ready and len(self.running) < most and (job.get("cold") or not cold):
                self.waiting.remove(job)
                self._start(job)

    def _start(self, job: dict[str, Any]) -> None:
        # A file takes any amount; a pipe would have to be read meanwhile.
        answer = Path(f".answer-{job['name']}.json")
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            code = 1
            resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
            signal.alarm(SECONDS)
            try:
                answer.write_text(json.dumps(done(self.order, job)), "utf-8")
                code = 0
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        self.running[pid] = (job, 0)

    def _end(self, pid: int, status: int) -> None:
        job, _ = self.running.pop(pid)
        answer = Path(f".answer-{job['name']}.json")
        try:
            self.found[job["name"]] = json.loads(answer.read_text("utf-8"))
        except (OSError, ValueError):
            ended = os.waitstatus_to_exitcode(status)
            told = (
                f"it was ended by signal {-ended}" if ended < 0 else f"it ended with code {ended}"
            )
            self.found[job["name"]] = {"problems": [{"message": f"{told} before it could answer"}]}


def done(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """What one job sees; one that breaks is a finding."""
    began = os.times()
    try:
        module = importlib.import_module(job["do"])
        seen = module.run(order, job)
    except BaseException as error:  # noqa: BLE001 also a service that calls sys.exit when imported
        frames = importlib.import_module("frames")
        told = f"{type(error).__name__}: {error}"
        seen = {"problems": [{"message": told[:1000], "frames": frames.of(error)}]}
    ended = os.times()
    seen["cpu"] = round(ended.user + ended.system - began.user - began.system, 2)
    return seen


if __name__ == "__main__":
    main()
