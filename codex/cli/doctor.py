"""Checks every part that codex needs, each for real, and names the command that mends it.

Ends with 0 when a service can be built here, else with 1; Docker is no condition for that.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from codex.cli.output import show_columns, show_json
from codex.cli.settings import settings
from codex.common.config import Settings
from codex.common.errors import CodexError
from codex.common.redact import mask_urls

Status = Literal["ok", "degraded", "missing"]

# Providers whose package is not called like them.
PACKAGES = {
    "azure_openai": "langchain_openai",
    "bedrock": "langchain_aws",
    "google_vertexai": "langchain_google_vertexai",
}
LOCAL_PROVIDERS = {"ollama"}


@dataclass(frozen=True)
class Part:
    """One part, and how it is."""

    name: str
    status: Status
    found: str
    """What is there, or what is wrong."""
    mend: str = ""
    """What to do about it."""
    needed: bool = True
    """Whether a service can be built only with it."""


Check = Callable[[Settings], Awaitable[Part]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Doctor takes no arguments of its own."""


async def run(args: argparse.Namespace) -> int:
    """Check and print."""
    parts = await examine(settings(args))
    can_run = all(part.status != "missing" or not part.needed for part in parts)
    if args.json:
        show_json({"can_run": can_run, "parts": [asdict(part) for part in parts]})
    else:
        show_columns((part.status, part.name, in_one_line(part)) for part in parts)
        verdict = "can" if can_run else "cannot"
        print(f"codex {verdict} build a service here.")
    return 0 if can_run else 1


def in_one_line(part: Part) -> str:
    """What is found, and the mending where something is amiss."""
    return part.found if part.status == "ok" else f"{part.found} -> {part.mend}"


async def examine(chosen: Settings) -> Sequence[Part]:
    """Every part, checked side by side."""
    return await asyncio.gather(*(checked(name, check, chosen) for name, check in CHECKS.items()))


async def checked(name: str, check: Check, chosen: Settings) -> Part:
    """A part; one that cannot even be checked is missing."""
    try:
        return await check(chosen)
    except CodexError as error:
        return Part(name, "missing", error.what, error.todo)
    except Exception as error:  # noqa: BLE001  what is wrong with a part is the answer
        return Part(name, "missing", f"{type(error).__name__}: {error}", "codex doctor --debug")


async def python_part(_: Settings) -> Part:
    """The interpreter."""
    version = platform.python_version()
    if sys.version_info < (3, 11):  # noqa: UP036  somebody may have forced the installation
        return Part("Python", "missing", f"{version} is too old", "Install Python 3.11 or later.")
    return Part("Python", "ok", version)


async def node_part(_: Settings) -> Part:
    """Node, and what the database engine needs of its packages."""
    from codex.common.database.node import engine_script, node_binary

    node = node_binary()
    engine_script("serve.mjs")
    done = await asyncio.to_thread(
        subprocess.run, [node, "--version"], capture_output=True, text=True, check=True
    )
    return Part("Node", "ok", f"{done.stdout.strip()} with the database engine's packages")


async def database_part(chosen: Settings) -> Part:
    """The database: opened, brought up to date and asked."""
    from codex.common.database.store import open_store

    started = time.monotonic()
    async with open_store(chosen) as store:
        await store.list_runs(owner=chosen.owner, limit=1)
    took = time.monotonic() - started
    which = mask_urls(chosen.database_url) or f"embedded, in {chosen.data_dir}"
    return Part("database", "ok", f"{which}; opened and asked in {took:.1f} s")


async def sandbox_part(chosen: Settings) -> Part:
    """The kinds of sandbox that work here."""
    from codex.common.sandbox import available_kinds

    if chosen.sandbox == "none":
        found = "switched off: generated code runs with all your rights"
        return Part("sandbox", "degraded", found, "Leave --sandbox out.")
    kinds = await available_kinds()
    wanted = [kind for kind in kinds if chosen.sandbox in {"auto", kind.kind}]
    said = "; ".join(f"{kind.kind}{'' if kind.ok else f' not: {kind.reason}'}" for kind in kinds)
    if any(kind.ok for kind in wanted):
        return Part("sandbox", "ok", said)
    return Part("sandbox", "missing", said, " Or: ".join(kind.mend for kind in wanted))


async def docker_part(_: Settings) -> Part:
    """The Docker engine, which runs the finished image."""
    address = os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock"

    def version() -> str:
        import docker

        if address.startswith("unix://") and not Path(address.removeprefix("unix://")).exists():
            raise FileNotFoundError(address)
        client: Any = docker.from_env(timeout=3)
        try:
            return str(client.version()["Version"])
        finally:
            client.close()

    try:
        return Part("Docker", "ok", await asyncio.to_thread(version), needed=False)
    except Exception:  # noqa: BLE001  docker-py raises those of three libraries, wordily
        mend = "systemctl start docker" if shutil.which("dockerd") else "apt-get install docker.io"
        if "DOCKER_HOST" in os.environ:
            mend = "Check DOCKER_HOST."
        found = f"no engine answers at {mask_urls(address)}"
        return Part("Docker", "degraded", found, mend, needed=False)


async def model_part(chosen: Settings) -> Part:
    """The model's provider and its key; nothing is asked of it."""
    if chosen.model == "builtin":
        return Part("model", "ok", "builtin: answers by rules, needs no key")
    if chosen.model in {"manual", "scripted"}:
        return Part("model", "ok", chosen.model)
    provider = chosen.provider
    package = PACKAGES.get(provider, f"langchain_{provider.replace('-', '_')}")
    if importlib.util.find_spec(package) is None:
        distribution = package.replace("_", "-")
        return Part(
            "model", "missing", f"{package} is not installed", f"pip install {distribution}"
        )
    variable = f"{provider.upper().replace('-', '_')}_API_KEY"
    has_key = bool(chosen.api_key.get_secret_value() or os.environ.get(variable))
    if not has_key and not chosen.base_url and provider not in LOCAL_PROVIDERS:
        return Part("model", "missing", f"{chosen.model} has no key", f"export {variable}=...")
    at = f" at {mask_urls(chosen.base_url)}" if chosen.base_url else ""
    return Part("model", "ok", f"{chosen.model}{at}, {'with a key' if has_key else 'no key'}")


CHECKS: dict[str, Check] = {
    "Python": python_part,
    "Node": node_part,
    "database": database_part,
    "sandbox": sandbox_part,
    "Docker": docker_part,
    "model": model_part,
}
