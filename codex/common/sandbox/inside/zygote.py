"""A process that imported the usual libraries once and forks for every check.

Three generations: this one only forks; each of its children is the trusted keeper of one check,
which forks, confines, watches and clears up after the grandchild that executes it. So a check sees
clean modules, and nothing of it is left for the next one.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from codex.common.sandbox.inside import check, clear, jail, landlock, supervise

_TASKS_OF_OTHERS = 64
"""Room in the kernel's count for checks that run beside each other; the keepers count exactly."""


def main(descriptor: int) -> None:
    """Import what the host names, say so, then fork a keeper for every channel it sends."""
    with socket.socket(fileno=descriptor) as control:
        order = json.loads(supervise.line(control))
        try:
            jail.protect_warden()
            sys.path[:0] = order["paths"]
            for name in order["preload"]:
                importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the host raises what it is told here
            control.sendall(f"{type(error).__name__}: {error}".encode())
            return
        in_use = jail.tasks_of_user() + _TASKS_OF_OTHERS
        _prepare_filter(order["plan"])
        gc.collect()
        gc.freeze()
        # Keepers are reaped by nobody.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        control.sendall(b"ready")
        _fork_for_ever(control, order, in_use)


def _prepare_filter(plan: dict[str, Any]) -> None:
    made = jail.Plan.parse(plan)
    jail.program(made, min(landlock.version(), made.landlock_version))


def _fork_for_ever(control: socket.socket, order: dict[str, Any], in_use: int) -> None:
    while True:
        said, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            return
        with socket.socket(fileno=descriptors[0]) as channel:
            if os.fork() == 0:
                control.close()
                try:
                    _keep(channel, order, in_use)
                finally:
                    os._exit(0)


def _keep(channel: socket.socket, order: dict[str, Any], in_use: int) -> None:
    """Serve one check from the host's request to the answer."""
    folder = Path(order["calls"], f"check-{os.getpid()}")
    try:
        request = json.loads(supervise.line(channel))
        jail.protect_warden()
        folder.mkdir(mode=0o700)
        answer = _answer(channel, request, order, folder, in_use)
    except Exception as error:  # noqa: BLE001 - the host raises what it is told here
        answer = {"failed": f"{type(error).__name__}: {error}"}
    finally:
        clear.remove(folder)
    channel.sendall(json.dumps(answer).encode())


def _answer(
    channel: socket.socket,
    request: dict[str, Any],
    order: dict[str, Any],
    folder: Path,
    in_use: int,
) -> dict[str, Any]:
    for name, content in request["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b64decode(content))
    plan = jail.Plan.parse(
        {
            **order["plan"],
            "bounds": request["bounds"],
            "write": [str(folder), *order["plan"]["write"]],
            "tasks_of_user": in_use,
        }
    )
    observed, output = _unnamed(folder), _unnamed(folder)
    wake = supervise.wake_on_child()

    def execute(told: int) -> None:
        os.close(told)
        check.run(request, str(folder), observed, output)

    pid, broker = supervise.fork_confined(plan, execute, (observed, output))
    supervisor = supervise.Supervisor(pid, plan.bounds, folders=[str(folder)], in_memory=[])
    try:
        supervisor.until_ended(channel, wake, broker)
    finally:
        supervisor.end()
    return {
        "report": supervisor.report(),
        "observed": _text(observed, request["most"]),
        "output": _text(output, request["most"]),
    }


def _unnamed(folder: Path) -> int:
    """A file that has no name: the check writes it, its keeper reads it afterwards."""
    path = folder / os.urandom(8).hex()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    path.unlink()
    return descriptor


def _text(descriptor: int, most: int) -> str:
    return b64encode(os.pread(descriptor, most + 1, 0)).decode("ascii")
