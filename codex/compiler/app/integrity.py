"""What the database refuses, as the error that belongs to it."""

import re

from sqlalchemy.exc import IntegrityError

from app.constraints import CONSTRAINTS, REFERENCES, UNIQUE_COLUMNS
from app.problems import Conflict, Invalid, ServiceError

# Postgres' SQLSTATE for each kind of constraint.
FOREIGN_KEY, UNIQUE = "23503", "23505"


def error_of(broken: IntegrityError) -> ServiceError | None:
    """The error of the constraint that was broken; None where no caller can be told."""
    name = constraint_name(broken)
    error = CONSTRAINTS.get(name)
    if error is not None:
        return error()
    if is_kind(broken, FOREIGN_KEY, "FOREIGN KEY"):
        if (broken.statement or "").lstrip().upper().startswith("DELETE"):
            return Conflict("Something else still refers to this.")
        return Invalid("This refers to something that is not there.", field=REFERENCES.get(name))
    if is_kind(broken, UNIQUE, "UNIQUE"):
        return Conflict("Another one has the same values.")
    return None


def constraint_name(broken: IntegrityError) -> str:
    """The constraint's name; empty where the database does not tell."""
    diagnosis = getattr(broken.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.constraint_name or ""
    # SQLite names a CHECK constraint, and of a unique one the columns.
    found = re.match(r"(CHECK|UNIQUE) constraint failed: (?:index ')?([^']+)", str(broken.orig))
    if found is None:
        return ""
    return found[2] if found[1] == "CHECK" else UNIQUE_COLUMNS.get(found[2], found[2])


def is_kind(broken: IntegrityError, state: str, words: str) -> bool:
    """Whether a constraint of this kind was broken."""
    diagnosis = getattr(broken.orig, "diag", None)
    if diagnosis is not None:
        return diagnosis.sqlstate == state
    return str(broken.orig).startswith(f"{words} constraint failed")
