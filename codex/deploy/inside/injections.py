"""What attackers and broken clients send, tried on the routes of the job."""

from __future__ import annotations

from typing import Any

from safety import Safety
from world import World


def run(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """What the checks find."""
    with World(order["url"].replace("NAME", job["name"])) as world:
        checks = Safety(world, job["routes"])
        checks.run()
        if job["whole"]:
            checks.run_whole()
        return checks.found
