"""The embedded server: started on need, shared, stopped by the last, and clear when it cannot."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from codex.common.database import postgres_programs as programs
from codex.common.database.embedded import EmbeddedPostgres
from codex.common.database.store import Store, open_store
from codex.common.documents.run import RunStatus
from codex.common.errors import (
    DatabaseUnavailable,
    DiskFull,
    MigrationError,
    StoreError,
)
from codex.common.events import Event, Notice
from tests.fixtures_database import Place

pytestmark = pytest.mark.slow
ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root can mount a file system")


def embedded(data_dir: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data_dir / "postgres")


def select_one(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT 1").fetchone()
    return row and row[0]


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split()[0])


def kill(server: EmbeddedPostgres) -> None:
    """End the server as a crash would, and wait until its last process is gone."""
    os.kill(postmaster(server), signal.SIGKILL)
    while programs.working_in(server.cluster):
        pass


def test_it_is_started_on_need_and_stopped_by_the_last(data_dir: Path) -> None:
    first, second = embedded(data_dir), embedded(data_dir)
    assert not first.running()
    url = first.enter()
    assert second.enter() == url
    pid = postmaster(first)
    first.leave()
    first.leave()
    assert select_one(url) == 1
    assert postmaster(second) == pid
    second.leave()
    assert not second.running()


def test_it_is_reached_through_a_private_socket_alone(data_dir: Path) -> None:
    # What a shell would read as something else is a name like any other.
    server = embedded(data_dir / 'it\'s "mine" `too`, $HOME $(id) ü')
    with psycopg.connect(server.enter()) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()
    assert row == ("",)
    socket = server.socket_folder() / ".s.PGSQL.5432"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700
    server.leave()


@pytest.mark.parametrize("name", ["long" * 30, "one, two"])
def test_a_path_that_no_socket_can_have_gets_one_elsewhere(data_dir: Path, name: str) -> None:
    server = embedded(data_dir / name)
    try:
        assert select_one(server.enter()) == 1
        assert stat.S_IMODE(server.socket_folder().stat().st_mode) == 0o700
    finally:
        server.leave()
        shutil.rmtree(server.socket_folder())


USER = """
import sys
from pathlib import Path
from codex.common.database.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]) / "postgres")
print(server.enter(), flush=True)
sys.stdin.readline()
server.leave()
"""


@contextmanager
def user_process(data_dir: Path) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_processes_that_start_it_at_once_share_one(data_dir: Path) -> None:
    with user_process(data_dir) as a, user_process(data_dir) as b, user_process(data_dir) as c:
        users = (a, b, c)
        urls = [user.stdout.readline().strip() for user in users if user.stdout]
        assert len(urls) == 3
        assert len(set(urls)) == 1
        assert select_one(urls[0]) == 1
        for user in users:
            user.communicate("leave\n")
            assert user.returncode == 0
    assert not embedded(data_dir).running()


def test_a_killed_user_does_not_keep_it_running_for_ever(data_dir: Path) -> None:
    with user_process(data_dir) as user:
        assert user.stdout is not None
        user.stdout.readline()
        user.kill()
    server = embedded(data_dir)
    assert server.running()
    server.enter()
    server.leave()
    assert not server.running()


def test_threads_that_enter_and_leave_at_once(data_dir: Path) -> None:
    def use(_: int) -> object:
        server = embedded(data_dir)
        try:
            return select_one(server.enter())
        finally:
            server.leave()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(12))) == [1] * 12
    assert not embedded(data_dir).running()


def test_what_an_interrupted_start_left_is_cleared_away(data_dir: Path) -> None:
    server = embedded(data_dir)
    unfinished = server.folder / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    assert select_one(server.enter()) == 1
    assert not unfinished.exists()
    server.leave()


def test_a_stale_pid_file_is_no_server(data_dir: Path) -> None:
    server = embedded(data_dir)
    server.enter()
    kill(server)
    pid_file = server.cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # the number is taken again
    assert not server.running()
    assert select_one(server.enter()) == 1
    server.leave()


async def write_and_read(store: Store) -> None:
    run = await store.create_run("hello")
    await store.update_run(run.id, status=RunStatus.DONE)


async def test_a_killed_server_is_a_clear_error_and_back_on_the_next_call(data_dir: Path) -> None:
    async with open_store(Place("", data_dir)) as store:
        run = await store.create_run("hello")
        acknowledged: list[Event] = []
        for number in range(50):
            await store.events_append(run.id, [Notice(text=str(number))])
            acknowledged.append(Notice(text=str(number)))
        kill(embedded(data_dir))
        with pytest.raises(DatabaseUnavailable, match="does not answer"):
            await store.get_run(run.id)
        assert await store.get_run(run.id) == (await store.list_runs()).runs[0]
        assert [e.event for e in await store.events_after(run.id, 0)] == acknowledged
        async with store.lock("still works"):
            await write_and_read(store)
    assert not embedded(data_dir).running()


async def test_locks_survive_a_killed_server(data_dir: Path) -> None:
    async with open_store(Place("", data_dir)) as store:
        async with store.lock("before"):
            kill(embedded(data_dir))
        with pytest.raises(DatabaseUnavailable):
            async with store.lock("now"):
                pass
        async with store.lock("after"):
            pass


@contextmanager
def mounted(folder: Path, *options: str) -> Generator[None]:
    """A small file system on `folder`."""
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@as_root
async def test_a_full_disk_is_a_clear_error_and_nothing_acknowledged_is_lost(
    data_dir: Path,
) -> None:
    full = data_dir / "small"
    full.mkdir()
    with mounted(full, "size=130m", "mode=755"):
        async with open_store(Place("", full)) as store:
            kept = await store.create_run("kept")
            filler = full / "filler"
            fill(filler)
            with pytest.raises(DiskFull, match="full"):
                await write_much(store)
            filler.unlink()
            with_room = await retried(store)
            assert {run.id for run in (await store.list_runs(limit=500)).runs} >= {
                kept.id,
                with_room,
            }


def fill(file: Path) -> None:
    """Use up the rest of the file system."""
    with suppress(OSError), file.open("wb", buffering=0) as writer:
        while True:
            writer.write(b"x" * 100_000)


async def write_much(store: Store) -> None:
    """Write more than fits."""
    for _ in range(200):
        await store.create_run("x" * 900_000)


async def retried(store: Store) -> str:
    """A run that is stored once the server has recovered from the full disk."""
    async with asyncio.timeout(120):
        while True:
            try:
                return (await store.create_run("after")).id
            except StoreError:
                await asyncio.sleep(0.1)


@as_root
async def test_a_disk_too_small_to_begin_with_is_a_clear_error(data_dir: Path) -> None:
    full = data_dir / "small"
    full.mkdir()
    with mounted(full, "size=10m", "mode=755"):
        with pytest.raises(DiskFull):
            async with open_store(Place("", full)):
                pass
        assert not (full / "postgres" / "cluster").exists()


@as_root
async def test_a_read_only_data_folder_is_a_clear_error(data_dir: Path) -> None:
    folder = data_dir / "read-only"
    folder.mkdir()
    with mounted(folder, "ro"), pytest.raises(StoreError, match="cannot be used") as caught:
        async with open_store(Place("", folder)):
            pass
    assert "CODEX_DATA_DIR" in caught.value.todo


async def test_a_file_where_the_folder_should_be_is_a_clear_error(data_dir: Path) -> None:
    (data_dir / "postgres").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be used"):
        async with open_store(Place("", data_dir)):
            pass


def test_a_cluster_of_another_version_is_recognised(data_dir: Path) -> None:
    server = embedded(data_dir)
    server.cluster.mkdir(parents=True)
    (server.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(MigrationError, match="Postgres 14") as caught:
        server.enter()
    assert "codex db upgrade" in caught.value.todo
    (server.cluster / "PG_VERSION").write_text("not a version")
    with pytest.raises(StoreError, match="does not hold a version"):
        server.enter()


def test_a_damaged_cluster_is_a_clear_error(data_dir: Path) -> None:
    server = embedded(data_dir)
    server.enter()
    server.leave()
    (server.cluster / "global" / "pg_control").unlink()
    with pytest.raises(StoreError, match="failed"):
        server.enter()


def test_a_missing_installation_says_what_to_do(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "MAJOR", 99)
    with pytest.raises(StoreError, match="not installed") as caught:
        embedded(data_dir).enter()
    assert "DATABASE_URL" in caught.value.todo
