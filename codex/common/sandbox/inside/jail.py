"""What a child does to itself before it executes anything that is not ours."""

from __future__ import annotations

import errno
import math
import os
import resource
import signal
import socket
import struct
from dataclasses import dataclass
from typing import Any

from codex.common.sandbox.inside import kernel, landlock, seccomp

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS = 1, 4, 8
_PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 36, 38, 47
_PR_SET_SECUREBITS = 28
_AMBIENT_RAISE, _NO_SETUID_FIXUP = 2, 1 << 2
_CAPABILITY_VERSION = 0x20080522
_CAP_DAC_OVERRIDE = 1

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


@dataclass(frozen=True)
class Bounds:
    """Limits as the warden is told them; sizes in bytes, infinite where there is none."""

    cpu_seconds: float
    wall_seconds: float
    memory: float
    tasks: float
    open_files: float
    file_size: float
    disk: float
    entries: float


@dataclass(frozen=True)
class Plan:
    """How a command is confined."""

    bounds: Bounds
    confined: bool = True
    """False: limits alone, nothing is kept out of reach."""
    landlock_version: int = 0
    """The highest version to use; 0 does without."""
    private_network: bool = False
    private_files: bool = False
    private_processes: bool = False
    """Whether every process that it could signal is its own."""
    final: bool = True
    """False for a zygote, which confines its children further."""
    tasks_of_user: int | None = None
    """How many tasks the kernel counts for this user already; None: find out."""
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()
    """Folders whose Unix sockets may be connected to."""

    @property
    def brokered(self) -> bool:
        """Whether connecting goes through the warden."""
        return bool(self.sockets) and self.confined and self.final and not self.private_files

    @classmethod
    def parse(cls, data: dict[str, Any]) -> Plan:
        """From the JSON that the host sent."""
        values = dict(data)
        values["bounds"] = Bounds(**values["bounds"])
        for name in ("read", "write", "sockets"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)


def protect_warden() -> None:
    """Orphans come to this process, and nobody of the same user reads or writes its memory."""
    kernel.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(_PR_SET_DUMPABLE, 0)


def become(uid: int) -> None:
    """As root: a user that nobody else is, so that limits count and nothing of root's is touched.

    It keeps one capability, to pass through root's folders to what it may reach.
    """
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    kernel.prctl(_PR_SET_KEEPCAPS, 1)
    # Without this bit access(2) would deny what open(2) allows.
    kernel.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP)
    os.setresuid(uid, uid, uid)
    bit = 1 << _CAP_DAC_OVERRIDE
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    sets = struct.pack("6I", bit, bit, bit, 0, 0, 0)
    kernel.capset(header, sets)
    kernel.prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


def enter(plan: Plan, *, listener_to: int | None = None) -> None:
    """Confine this process for good. It must be a fresh child with one thread."""
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(_PR_SET_DUMPABLE, 1)
    os.setpgid(0, 0)
    os.umask(0o022)
    # Behind its watcher and everyone else; a check is no further behind than its zygote.
    os.setpriority(os.PRIO_PROCESS, 0, max(5, os.getpriority(os.PRIO_PROCESS, 0)))
    _offer_to_the_memory_killer()
    limit(plan.bounds, plan.tasks_of_user)
    if not plan.confined:
        return
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
    held = 0
    if plan.landlock_version:
        held = landlock.restrict(
            read=plan.read,
            write=plan.write,
            devices=DEVICES,
            highest=plan.landlock_version,
            network=plan.private_network,
        )
    if plan.brokered:
        assert listener_to is not None
        _hand_over(seccomp.install(seccomp.connect_program(), listen=True), listener_to)
    seccomp.install(program(plan, held))


def program(plan: Plan, held: int) -> bytes:
    """The filter for a plan where a version of Landlock holds; a zygote makes it in advance."""
    return seccomp.program(
        private_network=plan.private_network,
        private_files=plan.private_files,
        scoped=plan.private_processes or held >= landlock.SIGNALS_SINCE,
        sockets=bool(plan.sockets) and not plan.private_files,
        truncate_ruled=plan.private_files or held >= landlock.TRUNCATE_SINCE,
        final=plan.final,
    )


def _hand_over(descriptor: int, channel: int) -> None:
    with socket.socket(fileno=os.dup(channel)) as sender:
        socket.send_fds(sender, [b"listener"], [descriptor])
    os.close(descriptor)


def limit(bounds: Bounds, tasks: int | None) -> None:
    """The kernel's limits for one process; the warden sums over the tree."""
    # The warden ends the tree a little before.
    _lower(resource.RLIMIT_CPU, bounds.cpu_seconds + 1)
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, bounds.memory),
        (resource.RLIMIT_FSIZE, bounds.file_size),
        (resource.RLIMIT_NOFILE, bounds.open_files),
        (resource.RLIMIT_MEMLOCK, 64 * 1024),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_NICE, 0),
    ):
        _lower(what, value)
    if not math.isinf(bounds.tasks):
        tasks = tasks_of_user() if tasks is None else tasks
        _lower(resource.RLIMIT_NPROC, tasks + bounds.tasks)


def _lower(what: int, value: float) -> None:
    _, highest = resource.getrlimit(what)
    if highest != resource.RLIM_INFINITY:
        value = min(value, highest)
    if not math.isinf(value):
        resource.setrlimit(what, (math.ceil(value), math.ceil(value)))


def tasks_of_user() -> int:
    """How many tasks the kernel counts for this user, rounded up: it tells only by refusing.

    The count may include other containers' tasks that cannot be seen from here.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    guess = 0
    try:
        while hard == resource.RLIM_INFINITY or guess < hard:
            resource.setrlimit(resource.RLIMIT_NPROC, (guess + 2, hard))
            if _can_fork():
                return guess
            guess = max(16, guess * 2)
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return guess


def _can_fork() -> bool:
    try:
        pid = os.fork()
    except OSError as error:
        if error.errno == errno.EAGAIN:
            return False
        raise
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def _offer_to_the_memory_killer() -> None:
    """When memory runs out, this goes before anything of the host."""
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123 - no need of pathlib here
            score.write("1000")
    except OSError:
        return
