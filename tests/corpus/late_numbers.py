"""Numbers, dates, graphs and collections, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def loan_payments(amount: Decimal, months: int) -> list[Decimal]:
    """The amount in equal monthly payments rounded down to cents; the last one makes up the rest.

    Raises BadInput for fewer than one month.
    """
    if months < 1:
        raise BadInput
    payment = (amount / months).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return [payment] * (months - 1) + [amount - payment * (months - 1)]
''',
        raises=("BadInput",),
        examples=(
            example(["33.33", "33.33", "33.34"], amount="100.00", months=3),
            example(["16.66", "16.66", "16.66", "16.66", "16.66", "16.70"], amount="100", months=6),
            example(["5.00"], amount="5.00", months=1),
            example(raises="BadInput", amount="5.00", months=0),
        ),
        mutants=wrong(
            ("rounding", "ROUND_DOWN", "ROUND_HALF_UP"),
            ("off by one", "payment * (months - 1)]", "payment * months]"),
            ("off by one", "[payment] * (months - 1)", "[payment] * months"),
            ("off by one", "months < 1", "months < 0"),
            ("wrong constant", '"0.01"', '"0.1"'),
        ),
    ),
    Specimen(
        code='''
def apply_discount(
    prices: list[Decimal], *, settings: Settings, minimum: Decimal = Decimal("50")
) -> Decimal:
    """The sum of the prices, less `discount_percent` per cent from the minimum on.

    It is rounded to cents, halves up.
    """
    total = sum(prices, Decimal(0))
    if total >= minimum:
        total -= total * settings.discount_percent / 100
    return total.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
''',
        settings=("discount_percent",),
        examples=(
            example("45.00", prices=["20.00", "30.00"]),
            example("49.99", prices=["49.99"]),
            example("9.50", prices=["10.00"], minimum="10", settings={"discount_percent": "5"}),
            example("45.05", prices=["50.05"]),
        ),
        mutants=wrong(
            ("off by one", ">= minimum", "> minimum"),
            ("wrong sign", "total -= total", "total += total"),
            ("wrong constant", "/ 100", "/ 10"),
            ("wrong setting", "settings.discount_percent", "settings.loan_limit"),
            ("rounding", "ROUND_HALF_UP", "ROUND_DOWN"),
            ("wrong default", 'Decimal("50")\n', 'Decimal("60")\n'),
        ),
    ),
    Specimen(
        code='''
def prime_factors(number: int) -> dict[int, int]:
    """Each prime factor with its exponent; none below 2."""
    factors: dict[int, int] = {}
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors[divisor] = factors.get(divisor, 0) + 1
            number //= divisor
        divisor += 1
    if number > 1:
        factors[number] = factors.get(number, 0) + 1
    return factors
''',
        examples=(
            example({"2": 2, "3": 1, "7": 1}, number=84),
            example({"7": 2}, number=49),
            example({"13": 1}, number=13),
            example({}, number=1),
        ),
        mutants=wrong(
            ("off by one", "divisor * divisor <= number", "divisor * divisor < number"),
            ("off by one", "if number > 1", "if number > 0"),
            ("dropped condition", "        while number % divisor", "        if number % divisor"),
            (
                "dropped statement",
                "        factors[number] = factors.get(number, 0) + 1",
                "        pass",
            ),
        ),
    ),
    Specimen(
        code='''
def histogram(values: list[float], edges: list[float]) -> list[int]:
    """How many values lie in each bin from an edge to before the next; others are left out."""
    counts = [0] * max(len(edges) - 1, 0)
    for value in values:
        place = bisect.bisect_right(edges, value) - 1
        if 0 <= place < len(counts):
            counts[place] += 1
    return counts
''',
        examples=(
            example([2, 1], values=[0.0, 0.5, 1.0, 2.0, -1.0], edges=[0.0, 1.0, 2.0]),
            example([], values=[1.0], edges=[]),
        ),
        mutants=wrong(
            ("wrong function", "bisect.bisect_right", "bisect.bisect_left"),
            ("dropped condition", "if 0 <= place < len(counts)", "if place < len(counts)"),
            ("off by one", "place < len(counts)", "place <= len(counts)"),
            ("off by one", "max(len(edges) - 1, 0)", "len(edges)"),
            ("wrong operator", "counts[place] += 1", "counts[place] = 1"),
        ),
    ),
    Specimen(
        code='''
def weighted_mean(pairs: list[tuple[float, float]]) -> float | None:
    """The mean of the values by their weights (value, weight); None when the weights sum to 0."""
    weight = math.fsum(weight for _, weight in pairs)
    if weight == 0:
        return None
    return math.fsum(value * weight for value, weight in pairs) / weight
''',
        examples=(
            example(2.5, pairs=[[1.0, 1.0], [3.0, 3.0]]),
            example(None, pairs=[]),
            example(None, pairs=[[5.0, 0.0]]),
        ),
        mutants=wrong(
            ("wrong divisor", ") / weight", ") / len(pairs)"),
            ("dropped factor", "value * weight for", "value for"),
            ("wrong condition", "if weight == 0", "if not pairs"),
            ("wrong default", "return None", "return 0.0"),
        ),
    ),
    Specimen(
        code='''
def schedule_rooms(meetings: list[tuple[time, time]]) -> int:
    """How many rooms the meetings need at least; one that ends frees its room for the next."""
    changes = sorted(
        [(start, 1) for start, _ in meetings] + [(end, -1) for _, end in meetings],
        key=lambda change: (change[0], change[1]),
    )
    used = most = 0
    for _, change in changes:
        used += change
        most = max(most, used)
    return most
''',
        examples=(
            example(2, meetings=[["09:00", "11:00"], ["10:00", "12:00"], ["11:00", "12:00"]]),
            example(1, meetings=[["09:00", "10:00"], ["10:00", "11:00"]]),
            example(0, meetings=[]),
        ),
        mutants=wrong(
            ("wrong order", "(change[0], change[1])", "(change[0], -change[1])"),
            ("wrong aggregate", "max(most, used)", "used"),
            ("wrong sign", "(end, -1)", "(end, 1)"),
            (
                "wrong order",
                "key=lambda change: (change[0], change[1])",
                "key=lambda change: change[1]",
            ),
        ),
    ),
    Specimen(
        code='''
def quarter_of(day: date, first_month: int = 1) -> tuple[int, int]:
    """The fiscal year, named by the year it begins in, and the quarter 1 to 4 of a day."""
    months = (day.year * 12 + day.month - 1) - (first_month - 1)
    year, month = divmod(months, 12)
    return year, month // 3 + 1
''',
        examples=(
            example([2026, 1], day="2026-03-31"),
            example([2026, 4], day="2026-12-01"),
            example([2025, 4], day="2026-03-31", first_month=4),
            example([2026, 1], day="2026-04-01", first_month=4),
        ),
        mutants=wrong(
            ("off by one", "month // 3 + 1", "month // 3"),
            ("off by one", "day.month - 1)", "day.month)"),
            ("wrong sign", "- (first_month - 1)", "+ (first_month - 1)"),
            ("wrong default", "first_month: int = 1", "first_month: int = 4"),
            ("wrong constant", "month // 3", "month // 4"),
        ),
    ),
    Specimen(
        code='''
def remind_at(due_on: date, hours_before: int, zone: str) -> datetime:
    """So many hours before the local midnight with which the day begins, in UTC."""
    midnight = datetime.combine(due_on, time(0), ZoneInfo(zone))
    return midnight.astimezone(UTC) - timedelta(hours=hours_before)
''',
        examples=(
            example(
                "2026-06-13T22:00:00Z", due_on="2026-06-15", hours_before=24, zone="Europe/Berlin"
            ),
            example(
                "2026-01-15T05:00:00Z", due_on="2026-01-15", hours_before=0, zone="America/New_York"
            ),
        ),
        mutants=wrong(
            ("wrong constant", "ZoneInfo(zone)", "UTC"),
            ("wrong sign", "(UTC) - timedelta", "(UTC) + timedelta"),
            ("wrong unit", "hours=hours_before", "minutes=hours_before"),
            ("dropped call", ".astimezone(UTC)", ".replace(tzinfo=UTC)"),
        ),
    ),
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
