"""The embedded Postgres: one server per data folder, shared by every process that needs it.

It is started by the first process that needs it and stopped by the last one that leaves. Two lock
files say who that is: `start.lock` is held by whoever starts, stops or moves the server, and
`users.lock` is shared by everyone who uses it. The kernel drops both when a process dies.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

from codex.common.database import postgres_programs as programs
from codex.common.errors import DatabaseUnavailable, MigrationError, StoreError

DATABASE = "codex"
SUPERUSER = "postgres"
CLUSTER = "cluster"
# A socket's path has at most 107 bytes, of which its name takes 15.
_LONGEST_SOCKET_FOLDER = 90
_PATIENCE = 60.0
_LAST_WORDS = 10.0
_LOG_LIMIT = 1 << 20
_CONFIGURATION = """
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 300
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 256MB
"""


class EmbeddedPostgres:
    """The server under `folder`, for one user of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = folder / CLUSTER
        self._using: IO[str] | None = None

    @property
    def url(self) -> str:
        """The address of the database; its socket is reachable for this user alone."""
        host = quote(str(self.socket_folder()), safe="")
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={host}"

    def socket_folder(self) -> Path:
        """Where the server's socket is."""
        return self.sockets_of(self.cluster)

    @staticmethod
    def sockets_of(cluster: Path) -> Path:
        """The cluster's own folder, or a private one with a shorter path and without a comma."""
        # Both the server and its clients take a comma for the end of one of several folders.
        if len(os.fsencode(cluster)) <= _LONGEST_SOCKET_FOLDER and "," not in str(cluster):
            return cluster
        digest = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"codex-{os.geteuid()}-{digest}"

    def enter(self) -> str:
        """Use the server, started if need be; its address."""
        self.make_folder()
        with self.exclusive():
            self._start_if_needed()
            if self._using is None:
                self._using = open_lock(self.folder / "users.lock")
                fcntl.flock(self._using, fcntl.LOCK_SH)
        return self.url

    def leave(self) -> None:
        """Use it no longer; the last one to leave stops it."""
        if self._using is None:
            return
        using, self._using = self._using, None
        with using, self.exclusive():
            try:
                fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.stop()

    def running(self) -> bool:
        """Whether the server runs."""
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(pid, 0)
        except (OSError, ValueError):
            return False
        return programs.is_server(pid)

    def stop(self) -> None:
        """Stop the server and wait until it has ended."""
        if self.running():
            binaries = programs.embedded_programs()
            programs.run(binaries, "pg_ctl", "-m", "fast", "-w", "-D", self.cluster, "stop")

    @contextmanager
    def exclusive(self) -> Generator[None]:
        """Alone among all processes; for starting, stopping and moving."""
        with open_lock(self.folder / "start.lock") as lock:
            until = time.monotonic() + _PATIENCE
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise DatabaseUnavailable(
                            f"Another process is starting or moving the database in {self.folder}.",
                            "Try again when it has finished.",
                        ) from None
                    time.sleep(0.02)
            yield

    def major(self) -> int | None:
        """The major version that wrote the cluster; None when there is none yet."""
        try:
            text = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unwritable(self.folder, error) from None
        if not text.isdigit():
            raise StoreError(
                f"{self.cluster / 'PG_VERSION'} does not hold a version of Postgres.",
                "Restore the folder from a backup, or move it away to begin anew.",
            )
        return int(text)

    def make_folder(self) -> None:
        """Make the folder unless it is there."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise unwritable(self.folder, error) from None

    def _start_if_needed(self) -> None:
        if self.running():
            return
        finish_move(self.folder)
        major = self.major()
        if major is None:
            create_cluster(self.cluster)
        elif major != programs.MAJOR:
            raise MigrationError(
                f"The database in {self.folder} is of Postgres {major}; this codex has "
                f"Postgres {programs.MAJOR}.",
                "Run `codex db upgrade` to move it; the old data are kept.",
            )
        try:
            clear_dead(self.cluster, self.socket_folder())
            start_server(programs.embedded_programs(), self.cluster, self.socket_folder())
        except OSError as error:
            raise unwritable(self.folder, error) from None


def create_cluster(cluster: Path) -> None:
    """A new cluster at `cluster`: complete, or not there at all."""
    unfinished = cluster.with_name(f"{cluster.name}.unfinished")
    binaries = programs.embedded_programs()
    try:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        programs.give_to_server(unfinished)
        if programs.server_user():
            programs.make_reachable((unfinished, binaries / "postgres"))
        how = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
        programs.run(binaries, "initdb", *how, "-U", SUPERUSER, "-D", unfinished)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION)
        alone = ("--single", "-D", unfinished, "postgres")
        programs.run(binaries, "postgres", *alone, input=f'CREATE DATABASE "{DATABASE}"\n')
        unfinished.rename(cluster)
    except OSError as error:
        raise unwritable(cluster.parent, error) from None


def start_server(binaries: Path, cluster: Path, sockets: Path) -> None:
    """Start the server of `cluster` and wait until it answers on its socket."""
    if sockets != cluster:
        sockets.mkdir(mode=0o700, exist_ok=True)
        if sockets.stat().st_uid not in {os.geteuid(), cluster.stat().st_uid}:
            raise StoreError(
                f"{sockets} belongs to somebody else.", "Set CODEX_DATA_DIR to a shorter path."
            )
        programs.give_to_server(sockets)
    if programs.server_user():
        programs.make_reachable((cluster, sockets, binaries / "postgres"))
    log = cluster / "log"
    if not log.exists():
        log.touch(mode=0o600)
        programs.give_to_server(log)
    if log.stat().st_size > _LOG_LIMIT:
        os.truncate(log, 0)
    before = log.stat().st_size
    options = f"-k {shlex.quote(str(sockets))}"
    try:
        command = ("-w", "-s", "-l", log.name, "-o", options, "start")
        programs.run(binaries, "pg_ctl", *command, starting=cluster)
    except StoreError:
        with log.open(encoding="utf-8", errors="replace") as file:
            file.seek(before)
            raise programs.failure("server", file.read()) from None


def clear_dead(cluster: Path, sockets: Path) -> None:
    """Clear away what a killed server left: its last processes, and the files that say it runs.

    Postgres takes a dead process that nobody waited for (in a container without an init process)
    for a running one, and would never start again.
    """
    if not (cluster / "postmaster.pid").exists():
        return
    until = time.monotonic() + _LAST_WORDS
    while orphans := programs.working_in(cluster):
        if time.monotonic() > until:
            raise DatabaseUnavailable(
                f"A server that was killed left processes in {cluster}.",
                f"End them: kill -9 {' '.join(map(str, orphans))}",
            )
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)
    for name in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        name.unlink(missing_ok=True)


def finish_move(folder: Path) -> None:
    """Complete a move to a new major version that was interrupted between its two renames."""
    moved = folder / f"{CLUSTER}.moved"
    if moved.exists() and not (folder / CLUSTER).exists():
        moved.rename(folder / CLUSTER)


def unwritable(folder: Path, error: OSError) -> StoreError:
    """The typed error for a data folder that cannot be used."""
    if error.errno in (28, 122):
        return programs.failure("folder", "No space left on device")
    return StoreError(
        f"The data folder {folder} cannot be used: {error.strerror}.",
        "Make it writable, or set CODEX_DATA_DIR to another folder.",
    )


def open_lock(path: Path) -> IO[str]:
    """The lock file at `path`, open."""
    try:
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unwritable(path.parent, error) from None
