"""codex that is killed with its whole process group at a named moment, to see what is left.

python -m tests.cli.lethal MOMENT ARGUMENT…
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codex.cli.main import main
from codex.common.events import Event, EventLog, FunctionVerified, ModelCalled
from codex.common.sandbox import Command
from codex.deploy.jobs import ENTRY

MOMENTS = ("design", "architect", "develop", "verify", "packaging")
_FILES_WRITTEN = 10
_INTO_VERIFICATION = 0.5  # seconds; it takes many times as long


def die() -> None:
    """End this process and all of its group, with no chance to clear up."""
    os.killpg(os.getpgid(0), signal.SIGKILL)


def after_events(count: int, kind: type[Event], **fields: str) -> None:
    """Die as soon as so many events of that kind, with fields that begin so, are committed."""
    append, seen = EventLog.append, 0

    async def counted(self: EventLog, *events: Event) -> None:
        nonlocal seen
        await append(self, *events)
        for event in events:
            texts = [(str(getattr(event, name, "")), begins) for name, begins in fields.items()]
            seen += isinstance(event, kind) and all(t.startswith(begins) for t, begins in texts)
            if seen >= count:
                die()

    EventLog.append = counted  # type: ignore[method-assign]


def in_the_sandbox() -> None:
    """Die while the service is verified in the sandbox."""
    import codex.runtime

    opened = codex.runtime.open_sandbox

    class Counting:
        def __init__(self, sandbox: Any) -> None:
            self._sandbox = sandbox

        def __getattr__(self, name: str) -> Any:
            return getattr(self._sandbox, name)

        async def run(self, command: Command) -> Any:
            if ENTRY in command.argv:
                asyncio.get_running_loop().call_later(_INTO_VERIFICATION, die)
            return await self._sandbox.run(command)

    async def counting(*args: Any, **options: Any) -> Any:
        return Counting(await opened(*args, **options))

    codex.runtime.open_sandbox = counting  # type: ignore[assignment]


def while_packaging(out: str) -> None:
    """Die when some files of the folder are written, but not all."""
    beside, written = str(Path(out).with_name(f".{Path(out).name}.")), 0

    def watch(event: str, arguments: Sequence[Any]) -> None:
        nonlocal written
        if event == "open" and str(arguments[0]).startswith(beside) and arguments[1] != "r":
            written += 1
            if written == _FILES_WRITTEN:
                die()

    sys.addaudithook(watch)


def arm(moment: str) -> None:
    """Make ready to die."""
    match moment:
        case "design":
            after_events(1, ModelCalled, chain="design/")
        case "architect":
            after_events(3, ModelCalled, chain="architect/")
        case "develop":
            after_events(1, FunctionVerified)
        case "verify":
            in_the_sandbox()
        case "packaging":
            while_packaging(os.environ["LETHAL_OUT"])
        case _:
            raise SystemExit(f"no such moment: {moment}")


if __name__ == "__main__":
    arm(sys.argv[1])
    sys.exit(main(sys.argv[2:]))
