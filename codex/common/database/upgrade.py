"""Moves the embedded database to this codex's Postgres: dump, restore, switch; never half.

The old cluster is read by its own programs and kept. The new one is built beside it, and takes its
place by two renames; a move that was interrupted between them is completed by whoever comes next.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from codex.common.database import postgres_programs as programs
from codex.common.database.embedded import (
    CLUSTER,
    DATABASE,
    SUPERUSER,
    EmbeddedPostgres,
    create_cluster,
    finish_move,
    open_lock,
    start_server,
    unwritable,
)
from codex.common.errors import MigrationError, StoreError

MOVED = f"{CLUSTER}.moved"
_WORK = f"{CLUSTER}.moving"


@dataclass(frozen=True)
class Upgrade:
    """What was done: from which major version, and where the old cluster is kept."""

    before: int | None
    kept: Path | None = None


def upgrade(server: EmbeddedPostgres) -> Upgrade:
    """Move the cluster to this codex's major version, unless it has it already."""
    server.make_folder()
    with server.exclusive():
        finish_move(server.folder)
        major = server.major()
        if major is None or major == programs.MAJOR:
            return Upgrade(major)
        if major > programs.MAJOR:
            raise MigrationError(
                f"The database in {server.folder} is of Postgres {major}, which is newer than "
                f"this codex's {programs.MAJOR}.",
                "Update codex.",
            )
        _refuse_if_used(server)
        old = programs.programs_of(major)
        if old is None:
            raise MigrationError(
                f"To read the database in {server.folder}, the programs of Postgres {major} are "
                "needed, and this machine does not have them.",
                f"Install them (on Debian: apt-get install postgresql-{major}), then run "
                "`codex db upgrade` again; nothing was changed.",
            )
        return Upgrade(major, _move(server, old, major))


def _refuse_if_used(server: EmbeddedPostgres) -> None:
    with open_lock(server.folder / "users.lock") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MigrationError(
                f"The database in {server.folder} is in use.", "End the other codex first."
            ) from None


def _move(server: EmbeddedPostgres, old: Path, major: int) -> Path:
    work = server.folder / _WORK
    fresh = work / "new"
    new = programs.embedded_programs()
    try:
        if work.exists():
            shutil.rmtree(work)
        work.mkdir(mode=0o700)
        programs.give_to_server(work)
        if server.running():  # left behind by processes that were killed
            programs.run(old, "pg_ctl", "-m", "fast", "-w", "-D", server.cluster, "stop")
        sockets = server.socket_folder()
        dump = work / "dump"
        with _serving(old, server.cluster, sockets):
            form = ("--format=custom", "--compress=0", f"--file={dump}")
            programs.run(new, "pg_dump", *_connection(sockets), *form, DATABASE)
        create_cluster(fresh)
        sockets = EmbeddedPostgres.sockets_of(fresh)
        with _serving(new, fresh, sockets):
            form = ("--exit-on-error", "--no-owner", f"--dbname={DATABASE}", dump)
            programs.run(new, "pg_restore", *_connection(sockets), *form)
        fresh.rename(server.folder / MOVED)
    except OSError as error:
        raise unwritable(server.folder, error) from None
    except StoreError as error:
        raise type(error)(
            f"The database cannot be moved: {error.what}", "Nothing was changed. " + error.todo
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    kept = _free_name(server.folder, major)
    server.cluster.rename(kept)
    finish_move(server.folder)
    return kept


@contextmanager
def _serving(binaries: Path, cluster: Path, sockets: Path) -> Generator[None]:
    """The server of `cluster`, for as long as it is needed."""
    start_server(binaries, cluster, sockets)
    try:
        yield
    finally:
        programs.run(binaries, "pg_ctl", "-m", "fast", "-w", "-D", cluster, "stop")


def _connection(sockets: Path) -> tuple[str, ...]:
    return (f"--host={sockets}", f"--username={SUPERUSER}", "--no-password")


def _free_name(folder: Path, major: int) -> Path:
    """Where the old cluster is kept: a name that nothing has yet."""
    number = 1
    kept = folder / f"{CLUSTER}-{major}"
    while kept.exists():
        number += 1
        kept = folder / f"{CLUSTER}-{major}-{number}"
    return kept
