"""Running a command: what it sees, what it hands back, and what is left after it: nothing."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import textwrap
import uuid
from pathlib import Path

import pytest

from codex.common.errors import SandboxError
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.common.sandbox.landlock import Landlock, Unconfined
from codex.common.sandbox.scratch import Scratch
from tests.common.sandbox.support import beneath, entries, eventually, parent, processes
from tests.fixtures_database import TestServer

_LIMITS = Limits(cpu_seconds=5, wall_seconds=10)


def _command(body: str, **more: object) -> Command:
    source = "import os, sys, time\n" + textwrap.dedent(body)
    files = {"main.py": source, **more.pop("files", {})}  # type: ignore[dict-item]
    return Command(["python", "main.py"], files=files, limits=_LIMITS, **more)  # type: ignore[arg-type]


async def test_it_runs_in_its_folder_and_answers(each_sandbox: Sandbox) -> None:
    result = await each_sandbox.run(
        _command(
            """
            print(sys.stdin.read(), open("sub/data").read(), os.environ["GIVEN"])
            print("complaint", file=sys.stderr)
            os.makedirs("out/deep")
            open("out/deep/file", "wb").write(b"\\x00\\xff")
            sys.exit(3)
            """,
            files={"sub/data": b"data"},
            stdin=b"input",
            env={"GIVEN": "value"},
            collect=["out", "missing", "sub/data"],
        )
    )
    assert (result.exit_code, result.ok) == (3, False)
    assert (result.stdout, result.stderr) == ("input data value\n", "complaint\n")
    assert result.files == {"out/deep/file": b"\x00\xff", "sub/data": b"data"}
    assert result.safe


async def test_outputs_name_the_same_places_whatever_the_kind(each_sandbox: Sandbox) -> None:
    result = await each_sandbox.run(
        _command("print(os.getcwd(), os.environ['HOME'], os.environ['TMPDIR'])\n1 / 0")
    )
    assert result.stdout == "/sandbox /tmp/home /tmp\n"
    assert '"/sandbox/main.py", line 3' in result.stderr


async def test_none_of_the_hosts_variables_is_inside(
    each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "host-secret")
    result = await each_sandbox.run(_command("print(sorted(os.environ))"))
    assert "SECRET" not in result.stdout
    assert "HOME" in result.stdout


async def test_a_folder_of_the_hosts_keeps_what_is_written(
    each_sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "input").write_text("in")
    result = await each_sandbox.run(
        Command(
            ["python", "-c", "open('output', 'w').write(open('input').read() * 2)"],
            workdir=tmp_path,
        )
    )
    assert result.ok, result
    assert (tmp_path / "output").read_text() == "inin"


async def test_readable_and_writable_folders(each_sandbox: Sandbox, tmp_path: Path) -> None:
    for name in ("read", "write", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    result = await each_sandbox.run(
        _command(
            f"""
            root = {str(tmp_path)!r}
            print(open(root + "/read/file").read(), open(root + "/write/file").read())
            open(root + "/write/new", "w").write("new")
            for path in ("/read/new", "/other/new"):
                try:
                    open(root + path, "w")
                except OSError:
                    print("no")
            try:
                open(root + "/other/file")
            except OSError:
                print("no")
            """,
            readable=[tmp_path / "read"],
            writable=[tmp_path / "write"],
        )
    )
    assert result.stdout == "read write\nno\nno\nno\n", result
    assert entries(tmp_path / "write") == ["file", "new"]
    assert entries(tmp_path / "read") == ["file"]


async def test_sqlite_and_children_and_threads_work(each_sandbox: Sandbox) -> None:
    result = await each_sandbox.run(
        _command(
            """
            import asyncio, sqlite3, subprocess, tempfile, threading
            database = sqlite3.connect("data.db")
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE t (a)")
            database.commit()
            child = subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True)
            thread = threading.Thread(target=lambda: print("thread"))
            thread.start(); thread.join()
            with tempfile.NamedTemporaryFile() as file:
                file.write(b"x")
            async def main():
                await asyncio.to_thread(time.sleep, 0)
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", "print(1)", stdout=subprocess.PIPE)
                return await process.communicate()
            print(child.stdout, asyncio.run(main()))
            """
        )
    )
    assert result.stdout == "thread\nb'42\\n' (b'1\\n', None)\n", result


@pytest.mark.parametrize("name", ["../out", "/etc/passwd", "", "a/../../b"])
async def test_names_of_files_stay_inside(each_sandbox: Sandbox, name: str, tmp_path: Path) -> None:
    sandbox = beneath(each_sandbox, tmp_path)
    with pytest.raises(SandboxError):
        await sandbox.run(Command(["python", "-V"], files={name: "x"}))
    assert entries(tmp_path) == []


async def test_links_and_pipes_are_not_handed_back(each_sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    result = await each_sandbox.run(
        _command(
            f"""
            os.symlink({str(tmp_path / "secret")!r}, "link")
            os.symlink({str(tmp_path)!r}, "folder")
            os.mkfifo("pipe")
            os.mkdir("sub")
            os.symlink({str(tmp_path / "secret")!r}, "sub/link")
            open("sub/kept", "w").write("kept")
            """,
            collect=["link", "folder/secret", "folder", "pipe", "sub"],
        )
    )
    assert result.files == {"sub/kept": b"kept"}


async def test_what_is_handed_back_is_limited(each_sandbox: Sandbox) -> None:
    limits = Limits(disk_mb=1, cpu_seconds=5)
    source = "f = open('big', 'wb'); f.truncate(50 << 20); open('small', 'w').write('x')"
    result = await each_sandbox.run(
        Command(["python", "-c", source], collect=["big", "small"], limits=limits)
    )
    assert result.files == {"small": b"x"}


async def test_a_program_that_is_not_there_is_our_failure(each_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="no/such/program"):
        await each_sandbox.run(Command(["/no/such/program"]))


async def test_odd_output_is_text(each_sandbox: Sandbox) -> None:
    result = await each_sandbox.run(_command("os.write(1, b'\\xff\\x00ok')"))
    assert result.stdout == "�\x00ok"


@pytest.mark.parametrize("after", [0.0, 0.02, 0.3])
async def test_cancelling_leaves_nothing(
    each_sandbox: Sandbox, tmp_path: Path, after: float
) -> None:
    sandbox = beneath(each_sandbox, tmp_path)
    word = uuid.uuid4().hex
    body = "for _ in range(3):\n    os.fork()\nopen('x', 'w').write('x')\ntime.sleep(1000)"
    command = Command(
        ["python", "-c", "import os, time\n" + body, word], limits=Limits(wall_seconds=60)
    )
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - a count
    task = asyncio.create_task(sandbox.run(command))
    await asyncio.wait([task], timeout=after)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert processes(word) == []
    assert entries(tmp_path) == []
    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208 - the same


async def test_cancelling_twice_leaves_nothing_either(
    each_sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox = beneath(each_sandbox, tmp_path)
    word = uuid.uuid4().hex
    task = asyncio.create_task(
        sandbox.run(Command(["python", "-c", "import time; time.sleep(1000)", word]))
    )
    await asyncio.wait([task], timeout=0.3)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert processes(word) == []
    assert entries(tmp_path) == []


async def test_the_tree_ends_with_its_host(each_sandbox: Sandbox, tmp_path: Path) -> None:
    word = uuid.uuid4().hex
    program = f"""
import asyncio, sys
from pathlib import Path
from codex.common.sandbox import Command, open_sandbox
async def main():
    sandbox = await open_sandbox({each_sandbox.kind!r}, scratch=Path({str(tmp_path)!r}))
    source = "import os, time; os.fork(); time.sleep(999)"
    task = asyncio.create_task(sandbox.run(Command(["python", "-c", source, {word!r}])))
    await task
asyncio.run(main())
"""
    host = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=Path(__file__).parents[3]
    )
    assert await eventually(lambda: len(processes(word)) == 2)
    host.kill()
    await host.wait()
    assert await eventually(lambda: not processes(word))


async def test_a_host_that_hangs_up_before_it_heard_of_the_start_leaves_nothing(
    tmp_path: Path,
) -> None:
    word = uuid.uuid4().hex
    body = "import os, time; os.fork(); open('forked', 'w').close(); time.sleep(1000)"
    command = Command(["python", "-c", body, word])
    scratch = await Scratch.open(command, tmp_path)
    order = Landlock().prepare(command, scratch).order
    program = f"""
import json, socket, sys, time
from pathlib import Path
from codex.common.sandbox.inside import warden
class HungUp(socket.socket):
    def sendall(self, data, flags=0):
        while not (Path({str(scratch.work)!r}) / "forked").exists():
            time.sleep(0.01)
        raise BrokenPipeError
warden._serve(HungUp(), json.loads(sys.stdin.read()))
"""
    host = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        cwd=Path(__file__).parents[3],
        stdin=asyncio.subprocess.PIPE,
    )
    await host.communicate(json.dumps(order).encode())
    assert host.returncode == 1
    assert processes(word) == []


async def test_a_stopped_warden_is_ended_by_force(
    each_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codex.common.sandbox.warden._GRACE", 0.2)
    sandbox = beneath(each_sandbox, tmp_path)
    word = uuid.uuid4().hex
    task = asyncio.create_task(
        sandbox.run(Command(["python", "-c", "import time; time.sleep(1000)", word]))
    )
    assert await eventually(lambda: bool(processes(word)))
    (child,) = processes(word)
    os.kill(parent(child), signal.SIGSTOP)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert processes(word) == []
    assert entries(tmp_path) == []


async def test_many_run_beside_each_other(each_sandbox: Sandbox) -> None:
    results = await asyncio.gather(
        *(each_sandbox.run(_command(f"print({number})")) for number in range(8))
    )
    assert [one.stdout for one in results] == [f"{number}\n" for number in range(8)]


async def test_without_a_sandbox_results_are_marked(tmp_path: Path) -> None:
    result = await Unconfined(scratch=tmp_path).run(_command("print('ran')"))
    assert (result.stdout, result.safe) == ("ran\n", False)
    assert entries(tmp_path) == []


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, socket.socket]:
    folder = tmp_path_factory.mktemp("sockets")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(folder / "server"))
    (folder / "server").chmod(0o777)
    server.listen()
    server.setblocking(False)
    return folder, server


_TALK = """
    import asyncio, socket
    def allowed(path):
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(path)
            channel.sendall(b"ping")
            return channel.recv(10)
    print(allowed({path!r}))
    async def main():
        reader, writer = await asyncio.open_unix_connection({path!r})
        writer.write(b"ping")
        print(await reader.read(10))
        writer.close()
    asyncio.run(main())
    os.mkdir("mine")
    os.symlink({path!r}, "mine/link")
    for path in ({other!r}, "\\0abstract", "mine/nothing", {path!r} + "x"):
        try:
            print("ESCAPED", allowed(path))
        except OSError as error:
            print("no")
    for family, kind in ((2, 1), (1, 2), (16, 3)):
        try:
            made = socket.socket(family, kind)
            made.connect(("127.0.0.1", 9) if family == 2 else {path!r})
            print("ESCAPED", family, kind)
        except OSError:
            print("no")
"""


async def test_sockets_of_an_allowed_folder_alone(
    each_sandbox: Sandbox, served: tuple[Path, socket.socket], tmp_path: Path
) -> None:
    folder, server = served
    other = socket.socket(socket.AF_UNIX)
    other.bind(str(tmp_path / "other"))
    other.listen()
    loop = asyncio.get_running_loop()

    async def serve() -> None:
        while True:
            channel, _ = await loop.sock_accept(server)
            with channel:
                channel.setblocking(False)
                data = await loop.sock_recv(channel, 10)
                await loop.sock_sendall(channel, data.upper())

    serving = asyncio.create_task(serve())
    body = _TALK.format(path=str(folder / "server"), other=str(tmp_path / "other"))
    result = await each_sandbox.run(_command(body, sockets=[folder]))
    serving.cancel()
    server.close()
    other.close()
    assert result.stdout == "b'PING'\nb'PING'\n" + "no\n" * 7, result


@pytest.mark.slow
async def test_postgres_over_a_socket_folder(
    each_sandbox: Sandbox, service_environment: Environment, database_server: TestServer
) -> None:
    url = database_server.embedded.url
    folder = database_server.embedded.socket_folder()
    source = (
        "import psycopg, sys; print(psycopg.connect(sys.argv[1]).execute('select 1').fetchone())"
    )
    result = await each_sandbox.run(
        Command(["python", "-c", source, url], environment=service_environment, sockets=[folder])
    )
    assert result.stdout == "(1,)\n", result
