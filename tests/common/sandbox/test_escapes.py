"""Hostile code reaches nothing of the host, whichever kind holds it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from codex.common.sandbox import Command, Limits, Sandbox
from codex.common.sandbox.landlock import Landlock, Unconfined
from tests.common.sandbox.attempts import ATTEMPTS, NETWORK, PROCESSES, READING, WRITING, Attempt
from tests.common.sandbox.support import entries

_LIMITS = Limits(cpu_seconds=10, wall_seconds=20)
_OLD_VERSIONS = (1, 2, 3, 4, 5)


class Host:
    """Files, sockets and a process of the host that no attempt may touch."""

    def __init__(self, folder: Path) -> None:
        self.token = os.urandom(8).hex()
        self.folder = folder
        self.secret = folder / "secret.txt"
        self.secret.write_text(f"secret {self.token}")
        self.secret.chmod(0o644)
        self._stack = ExitStack()
        self._tcp = self._bound(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0))
        self._udp = self._bound(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0))
        self._unix = self._bound(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "stream"))
        self._datagram = self._bound(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagram"))
        self._abstract = self._bound(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.token}")
        self._sockets = [self._tcp, self._udp, self._unix, self._datagram, self._abstract]
        if socket.has_ipv6:
            try:
                self._tcp6 = self._bound(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0))
                self._sockets.append(self._tcp6)
            except OSError:
                self._tcp6 = self._tcp
        self.victim = self._victim()
        self._before = self._state()

    def _bound(self, family: int, kind: int, address: object) -> socket.socket:
        made = self._stack.enter_context(socket.socket(family, kind))
        made.bind(address)  # type: ignore[arg-type]
        if kind == socket.SOCK_STREAM:
            made.listen()
        made.setblocking(False)
        return made

    def _victim(self) -> subprocess.Popen[bytes]:
        program = "import signal; print(flush=True); signal.pause()"
        victim = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", program, self.token],
            env={"SECRET": self.token},
            cwd=self.folder,
            stdout=subprocess.PIPE,
        )
        assert victim.stdout is not None
        victim.stdout.readline()
        return victim

    def _state(self) -> tuple[object, ...]:
        status = self.secret.stat() if self.secret.exists() else None
        return (
            status and (status.st_mode, status.st_uid, status.st_mtime, status.st_size),
            entries(self.folder),
            os.listxattr(self.secret) if status else None,
            os.getpriority(os.PRIO_PROCESS, self.victim.pid),
            os.sched_getaffinity(self.victim.pid),
        )

    def places(self) -> dict[str, str]:
        """What an attempt is told: everything, as if it had guessed well."""
        return {
            "secret": str(self.secret),
            "folder": str(self.folder),
            "home": str(Path.home()),
            "token": self.token,
            "victim": str(self.victim.pid),
            "parent": str(os.getpid()),
            "uid": str(os.getuid()),
            "tcp": str(self._tcp.getsockname()[1]),
            "tcp6": str(self._tcp6.getsockname()[1]),
            "udp": str(self._udp.getsockname()[1]),
            "unix": str(self.folder / "stream"),
            "datagram": str(self.folder / "datagram"),
            "abstract": self.token,
        }

    def reached(self) -> list[str]:
        """What was touched after all."""
        found: list[str] = []
        if self.victim.poll() is not None:
            found.append("the victim ended")
        elif self._state() != self._before:
            found.append(f"the state: {self._before} became {self._state()}")
        for one in self._sockets:
            try:
                one.recv(1) if one.type == socket.SOCK_DGRAM else one.accept()
            except BlockingIOError:
                continue
            found.append(f"the socket {one.getsockname()!r}")
        return found

    def close(self) -> None:
        self.victim.send_signal(signal.SIGKILL)
        self.victim.wait()
        assert self.victim.stdout is not None
        self.victim.stdout.close()
        self._stack.close()


def _attempts() -> list[object]:
    """All of them; the first of each group are quick enough for every check of the code."""
    firsts = [group[:2] for group in (READING, WRITING, NETWORK, PROCESSES)]
    quick = [one for group in firsts for one in group]
    return [one if one in quick else pytest.param(one, marks=pytest.mark.slow) for one in ATTEMPTS]


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    # A short path: that of a socket may be no longer than about a hundred characters.
    made = Host(tmp_path_factory.mktemp("host"))
    yield made
    made.close()


@pytest.mark.parametrize("attempt", _attempts(), ids=lambda one: one.name)
async def test_an_attempt_is_held(attempt: Attempt, host: Host, each_sandbox: Sandbox) -> None:
    source = attempt.source(host.places())
    result = await each_sandbox.run(
        Command(["python", "try.py"], files={"try.py": source}, limits=_LIMITS)
    )
    assert "ESCAPED" not in result.stdout, result.stdout
    assert f"secret {host.token}" not in result.stdout + result.stderr
    assert "held" in result.stdout or result.exit_code == -signal.SIGSYS, result
    assert host.reached() == []


@pytest.mark.slow
@pytest.mark.parametrize("attempt", [one for one in ATTEMPTS if one.real], ids=lambda one: one.name)
async def test_the_attempt_is_real(attempt: Attempt, host: Host) -> None:
    source = attempt.source(host.places())
    result = await Unconfined().run(
        Command(["python", "try.py"], files={"try.py": source}, limits=_LIMITS)
    )
    if "Operation not permitted" in result.stdout and os.geteuid() != 0:
        pytest.skip("only root gets this far")
    assert "ESCAPED" in result.stdout or host.reached(), result
    assert not result.safe


@pytest.mark.slow
@pytest.mark.parametrize("version", _OLD_VERSIONS)
async def test_older_kernels_hold_them_too(version: int, host: Host, each_sandbox: Sandbox) -> None:
    if each_sandbox.kind != "landlock":
        pytest.skip("bubblewrap does not depend on Landlock's version")
    older = Landlock(version=version)
    escaped: list[str] = []
    for attempt in ATTEMPTS:
        source = attempt.source(host.places())
        result = await older.run(
            Command(["python", "try.py"], files={"try.py": source}, limits=_LIMITS)
        )
        if "ESCAPED" in result.stdout or host.reached():
            escaped.append(f"{attempt.name}: {result.stdout}")
    assert escaped == []


@pytest.mark.slow
async def test_bubblewrap_alone_holds_them_too(
    host: Host, each_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    if each_sandbox.kind != "bubblewrap":
        pytest.skip("the other kind is Landlock")
    monkeypatch.setattr("codex.common.sandbox.inside.landlock.version", lambda: 0)
    escaped: list[str] = []
    # Without Landlock it may set its own rank before the memory killer, as any process may.
    for attempt in [one for one in ATTEMPTS if "memory killer" not in one.name]:
        source = attempt.source(host.places())
        result = await each_sandbox.run(
            Command(["python", "try.py"], files={"try.py": source}, limits=_LIMITS)
        )
        if "ESCAPED" in result.stdout or host.reached():
            escaped.append(f"{attempt.name}: {result.stdout}")
    assert escaped == []
