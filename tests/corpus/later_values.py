"""Functions without a database, written after the first checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def share_bill(total: Decimal, shares: list[int]) -> list[Decimal]:
    """Split a total by shares, in whole cents, rounded down; what is left goes to the first ones.

    One cent each, in order. No shares, or none above zero, raise BadInput.
    """
    whole = sum(shares)
    if whole <= 0 or min(shares) < 0:
        raise BadInput("shares")
    cents = int(total * 100)
    parts = [cents * share // whole for share in shares]
    for place in range(cents - sum(parts)):
        parts[place] += 1
    return [Decimal(part) / 100 for part in parts]
''',
        raises=("BadInput",),
        examples=(
            example(["33.34", "33.33", "33.33"], total="100.00", shares=[1, 1, 1]),
            example(["7.50", "2.50", "0"], total="10.00", shares=[3, 1, 0]),
            example(["0.02", "0.02", "0.01"], total="0.05", shares=[1, 1, 1]),
            example(raises="BadInput", total="1.00", shares=[]),
            example(raises="BadInput", total="1.00", shares=[0, 0]),
            example(raises="BadInput", total="1.00", shares=[2, -1]),
        ),
        mutants=wrong(
            ("dropped condition", " or min(shares) < 0", ""),
            ("off by one", "whole <= 0", "whole < 0"),
            ("wrong value", "total * 100", "total * 10"),
            ("wrong operator", "cents * share // whole", "cents // whole * share"),
            ("dropped step", "        parts[place] += 1\n", "        parts[0] += 0\n"),
            ("wrong index", "parts[place] += 1", "parts[0] += 1"),
            ("wrong value", "Decimal(part) / 100", "Decimal(part) / 10"),
        ),
    ),
    Specimen(
        code='''
def billing_periods(start: date, months: int) -> list[tuple[date, date]]:
    """The first and last day of so many monthly periods, one after the other.

    A period begins on the day of `start`, or on the last day of a month that has no such day.
    """
    firsts: list[date] = []
    for number in range(months + 1):
        years, month = divmod(start.month - 1 + number, 12)
        year = start.year + years
        longest = calendar.monthrange(year, month + 1)[1]
        firsts.append(date(year, month + 1, min(start.day, longest)))
    return [(one, after - timedelta(days=1)) for one, after in pairwise(firsts)]
''',
        examples=(
            example(
                [["2026-01-31", "2026-02-27"], ["2026-02-28", "2026-03-30"]],
                start="2026-01-31",
                months=2,
            ),
            example([["2026-12-15", "2027-01-14"]], start="2026-12-15", months=1),
            example([], start="2026-05-01", months=0),
        ),
        mutants=wrong(
            ("off by one", "range(months + 1)", "range(months)"),
            ("off by one", "timedelta(days=1)", "timedelta(days=0)"),
            ("dropped step", "start.year + years", "start.year"),
            ("wrong function", "min(start.day, longest)", "max(start.day, longest)"),
            ("off by one", "start.month - 1 + number", "start.month + number"),
            ("wrong value", "monthrange(year, month + 1)[1]", "monthrange(year, month + 1)[0]"),
        ),
    ),
    Specimen(
        code='''
def read_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that a header like `bytes=0-99` asks of a file of this size.

    `bytes=-5` are the last five, `bytes=5-` all from the fifth on. What goes beyond the end is cut;
    None for anything else, and for what begins beyond the end.
    """
    found = re.fullmatch(r"bytes=([0-9]*)-([0-9]*)", header.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else None
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    return (first, last) if first <= last else None
''',
        examples=(
            example([0, 99], header="bytes=0-99", size=1000),
            example([5, 9], header=" bytes=5- ", size=10),
            example([5, 9], header="bytes=-5", size=10),
            example([0, 9], header="bytes=-50", size=10),
            example([8, 9], header="bytes=8-20", size=10),
            example([9, 9], header="bytes=9-9", size=10),
            example(None, header="bytes=10-12", size=10),
            example(None, header="bytes=-", size=10),
            example(None, header="bytes=-0", size=10),
            example(None, header="items=0-1", size=10),
        ),
        mutants=wrong(
            ("dropped condition", " or not (found[1] or found[2])", ""),
            ("dropped step", "header.strip()", "header"),
            ("off by one", "(size - length, size - 1)", "(size - length, size)"),
            ("dropped bound", "min(int(found[2]), size)", "int(found[2])"),
            ("dropped bound", "min(int(found[2]), size - 1)", "int(found[2])"),
            ("off by one", "first <= last", "first < last"),
            ("dropped condition", " if length else None", ""),
            ("wrong function", "re.fullmatch", "re.search"),
        ),
    ),
    Specimen(
        code='''
def merge_tags(old: list[str], new: list[str], limit: int = 5) -> list[str]:
    """Tags without spaces around, each once whatever its case, old ones first, at most so many.

    The spelling that came first stays; empty ones count for nothing.
    """
    found: dict[str, str] = {}
    for tag in chain(old, new):
        word = tag.strip()
        if word:
            found.setdefault(word.casefold(), word)
    return list(found.values())[:limit]
''',
        examples=(
            example(["Red", "blue", "Green"], old=["Red ", "blue"], new=["RED", " ", "Green"]),
            example(["a", "b"], old=["a"], new=["b", "c"], limit=2),
            example(["1", "2", "3", "4", "5"], old=["1", "2", "3"], new=["4", "5", "6"]),
            example([], old=[], new=[""]),
        ),
        mutants=wrong(
            ("wrong order", "chain(old, new)", "chain(new, old)"),
            ("dropped step", "tag.strip()", "tag"),
            (
                "dropped condition",
                "        if word:\n            found",
                "        if True:\n            found",
            ),
            ("dropped step", "word.casefold()", "word"),
            (
                "wrong method",
                "found.setdefault(word.casefold(), word)",
                "found[word.casefold()] = word",
            ),
            ("wrong default", "limit: int = 5", "limit: int = 6"),
            ("dropped step", "[:limit]", ""),
        ),
    ),
    Specimen(
        code='''
def may_call(calls: list[datetime], limit: int, seconds: int, *, now: datetime) -> bool:
    """Whether fewer calls than the limit were made in so many seconds before now.

    A call exactly so long ago does not count, nor does one that is still to come.
    """
    since = now - timedelta(seconds=seconds)
    return sum(since < moment <= now for moment in calls) < limit
''',
        examples=(
            example(
                True,
                calls=["2026-06-01T12:00:00Z", "2026-06-01T12:00:30Z"],
                now="2026-06-01T12:01:00Z",
                limit=2,
                seconds=60,
            ),
            example(
                False,
                calls=["2026-06-01T12:00:01Z", "2026-06-01T12:01:00Z"],
                now="2026-06-01T12:01:00Z",
                limit=2,
                seconds=60,
            ),
            example(
                True,
                calls=["2026-06-01T12:05:00Z"],
                now="2026-06-01T12:01:00Z",
                limit=1,
                seconds=60,
            ),
        ),
        mutants=wrong(
            ("off by one", "since < moment", "since <= moment"),
            ("off by one", "moment <= now", "moment < now"),
            ("dropped condition", "since < moment <= now", "since < moment"),
            ("off by one", ") < limit", ") <= limit"),
            ("wrong unit", "timedelta(seconds=seconds)", "timedelta(minutes=seconds)"),
        ),
    ),
    Specimen(
        code='''
def levels(needs: dict[str, list[str]]) -> list[list[str]]:
    """Names in levels, each sorted: the first needs nothing, each other only what stands before.

    A circle raises BadInput; a name that is only needed needs nothing itself.
    """
    waiting = {name: set(others) for name, others in needs.items()}
    for others in needs.values():
        for other in others:
            waiting.setdefault(other, set())
    found: list[list[str]] = []
    done: set[str] = set()
    while waiting:
        ready = sorted(name for name, others in waiting.items() if others <= done)
        if not ready:
            raise BadInput("needs")
        found.append(ready)
        done.update(ready)
        for name in ready:
            del waiting[name]
    return found
''',
        raises=("BadInput",),
        examples=(
            example(
                [["flour", "salt"], ["dough"], ["bread", "pizza"]],
                needs={"pizza": ["dough", "salt"], "bread": ["dough"], "dough": ["flour", "salt"]},
            ),
            example([], needs={}),
            example(raises="BadInput", needs={"a": ["b"], "b": ["a"], "c": []}),
        ),
        mutants=wrong(
            (
                "dropped step",
                "            waiting.setdefault(other, set())",
                "            continue",
            ),
            ("dropped step", "sorted(name for", "list(name for"),
            ("wrong operator", "others <= done", "others < done"),
            ("swallowed error", '            raise BadInput("needs")', "            break"),
            ("dropped step", "        done.update(ready)\n", ""),
            ("wrong operator", "if others <= done", "if others & done"),
        ),
    ),
    Specimen(
        code='''
def changes(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """What was added, removed and changed between two sets of values: names in order."""
    return {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(
            name for name in before.keys() & after.keys() if before[name] != after[name]
        ),
    }
''',
        examples=(
            example(
                {"added": ["d", "e"], "removed": ["a"], "changed": ["c"]},
                before={"a": "1", "b": "2", "c": "3"},
                after={"e": "5", "d": "4", "c": "0", "b": "2"},
            ),
            example({"added": [], "removed": [], "changed": []}, before={}, after={}),
        ),
        mutants=wrong(
            ("swapped arguments", "after.keys() - before.keys()", "before.keys() - after.keys()"),
            ("wrong operator", "before.keys() & after.keys()", "before.keys() | after.keys()"),
            ("wrong operator", "before[name] != after[name]", "before[name] == after[name]"),
            ("dropped condition", " if before[name] != after[name]", ""),
            (
                "dropped step",
                "sorted(after.keys() - before.keys())",
                "list(after.keys() - before.keys())",
            ),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def slowest(names: list[str], weights: dict[str, int]) -> str | None:
    """The name with the largest weight; without one it is 0, the first of equals wins."""

    async def weigh(name: str) -> int:
        await asyncio.sleep(0)
        return weights.get(name, 0)

    found = await asyncio.gather(*(weigh(name) for name in names))
    if not names:
        return None
    return max(zip(names, found, strict=True), key=lambda pair: pair[1])[0]
''',
        examples=(
            example("b", names=["a", "b", "c"], weights={"a": 1, "b": 3, "c": 3}),
            example("x", names=["x"], weights={}),
            example(None, names=[], weights={"a": 1}),
        ),
        mutants=wrong(
            ("missing await", "await asyncio.gather", "asyncio.gather"),
            ("missing await", "await asyncio.sleep(0)", "asyncio.sleep(0)"),
            ("wrong function", "return max(", "return min("),
            ("dropped condition", "    if not names:\n        return None\n", ""),
            ("dropped default", "weights.get(name, 0)", "weights[name]"),
            ("wrong index", "pair[1])[0]", "pair[0])[0]"),
        ),
    ),
)
