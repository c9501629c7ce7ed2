"""The sandbox kind for where namespaces are allowed: bubblewrap, a warden as process 1 inside."""

from __future__ import annotations

import os
from pathlib import Path

from codex.common.sandbox import launch, policy
from codex.common.sandbox.base import WORK, Command, Kind, Result
from codex.common.sandbox.inside import landlock
from codex.common.sandbox.scratch import Scratch
from codex.common.sandbox.warden import Start

_TEMPORARY = "/tmp"  # noqa: S108 - a private file system inside
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the same
_ETC = Path(__file__).parent / "etc"
_ALWAYS = (
    *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv", "--hostname", "sandbox"),
    *("--cap-drop", "ALL"),
)
_AS_USER = ("--unshare-user", "--uid", "1000", "--gid", "1000")
# Root needs no user namespace, and limits on processes do not hold for root: its warden becomes
# another user, which takes these.
_AS_ROOT = tuple(
    word
    for name in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_DAC_OVERRIDE")
    for word in ("--cap-add", name)
)
_CAP_SYS_ADMIN = 21
# What the kernel tells or takes there is nobody's business inside.
_MASKED = (
    *("kcore", "kallsyms", "kmsg", "kpagecount", "kpageflags", "kpagecgroup", "keys", "key-users"),
    *("vmallocinfo", "slabinfo", "timer_list", "sched_debug", "iomem", "ioports", "modules"),
    *("latency_stats", "pagetypeinfo"),
)
_READ_ONLY = ("acpi", "asound", "bus", "fs", "irq", "scsi", "dynamic_debug")


def _rules_the_machine() -> bool:
    """Whether this process is root with root's rights, which it is not in every container."""
    if os.geteuid() != 0:
        return False
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    effective = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    return bool(effective >> _CAP_SYS_ADMIN & 1)


class Bubblewrap:
    """No network, own processes, own files: only what is bound exists."""

    kind: Kind = "bubblewrap"
    safe = True

    def __init__(self, program: str, *, scratch: Path | None = None) -> None:
        self.program = program
        self._as_root = _rules_the_machine()
        self.scratch = scratch

    async def run(self, command: Command) -> Result:
        """Run to the end, or to a limit."""
        return await launch.run(command, self.prepare, parent=self.scratch, safe=True)

    def prepare(self, command: Command, scratch: Scratch) -> Start:
        """The command line of bubblewrap and the warden's order."""
        python = policy.interpreter()
        home = f"{_TEMPORARY}/home"
        in_memory = [_TEMPORARY, _SHARED_MEMORY]
        writable = [str(path.resolve()) for path in command.writable]
        order = {
            "plan": {
                "bounds": launch.bounds(command.limits),
                "private_network": True,
                "private_files": True,
                "private_processes": True,
                "landlock_version": landlock.version(),
                "read": ["/"],
                "write": [WORK, *in_memory, *writable],
                "sockets": [str(path.resolve()) for path in command.sockets],
            },
            "uid": policy.own_uid() if self._as_root else 0,
            "keep": [],
            "argv": policy.argv(command),
            "env": policy.environ(command, home=home, temporary=_TEMPORARY),
            "folder": WORK,
            "folders": [WORK, *writable],
            "in_memory": in_memory,
        }
        program = [
            self.program,
            *_ALWAYS,
            *(_AS_ROOT if self._as_root else _AS_USER),
            *_view(command, scratch, home),
            "--",
            python.executable,
            *("-I", "-S", "-B", "-c", policy.bootstrap("warden")),
        ]
        return Start(
            program,
            order,
            places={},
            readable=[*policy.readable(command), "/etc"],
            calls=_TEMPORARY,
        )


def _view(command: Command, scratch: Scratch, home: str) -> list[str]:
    """What exists inside, in the order in which it is mounted."""
    size = str(command.limits.disk_mb << 20)
    view = ["--proc", "/proc", "--dev", "/dev"]
    for name in _MASKED:
        if Path("/proc", name).exists():
            view += ["--ro-bind", "/dev/null", f"/proc/{name}"]
    for name in _READ_ONLY:
        view += ["--ro-bind-try", f"/proc/{name}", f"/proc/{name}"]
    view += ["--size", size, "--tmpfs", _SHARED_MEMORY, "--remount-ro", "/dev"]
    view += ["--size", size, "--tmpfs", _TEMPORARY, "--dir", home]
    for folder in policy.SYSTEM_LIBRARIES:
        if Path(folder).is_symlink():
            view += ["--symlink", str(Path(folder).readlink()), folder]
        else:
            view += ["--ro-bind-try", folder, folder]
    for path in policy.SYSTEM_FILES:
        view += ["--ro-bind-try", path, path]
    for path in sorted(_ETC.iterdir()):
        view += ["--ro-bind", str(path), f"/etc/{path.name}"]
    read = {*policy.readable(command), *(str(path.resolve()) for path in command.sockets)}
    read -= {*policy.SYSTEM_LIBRARIES, *policy.SYSTEM_FILES}
    for path in sorted(read, key=len):
        view += ["--ro-bind", path, path]
    for path in sorted((str(path.resolve()) for path in command.writable), key=len):
        view += ["--bind", path, path]
    return [*view, "--bind", str(scratch.work), WORK, "--remount-ro", "/"]
