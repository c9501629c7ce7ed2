"""Graphs, records and collections, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def connected_groups(people: list[str], friends: list[tuple[str, str]]) -> list[list[str]]:
    """The groups of people who know each other directly or not, each sorted, the largest first.

    Groups of the same size go by their first name.
    """
    leader = {name: name for name in people}

    def find(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    for first, second in friends:
        leader[find(first)] = find(second)
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(people):
        groups[find(name)].append(name)
    return sorted(groups.values(), key=lambda group: (-len(group), group[0]))
''',
        examples=(
            example(
                [["a", "b", "c"], ["d"], ["e"]],
                people=["e", "d", "c", "b", "a"],
                friends=[["a", "b"], ["b", "c"], ["c", "a"]],
            ),
            example([["x"]], people=["x"], friends=[]),
            example([["b", "d"], ["a"]], people=["a", "b", "d"], friends=[["d", "b"]]),
        ),
        mutants=(
            *wrong(
                ("wrong order", "(-len(group), group[0])", "(len(group), group[0])"),
                ("dropped call", "sorted(people)", "people"),
                ("wrong value", "leader[find(first)] = find(second)", "leader[first] = second"),
            ),
            Mutant(
                "dropped condition",
                "(-len(group), group[0])",
                "-len(group)",
                equivalent="Groups are made in the order of their first names; sorting is stable.",
            ),
        ),
    ),
    Specimen(
        code='''
def tree_depth(parents: dict[str, str | None]) -> int:
    """The most steps from any node up to a root, roots counting 1; 0 for an empty tree.

    Raises Conflict when nodes are above each other in a circle.
    """

    def depth(name: str, seen: frozenset[str]) -> int:
        if name in seen:
            raise Conflict("There is a circle.")
        parent = parents.get(name)
        return 1 if parent is None else 1 + depth(parent, seen | {name})

    return max((depth(name, frozenset()) for name in parents), default=0)
''',
        raises=("Conflict",),
        examples=(
            example(3, parents={"a": None, "b": "a", "c": "b", "d": "a"}),
            example(0, parents={}),
            example(raises="Conflict", parents={"a": "b", "b": "a"}),
        ),
        mutants=wrong(
            ("wrong aggregate", "max((depth", "min((depth"),
            ("dropped default", ", default=0", ""),
            ("off by one", "1 if parent is None", "0 if parent is None"),
            (
                "swallowed error",
                '            raise Conflict("There is a circle.")',
                "            return 0",
            ),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def gather_prices(prices: dict[str, Decimal], names: list[str]) -> dict[str, Decimal | None]:
    """The price of each name, looked up at the same time; None where there is none."""

    async def look_up(name: str) -> Decimal:
        await asyncio.sleep(0)
        return prices[name]

    found = await asyncio.gather(*(look_up(name) for name in names), return_exceptions=True)
    return {
        name: None if isinstance(price, BaseException) else price
        for name, price in zip(names, found, strict=True)
    }
''',
        examples=(
            example({"a": "1.50", "x": None}, prices={"a": "1.50", "b": "2"}, names=["a", "x"]),
            example({}, prices={"a": "1"}, names=[]),
        ),
        mutants=wrong(
            ("missing await", "found = await asyncio", "found = asyncio"),
            ("dropped argument", ", return_exceptions=True", ""),
            ("missing await", "        await asyncio.sleep(0)", "        asyncio.sleep(0)"),
            ("dropped condition", "None if isinstance(price, BaseException) else price", "price"),
        ),
    ),
    Specimen(
        code='''
@dataclass(frozen=True)
class _Line:
    name: str
    quantity: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.quantity * self.price


def invoice_lines(items: list[tuple[str, int, Decimal]]) -> list[str]:
    """Lines `2 x pen = 3.00` by name, those of nothing left out, and `total = …` at the end."""
    lines = sorted((_Line(*item) for item in items), key=attrgetter("name"))
    shown = [line for line in lines if line.quantity > 0]
    total = sum((line.total for line in shown), Decimal("0.00"))
    texts = [f"{line.quantity} x {line.name} = {line.total}" for line in shown]
    return [*texts, f"total = {total}"]
''',
        examples=(
            example(
                ["1 x ink = 4.00", "2 x pen = 3.00", "total = 7.00"],
                items=[["pen", 2, "1.50"], ["ink", 1, "4.00"], ["pad", 0, "9.00"]],
            ),
            example(["total = 0.00"], items=[]),
        ),
        mutants=wrong(
            ("off by one", "line.quantity > 0", "line.quantity > 1"),
            ("dropped factor", "self.quantity * self.price", "self.price"),
            ("wrong attribute", 'attrgetter("name")', 'attrgetter("price")'),
            (
                "wrong order",
                "{line.quantity} x {line.name}",
                "{line.name} x {line.quantity}",
            ),
            ("wrong value", "for line in shown), Decimal", "for line in lines[:1]), Decimal"),
        ),
    ),
    Specimen(
        code='''
def change_coins(amount: int, coins: list[int]) -> list[int] | None:
    """The fewest coins that make the amount, the greatest first; None where none do."""
    best: list[list[int] | None] = [[]]
    for total in range(1, amount + 1):
        ways = [
            [coin, *way]
            for coin in coins
            if coin <= total and (way := best[total - coin]) is not None
        ]
        best.append(min(ways, key=len, default=None))
    found = best[amount]
    return None if found is None else sorted(found, reverse=True)
''',
        examples=(
            example([3, 3], amount=6, coins=[1, 3, 4]),
            example(None, amount=3, coins=[2]),
            example([], amount=0, coins=[5]),
            example([5, 2, 1], amount=8, coins=[1, 2, 5]),
        ),
        mutants=wrong(
            ("off by one", "range(1, amount + 1)", "range(1, amount)"),
            ("off by one", "coin <= total", "coin < total"),
            ("wrong aggregate", "min(ways, key=len", "max(ways, key=len"),
            ("wrong order", ", reverse=True", ""),
        ),
    ),
    Specimen(
        code='''
def rotate(rows: list[list[int]], turns: int = 1) -> list[list[int]]:
    """The table turned clockwise so many times; negative turns go the other way."""
    for _ in range(turns % 4):
        rows = [list(column) for column in zip(*rows[::-1], strict=True)]
    return rows
''',
        examples=(
            example([[3, 1], [4, 2]], rows=[[1, 2], [3, 4]]),
            example([[2, 4], [1, 3]], rows=[[1, 2], [3, 4]], turns=-1),
            example([[1, 2]], rows=[[1, 2]], turns=4),
        ),
        mutants=wrong(
            ("wrong order", "rows[::-1]", "rows"),
            ("dropped condition", "turns % 4", "turns"),
            ("wrong default", "turns: int = 1", "turns: int = 2"),
            ("wrong constant", "turns % 4", "turns % 3"),
        ),
    ),
    Specimen(
        code='''
def bucket_ages(born: list[date], *, now: datetime) -> dict[str, int]:
    """How many are under 18, from 18 to 64, and 65 or older today; only groups with anybody."""
    today = now.date()
    counts: Counter[str] = Counter()
    for day in born:
        age = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
        counts["under 18" if age < 18 else "18 to 64" if age < 65 else "65 or older"] += 1
    return dict(counts)
''',
        examples=(
            example(
                {"under 18": 1, "18 to 64": 2, "65 or older": 1},
                born=["2008-06-16", "2008-06-15", "1961-06-16", "1961-06-15"],
                now="2026-06-15T08:00:00Z",
            ),
            example({}, born=[], now="2026-06-15T08:00:00Z"),
        ),
        mutants=wrong(
            ("off by one", "age < 18", "age <= 18"),
            ("off by one", "age < 65", "age <= 65"),
            ("dropped condition", " - ((today.month, today.day) < (day.month, day.day))", ""),
            ("off by one", "today.day) < (day", "today.day) <= (day"),
            ("clock", "now.date()", "date.today()"),
        ),
    ),
    Specimen(
        code='''
def paginate_list(items: list[str], page: int, size: int = 10) -> tuple[list[str], int]:
    """The items of a page, counted from 1, and how many pages there are.

    Raises Missing for a page that is not there; an empty list has one empty page.
    """
    pages = max(-(-len(items) // size), 1)
    if not 1 <= page <= pages:
        raise Missing
    start = (page - 1) * size
    return items[start : start + size], pages
''',
        raises=("Missing",),
        examples=(
            example([["c"], 2], items=["a", "b", "c"], page=2, size=2),
            example([["a", "b"], 1], items=["a", "b"], page=1, size=2),
            example([[], 1], items=[], page=1),
            example(raises="Missing", items=["a"], page=0),
            example(raises="Missing", items=["a", "b"], page=2, size=2),
        ),
        mutants=wrong(
            ("off by one", "(page - 1) * size", "page * size"),
            ("rounding", "-(-len(items) // size)", "len(items) // size"),
            ("off by one", "1 <= page", "0 <= page"),
            ("dropped call", "max(-(-len(items) // size), 1)", "-(-len(items) // size)"),
            ("wrong default", "size: int = 10", "size: int = 20"),
            ("off by one", "page <= pages", "page <= pages + 1"),
        ),
    ),
)
