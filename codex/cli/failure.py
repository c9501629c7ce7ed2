"""What the user sees of an error: what happened, and what to do next; never a traceback unasked."""

from __future__ import annotations

import json
import os
import sys

from codex.cli.output import printable
from codex.common.errors import EXIT_FAILED, CodexError, Interrupted, telling
from codex.common.redact import redact

LONGEST_LINE = 2000
UNEXPECTED = "unexpected"
SYSTEM = "system"
SECRET_VARIABLES = ("CODEX_API_KEY", "OPENAI_API_KEY")


def report(error: BaseException, *, as_json: bool, debug: bool) -> int:
    """Print `error` on standard error; the exit code that belongs to it."""
    if debug:
        import traceback

        text = "".join(traceback.format_exception(error))
        write(without_secrets(text))
    code, what, todo, exit_code = described(telling(error))
    what, todo = without_secrets(what), without_secrets(todo)
    if as_json:
        write(json.dumps({"code": code, "what": what, "todo": todo}, ensure_ascii=False) + "\n")
    else:
        write(f"error[{code}]: {one_line(what)}\n  next: {one_line(todo)}\n")
    return exit_code


def described(error: BaseException) -> tuple[str, str, str, int]:
    """The code of `error`, what happened, what to do next, and the exit code."""
    if isinstance(error, KeyboardInterrupt):
        error = Interrupted("Stopped.")
    if isinstance(error, CodexError):
        return error.code, error.what, error.todo, error.exit_code
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return SYSTEM, f"{where}{error.strerror}.", "Mend that, then repeat.", EXIT_FAILED
    said = str(error)
    what = f"Unexpected {type(error).__name__}{f': {said}' if said else ''}"
    todo = "This is a fault in codex: repeat with --debug for the traceback, and report it."
    return UNEXPECTED, what, todo, EXIT_FAILED


def without_secrets(text: str) -> str:
    """`text` without keys and passwords."""
    return redact(text, (os.environ.get(name, "") for name in SECRET_VARIABLES))


def one_line(text: str) -> str:
    """`text` in one line of bounded length, free of what would steer a terminal."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def write(text: str) -> None:
    """Write to standard error, which may be closed or full: then there is nobody to tell."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass
