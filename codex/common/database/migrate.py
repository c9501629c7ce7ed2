"""Brings a database to the schema of this codex: advisory lock, checksums, one transaction each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, LiteralString, cast

from codex.common.database.failures import check_url, typed_failures
from codex.common.database.migrations_folder import Migration, read_migrations
from codex.common.errors import CodexError, ConfigError, MigrationError

if TYPE_CHECKING:
    import psycopg

OLDEST_SERVER = 15
_LOCK = 0x636F646578  # "codex": whoever migrates holds it
_TABLE = """
CREATE TABLE IF NOT EXISTS "_codex_migrations" (
    "name" TEXT PRIMARY KEY,
    "checksum" TEXT NOT NULL,
    "appliedAt" TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""

State = Literal["applied", "pending", "waits for pgvector"]


@dataclass(frozen=True)
class Step:
    """A migration and where it stands in one database."""

    name: str
    state: State


def connect(url: str, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection in autocommit mode; the server's version is checked."""
    import psycopg

    options = {"connect_timeout": 10, "application_name": "codex", **options}
    with typed_failures():
        connection = psycopg.connect(check_url(url), autocommit=True, **options)
    major = connection.info.server_version // 10_000
    if major < OLDEST_SERVER:
        connection.close()
        raise ConfigError(
            f"The database server is Postgres {major}; codex needs {OLDEST_SERVER} or later.",
            "Set DATABASE_URL to a newer server, or unset it to use the embedded one.",
        )
    return connection


def status(url: str) -> list[Step]:
    """Each migration and where it stands; an error when the database is not one for this codex."""
    migrations = read_migrations()
    with connect(url) as connection, typed_failures():
        applied = _applied(connection)
        _check(migrations, applied)
        vectors = _has_pgvector(connection)
    return [Step(m.name, _state(m, applied, vectors=vectors)) for m in migrations]


def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply what is missing and return its names; a second process waits and finds it done."""
    wanted = read_migrations() if migrations is None else migrations
    with connect(url) as connection, typed_failures():
        if not _missing(wanted, _applied(connection), vectors=_has_pgvector(connection)):
            _check(wanted, _applied(connection))
            return []
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        connection.execute(_TABLE)
        applied = _applied(connection)
        _check(wanted, applied)
        missing = _missing(wanted, applied, vectors=_has_pgvector(connection))
        return [migration.name for migration in missing if _apply(connection, migration)]


def _apply(connection: psycopg.Connection[Any], migration: Migration) -> bool:
    """Apply one migration whole or not at all; False when this role may not create pgvector."""
    import psycopg

    try:
        with connection.transaction():
            connection.execute(cast("LiteralString", migration.sql))
            connection.execute(
                'INSERT INTO "_codex_migrations" ("name", "checksum") VALUES (%s, %s)',
                (migration.name, migration.checksum),
            )
    except psycopg.errors.InsufficientPrivilege as error:
        if migration.needs_vector:
            return False
        raise _failed(migration, error) from error
    except (psycopg.OperationalError, CodexError):
        raise
    except psycopg.Error as error:
        raise _failed(migration, error) from error
    return True


def _failed(migration: Migration, error: Exception) -> MigrationError:
    return MigrationError(
        f"The migration {migration.name} failed and was undone: {' '.join(str(error).split())}",
        "The database is as it was before; see what its error says.",
    )


def _applied(connection: psycopg.Connection[Any]) -> dict[str, str]:
    row = connection.execute("SELECT to_regclass('\"_codex_migrations\"')").fetchone()
    if row is None or row[0] is None:
        return {}
    return dict(connection.execute('SELECT "name", "checksum" FROM "_codex_migrations"').fetchall())


def _missing(
    migrations: Sequence[Migration], applied: dict[str, str], *, vectors: bool
) -> list[Migration]:
    return [m for m in migrations if _state(m, applied, vectors=vectors) == "pending"]


def _state(migration: Migration, applied: dict[str, str], *, vectors: bool) -> State:
    if migration.name in applied:
        return "applied"
    return "waits for pgvector" if migration.needs_vector and not vectors else "pending"


def _has_pgvector(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
    return found.fetchone() is not None


def _check(migrations: Sequence[Migration], applied: dict[str, str]) -> None:
    """An error when the database has what this codex does not know."""
    known = {migration.name: migration.checksum for migration in migrations}
    if newer := sorted(applied.keys() - known.keys()):
        raise MigrationError(
            f"The database is of a newer codex: it has the migration {newer[-1]}.",
            "Update codex, or set DATABASE_URL to another database.",
        )
    for name in sorted(applied):
        if applied[name] != known[name]:
            raise MigrationError(
                f"The migration {name} was applied to this database in another form.",
                "Install the codex that wrote the database, or use another database.",
            )
