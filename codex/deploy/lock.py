"""The packages of a service: resolved once, recorded in the run, and from then on an input."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from codex.common.documents.application import LockedPackage
from codex.common.documents.implementation import normal_package
from codex.common.handover import write_text
from codex.common.sandbox import Environments
from codex.common.sandbox.environments import SERVICE_TOOLS, service_lock
from codex.common.services import Services

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
PYTHON = "3.11"
"""The oldest Python that services run on: the lock is good for it and for every later one."""


async def resolve_lock(requirements: Sequence[str], services: Services) -> str:
    """The lock of `requirements`: the newest versions that fit together, with their hashes."""
    wanted = sorted(requirements)

    async def produce() -> str:
        return await services.environments.resolve(wanted, python=PYTHON)

    return await services.journal.evidence("service", "lock", "\n".join(wanted), produce)


async def tools_lock(lock: str, requirements: Sequence[str], services: Services) -> str:
    """The lock of what a service is verified with: its own packages, and the tools beside them."""
    known = services.settings.data_dir

    async def produce() -> str:
        return await with_tools(lock, requirements, services.environments, known)

    subject = "\n".join([*sorted(requirements), lock])
    return await services.journal.evidence("service", "tools lock", subject, produce)


async def with_tools(
    lock: str, requirements: Sequence[str], environments: Environments, data_dir: Path
) -> str:
    """What `lock` pins, what `requirements` name beyond it, and the tools of the verification.

    It is resolved once for each lock and kept, so that the same service meets the same tools.
    """
    if _is_known(lock) and not unlocked(requirements, service_lock()):
        return service_lock()
    pins = [f"{name}=={version}" for name, version in versions(lock).items()]
    wanted = [*sorted(requirements), *SERVICE_TOOLS]
    digest = hashlib.sha256("\n".join([*wanted, "", *pins]).encode()).hexdigest()[:32]
    kept = data_dir / "tools" / f"{digest}.lock"
    if kept.is_file():
        return kept.read_text("utf-8")
    text = await environments.resolve(wanted, constraints="\n".join(pins), python=PYTHON)
    write_text(kept, text)
    return text


def _is_known(lock: str) -> bool:
    """Whether the environment that every service starts from has exactly what `lock` pins."""
    return versions(lock).items() <= versions(service_lock()).items()


def unlocked(requirements: Sequence[str], lock: str) -> list[str]:
    """The required packages that `lock` does not have."""
    return sorted(_names(requirements) - versions(lock).keys())


def _names(requirements: Sequence[str]) -> set[str]:
    return {normal_package(re.split(r"[\[<>=!~;@ ]", item, maxsplit=1)[0]) for item in requirements}


def versions(lock: str) -> dict[str, str]:
    """The version of each package, by its normal name."""
    return {normal_package(item.name): item.version for item in locked_packages(lock)}


def locked_packages(lock: str) -> tuple[LockedPackage, ...]:
    """What a lock's text pins."""
    packages: list[LockedPackage] = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        match = _PINNED.match(block)
        if match:
            packages.append(
                LockedPackage(
                    name=match[1],
                    version=match[2],
                    hashes=tuple(_HASH.findall(block)),
                    marker=(match[3] or "").strip(),
                )
            )
    return tuple(packages)
