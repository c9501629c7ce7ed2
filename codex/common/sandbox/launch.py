"""Runs a command the way a kind prepares it: folders, a warden, what is handed back, no trace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from codex.common.sandbox import files
from codex.common.sandbox.base import Command, Limits, Result
from codex.common.sandbox.scratch import Scratch
from codex.common.sandbox.tasks import uninterrupted
from codex.common.sandbox.warden import Start, Warden


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
