"""The query engine as a child process: started on first need, restarted when it was lost."""

from __future__ import annotations

import asyncio
import json
import struct
from asyncio.subprocess import PIPE, Process
from collections import deque
from typing import Any

from codex.common.database.failures import unstorable
from codex.common.database.node import engine_script, node_binary
from codex.common.errors import EngineLost

CONNECTIONS = 8
# Waiting for a free connection counts too, so a busy moment must fit in.
CONNECT_TIMEOUT_MS = 30_000
_LENGTH = struct.Struct(">I")
_READ_AHEAD = 1 << 20
_TAGS = {"BigInt", "DateTime", "Decimal"}


def frame(value: dict[str, Any]) -> bytes:
    """`value` as the engine reads it: four bytes of length, then JSON."""
    try:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise unstorable(f"U+{ord(error.object[error.start]):04X}") from None
    return _LENGTH.pack(len(body)) + body


def untagged(pairs: dict[str, Any]) -> Any:
    """The plain value in the engine's `{"$type": …, "value": …}`; any other object as it is."""
    return pairs["value"] if pairs.get("$type") in _TAGS and len(pairs) == 2 else pairs


class EngineProcess:
    """Questions and answers over pipes that only this process holds, so nobody else can ask.

    When this process ends, however it ends, the engine's standard input closes and it ends too.
    """

    def __init__(self, url: str, datamodel: str) -> None:
        self._opening = {
            "url": url,
            "datamodel": datamodel,
            "connections": CONNECTIONS,
            "connectTimeoutMs": CONNECT_TIMEOUT_MS,
        }
        self._process: Process | None = None
        self._lock = asyncio.Lock()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_id = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._complaints: deque[str] = deque(maxlen=50)

    @property
    def pid(self) -> int | None:
        """The process id of the running engine."""
        return self._process.pid if self._process else None

    async def ask(self, query: dict[str, Any]) -> dict[str, Any]:
        """The engine's answer; `EngineLost` when it ended before it gave one."""
        return await self._send(await self._running(), query=query)

    async def start(self) -> None:
        """Start the engine ahead of the first question."""
        await self._running()

    async def close(self) -> None:
        """End the engine; safe to call twice."""
        async with self._lock:  # a start that is under way is waited for, not forgotten
            process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), timeout=2)
        except TimeoutError:
            process.kill()
            await process.wait()
        await asyncio.gather(*self._tasks)

    async def _running(self) -> Process:
        async with self._lock:
            if self._process is None:
                self._process = await self._start()
            return self._process

    async def _start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            str(node_binary()),
            str(engine_script("serve.mjs")),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            limit=_READ_AHEAD,
        )
        for reading in (self._read_answers(process), self._read_complaints(process)):
            task = asyncio.create_task(reading)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            reply = await self._send(process, open=self._opening)
            if errors := reply.get("errors"):
                raise EngineLost(f"The database engine did not start: {errors[0]['error']}")
        except BaseException:
            if process.returncode is None:
                process.kill()
            await process.wait()
            raise
        return process

    async def _send(self, process: Process, **question: Any) -> dict[str, Any]:
        if process.stdin is None or process.stdin.is_closing():
            raise self._lost()
        self._last_id += 1
        question_id = self._last_id
        answer = asyncio.get_running_loop().create_future()
        self._waiting[question_id] = answer
        try:
            process.stdin.write(frame({"id": question_id, **question}))
            await process.stdin.drain()
            return await answer
        except ConnectionError:
            raise self._lost() from None
        finally:
            self._waiting.pop(question_id, None)

    async def _read_answers(self, process: Process) -> None:
        assert process.stdout is not None
        try:
            while True:
                head = await process.stdout.readexactly(_LENGTH.size)
                body = await process.stdout.readexactly(_LENGTH.unpack(head)[0])
                reply = json.loads(body, object_hook=untagged)
                waiting = self._waiting.get(reply.pop("id"))
                if waiting and not waiting.done():
                    waiting.set_result(reply)
        except asyncio.IncompleteReadError:
            pass  # the engine ended; whoever still waits is told below
        if self._process is process:
            self._process = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(self._lost())

    async def _read_complaints(self, process: Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self._complaints.append(line.decode(errors="replace").rstrip())

    def _lost(self) -> EngineLost:
        telling = [line for line in self._complaints if "rror" in line] or list(self._complaints)
        said = f" It said: {telling[0]}" if telling else ""
        return EngineLost(
            f"The database engine ended before it answered.{said}",
            "Try again: it is started anew on the next call.",
        )
