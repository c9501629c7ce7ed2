"""A service's folder read back: its files, and the packages that it is verified with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from codex.common.errors import InputError
from codex.common.sandbox import Environment, Environments
from codex.common.sandbox.environments import SERVICE_TOOLS, service_lock

# What a run of the service leaves, and nobody verifies.
_LEFT = re.compile(r"(^|/)(__pycache__|\.git|\.venv|node_modules)(/|$)|\.(db|db-wal|db-shm|pyc)$")
LARGEST = 5_000_000


def written_files(folder: Path) -> dict[str, str]:
    """The text files of the service, as they are now."""
    files: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _LEFT.search(name) or not path.is_file() or path.is_symlink():
            continue
        if path.stat().st_size > LARGEST:
            continue
        try:
            files[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            if name.startswith(("app/", "tests/")) and name.endswith(".py"):
                raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from None
    return files


async def environment_of(folder: Path, environments: Environments) -> Environment:
    """The packages of the service, with what its checks need beside."""
    try:
        project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))
        requirements: list[str] = project["project"]["dependencies"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            f"{folder / 'pyproject.toml'} names no dependencies: {error}.", "Mend it."
        ) from None
    return await environments.get(await verifying_lock(requirements, environments))


async def verifying_lock(requirements: list[str], environments: Environments) -> str:
    """The lock of the environment that a service is verified in."""
    shipped = service_lock()
    known = set(re.findall(r"^([A-Za-z0-9._-]+)", shipped, re.MULTILINE))
    names = {re.split(r"[\[<>=!~; ]", item, maxsplit=1)[0] for item in requirements}
    # Nothing beyond what every service has: the environment that is there already.
    if names <= known:
        return shipped
    return await environments.resolve([*requirements, *SERVICE_TOOLS])
