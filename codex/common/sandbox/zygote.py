"""Checks in milliseconds: a warm interpreter inside the sandbox that forks for each of them.

A check answers what it observed. Expected values stay on this side, so nothing that generated
code prints, patches or writes can make a wrong value equal to the right one.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

from codex.common.errors import SandboxError
from codex.common.sandbox import files, policy
from codex.common.sandbox.base import Command, Environment, Limit, Limits, Sandbox
from codex.common.sandbox.launch import Scratch, Start, Warden, bounds, uninterrupted

CHECK_LIMITS = Limits(
    cpu_seconds=5, wall_seconds=10, processes=16, open_files=128, file_mb=16, disk_mb=64, files=2000
)
"""What one check may use unless told otherwise."""

_PRELOAD_SECONDS = 60
_ENDLESS = dict.fromkeys(bounds(CHECK_LIMITS), float("inf"))


@dataclass(frozen=True)
class Raised:
    """An exception that a check let out."""

    type: str
    module: str
    message: str
    frames: Sequence[Mapping[str, Any]]
    """File, line and name of its own frames, outermost first."""
    traceback: str


@dataclass(frozen=True)
class CallResult:
    """What was observed of one check; whether it is right is for the caller to say."""

    outcome: Literal["returned", "raised", "limit", "lost"]
    """`lost`: the process ended without an answer."""
    value: Any = None
    raised: Raised | None = None
    limit_hit: Limit = ""
    exit_code: int = 0
    output: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    safe: bool = True


@dataclass(frozen=True)
class Call:
    """Source text, the function in it to call, and the JSON that it is called with."""

    source: str
    payload: Any = None
    function: str = "run"
    files: Mapping[str, bytes | str] = field(default_factory=dict[str, "bytes | str"])
    paths: Sequence[Path] = ()
    """Folders to import from, among the readable ones of the zygote."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    limits: Limits = CHECK_LIMITS


class Zygote:
    """A warm interpreter; use it with `async with`, and call it from as many tasks as you like."""

    def __init__(
        self,
        sandbox: Sandbox,
        environment: Environment | None,
        *,
        preload: Sequence[str] = (),
        readable: Sequence[Path] = (),
        sockets: Sequence[Path] = (),
        concurrency: int = 0,
    ) -> None:
        self._sandbox = sandbox
        self._preload = preload
        self._command = Command(
            ["python", "-I", "-B", "-c", policy.bootstrap("zygote")],
            environment=environment,
            readable=readable,
            sockets=sockets,
        )
        self._places = asyncio.Semaphore(concurrency or os.cpu_count() or 1)
        self._starting = asyncio.Lock()
        self._warm: _Warm | None = None

    async def __aenter__(self) -> Self:
        """Import everything, so that the first check finds it warm."""
        await self._started()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it and all its checks."""
        if self._warm is not None:
            await uninterrupted(self._warm.end())
            self._warm = None

    async def call(self, call: Call) -> CallResult:
        """Execute one check in a fresh fork. Cancelling it ends the check and clears up."""
        async with self._places:
            warm = await self._started()
            try:
                return await warm.call(call)
            finally:
                if not warm.separates:
                    await uninterrupted(warm.end())

    async def _started(self) -> _Warm:
        """The running zygote; a new one if it ended."""
        async with self._starting:
            if self._warm is None or self._warm.ended or self._warm.died:
                if self._warm is not None:
                    await uninterrupted(self._warm.end())
                self._warm = await _Warm.start(self._sandbox, self._command, self._preload)
            return self._warm


class _Warm:
    """One running zygote process tree."""

    def __init__(
        self, scratch: Scratch, start: Start, warden: Warden, control: socket.socket, *, safe: bool
    ) -> None:
        self._scratch = scratch
        self._start = start
        self._warden = warden
        self._control = control
        self._safe = safe
        self._life: asyncio.Task[str] | None = None
        self._end: asyncio.Future[None] | None = None
        self.ended = False

    @property
    def died(self) -> bool:
        """Whether it ended though nobody asked it to."""
        return self._life is not None and self._life.done()

    @property
    def separates(self) -> bool:
        """Whether checks are kept from each other; where not, each needs a zygote of its own."""
        plan = self._start.order["plan"]
        return bool(plan["landlock_version"]) or not plan.get("confined", True)

    @classmethod
    async def start(cls, sandbox: Sandbox, command: Command, preload: Sequence[str]) -> _Warm:
        scratch = await asyncio.to_thread(Scratch.make, command, sandbox.scratch)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                start = _as_zygote(sandbox.prepare(command, scratch), theirs.fileno())
                warden = await Warden.start(start, (theirs.fileno(),))
            warm = cls(scratch, start, warden, ours, safe=sandbox.safe)
        except BaseException:
            ours.close()
            await uninterrupted(asyncio.to_thread(scratch.remove))
            raise
        try:
            await warm._warm_up(command, preload)
        except BaseException:
            await uninterrupted(warm.end())
            raise
        return warm

    async def _warm_up(self, command: Command, preload: Sequence[str]) -> None:
        endless = replace(command.limits, wall_seconds=float("inf"))
        self._life = asyncio.create_task(self._warden.last_words(replace(command, limits=endless)))
        plan = self._start.order["plan"]
        order = {
            "preload": list(preload),
            "calls": self._start.calls,
            "plan": {
                **plan,
                "read": list(self._start.readable),
                "write": [],
                "final": True,
                "private_processes": False,
            },
        }
        self._control.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._control, json.dumps(order).encode() + b"\n")
        said = b""
        with suppress(ConnectionError):
            async with asyncio.timeout(_PRELOAD_SECONDS):
                said = await loop.sock_recv(self._control, 4096)
        if said != b"ready":
            why = said.decode("utf-8", "replace")
            if not why:
                why = await self._life
            raise SandboxError(f"The warm interpreter could not start: {why.strip() or 'it ended'}")

    async def call(self, call: Call) -> CallResult:
        """Hand a channel over, send the request, wait for the answer or for its end."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"c"], [theirs.fileno()])
            except OSError as error:
                ours.close()
                self.ended = True
                raise SandboxError(f"The warm interpreter ended: {error}") from error
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(ours, json.dumps(_request(call)).encode() + b"\n")
            answer = await _everything(loop, ours)
        except asyncio.CancelledError:
            # Its keeper hears that nobody listens, clears up, and closes its end.
            with suppress(OSError):
                ours.shutdown(socket.SHUT_WR)
            await uninterrupted(_everything(loop, ours))
            raise
        except ConnectionError:
            answer = b""
        finally:
            ours.close()
        if not answer:
            # Its keeper is gone, and who knows what else.
            self.ended = True
            return CallResult("lost", exit_code=-signal.SIGKILL, safe=self._safe)
        return _result(json.loads(answer), call, safe=self._safe)

    async def end(self) -> None:
        """Leave nothing of it; whoever asks second waits for the same end."""
        if self._end is None:
            self.ended = True
            self._end = asyncio.ensure_future(self._clear_up())
        await asyncio.shield(self._end)

    async def _clear_up(self) -> None:
        self._control.close()
        await self._warden.end()
        if self._life is not None:
            await asyncio.wait([self._life])
        await asyncio.to_thread(self._scratch.remove)


def _as_zygote(start: Start, descriptor: int) -> Start:
    """The same confinement with no limits of its own, and one descriptor kept open."""
    order = dict(start.order)
    # It watches its checks by way of /proc; the checks themselves do not see that.
    read = [*order["plan"]["read"], "/proc"]
    order["plan"] = {**order["plan"], "bounds": _ENDLESS, "final": False, "read": read}
    order["keep"] = [descriptor]
    order["argv"] = [*order["argv"], str(descriptor)]
    order["folders"] = []
    order["in_memory"] = []
    return replace(start, order=order)


def _request(call: Call) -> dict[str, Any]:
    env = {"LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    return {
        "source": call.source,
        "function": call.function,
        "payload": call.payload,
        "files": {
            "/".join(files.parts(name)): _base64(content) for name, content in call.files.items()
        },
        "paths": [str(path) for path in call.paths],
        "env": {**env, **call.env},
        "bounds": bounds(call.limits),
        "most": call.limits.output_kb * 1024,
    }


def _base64(content: bytes | str) -> str:
    return b64encode(content.encode() if isinstance(content, str) else content).decode()


async def _everything(loop: asyncio.AbstractEventLoop, channel: socket.socket) -> bytes:
    data = bytearray()
    with suppress(ConnectionError):
        while more := await loop.sock_recv(channel, 1 << 18):
            data += more
    return bytes(data)


def _result(answer: dict[str, Any], call: Call, *, safe: bool) -> CallResult:
    """The keeper's report is trusted; what the check wrote is an observation, if it is one."""
    if "failed" in answer:
        raise SandboxError(f"A check could not be started: {answer['failed']}")
    report = answer["report"]
    result = CallResult(
        outcome="lost",
        limit_hit=cast("Limit", report["limit"]),
        exit_code=report["exit"],
        output=b64decode(answer["output"])[: call.limits.output_kb * 1024].decode(
            "utf-8", "replace"
        ),
        cpu_seconds=report["cpu"],
        wall_seconds=report["wall"],
        safe=safe,
    )
    if report["limit"]:
        return replace(result, outcome="limit")
    if report["exit"] != 0:
        return result
    try:
        observed = json.loads(b64decode(answer["observed"]))
        if set(observed) == {"returned"}:
            return replace(result, outcome="returned", value=observed["returned"])
        return replace(result, outcome="raised", raised=Raised(**observed["raised"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return result
