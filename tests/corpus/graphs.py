"""Graphs, intervals and recursion."""

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
    Specimen(
        code='''
def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The intervals (first, last) in order, those that overlap or touch at an end made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
''',
        examples=(
            example([[1, 6], [8, 10]], intervals=[[8, 10], [1, 3], [2, 6]]),
            example([[1, 9]], intervals=[[1, 9], [2, 3]]),
            example([[1, 5]], intervals=[[1, 3], [3, 5]]),
            example([], intervals=[]),
        ),
        mutants=wrong(
            ("dropped call", "sorted(intervals)", "intervals"),
            ("off by one", "first <= merged", "first < merged"),
            ("dropped call", "max(merged[-1][1], last)", "last"),
            ("wrong function", "max(merged", "min(merged"),
            ("wrong index", "(merged[-1][0], max", "(first, max"),
        ),
    ),
    Specimen(
        code='''
def overlaps(
    first_start: datetime, first_end: datetime, second_start: datetime, second_end: datetime
) -> bool:
    """Whether two spans of time share a moment; an end belongs to no span."""
    return first_start < second_end and second_start < first_end
''',
        examples=(
            example(
                True,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T12:00:00Z",
                second_start="2026-06-01T11:00:00Z",
                second_end="2026-06-01T13:00:00Z",
            ),
            example(
                False,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T12:00:00Z",
                second_start="2026-06-01T12:00:00Z",
                second_end="2026-06-01T13:00:00Z",
            ),
            example(
                False,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T11:00:00Z",
                second_start="2026-06-01T08:00:00Z",
                second_end="2026-06-01T10:00:00Z",
            ),
        ),
        mutants=wrong(
            ("off by one", "first_start < second_end", "first_start <= second_end"),
            ("off by one", "second_start < first_end", "second_start <= first_end"),
            ("wrong operator", " and ", " or "),
            ("wrong operator", "first_start < second_end", "first_start > second_end"),
        ),
    ),
    Specimen(
        code='''
def free_slots(
    busy: list[tuple[time, time]], opens: time, closes: time
) -> list[tuple[time, time]]:
    """The gaps between busy spans from opening to closing, in order; empty gaps are left out."""
    slots: list[tuple[time, time]] = []
    at = opens
    for start, end in sorted(busy):
        if at < start:
            slots.append((at, min(start, closes)))
        at = max(at, end)
    if at < closes:
        slots.append((at, closes))
    return slots
''',
        examples=(
            example(
                [["08:00", "09:00"], ["10:30", "12:00"]],
                busy=[["09:30", "10:30"], ["09:00", "10:00"]],
                opens="08:00",
                closes="12:00",
            ),
            example([], busy=[["08:00", "12:00"]], opens="08:00", closes="12:00"),
            example(
                [["09:00", "10:00"]],
                busy=[["08:00", "09:00"], ["08:15", "08:30"]],
                opens="08:00",
                closes="10:00",
            ),
        ),
        mutants=wrong(
            ("dropped call", "sorted(busy)", "busy"),
            ("off by one", "if at < start", "if at <= start"),
            ("dropped call", "max(at, end)", "end"),
            ("off by one", "if at < closes", "if at <= closes"),
            ("wrong value", "at = opens", "at = time(0)"),
        ),
    ),
    Specimen(
        code='''
def flatten_list(items: list[JsonValue]) -> list[JsonValue]:
    """The values of lists within lists, however deep, in order."""
    flat: list[JsonValue] = []
    for item in items:
        if isinstance(item, list):
            flat.extend(flatten_list(item))
        else:
            flat.append(item)
    return flat
''',
        examples=(
            example([1, 2, "ab", 4], items=[1, [2, ["ab"], []], 4]),
            example([], items=[[], [[]]]),
            example([None, {"a": [1]}], items=[None, {"a": [1]}]),
        ),
        mutants=wrong(
            ("wrong method", "flat.extend(flatten_list(item))", "flat.append(flatten_list(item))"),
            ("dropped call", "flatten_list(item))", "item)"),
            ("wrong method", "flat.append(item)", "flat.insert(0, item)"),
        ),
    ),
    Specimen(
        code='''
def permutations_of(text: str) -> list[str]:
    """Every different order of the letters, sorted."""
    if len(text) < 2:
        return [text]
    found = {
        letter + rest
        for place, letter in enumerate(text)
        for rest in permutations_of(text[:place] + text[place + 1 :])
    }
    return sorted(found)
''',
        examples=(
            example(["aab", "aba", "baa"], text="aba"),
            example([""], text=""),
            example(["abc", "acb", "bac", "bca", "cab", "cba"], text="cab"),
        ),
        mutants=wrong(
            ("off by one", "text[place + 1 :]", "text[place:]"),
            ("dropped call", "sorted(found)", "list(found)[::-1]"),
            ("wrong value", "return [text]", "return []"),
        ),
    ),
    Specimen(
        code='''
def hanoi(discs: int, source: str = "a", target: str = "c", spare: str = "b") -> list[str]:
    """The moves that take a tower from source to target, each as `a>c`."""
    if discs < 1:
        return []
    before = hanoi(discs - 1, source, spare, target)
    after = hanoi(discs - 1, spare, target, source)
    return [*before, f"{source}>{target}", *after]
''',
        examples=(
            example(["a>b", "a>c", "b>c"], discs=2),
            example(["x>y"], discs=1, source="x", target="y", spare="z"),
            example([], discs=0),
        ),
        mutants=wrong(
            (
                "swapped arguments",
                "hanoi(discs - 1, source, spare, target)",
                "hanoi(discs - 1, source, target, spare)",
            ),
            (
                "wrong order",
                '[*before, f"{source}>{target}", *after]',
                '[*after, f"{source}>{target}", *before]',
            ),
            ("off by one", "discs < 1", "discs < 2"),
            ("wrong default", 'spare: str = "b"', 'spare: str = "d"'),
        ),
    ),
)
