"""The committed migrations: SQL files in order, with the checksum of each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from codex.common.errors import MigrationError

FOLDER = Path(__file__).parent / "migrations"
CHECKSUMS = "checksums.txt"
NEEDS_VECTOR = "-- needs: vector"
_NAME = re.compile(r"\d{4}_[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Migration:
    """One step of the database's schema."""

    name: str
    sql: str
    checksum: str

    @property
    def needs_vector(self) -> bool:
        """Whether it is applied only where the server has pgvector, and otherwise later."""
        return self.sql.startswith(NEEDS_VECTOR)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def checksum_lines(folder: Path = FOLDER) -> str:
    """What the file of checksums must say."""
    lines = [f"{_checksum(p.read_bytes())}  {p.name}\n" for p in sorted(folder.glob("*.sql"))]
    return "".join(lines)


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All migrations in order; an error when one is missing, foreign or changed."""
    sums = folder / CHECKSUMS
    listed: dict[str, str] = {}
    for line in sums.read_text(encoding="utf-8").splitlines() if sums.exists() else []:
        checksum, _, name = line.partition("  ")
        listed[name] = checksum
    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.sql"))}
    for name in sorted(listed.keys() | found.keys()):
        if name not in found:
            raise _corrupt(f"{name} is missing")
        if name not in listed or not _NAME.fullmatch(name.removesuffix(".sql")):
            raise _corrupt(f"{name} does not belong to it")
        if _checksum(found[name]) != listed[name]:
            raise _corrupt(f"{name} was changed or damaged: its checksum differs")
    return [
        Migration(name.removesuffix(".sql"), content.decode("utf-8"), listed[name])
        for name, content in found.items()
    ]


def _corrupt(what: str) -> MigrationError:
    return MigrationError(
        f"The migrations of this installation are corrupt: {what}.",
        "Install codex again; nothing was changed in the database.",
    )
