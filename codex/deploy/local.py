"""The service started on this machine, for its developer: its own packages, its own SQLite file."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from codex.common.documents.architecture import Architecture
from codex.common.errors import InputError, RunFailed
from codex.common.sandbox import Environment, Environments

ARCHITECTURE = ".codex/architecture.json"
LOCK = "requirements.lock"
START_SECONDS = 90
STOP_SECONDS = 15
# Accounts to try it with; only where it has accounts, and only on this machine.
_SEED = """
import json
from app.database import Database
from app.seeds import seed
from app.settings import Settings
database = Database(Settings().database_url)
print(json.dumps([list(account) for account in seed(database)], default=str))
database.dispose()
"""


@dataclass(frozen=True)
class Running:
    """A started service."""

    address: str
    accounts: Sequence[Sequence[str]]
    """E-mail, password and role of each seeded account."""
    process: asyncio.subprocess.Process


def service_folder(folder: Path) -> tuple[Path, Architecture]:
    """`folder` and its Architecture, if codex wrote a service there."""
    if not (folder / ARCHITECTURE).is_file() or not (folder / LOCK).is_file():
        raise InputError(
            f"{folder} is no service that codex built.", "Name a folder that `codex build` wrote."
        )
    return folder.resolve(), Architecture.load(folder / ARCHITECTURE)


@contextlib.asynccontextmanager
async def started(
    folder: Path, environments: Environments, *, port: int = 0
) -> AsyncGenerator[Running]:
    """The service in `folder`, ready to be called; it is stopped at the end."""
    folder, architecture = service_folder(folder)
    environment = await environments.get((folder / LOCK).read_text("utf-8"))
    port = _checked_port(port)
    variables = _variables(architecture)
    await _do(environment, folder, variables, "-m", "app", "migrate")
    accounts: list[list[str]] = []
    if architecture.database.account:
        accounts = json.loads(await _do(environment, folder, variables, "-c", _SEED))
    process = await asyncio.create_subprocess_exec(
        *(str(environment.python), "-m", "app", "serve", "--port", str(port)),
        cwd=folder,
        env=variables,
        stdout=sys.stderr,  # results go to standard output, and these are none
        start_new_session=True,  # Ctrl-C reaches it through us, once
        preexec_fn=_end_with_parent,
    )
    try:
        await _ready(process, port)
        yield Running(f"http://127.0.0.1:{port}", accounts, process)
    finally:
        await asyncio.shield(_stop(process))


def _end_with_parent() -> None:
    """Have the kernel end the service when codex is gone, however it went."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _checked_port(port: int) -> int:
    """`port` if it is free; any free one for 0."""
    if not 0 <= port < 65536:
        raise InputError(f"{port} is no port.", "Name one from 1 to 65535, or 0 for any.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise InputError(
                f"Port {port} cannot be used: {error.strerror}.", "Name another with --port."
            ) from None
        return int(probe.getsockname()[1])


def _variables(architecture: Architecture) -> dict[str, str]:
    """The service's environment: nothing of ours, what is there for it, and local settings."""
    # No DATABASE_URL: where it is set, it is that of codex itself.
    names = {item.variable for item in architecture.settings} | {"LOG_LEVEL"}
    given = {name: value for name, value in os.environ.items() if name in names}
    samples: Mapping[str, str] = {"int": "1", "float": "1", "Decimal": "1", "bool": "false"}
    needed = {
        item.variable: samples.get(item.type, "local")
        for item in architecture.settings
        if item.default is None
    }
    fixed = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "ENVIRONMENT": "local"}
    return {**needed, "LOG_FORMAT": "text", "LOG_LEVEL": "warning", **fixed, **given}


async def _do(
    environment: Environment, folder: Path, variables: Mapping[str, str], *arguments: str
) -> str:
    """Run one command of the service to its end."""
    process = await asyncio.create_subprocess_exec(
        *(str(environment.python), *arguments),
        cwd=folder,
        env=variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate()
    finally:
        await asyncio.shield(_stop(process))  # where it was interrupted
    if process.returncode != 0:
        said = err.decode("utf-8", "replace").strip().splitlines()
        raise RunFailed(
            f"The service could not be prepared: {said[-1] if said else 'no reason was given'}.",
            "Run `codex verify` on it; it tells what is wrong.",
        )
    return out.decode("utf-8")


async def _ready(process: asyncio.subprocess.Process, port: int) -> None:
    """Wait until it answers."""
    try:
        async with asyncio.timeout(START_SECONDS):
            while process.returncode is None:
                if await _answers(port):
                    return
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise RunFailed(
            f"The service did not answer within {START_SECONDS} seconds.",
            "Run `codex verify` on it; it tells what is wrong.",
        ) from None
    raise RunFailed(
        f"The service ended at once with code {process.returncode}.",
        "Look at what it said above.",
    )


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n")
        await writer.drain()
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Let it finish what it has begun, then end it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
