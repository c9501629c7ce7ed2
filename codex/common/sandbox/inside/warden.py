"""The warden: it confines one command, watches its tree, ends it, and reports to the host.

It is the only trusted process inside. As process 1 of a namespace nothing there can signal it;
elsewhere Landlock or the filter keeps signals in. When the host goes away, the tree goes too.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import Any

from codex.common.sandbox.inside import jail, supervise


def main(descriptor: int) -> None:
    """Serve one command, asked and answered over the socket that the host opened."""
    with socket.socket(fileno=descriptor) as control:
        try:
            answer = _serve(control, json.loads(supervise.line(control)))
        except Exception as error:  # noqa: BLE001 - the host raises what it is told here
            answer = {"failed": f"{type(error).__name__}: {error}"}
        # A host that hung up wants no answer.
        with contextlib.suppress(ConnectionError):
            control.sendall(json.dumps(answer).encode() + b"\n")


def _serve(control: socket.socket, order: dict[str, Any]) -> dict[str, Any]:
    plan = jail.Plan.parse(order["plan"])
    if order["uid"]:
        jail.become(order["uid"])
    jail.protect_warden()
    wake = supervise.wake_on_child()

    def execute(_told: int) -> None:
        os.chdir(order["folder"])
        for kept in order["keep"]:
            os.set_inheritable(kept, True)
        os.execve(order["argv"][0], order["argv"], order["env"])  # noqa: S606 - no shell is wanted

    pid, broker = supervise.fork_confined(plan, execute, tuple(order["keep"]))
    supervisor = supervise.Supervisor(
        pid, plan.bounds, folders=order["folders"], in_memory=order["in_memory"]
    )
    try:
        _let_go(order["keep"])
        # The host may have hung up already: what was started ends all the same.
        control.sendall(json.dumps({"started": pid}).encode() + b"\n")
        supervisor.until_ended(control, wake, broker)
    finally:
        supervisor.end()
    return supervisor.report()


def _let_go(kept: list[int]) -> None:
    """The host reads to the end of the command's output, which nobody else may hold open."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    for descriptor in (nowhere, *kept):
        os.close(descriptor)
