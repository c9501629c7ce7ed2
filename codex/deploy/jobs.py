"""What is tried inside the sandbox: the modules that do it, what they know, and in which order."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files as resources
from typing import Any

from codex.common.documents.application import CompiledRoute
from codex.common.documents.architecture import Architecture
from codex.common.sandbox import Limits
from codex.deploy.specimens import specimens

FOLDER = ".codex-checks"
"""Where the modules stand in the service's folder, inside."""
ENTRY = f"{FOLDER}/run.py"
FOUND = "found.json"
# Requests run in a thread pool of forty; schemathesis keeps every case that it tried.
LIMITS = Limits(
    cpu_seconds=900,
    wall_seconds=1200,
    memory_mb=3000,
    processes=512,
    open_files=2048,
    disk_mb=1024,
    file_mb=256,
    files=50_000,
)
# Routes and operations of one job: few enough to keep several processors busy until the end.
_ROUTES, _OPERATIONS = 15, 10
_ALWAYS = 2
"""The operations that a service has beside its routes: is it alive, is it ready."""
Job = dict[str, Any]


def check_files(
    architecture: Architecture,
    missing: Collection[str] = (),
    samples: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, str]:
    """The modules that look at a service from the inside, and what they know of it.

    `missing` are the main functions of routes that answer 501.
    """
    modules = resources("codex.deploy.inside")
    found = {
        f"{FOLDER}/{item.name}": item.read_text("utf-8")
        for item in sorted(modules.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".py")
    }
    found[f"{FOLDER}/architecture.json"] = architecture.to_json()
    found[f"{FOLDER}/missing.json"] = json.dumps(sorted(missing))
    found[f"{FOLDER}/specimens.json"] = json.dumps(specimens(architecture, samples))
    return found


def order(jobs: Sequence[Job], url: str = "sqlite:///NAME.db") -> str:
    """The order for the entry point; `NAME` in `url` stands for each job's name."""
    return json.dumps({"url": url, "jobs": list(jobs)})


def planned(architecture: Architecture, postgres: str = "") -> list[Job]:
    """Every job for a service, what takes long first; `postgres` is an address, or empty."""
    routes = [route.api_route for route in architecture.routes]
    parts = -(-(len(routes) + _ALWAYS) // _OPERATIONS)
    migrations: list[Job] = [{"name": "migrations", "do": "migrations"}]
    if postgres:
        url = postgres.replace("NAME", "migrations")
        migrations.append({"name": "migrations_postgres", "do": "migrations", "url": url})
        url = postgres.replace("NAME", "boot")
        migrations.append({"name": "boot_postgres", "do": "boot", "url": url})
    jobs: list[Job] = [
        {"name": f"fuzz_{number}", "do": "fuzz", "part": number, "of": parts}
        for number in range(parts)
    ]
    for what in ("conventions", "injections", "access"):
        # What concerns the whole service is done once.
        for number, part in enumerate(_parts(routes, _ROUTES) or [[]]):
            jobs.append(
                {"name": f"{what}_{number}", "do": what, "routes": part, "whole": number == 0}
            )
    jobs.append({"name": "boot", "do": "boot"})
    after = [{**job, "after": "migrations"} for job in jobs]
    return [{"name": "suite", "do": "suite", "cold": True}, *migrations, *after]


def _parts(items: Sequence[str], size: int) -> list[list[str]]:
    """`items` dealt out to as many parts as are needed, so that each has some of everything."""
    count = -(-len(items) // size)
    return [list(items[number::count]) for number in range(count)]


def unwritten(routes: Sequence[CompiledRoute]) -> list[str]:
    """The main functions of the routes that answer 501."""
    return [route.function_name for route in routes if not route.verified]
