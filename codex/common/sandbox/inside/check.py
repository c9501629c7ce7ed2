"""Executes one check: loads its source, calls its function, writes down what came back.

What it writes is an observation, never a verdict: the host compares it with what it expects, and
what it expects was never in here.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import linecache
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any

SOURCE = "check.py"


def run(request: dict[str, Any], folder: str, observed: int, output: int) -> None:
    """Call the function that the request names and end this process."""
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    _forget_ourselves()
    os.environ.clear()
    os.environ.update(request["env"], HOME=folder, TMPDIR=folder)
    os.chdir(folder)
    sys.path[:0] = [folder, *request["paths"]]
    try:
        answer: dict[str, Any] = {"returned": _called(request, folder)}
        text = json.dumps(answer)
        if len(text) > request["most"]:
            raise OverflowError(f"the answer has more than {request['most']} bytes")
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the observation
        text = json.dumps({"raised": _described(error, folder)})
    _write(observed, text.encode())
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


def _called(request: dict[str, Any], folder: str) -> Any:
    path = str(Path(folder, SOURCE))
    source: str = request["source"]
    # Tracebacks show its lines though no such file need exist.
    linecache.cache[path] = (len(source), None, source.splitlines(keepends=True), path)
    module = types.ModuleType("check")
    module.__file__ = path
    sys.modules["check"] = module
    exec(compile(source, path, "exec"), vars(module))  # noqa: S102 - what this process is for
    result = getattr(module, request["function"])(request["payload"])
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result


def _described(error: BaseException, folder: str) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": type(error).__name__,
        "module": type(error).__module__,
        "message": str(error)[:4000],
        "frames": [
            {"file": frame.filename[len(folder) + 1 :], "line": frame.lineno, "name": frame.name}
            for frame in frames
            if frame.filename.startswith(folder + "/")
        ][-50:],
        "traceback": "".join(traceback.format_exception(error))[-8000:].replace(folder + "/", ""),
    }


def _forget_ourselves() -> None:
    """What starts a check is no package of the service under test."""
    for name in [name for name in sys.modules if name.split(".")[0] == "codex"]:
        del sys.modules[name]


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
