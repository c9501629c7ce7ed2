"""Compiled services in the sandbox: one command runs many checks and answers what each found."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codex.common.documents.architecture import Architecture
from codex.common.documents.implementation import Function
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.compiler import CompiledService, compile_service
from codex.deploy.jobs import FOLDER, check_files, unwritten

INSIDE = Path(__file__).parent / "inside"
# A thread pool of forty, and the client's own.
LIMITS = Limits(
    cpu_seconds=300, wall_seconds=900, memory_mb=2500, processes=256, open_files=1024, disk_mb=1024,
    file_mb=256, files=50_000,
)  # fmt: skip


def with_checks(
    service: CompiledService, architecture: Architecture, samples: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The service's files, with the checks and what they need beside."""
    files = {item.path: item.content for item in service.files}
    files |= check_files(architecture, unwritten(service.routes), samples)
    for path in INSIDE.glob("*.py"):
        files[f"{FOLDER}/{path.name}"] = path.read_text(encoding="utf-8")
    return files


def check(
    sandbox: Sandbox,
    environment: Environment,
    name: str,
    checks: Sequence[str],
    url: str = "sqlite:///NAME.db",
    sockets: Sequence[Path] = (),
) -> dict[str, Any]:
    """What the checks find in the service of the architecture `name`."""
    module = importlib.import_module(name if "." in name else f"tests.architectures.{name}")
    architecture: Architecture = module.architecture()
    functions: dict[str, Function] = getattr(module, "FUNCTIONS", {})
    service = compile_service(architecture, functions)
    files = with_checks(service, architecture, getattr(module, "SAMPLES", {}))
    command = Command(
        ["python", f"{FOLDER}/several.py", ",".join(checks), url],
        environment=environment,
        files=files,
        env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        sockets=sockets,
        limits=LIMITS,
    )
    return answer(sandbox, command)


def answer(sandbox: Sandbox, command: Command) -> dict[str, Any]:
    """The JSON that a runner prints at its end."""
    result = asyncio.run(sandbox.run(command))
    for line in reversed(result.stdout.splitlines()):
        if line.startswith("RESULT "):
            return json.loads(line.removeprefix("RESULT "))
    said = f"{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    raise AssertionError(f"exit {result.exit_code} {result.limit_hit}\n{said}")
