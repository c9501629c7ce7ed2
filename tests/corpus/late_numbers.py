"""Numbers, money and dates, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

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
)
