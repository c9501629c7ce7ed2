"""What a check is asked and what is observed of it, and how both cross the border."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from codex.common.errors import SandboxError
from codex.common.sandbox import files
from codex.common.sandbox.base import Limit, Limits
from codex.common.sandbox.launch import bounds

CHECK_LIMITS = Limits(
    cpu_seconds=5, wall_seconds=10, processes=16, open_files=128, file_mb=16, disk_mb=64, files=2000
)
"""What one check may use unless told otherwise."""


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


def request(call: Call) -> dict[str, Any]:
    """What a check's keeper is told."""
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


def result(answer: dict[str, Any], call: Call, *, safe: bool) -> CallResult:
    """The keeper's report is trusted; what the check wrote is an observation, if it is one."""
    if "failed" in answer:
        raise SandboxError(f"A check could not be started: {answer['failed']}")
    report = answer["report"]
    found = CallResult(
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
        return replace(found, outcome="limit")
    if report["exit"] != 0:
        return found
    try:
        observed = json.loads(b64decode(answer["observed"]))
        if set(observed) == {"returned"}:
            return replace(found, outcome="returned", value=observed["returned"])
        return replace(found, outcome="raised", raised=Raised(**observed["raised"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return found
