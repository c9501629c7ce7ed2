"""What an event is to a person: one line, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.cli.output import printable
from codex.common.english import counted

if TYPE_CHECKING:
    from codex.common.events import AnyEvent

LONGEST_MESSAGE = 160
DELIVERY = frozenset({"image", "archive", "push", "pull", "compose"})
"""Places whose progress is told line by line: an engine's own words."""


def told(event: AnyEvent) -> str:
    """One line for a person; empty for what is of no interest to one."""
    match event.type:
        case "stage_started":
            planned = f" ({counted(event.planned, 'function')})" if event.planned else ""
            line = f"{event.stage}{planned} …"
        case "stage_finished":
            line = f"{event.stage} took {event.seconds:.1f} s"
        case "function_verified":
            again = " (served before)" if event.reused else ""
            line = f"  verified {event.function}{again}"
        case "check_failed":
            message = event.message[:LONGEST_MESSAGE]
            line = f"  {event.check} failed on {event.subject}: {message}"
        case "model_retried":
            line = f"  waiting {event.wait_seconds:.1f} s for the model: {event.reason}"
        case "notice":
            line = event.text if not event.todo else f"{event.text} {event.todo}"
        case "progress" if event.place in DELIVERY:
            line = f"  {event.place}: {event.text}"
        case _:
            line = ""
    return printable(line)
