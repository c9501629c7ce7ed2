"""Who takes too much is ended, with everything it started, and the host stays well."""

from __future__ import annotations

import textwrap
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from codex.common.sandbox import Command, Limits, Sandbox
from tests.common.sandbox.support import beneath, entries, processes

_LIMITS = Limits(
    cpu_seconds=4,
    wall_seconds=8,
    memory_mb=256,
    processes=32,
    open_files=64,
    file_mb=16,
    disk_mb=32,
    files=500,
    output_kb=64,
)


@dataclass(frozen=True)
class Bomb:
    """A program that takes, and the limits of which one must end or refuse it."""

    name: str
    body: str
    ended_by: tuple[str, ...]
    """`refused`: the program itself was told no, and lived."""
    quick: bool = False


BOMBS = [
    Bomb("forks", """
        while True:
            try:
                os.fork()
            except OSError:
                pass
    """, ("processes", "cpu")),
    Bomb("a chain of forks whose parents end", """
        if os.fork():
            time.sleep(1000)
        while True:
            try:
                if os.fork():
                    os._exit(0)
            except OSError:
                pass
    """, ("cpu", "wall", "processes")),
    Bomb("children that call themselves daemons", """
        for _ in range(20):
            if os.fork() == 0:
                try:
                    os.setsid()
                except OSError:
                    pass
                if os.fork():
                    os._exit(0)
                for number in range(1, 32):
                    try:
                        signal.signal(number, signal.SIG_IGN)
                    except OSError:
                        pass
                time.sleep(1000)
        time.sleep(0.3)
        print("refused")
    """, ("refused", "processes"), quick=True),
    Bomb("threads", """
        import threading
        count = 0
        try:
            while True:
                threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
                count += 1
        except RuntimeError:
            assert count < 100, count
            print("refused")
            sys.stdout.flush()
            os._exit(0)
    """, ("processes", "refused"), quick=True),
    Bomb("memory", """
        held = []
        try:
            while True:
                held.append(bytearray(1 << 20))
        except MemoryError:
            print("refused", len(held))
            assert len(held) < 300
    """, ("memory", "refused"), quick=True),
    Bomb("shared memory", """
        import mmap
        held = []
        while True:
            area = mmap.mmap(-1, 1 << 24)
            for offset in range(0, 1 << 24, 4096):
                area[offset] = 1
            held.append(area)
    """, ("memory",)),
    Bomb("memory of many processes", """
        for _ in range(8):
            if os.fork() == 0:
                held = bytearray(100 << 20)
                for offset in range(0, len(held), 4096):
                    held[offset] = 1
                time.sleep(1000)
        time.sleep(1000)
    """, ("memory",)),
    Bomb("memory of nameless files", """
        import mmap
        try:
            os.memfd_create("bomb")
        except OSError:
            print("refused")
    """, ("refused",), quick=True),
    Bomb("files of shared memory", """
        try:
            for index in range(100000):
                with open(f"/dev/shm/bomb{index}", "wb") as file:
                    file.write(b"x" * (8 << 20))
        except OSError:
            print("refused", index)
            assert index <= 4
    """, ("refused", "disk")),
    Bomb("one endless file", """
        with open("endless", "wb") as file:
            try:
                while True:
                    file.write(b"x" * (1 << 20))
            except OSError:
                print("refused", os.path.getsize("endless"))
    """, ("refused", "disk"), quick=True),
    Bomb("many files", """
        for index in range(100000):
            with open(f"file{index}", "wb") as file:
                file.write(b"x" * (1 << 20))
    """, ("disk",)),
    Bomb("empty files", """
        for index in range(10000000):
            open(f"file{index}", "wb").close()
    """, ("disk", "cpu")),
    Bomb("empty files in the temporary folder", """
        folder = os.environ["TMPDIR"]
        for index in range(10000000):
            open(f"{folder}/file{index}", "wb").close()
    """, ("disk", "cpu", "refused")),
    Bomb("files without a name", """
        held = []
        while True:
            file = open("gone", "wb")
            os.unlink("gone")
            file.write(b"x" * (8 << 20))
            file.flush()
            held.append(file)
            time.sleep(0.02)
    """, ("disk",)),
    Bomb("endless folders", """
        while True:
            os.mkdir("d")
            os.chdir("d")
    """, ("disk", "cpu")),
    Bomb("a folder closed to everyone", """
        os.mkdir("closed")
        os.chdir("closed")
        for index in range(400):
            open(f"file{index}", "wb").close()
        os.chmod(".", 0)
        os.mkdir(os.environ["TMPDIR"] + "/closed", 0)
        print("refused")
    """, ("refused", "disk")),
    Bomb("endless output", """
        while True:
            os.write(1, b"x" * 65536)
    """, ("output",), quick=True),
    Bomb("endless complaints", """
        while True:
            print("x" * 1000, file=sys.stderr)
    """, ("output",)),
    Bomb("open files", """
        held = []
        try:
            while True:
                held.append(open("/dev/null"))
        except OSError:
            print("refused", len(held))
            assert len(held) <= 64
    """, ("refused",), quick=True),
    Bomb("a busy loop", "while True: pass", ("cpu",)),
    Bomb("a busy loop in every child", """
        for _ in range(6):
            if os.fork() == 0:
                break
        while True:
            pass
    """, ("cpu",)),
    Bomb("a sleep", "time.sleep(1000)", ("wall",)),
    Bomb("a sleep that ignores signals", """
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        while True:
            time.sleep(1000)
    """, ("wall",)),
    Bomb("a process that stopped itself", """
        os.kill(os.getpid(), signal.SIGSTOP)
    """, ("wall", "refused")),
    Bomb("a deep recursion", """
        sys.setrecursionlimit(1 << 30)
        def deeper(): return deeper() + 1
        deeper()
    """, ("refused", "memory", "cpu", "wall")),
    Bomb("a regular expression that never ends", """
        import re
        re.match(r"(a+)+$", "a" * 60 + "b")
    """, ("cpu",)),
    Bomb("a power that never ends", "print(len(str(9 ** 9 ** 9)))", ("cpu", "memory", "refused")),
]  # fmt: skip


def _bombs() -> list[object]:
    return [one if one.quick else pytest.param(one, marks=pytest.mark.slow) for one in BOMBS]


@pytest.mark.parametrize("bomb", _bombs(), ids=lambda one: one.name)
async def test_a_bomb_is_contained(bomb: Bomb, each_sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox = beneath(each_sandbox, tmp_path)
    # A busy machine gives little: who is to reach its processor limit has time to do so.
    takes_time = "cpu" in bomb.ended_by
    limits = replace(
        _LIMITS,
        wall_seconds=60 if takes_time else 1.5 if "wall" in bomb.ended_by else 20,
        cpu_seconds=1.5 if takes_time else _LIMITS.cpu_seconds,
    )
    source = "import os, signal, sys, time\n" + textwrap.dedent(bomb.body)
    # A name of its own: other test processes, and containers, have bombs at the same time.
    name = f"bomb_{uuid.uuid4().hex}.py"
    result = await sandbox.run(Command(["python", name], files={name: source}, limits=limits))
    ended_by = result.limit_hit or "refused"
    assert ended_by in bomb.ended_by, result
    if ended_by == "refused" and "refused" not in result.stdout:
        # Ended by its own failure: never as if it had succeeded.
        assert result.exit_code != 0, result
    assert result.peak_processes <= 4000, result
    assert result.cpu_seconds < limits.cpu_seconds + 3, result
    assert entries(tmp_path) == []
    assert processes(name) == []
