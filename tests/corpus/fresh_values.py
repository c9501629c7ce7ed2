"""Pure functions, written last of all, and measured once before a check was changed again."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, held, wrong

SPECIMENS = held(
    Specimen(
        code='''
def late_fee(due_on: date, returned_on: date, per_day: Decimal, most: Decimal) -> Decimal:
    """The fee for a late return: so much for each day after the due day, never more than `most`.

    Two decimal places, half up; 0.00 when it is not late.
    """
    days = (returned_on - due_on).days
    if days <= 0:
        return Decimal("0.00")
    return min(per_day * days, most).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
''',
        examples=(
            example(
                "0.75",
                due_on="2026-06-01",
                returned_on="2026-06-04",
                per_day="0.25",
                most="10.00",
            ),
            example(
                "10.00",
                due_on="2026-06-01",
                returned_on="2026-12-01",
                per_day="0.25",
                most="10.00",
            ),
            example(
                "0.00",
                due_on="2026-06-01",
                returned_on="2026-05-20",
                per_day="0.25",
                most="10.00",
            ),
            example(
                "0.13",
                due_on="2026-06-01",
                returned_on="2026-06-02",
                per_day="0.125",
                most="10.00",
            ),
        ),
        mutants=wrong(
            ("dropped condition", '    if days <= 0:\n        return Decimal("0.00")\n', ""),
            ("off by one", "(returned_on - due_on).days", "(returned_on - due_on).days + 1"),
            ("wrong function", "min(per_day", "max(per_day"),
            ("dropped step", "min(per_day * days, most)", "(per_day * days)"),
            ("swapped arguments", "(returned_on - due_on)", "(due_on - returned_on)"),
            ("wrong constant", "ROUND_HALF_UP", "ROUND_DOWN"),
            (
                "wrong type",
                "return min(per_day * days, most)",
                "return Decimal(min(float(per_day) * days, most))",
            ),
        ),
    ),
    Specimen(
        code='''
def page_numbers(total: int, limit: int, current: int) -> list[int]:
    """The pages to link to: the first, the last, the current one and those beside it, in order.

    Pages count from 1; no items have one page.
    """
    last = max(1, -(-total // limit))
    wanted = {1, last, current - 1, current, current + 1}
    return sorted(page for page in wanted if 1 <= page <= last)
''',
        examples=(
            example([1, 4, 5, 6, 10], total=95, limit=10, current=5),
            example([1, 2], total=20, limit=10, current=1),
            example([1], total=0, limit=10, current=1),
            example([1, 2, 3], total=21, limit=10, current=3),
        ),
        mutants=wrong(
            ("off by one", "-(-total // limit)", "total // limit"),
            ("off by one", "-(-total // limit)", "total // limit + 1"),
            ("dropped step", "max(1, -(-total // limit))", "-(-total // limit)"),
            ("off by one", "1 <= page <= last", "1 <= page < last"),
            ("off by one", "1 <= page <= last", "0 <= page <= last"),
            ("dropped step", "return sorted(page", "return list(page"),
        ),
    ),
    Specimen(
        code='''
def normalize_tags(text: str) -> list[str]:
    """Tags from a line such as "Red, blue; red": lower case, trimmed, each once, as first seen.

    They are parted by commas or semicolons; what is empty is left out.
    """
    found = (part.strip().lower() for part in re.split(r"[,;]", text))
    return list(dict.fromkeys(tag for tag in found if tag))
''',
        examples=(
            example(["red", "dark blue"], text=" Red, dark blue; red ;,"),
            example([], text=""),
            example(["b", "a"], text="b;A"),
        ),
        mutants=wrong(
            ("wrong pattern", 'r"[,;]"', 'r"[,; ]"'),
            ("wrong pattern", 'r"[,;]"', 'r","'),
            ("dropped step", ".strip()", ""),
            ("dropped step", ".lower()", ""),
            ("dropped condition", " if tag)", ")"),
            ("wrong function", "dict.fromkeys(tag", "set(tag"),
            (
                "swapped steps",
                "list(dict.fromkeys(tag for tag in found if tag))",
                "sorted({tag for tag in found if tag})",
            ),
        ),
    ),
    Specimen(
        code='''
def split_stay(start: date, end: date) -> dict[str, int]:
    """Nights of a stay by month, as "2026-06": the night belongs to the day on which it begins.

    Raises BadInput for `end` where it is not after `start`.
    """
    if end <= start:
        raise BadInput("end")
    nights: dict[str, int] = {}
    day = start
    while day < end:
        month = day.strftime("%Y-%m")
        nights[month] = nights.get(month, 0) + 1
        day += timedelta(days=1)
    return nights
''',
        raises=("BadInput",),
        examples=(
            example({"2026-06": 2, "2026-07": 1}, start="2026-06-29", end="2026-07-02"),
            example({"2026-06": 1}, start="2026-06-30", end="2026-07-01"),
            example(raises="BadInput", start="2026-06-30", end="2026-06-30"),
        ),
        mutants=wrong(
            ("off by one", "end <= start", "end < start"),
            ("off by one", "while day < end", "while day <= end"),
            ("wrong constant", '"%Y-%m"', '"%Y-%d"'),
            ("wrong constant", '"%Y-%m"', '"%m"'),
            ("wrong operator", "nights.get(month, 0) + 1", "nights.get(month, 1)"),
            ("endless", "        day += timedelta(days=1)\n", ""),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def fetch_all(ids: list[int], known: dict[int, str]) -> dict[int, str]:
    """The names of all ids at once; an id that nobody knows is left out."""

    async def fetch(number: int) -> str:
        await asyncio.sleep(0)
        if number not in known:
            raise LookupError(number)
        return known[number]

    found = await asyncio.gather(*(fetch(number) for number in ids), return_exceptions=True)
    return {
        number: name for number, name in zip(ids, found, strict=True) if isinstance(name, str)
    }
''',
        examples=(
            example({"1": "Ada", "3": "Bob"}, ids=[1, 2, 3], known={"1": "Ada", "3": "Bob"}),
            example({}, ids=[], known={}),
        ),
        mutants=wrong(
            ("missing await", "await asyncio.gather", "asyncio.gather"),
            ("dropped argument", ", return_exceptions=True", ""),
            ("dropped condition", " if isinstance(name, str)", ""),
            ("swapped arguments", "number: name for", "name: number for"),
        ),
    ),
)
