"""Generates the Python client from schema.prisma: python -m codex.common.database.generate."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from codex.common.database.node import engine_script, node_binary
from codex.common.errors import CodexError, StoreError

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "schema.prisma"
CLIENT = Path(__file__).parent / "client"
_STAMP = "generated-from"
# Counts up when this module makes something else of the client, so that every one is made anew.
_FORM = 2
_NOT_EXECUTED = (
    *("types", "http_abstract", "_async_http", "_sync_http"),
    *("generator/__init__", "generator/models", "engine/_query"),
)
_PLACEHOLDER = '''"""Only type checkers need this module; what they read stands beside it."""


class _Absent(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, item):
        return cls


class Absent(metaclass=_Absent):
    """Stands for every name of the module."""

    def __init__(self, *args, **kwargs):
        pass


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Absent
'''


def wanted() -> str:
    """What the client must be generated from, as one line."""
    digest = hashlib.sha256(SCHEMA.read_bytes()).hexdigest()
    return f"{_FORM} schema {digest} prisma {version('prisma')} pydantic {version('pydantic')}"


def is_current() -> bool:
    """Whether the client there is the one of this schema."""
    stamp = CLIENT / _STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == wanted()


def generate() -> None:
    """Make the client anew."""
    environment = {
        **os.environ,
        # The generator is a command of this Python environment.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # Generating needs no engine, but looks for one to download unless these name a program.
        "PRISMA_QUERY_ENGINE_BINARY": sys.executable,
        "PRISMA_SCHEMA_ENGINE_BINARY": sys.executable,
        "PRISMA_CLI_QUERY_ENGINE_TYPE": "binary",
        "PRISMA_HIDE_UPDATE_MESSAGE": "1",
        "CHECKPOINT_DISABLE": "1",
    }
    prisma = engine_script("node_modules/prisma/build/index.js", package="prisma")
    if CLIENT.exists():
        shutil.rmtree(CLIENT)
    done = subprocess.run(
        [node_binary(), prisma, "generate", f"--schema={SCHEMA}"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise StoreError(f"The client cannot be generated: {said}", f"Mend {SCHEMA.name}.")
    make_light(CLIENT)
    (CLIENT / _STAMP).write_text(wanted(), encoding="utf-8")


def make_light(client: Path) -> None:
    """Keep what only type checkers read from being imported, with what we replace.

    The query types, upstream's HTTP transport and its generator take more than half of the 1.2
    seconds that importing the client costs, and codex executes none of them.
    """
    for name in _NOT_EXECUTED:
        module = client / f"{name}.py"
        module.rename(module.with_suffix(".pyi"))
        module.write_text(_PLACEHOLDER, encoding="utf-8")
    shared = client / "_types.py"
    text = shared.read_text(encoding="utf-8")
    unconditional = "\nimport httpx\n"
    if text.count(unconditional) != 1:
        raise StoreError("The generated client is another than codex knows.", "Pin prisma.")
    text = text.replace(unconditional, "\nif TYPE_CHECKING:\n    import httpx\n")
    text = text.replace("\n\n", "\n\nfrom typing import TYPE_CHECKING\n", 1)
    shared.write_text(text, encoding="utf-8")


def main() -> int:
    """Generate unless that was done already."""
    try:
        if not is_current():
            generate()
            print(f"Generated {CLIENT.relative_to(ROOT)} from {SCHEMA.name}.")
    except CodexError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
