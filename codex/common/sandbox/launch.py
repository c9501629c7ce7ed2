"""Starts a warden, talks with it, and clears up: what the kinds have in common."""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import socket
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from codex.common.errors import SandboxError
from codex.common.sandbox import files
from codex.common.sandbox.base import WORK, Command, Limit, Limits, Result
from codex.common.sandbox.inside import clear

T = TypeVar("T")

_CHUNK = 65536
_GRACE = 10.0
"""Seconds that a warden has to end a tree before it is ended itself."""


@dataclass(frozen=True)
class Scratch:
    """The folders of one command on the host."""

    root: Path
    work: Path
    home: Path
    temporary: Path

    @classmethod
    async def open(cls, command: Command, parent: Path | None) -> Scratch:
        """Create them; cancelled meanwhile, they are gone again."""

        async def remove(made: Scratch) -> None:
            await asyncio.to_thread(made.remove)

        return await obtained(asyncio.to_thread(cls.make, command, parent), remove)

    @classmethod
    def make(cls, command: Command, parent: Path | None) -> Scratch:
        """Create them, with the command's files in place."""
        root = Path(tempfile.mkdtemp(prefix="codex-sandbox-", dir=parent)).resolve()
        made = cls(root, command.workdir or root / "work", root / "home", root / "tmp")
        try:
            for folder in (made.work, made.home, made.temporary):
                folder.mkdir(exist_ok=True)
            files.write(made.work, command.files)
        except BaseException:
            clear.remove(root)
            raise
        return made

    def remove(self) -> None:
        """Remove them, whatever is in them; a working folder of the caller's stays."""
        clear.remove(self.root)


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


def bounds(limits: Limits) -> dict[str, float]:
    """Limits as the warden is told them."""
    megabyte = 1 << 20
    return {
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
        "memory": limits.memory_mb * megabyte,
        "tasks": limits.processes,
        "open_files": limits.open_files,
        "file_size": limits.file_mb * megabyte,
        "disk": limits.disk_mb * megabyte,
        "entries": limits.files,
    }


async def run(
    command: Command,
    prepare: Callable[[Command, Scratch], Start],
    *,
    parent: Path | None,
    safe: bool,
) -> Result:
    """Run a command the way a kind prepares it."""
    scratch = await Scratch.open(command, parent)
    try:
        warden = await Warden.open(prepare(command, scratch))
        try:
            result = await warden.result(command)
        finally:
            await uninterrupted(warden.end())
        collected = await asyncio.to_thread(
            files.collect, scratch.work, command.collect, command.limits.disk_mb << 20
        )
    finally:
        await uninterrupted(asyncio.to_thread(scratch.remove))
    return _plain(result, warden.places, collected, safe=safe)


def _plain(
    result: Result, places: Mapping[str, str], collected: dict[str, bytes], *, safe: bool
) -> Result:
    """The same words whatever the kind: outputs name the places that bubblewrap would show."""

    def named(text: str) -> str:
        for real, shown in places.items():
            text = text.replace(real, shown)
        return text

    return replace(
        result,
        stdout=named(result.stdout),
        stderr=named(result.stderr),
        files=collected,
        safe=safe,
    )


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


async def obtained(work: Coroutine[Any, Any, T], give_back: Callable[[T], Awaitable[None]]) -> T:
    """What `work` makes; cancelled meanwhile, it is made to the end and given back."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await uninterrupted(_given_back(task, give_back))
        raise


async def _given_back(task: asyncio.Task[T], give_back: Callable[[T], Awaitable[None]]) -> None:
    await asyncio.wait([task])
    if task.exception() is None:
        await give_back(task.result())


async def uninterrupted(work: Awaitable[T]) -> T:
    """Finish clearing up though we are cancelled meanwhile; the cancellation follows it."""
    task = asyncio.ensure_future(work)
    interrupted: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            interrupted = error
    if interrupted is not None:
        task.exception()
        raise interrupted
    return task.result()


def shown(scratch: Scratch) -> dict[str, str]:
    """How outputs name a command's folders where it sees the host's paths."""
    return {
        str(scratch.work): WORK,
        str(scratch.home): "/tmp/home",  # noqa: S108 - the place inside, not the host's
        str(scratch.temporary): "/tmp",  # noqa: S108 - the same
    }
