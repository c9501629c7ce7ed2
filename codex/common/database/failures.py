"""What a failure of the database, or of the way to it, means in codex's own errors."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

from codex.common.errors import (
    CodexError,
    ConfigError,
    DatabaseUnavailable,
    DiskFull,
    InputError,
    StoreError,
)

# What the driver reports when the server cannot be reached, is going down or is starting up.
_UNAVAILABLE = ("08", "57P0", "ECONN", "ENOENT", "ENOTFOUND", "EAI_", "EPIPE", "ETIMEDOUT", "EHOST")
_REFUSED = ("28", "3D000")
_UNSTORABLE = ("22021", "22P05")
_MISSING = ("42P01", "42703", "P2021", "P2022")


def unstorable(character: str) -> InputError:
    """The error for a text that no database takes."""
    return InputError(
        f"A text contains the character {character}, which cannot be stored.",
        "Remove it; text is taken as valid UTF-8 without NUL bytes.",
    )


def database_error(code: str, message: str) -> CodexError:
    """The typed error for a SQLSTATE or errno `code` that the database or its driver gave."""
    if code == "53100" or "No space left on device" in message:
        return DiskFull(
            f"The disk of the database is full: {message}",
            "Free some space; what was confirmed before is kept.",
        )
    if code in _UNSTORABLE or "cannot be converted to text" in message:
        return unstorable("U+0000")
    if code.startswith(_REFUSED):
        return DatabaseUnavailable(
            f"The database refuses the connection: {message}", "Check DATABASE_URL."
        )
    lost = ("terminat", "timeout", "closed the connection", "connection failed", "is lost")
    if code.startswith(_UNAVAILABLE) or any(word in message for word in lost):
        return DatabaseUnavailable(
            f"The database does not answer: {message}",
            "Try again; `codex doctor` tells whether it can be reached.",
        )
    if code in _MISSING:
        return StoreError(
            f"The database lacks a table or a column: {message}", "Run `codex db migrate`."
        )
    return StoreError(f"The database refused: {message or code}")


@contextmanager
def typed_failures() -> Generator[None]:
    """Turns psycopg's errors into codex's."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        message = " ".join(str(error).split()) or type(error).__name__
        code = error.sqlstate or ""
        if not code and isinstance(error, psycopg.OperationalError):
            # A connection that fails has no SQLSTATE, only words.
            refused = re.search(r"FATAL: .*(authentic|does not exist|pg_hba)", message)
            code = _REFUSED[0] if refused else _UNAVAILABLE[0]
        raise database_error(code, message) from error


def check_url(url: str) -> str:
    """`url`, or a `ConfigError` that does not show the password in it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        if not url.startswith(("postgresql://", "postgres://")):
            raise ConfigError(
                "DATABASE_URL is not the address of a Postgres database.",
                "Write it as postgresql://user:password@host:5432/name, or unset it.",
            )
        conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        login = url.partition("//")[2].rpartition("@")[0]
        reason = str(error).replace(url, "…").replace(login or url, "…").strip().rstrip(".")
        # libpq quotes what it cannot read, which may be a part of the password.
        quoted = set(re.findall(r'"([^"]*)"', reason))
        for part in (part for part in quoted if part in login):
            reason = reason.replace(f'"{part}"', "…")
        raise ConfigError(
            f"DATABASE_URL is malformed: {reason}.",
            "Write it as postgresql://user:password@host:5432/name, or unset it.",
        ) from None
    return url
