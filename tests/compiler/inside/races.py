"""Fifty clients at once against rules that check and then write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from world import World

CLIENTS = 50


def at_once(action: Callable[[int], Any]) -> list[Any]:
    """What `action` answers to each of fifty threads that start together."""
    barrier = Barrier(CLIENTS)

    def one(number: int) -> Any:
        barrier.wait()
        return action(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(one, range(CLIENTS)))


def races(url: str) -> dict[str, Any]:
    """Each race: the statuses that were answered, and what is in the database afterwards."""
    problems: list[str] = []
    figures: dict[str, Any] = {}
    with World(url) as world:
        for race in (_limit, _independent, _unique, _counter):
            statuses, wrong = race(world)
            figures[race.__name__.strip("_")] = dict(statuses)
            problems += [f"{race.__name__.strip('_')}: {text} {dict(statuses)}" for text in wrong]
    return {"problems": problems, "statuses": figures}


def _parcels(world: World) -> list[int]:
    sender = world.person("sender")
    return [world.row("parcels", user_id=sender)["id"] for _ in range(CLIENTS)]


def _limit(world: World) -> tuple[Counter[str], list[str]]:
    """A depot with room for five takes five, not more, and none is refused while there is room."""
    depot = world.row("depots", capacity=5)["id"]
    parcels = _parcels(world)
    headers = world.headers("clerk")

    def store(number: int) -> int:
        body = {"parcel_id": parcels[number]}
        answer = world.client.post(f"/depots/{depot}/store", json=body, headers=headers)
        return answer.status_code

    statuses = Counter(str(status) for status in at_once(store))
    wanted = Counter({"201": 5, "409": CLIENTS - 5})
    return statuses, [] if statuses == wanted else ["not five of five"]


def _independent(world: World) -> tuple[Counter[str], list[str]]:
    """Fifty depots do not stand in each other's way."""
    depots = [world.row("depots", capacity=1)["id"] for _ in range(CLIENTS)]
    parcels = _parcels(world)
    headers = world.headers("clerk")

    def store(number: int) -> int:
        body = {"parcel_id": parcels[number]}
        answer = world.client.post(f"/depots/{depots[number]}/store", json=body, headers=headers)
        return answer.status_code

    statuses = Counter(str(status) for status in at_once(store))
    return statuses, [] if statuses == Counter({"201": CLIENTS}) else ["somebody was refused"]


def _unique(world: World) -> tuple[Counter[str], list[str]]:
    """Of fifty equal codes one is taken, the others are duplicates."""
    headers = world.headers("sender")

    def create(_: int) -> int:
        body = {"code": "the same", "weight": "1"}
        return world.client.post("/parcels", json=body, headers=headers).status_code

    statuses = Counter(str(status) for status in at_once(create))
    wanted = Counter({"201": 1, "409": CLIENTS - 1})
    return statuses, [] if statuses == wanted else ["not one of one"]


def _counter(world: World) -> tuple[Counter[str], list[str]]:
    """A redirect that counts answers everybody; readers read meanwhile."""
    code = world.row("parcels", user_id=world.person("sender"))["code"]
    headers = world.headers("sender")

    def follow(number: int) -> int:
        if number % 2:
            return world.client.get("/parcels", headers=headers).status_code
        return world.client.get(f"/track/{code}", follow_redirects=False).status_code

    statuses = Counter(str(status) for status in at_once(follow))
    wanted = Counter({"302": CLIENTS // 2, "200": CLIENTS // 2})
    return statuses, [] if statuses == wanted else ["somebody was not answered"]
