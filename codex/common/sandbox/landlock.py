"""The sandbox kind for everywhere else: Landlock, a system call filter and limits, unprivileged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from codex.common.sandbox import launch, policy
from codex.common.sandbox.base import Command, Kind, Result
from codex.common.sandbox.inside import landlock
from codex.common.sandbox.scratch import Scratch, shown
from codex.common.sandbox.warden import Start


class Landlock:
    """The host's own file tree and network, of which a command reaches nothing but its own.

    Code under test is driven in process: no sockets, and Unix sockets only by way of the warden.
    """

    kind: Kind = "landlock"
    safe = True

    def __init__(self, *, scratch: Path | None = None, version: int | None = None) -> None:
        self.scratch = scratch
        self._version = landlock.version() if version is None else version

    async def run(self, command: Command) -> Result:
        """Run to the end, or to a limit."""
        return await launch.run(command, self.prepare, parent=self.scratch, safe=True)

    def prepare(self, command: Command, scratch: Scratch) -> Start:
        """The warden's command line and order."""
        python = policy.interpreter()
        own = [str(scratch.work), str(scratch.home), str(scratch.temporary)]
        writable = [*own, *(str(path.resolve()) for path in command.writable)]
        readable = policy.readable(command)
        order = {
            "plan": {
                "bounds": launch.bounds(command.limits),
                "landlock_version": self._version,
                "read": readable,
                "write": writable,
                "sockets": [str(path.resolve()) for path in command.sockets],
            },
            "argv": policy.argv(command),
            "env": policy.environ(command, home=own[1], temporary=own[2]),
            "folder": own[0],
            "folders": writable,
            "in_memory": [],
            "uid": policy.own_uid(),
            "keep": [],
        }
        program = [python.executable, "-I", "-S", "-B", "-c", policy.bootstrap("warden")]
        return Start(
            program,
            order,
            places=shown(scratch),
            readable=readable,
            calls=own[2],
        )


class Unconfined:
    """No sandbox: limits alone. Only for who asked for it by name; it marks its results."""

    kind: Kind = "none"
    safe = False

    def __init__(self, *, scratch: Path | None = None) -> None:
        self.scratch = scratch

    async def run(self, command: Command) -> Result:
        """Run to the end, or to a limit, with everything of this user in reach."""
        return await launch.run(command, self.prepare, parent=self.scratch, safe=False)

    def prepare(self, command: Command, scratch: Scratch) -> Start:
        """As Landlock's, with nothing kept out of reach."""
        start = Landlock(version=0).prepare(command, scratch)
        plan: dict[str, Any] = {**start.order["plan"], "confined": False, "sockets": []}
        order: dict[str, Any] = {**start.order, "plan": plan, "uid": 0}
        return replace(start, order=order)
