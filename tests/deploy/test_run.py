"""`codex run`: the service on this machine, with its own packages, its own file, its accounts."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from codex.common.errors import InputError
from codex.common.sandbox import Environments
from codex.deploy.local import started
from codex.deploy.package import to_folder
from tests.architectures import named
from tests.deploy.packaged import application, compiled, with_columns


def call(address: str, path: str, body: object = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def signed_in(address: str, email: str, password: str) -> str:
    given = {"email": email, "password": password}
    return json.loads(call(address, "/auth/login", given))["access_token"]


@pytest.mark.slow
async def test_it_has_an_account_for_each_role_and_keeps_its_file(
    tmp_path: Path, lock: str, environments: Environments, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What codex itself stores in is no place for a service's tables.
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/codex")
    folder = to_folder(application("tasks", lock), tmp_path / "service")
    roles = {role.name for role in named("tasks").specification.roles}
    for _ in range(2):  # the second time with the file that is there
        async with started(folder, environments) as service:
            page = await asyncio.to_thread(call, service.address, "/docs")
            assert b"<html" in page
            assert {str(account[2]) for account in service.accounts} >= roles
            for email, password, _role in service.accounts:
                token = await asyncio.to_thread(signed_in, service.address, email, password)
                assert await asyncio.to_thread(call, service.address, "/auth/me", None, token)
        # It stops as it is told: uvicorn ends what it has begun, then by the very signal.
        assert service.process.returncode in (0, -signal.SIGTERM)
    assert (folder / "service.db").is_file()


@pytest.mark.slow
async def test_a_newer_version_goes_on_with_the_file_of_the_older(
    tmp_path: Path, lock: str, environments: Environments
) -> None:
    folder = to_folder(application("notes", lock), tmp_path / "service")
    async with started(folder, environments) as service:
        await asyncio.to_thread(call, service.address, "/notes", {"title": "old"})
    to_folder(compiled(with_columns(named("notes"), "archived"), lock), folder)
    async with started(folder, environments) as service:
        notes = json.loads(await asyncio.to_thread(call, service.address, "/notes"))
    assert [(note["title"], note["archived"]) for note in notes["items"]] == [("old", False)]


async def test_what_cannot_be_started_is_told(
    tmp_path: Path, lock: str, environments: Environments
) -> None:
    async def start(folder: Path, port: int = 0) -> None:
        async with started(folder, environments, port=port):
            pass

    with pytest.raises(InputError, match="no service that codex built"):
        await start(tmp_path / "nothing")
    folder = to_folder(application("notes", lock), tmp_path / "service")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match=r"Port \d+ cannot be used"):
            await start(folder, taken.getsockname()[1])
    for port in (-1, 65536, 10**9):
        with pytest.raises(InputError, match="is no port"):
            await start(folder, port)


@contextmanager
def running(folder: Path, data: Path) -> Generator[tuple[subprocess.Popen[str], Any]]:
    """`codex run`, after it has said where the service is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "codex", "run", str(folder), "--json"],
        env={**os.environ, "CODEX_DATA_DIR": str(data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        while not said.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, said
            said += line
        yield process, json.loads(said)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_service_ends_with_the_command(
    tmp_path: Path, lock: str, shared_data_dir: Path, how: signal.Signals
) -> None:
    folder = to_folder(application("notes", lock), tmp_path / "service")
    with running(folder, shared_data_dir) as (process, said):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        waiting = select.poll()
        handles = [os.pidfd_open(int(child)) for child in children]
        for handle in handles:
            waiting.register(handle, select.POLLIN)
        assert call(said["address"], "/health")
        process.send_signal(how)
        assert process.wait(60) == (-9 if how is signal.SIGKILL else 0)
        ended = waiting.poll(60_000)
        for handle in handles:
            os.close(handle)
    assert handles
    assert ended
    with pytest.raises(OSError, match="refused"):
        call(said["address"], "/health")
