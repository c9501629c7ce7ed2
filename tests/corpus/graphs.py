"""Graphs and maps."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def order_tasks(needs: dict[str, list[str]]) -> list[str]:
    """All tasks, each after those that it needs; the alphabet decides where several are free.

    Raises Conflict when tasks need each other in a circle.
    """
    waiting = {name: set(before) for name, before in needs.items()}
    for before in needs.values():
        for name in before:
            waiting.setdefault(name, set())
    ordered: list[str] = []
    while waiting:
        free = sorted(name for name, before in waiting.items() if not before)
        if not free:
            raise Conflict("Tasks need each other.")
        ordered.append(free[0])
        del waiting[free[0]]
        for before in waiting.values():
            before.discard(free[0])
    return ordered
''',
        raises=("Conflict",),
        examples=(
            example(["b", "a", "c"], needs={"a": ["b"], "c": []}),
            example(["x", "y", "a"], needs={"a": ["y", "x"], "y": ["x"]}),
            example(raises="Conflict", needs={"a": ["b"], "b": ["a"]}),
            example([], needs={}),
        ),
        mutants=wrong(
            ("dropped condition", "if not before)", ")"),
            (
                "dropped statement",
                "            waiting.setdefault(name, set())",
                "            pass",
            ),
            ("wrong index", "ordered.append(free[0])", "ordered.append(free[-1])"),
            ("swallowed error", 'raise Conflict("Tasks need each other.")', "return ordered"),
            ("wrong error", "raise Conflict(", "raise Invalid("),
            ("dropped call", "sorted(name for", "list(name for"),
        ),
    ),
    Specimen(
        code='''
def shortest_path(links: dict[str, list[str]], start: str, end: str) -> list[str] | None:
    """The places on a shortest way from start to end, both included; None where there is none."""
    came_from: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting:
        place = waiting.popleft()
        if place == end:
            path: list[str] = []
            step: str | None = place
            while step is not None:
                path.append(step)
                step = came_from[step]
            return path[::-1]
        for other in links.get(place, []):
            if other not in came_from:
                came_from[other] = place
                waiting.append(other)
    return None
''',
        examples=(
            example(
                ["a", "e", "d"],
                links={"a": ["e", "b"], "b": ["c"], "c": ["d"], "e": ["d"]},
                start="a",
                end="d",
            ),
            example(["a"], links={}, start="a", end="a"),
            example(None, links={"a": ["b"], "b": ["a"]}, start="a", end="z"),
        ),
        mutants=wrong(
            ("wrong method", "waiting.popleft()", "waiting.pop()"),
            ("wrong order", "path[::-1]", "path"),
            ("dropped default", "links.get(place, [])", "links[place]"),
            ("wrong condition", "if place == end:", "if place != end:"),
            ("wrong value", "    return None\n", "    return []\n"),
        ),
    ),
    Specimen(
        code='''
def cheapest_route(roads: list[tuple[str, str, int]], start: str, end: str) -> int:
    """The least cost from start to end on roads that go both ways (from, to, cost).

    Raises Missing when there is no route.
    """
    links: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for first, second, cost in roads:
        links[first].append((cost, second))
        links[second].append((cost, first))
    done: set[str] = set()
    waiting = [(0, start)]
    while waiting:
        cost, place = heapq.heappop(waiting)
        if place == end:
            return cost
        if place in done:
            continue
        done.add(place)
        for step, other in links[place]:
            heapq.heappush(waiting, (cost + step, other))
    raise Missing
''',
        raises=("Missing",),
        examples=(
            example(5, roads=[["a", "b", 2], ["b", "c", 3], ["a", "c", 9]], start="a", end="c"),
            example(4, roads=[["a", "b", 4]], start="b", end="a"),
            example(0, roads=[], start="a", end="a"),
            example(raises="Missing", roads=[["a", "b", 4]], start="a", end="c"),
        ),
        mutants=(
            *wrong(
                ("dropped statement", "        links[second].append((cost, first))\n", ""),
                ("dropped condition", "(cost + step, other)", "(step, other)"),
                ("wrong error", "raise Missing", "raise NotFound"),
                ("swapped arguments", "(cost, second)", "(second, cost)"),
                ("wrong function", "heapq.heappop(waiting)", "waiting.pop()"),
                ("swallowed error", "    raise Missing", "    return -1"),
            ),
        ),
    ),
    Specimen(
        code='''
def count_islands(rows: list[str]) -> int:
    """How many groups of # there are in the map, joined at their sides but not at corners."""
    land = {
        (y, x) for y, row in enumerate(rows) for x, letter in enumerate(row) if letter == "#"
    }
    count = 0
    while land:
        count += 1
        waiting = [land.pop()]
        while waiting:
            y, x = waiting.pop()
            for place in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                if place in land:
                    land.remove(place)
                    waiting.append(place)
    return count
''',
        examples=(
            example(3, rows=["##.", "..#", "#.#"]),
            example(0, rows=["..."]),
            example(1, rows=["###", "#.#", "###"]),
            example(0, rows=[]),
        ),
        mutants=(
            *wrong(
                ("dropped case", "(y + 1, x), (y - 1, x), ", ""),
                ("dropped statement", "                    waiting.append(place)\n", ""),
                ("wrong value", "(y, x - 1))", "(y, x - 1), (y + 1, x + 1), (y - 1, x - 1))"),
                ("off by one", "count = 0", "count = 1"),
            ),
            Mutant(
                "wrong method",
                "y, x = waiting.pop()",
                "y, x = waiting.pop(0)",
                equivalent="The order in which a group is walked does not matter.",
            ),
        ),
    ),
)
