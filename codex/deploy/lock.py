"""The packages of a service: resolved once, recorded in the run, and from then on an input."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex.common.documents.application import LockedPackage
from codex.common.services import Services

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(?:\s*;\s*([^\\]+))?")
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")


async def resolve_lock(requirements: Sequence[str], services: Services) -> str:
    """The lock of `requirements`: the newest versions that fit together, with their hashes."""
    wanted = sorted(requirements)

    async def produce() -> str:
        return await services.environments.resolve(wanted, python="3.11")

    return await services.journal.evidence("service", "lock", "\n".join(wanted), produce)


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
