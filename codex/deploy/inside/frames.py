"""Where in the service's own code something went wrong."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any


def of(error: BaseException) -> list[dict[str, Any]]:
    """The frames of `error` in the service's own code, the innermost last."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        frames = [_told(frame, line) for frame, line in traceback.walk_tb(current.__traceback__)]
        if isinstance(current, SyntaxError) and current.filename:
            frames.append(_place(current.filename, current.lineno or 1, ""))
        # What it came from first: the innermost cause stands last.
        found += [item for item in frames if item is not None]
        current = current.__cause__ or current.__context__
    return found


def _told(frame: Any, line: int) -> dict[str, Any] | None:
    code = frame.f_code
    return _place(code.co_filename, line, code.co_qualname.split(".")[0])


def _place(filename: str, line: int, function: str) -> dict[str, Any] | None:
    """A place in the service's own code; None for one in a library."""
    try:
        path = Path(filename).resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return None
    return {"file": path, "line": line, "function": function} if path.startswith("app/") else None


class Caught(logging.Handler):
    """Keeps what the service logs of unforeseen errors, by the id of the request."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: dict[str, dict[str, Any]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error of a record that has one."""
        from app.logs import request_id

        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            told = "".join(traceback.format_exception_only(error)).strip()
            self.errors[request_id.get()] = {"error": told[:500], "frames": of(error)}

    def install(self) -> None:
        """Listen; after the service has set up its own logs."""
        root = logging.getLogger()
        # The service's own handler would print each of them.
        root.handlers = [self]

    def behind(self, answer: Any) -> dict[str, Any]:
        """What is known of the error that `answer` hides; empty for none."""
        return self.errors.get(answer.headers.get("x-request-id", ""), {})
