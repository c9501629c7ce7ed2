"""Watches one confined process and everything it starts, and ends them all."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from codex.common.sandbox.inside import jail, watch
from codex.common.sandbox.inside.broker import Broker

_LOOK = 0.05
"""Seconds between two looks at the tree: what a bomb can do in between is the overshoot."""
_LOOKS_PER_DISK_LOOK = 4


class Supervisor:
    """Watches one process group and everything it started, until it ended or had to be ended."""

    def __init__(
        self, main: int, bounds: jail.Bounds, *, folders: list[str], in_memory: list[str]
    ) -> None:
        self._main = main
        self._bounds = bounds
        self._folders = folders
        self._in_memory = in_memory
        # A zygote has no limits of its own; its checks are watched each by its keeper.
        self._watched = not math.isinf(bounds.tasks)
        self._started = time.monotonic()
        self._looks = 0
        self._base = sum(self._folder(path)[0] for path in folders)
        self.status: int | None = None
        self.limit = ""
        self.peak_tasks = 0
        self.peak_memory = 0
        self._reaped_cpu = 0.0
        self._live_cpu = 0.0

    def until_ended(self, control: socket.socket, wake: int, broker: Broker | None) -> None:
        """Return once the main process ended, a limit was hit, or the host said stop or left."""
        poll = select.poll()
        poll.register(control, select.POLLIN | select.POLLHUP)
        poll.register(wake, select.POLLIN)
        if broker is not None:
            poll.register(broker.listener, select.POLLIN)
        due = time.monotonic() + _LOOK if self._watched else math.inf
        while self.status is None and not self.limit:
            wait = max(0.0, min(due, self._deadline()) - time.monotonic())
            for descriptor, _ in poll.poll(None if math.isinf(wait) else wait * 1000):
                if descriptor == wake:
                    os.read(wake, 4096)
                    self._reap()
                elif broker is not None and descriptor == broker.listener:
                    broker.answer()
                else:
                    self.limit = _order(control)
            if self.status is None and not self.limit and time.monotonic() >= due:
                self.limit = self._look()
                due = time.monotonic() + _LOOK
            if self.status is None and not self.limit and time.monotonic() >= self._deadline():
                self.limit = "wall"

    def end(self) -> None:
        """End the whole tree; returns when no process of it is left."""
        tries = 0
        while True:
            _kill_group(self._main)
            if os.getpid() == 1:
                _kill(-1)
            elif tries > 2:
                for pid in watch.tree():
                    _kill_group_of(pid)
            try:
                self._reap(raises=True)
            except ChildProcessError:
                return
            tries += 1
            time.sleep(0.002)

    def report(self) -> dict[str, Any]:
        """What the host is told."""
        assert self.status is not None
        cpu = max(_children_cpu(), self._reaped_cpu + self._live_cpu)
        code = os.waitstatus_to_exitcode(self.status)
        if not self.limit and code in (-signal.SIGKILL, -signal.SIGXCPU):
            self.limit = "cpu" if cpu >= self._bounds.cpu_seconds else "memory"
        if not self.limit and code == -signal.SIGXFSZ:
            self.limit = "disk"
        return {
            "exit": code,
            "limit": self.limit,
            "cpu": cpu,
            "wall": time.monotonic() - self._started,
            "memory": self.peak_memory,
            "tasks": self.peak_tasks,
        }

    def _deadline(self) -> float:
        return self._started + self._bounds.wall_seconds

    def _reap(self, *, raises: bool = False) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                if raises:
                    raise
                return
            if pid == 0:
                return
            if pid == self._main:
                self.status = status

    def _look(self) -> str:
        """The limit that the tree is over, if any."""
        pids = watch.tree(self._bounds.tasks)
        if len(pids) > self._bounds.tasks:
            self.peak_tasks = max(self.peak_tasks, len(pids))
            return "processes"
        used = watch.usage(pids)
        self._reaped_cpu, self._live_cpu = _children_cpu(), used.cpu_seconds
        self.peak_tasks = max(self.peak_tasks, used.tasks)
        if used.tasks > self._bounds.tasks:
            return "processes"
        if self._reaped_cpu + self._live_cpu > self._bounds.cpu_seconds:
            return "cpu"
        memory = used.memory
        if memory > self._bounds.memory:
            exact = watch.exact_memory(used.pids)
            memory = memory if exact is None else exact
        self.peak_memory = max(self.peak_memory, memory)
        if memory > self._bounds.memory:
            return "memory"
        self._looks += 1
        if self._looks % _LOOKS_PER_DISK_LOOK:
            return ""
        return self._look_at_disk(used.pids)

    def _look_at_disk(self, pids: tuple[int, ...]) -> str:
        size = watch.unlinked(pids) - self._base
        entries = 0
        for path in self._folders:
            more, count = self._folder(path)
            size, entries = size + more, entries + count
        entries += sum(watch.entries_of_memory(path) for path in self._in_memory)
        over = size > self._bounds.disk or entries > self._bounds.entries
        return "disk" if over else ""

    def _folder(self, path: str) -> tuple[float, int]:
        bounds = self._bounds
        most = bounds.disk + getattr(self, "_base", 0)
        return watch.folder(path, most_bytes=most, most_files=bounds.entries)


def fork_confined(
    plan: jail.Plan, body: Callable[[int], None], keep: tuple[int, ...] = ()
) -> tuple[int, Broker | None]:
    """Fork a child that confines itself and then does `body`, which does not come back.

    Returns once the child is confined and has closed the descriptor that `body` is handed, at the
    latest by executing a program; raises what went wrong until then.
    """
    failure, told = os.pipe()
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            _usual_signals()
            _close_all_but((0, 1, 2, told, theirs.fileno(), *keep))
            jail.enter(plan, listener_to=theirs.fileno())
            os.close(theirs.detach())
            body(told)
        except BaseException as error:  # noqa: BLE001 - the parent raises what it reads here
            os.write(told, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(127)
    os.close(told)
    theirs.close()
    broker = None
    with ours:
        if plan.brokered:
            _, descriptors, _, _ = socket.recv_fds(ours, 64, 1)
            if descriptors:
                broker = Broker(descriptors[0], plan.sockets)
    text = b""
    while more := os.read(failure, 4096):
        text += more
    os.close(failure)
    if text:
        os.waitpid(pid, 0)
        raise OSError(text.decode())
    return pid, broker


def wake_on_child() -> int:
    """A descriptor that can be read from whenever a child ended."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, _nothing)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    return reader


def line(channel: socket.socket) -> bytes:
    """What the host says first."""
    text = b""
    while not text.endswith(b"\n"):
        more = channel.recv(1 << 18)
        if not more:
            raise OSError("the host went away before it said what to do")
        text += more
    return text


def _order(control: socket.socket) -> str:
    """What the host says while a command runs: a reason to stop, or that it is gone."""
    try:
        return control.recv(256).decode("ascii").strip() or "cancel"
    except OSError:
        return "cancel"


def _nothing(_number: int, _frame: object) -> None:
    """A handler must exist for the wake-up descriptor to be written."""


def _usual_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def _close_all_but(kept: tuple[int, ...]) -> None:
    low = 0
    for descriptor in sorted(set(kept)):
        if low < descriptor:  # an empty range would be taken for every one
            os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65536)


def _children_cpu() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill_group_of(pid: int) -> None:
    """A descendant's whole group: at once, so that nothing in it can slip away by forking."""
    try:
        group = os.getpgid(pid)
    except ProcessLookupError:
        return
    if group != os.getpgid(0):
        _kill_group(group)
    else:
        _kill(pid)
