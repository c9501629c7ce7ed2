"""A running warden, seen from the host: started, told what to do, listened to, ended."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from codex.common.errors import SandboxError
from codex.common.sandbox.base import Command, Limit, Result
from codex.common.sandbox.tasks import obtained

_CHUNK = 65536
_GRACE = 10.0
"""Seconds that a warden has to end a tree before it is ended itself."""


@dataclass(frozen=True)
class Start:
    """How a kind starts its warden and what the warden is told."""

    program: Sequence[str]
    order: Mapping[str, Any]
    places: Mapping[str, str]
    """Host paths that outputs name otherwise."""
    readable: Sequence[str]
    """What a zygote's checks may read."""
    calls: str
    """Where a zygote's checks have their folders, as seen from inside."""

    @property
    def private_processes(self) -> bool:
        """Whether the warden's end is everyone's."""
        return bool(self.order["plan"].get("private_processes"))


class Warden:
    """A running warden, seen from the host."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        start: Start,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._start = start
        self._group = 0
        self._truncated = False

    @property
    def places(self) -> Mapping[str, str]:
        """Host paths that outputs name otherwise."""
        return self._start.places

    @classmethod
    async def open(cls, start: Start, pass_fds: Sequence[int] = ()) -> Warden:
        """Start the program and tell it what to do; cancelled meanwhile, it is gone again."""
        return await obtained(Warden.start(start, pass_fds), Warden.end)

    @classmethod
    async def start(cls, start: Start, pass_fds: Sequence[int] = ()) -> Warden:
        """Start the program and tell it what to do."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *start.program,
                    str(theirs.fileno()),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    pass_fds=(theirs.fileno(), *pass_fds),
                    env={},
                    cwd="/",
                    start_new_session=True,
                )
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except OSError as error:
            ours.close()
            raise SandboxError(
                f"The sandbox cannot be started: {error}.", "Try `codex doctor`."
            ) from error
        warden = cls(process, reader, writer, start)
        warden._notice_its_end()
        writer.write(json.dumps(start.order).encode() + b"\n")
        return warden

    async def result(self, command: Command) -> Result:
        """Feed it, read it, and wait for its report."""
        try:
            stdout, stderr, report = await self._outcome(command)
        except TimeoutError:
            # Starved, it seems; ending it is what its limit asked for.
            return Result(-signal.SIGKILL, "", "", limit_hit="wall")
        if report is None or "failed" in report:
            why = report["failed"] if report else stderr.decode("utf-8", "replace").strip()
            raise SandboxError(
                f"The sandbox could not run {command.argv[0]}: {why or 'its warden was ended'}."
            )
        return Result(
            exit_code=report["exit"],
            stdout=stdout.decode("utf-8", "replace"),
            stderr=stderr.decode("utf-8", "replace"),
            limit_hit=cast("Limit", report["limit"]),
            truncated=self._truncated,
            cpu_seconds=report["cpu"],
            wall_seconds=report["wall"],
            peak_memory_mb=report["memory"] / (1 << 20),
            peak_processes=report["tasks"],
        )

    async def last_words(self, command: Command) -> str:
        """Wait until it ends; answers what its command said then."""
        stdout, stderr, report = await self._outcome(command)
        failed = str(report["failed"]) if report and "failed" in report else ""
        return "\n".join([failed, *(text.decode("utf-8", "replace") for text in (stdout, stderr))])

    async def _outcome(self, command: Command) -> tuple[bytes, bytes, dict[str, Any] | None]:
        most = command.limits.output_kb * 1024
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        seconds = command.limits.wall_seconds + 2 * _GRACE
        async with asyncio.timeout(None if math.isinf(seconds) else seconds):
            _, stdout, stderr, report = await asyncio.gather(
                _feed(process.stdin, command.stdin),
                self._read(process.stdout, most),
                self._read(process.stderr, most),
                self._report(),
            )
        return stdout, stderr, report

    async def end(self) -> None:
        """Leave nothing of it: the warden ends its tree when it hears that we are gone."""
        self._writer.close()
        try:
            async with asyncio.timeout(_GRACE):
                await self._process.wait()
        except TimeoutError:
            self._end_by_force()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GRACE):
                    await self._process.wait()

    def _notice_its_end(self) -> None:
        """Hang up when the process that we started is gone: bubblewrap is not the warden itself."""
        loop = asyncio.get_running_loop()
        try:
            gone = os.pidfd_open(self._process.pid)
        except ProcessLookupError:
            self._writer.close()
            return

        def hang_up() -> None:
            loop.remove_reader(gone)
            os.close(gone)
            self._writer.close()

        loop.add_reader(gone, hang_up)

    def _end_by_force(self) -> None:
        """The warden does not answer: end it and what it started."""
        with suppress(ProcessLookupError, PermissionError):
            if self._group and not self._start.private_processes:
                os.killpg(self._group, signal.SIGKILL)
        for pid in (*_children(self._process.pid), self._process.pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    async def _report(self) -> dict[str, Any] | None:
        """The last line that the warden says."""
        last: dict[str, Any] | None = None
        try:
            async for line in self._reader:
                last = json.loads(line)
                assert last is not None
                self._group = last.pop("started", self._group)
        except ConnectionError:
            return None
        return last or None

    async def _read(self, stream: asyncio.StreamReader, most: int) -> bytes:
        """Read to the end, keep the beginning, and stop who says too much."""
        kept = bytearray()
        while chunk := await stream.read(_CHUNK):
            kept += chunk[: max(0, most - len(kept))]
            if len(kept) >= most and not self._truncated:
                self._truncated = True
                self._writer.write(b"output\n")
        return bytes(kept)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


async def _feed(stdin: asyncio.StreamWriter, data: bytes) -> None:
    with suppress(ConnectionError):
        stdin.write(data)
        await stdin.drain()
    with suppress(ConnectionError):
        stdin.close()
        await stdin.wait_closed()
