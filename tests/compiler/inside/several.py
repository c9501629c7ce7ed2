"""Runs the checks that are asked for, and prints what they found as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def main() -> None:
    """One line of JSON: check to its problems and figures."""
    started = time.process_time()
    wanted, url = sys.argv[1].split(","), sys.argv[2]
    checks: dict[str, Callable[[str], dict[str, Any]]] = {
        "conformance": conformance,
        "safety": safety,
        "fuzz": fuzzing,
        "parcels": parcels,
        "races": racing,
    }
    found = {name: checks[name](url.replace("NAME", name)) for name in wanted}
    found["cpu"] = {"seconds": round(time.process_time() - started, 2)}
    print("RESULT " + json.dumps(found))


def conformance(url: str) -> dict[str, Any]:
    """Every convention on every derived route."""
    from conformance import Conformance
    from world import World

    with World(url) as world:
        checks = Conformance(world)
        checks.run()
        return checks.found


def safety(url: str) -> dict[str, Any]:
    """What attackers send."""
    from safety import Safety
    from world import World

    with World(url) as world:
        checks = Safety(world)
        checks.run()
        return checks.found


def fuzzing(url: str) -> dict[str, Any]:
    """What schemathesis finds."""
    from fuzz import fuzz

    return fuzz(url)


def parcels(url: str) -> dict[str, Any]:
    """The routes of the parcel office."""
    from office import Office
    from world import World

    with World(url) as world:
        checks = Office(world)
        checks.run()
        return {"problems": checks.problems}


def racing(url: str) -> dict[str, Any]:
    """Fifty clients at once."""
    from races import races

    return races(url)


if __name__ == "__main__":
    main()
