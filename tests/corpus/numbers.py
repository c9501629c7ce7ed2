"""Numbers and statistics."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def median_of(values: list[float]) -> float | None:
    """The middle value; the mean of the two middle ones for an even number; None for none."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
''',
        examples=(
            example(3.0, values=[5.0, 1.0, 3.0]),
            example(2.5, values=[4.0, 1.0, 2.0, 3.0]),
            example(None, values=[]),
        ),
        mutants=wrong(
            ("dropped call", "sorted(values)", "values"),
            ("off by one", "ordered[middle - 1] + ordered[middle]", "ordered[middle] * 2"),
            ("dropped factor", ") / 2", ")"),
            ("wrong default", "return None", "return 0.0"),
            ("negated condition", "if len(ordered) % 2:", "if not len(ordered) % 2:"),
        ),
    ),
    Specimen(
        code='''
def mean_and_spread(values: list[float]) -> tuple[float, float]:
    """The mean and the standard deviation of a sample (divided by n - 1).

    The deviation of one value is 0. Raises BadInput for no values.
    """
    if not values:
        raise BadInput
    mean = sum(values) / len(values)
    if len(values) == 1:
        return mean, 0.0
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, math.sqrt(variance)
''',
        raises=("BadInput",),
        examples=(
            example([4.0, 2.0], values=[2.0, 4.0, 6.0]),
            example([7.0, 0.0], values=[7.0]),
            example(raises="BadInput", values=[]),
        ),
        mutants=wrong(
            ("off by one", "/ (len(values) - 1)", "/ len(values)"),
            ("dropped call", "math.sqrt(variance)", "variance"),
            ("swapped arguments", "return mean, math", "return 0.0, math"),
            ("dropped condition", "    if not values:\n        raise BadInput\n", ""),
            ("wrong operator", "** 2", "* 2"),
        ),
    ),
    Specimen(
        code='''
def modes(values: list[int]) -> list[int]:
    """The values that are there most often, in ascending order; none for no values."""
    counts = Counter(values)
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)
''',
        examples=(
            example([1, 3], values=[3, 1, 3, 1, 2]),
            example([5], values=[5]),
            example([], values=[]),
        ),
        mutants=wrong(
            ("wrong aggregate", "max(counts", "min(counts"),
            ("dropped default", ", default=0", ""),
            ("dropped call", "sorted(value for", "list(value for"),
            ("wrong operator", "count == most", "count >= most - 1"),
        ),
    ),
    Specimen(
        code='''
def percentile(values: list[float], percent: int) -> float:
    """The smallest value that at least `percent` per cent of the values do not exceed.

    Raises BadInput for no values, or a percent that is not between 1 and 100.
    """
    if not values or not 1 <= percent <= 100:
        raise BadInput
    rank = -(-len(values) * percent // 100)
    return sorted(values)[rank - 1]
''',
        raises=("BadInput",),
        examples=(
            example(20.0, values=[50.0, 20.0, 15.0, 40.0, 35.0], percent=30),
            example(50.0, values=[15.0, 20.0, 35.0, 40.0, 50.0], percent=100),
            example(15.0, values=[20.0, 15.0], percent=50),
            example(raises="BadInput", values=[1.0], percent=0),
            example(raises="BadInput", values=[1.0], percent=101),
        ),
        mutants=wrong(
            ("off by one", "rank - 1", "rank"),
            ("off by one", "1 <= percent", "0 <= percent"),
            ("off by one", "percent <= 100", "percent <= 101"),
            ("rounding", "-(-len(values) * percent // 100)", "len(values) * percent // 100"),
            ("dropped call", "sorted(values)", "values"),
        ),
    ),
    Specimen(
        code='''
def primes_below(limit: int) -> list[int]:
    """All prime numbers smaller than the limit, in order."""
    sieve = [True] * max(limit, 2)
    sieve[0] = sieve[1] = False
    for number in range(2, math.isqrt(max(limit, 0)) + 1):
        if sieve[number]:
            for multiple in range(number * number, limit, number):
                sieve[multiple] = False
    return [number for number, prime in enumerate(sieve) if prime]
''',
        examples=(
            example([2, 3, 5, 7], limit=11),
            example([2, 3, 5, 7, 11, 13, 17, 19, 23], limit=26),
            example([], limit=2),
            example([], limit=-3),
        ),
        mutants=(
            *wrong(
                ("wrong constant", "sieve[0] = sieve[1] = False", "sieve[0] = False"),
                (
                    "off by one",
                    "range(number * number, limit, number)",
                    "range(number * number, limit - 1, number)",
                ),
                ("off by one", "+ 1):", "- 1):"),
                ("dropped call", "max(limit, 2)", "limit"),
            ),
            Mutant(
                "dropped condition",
                "range(number * number,",
                "range(number * 2,",
                equivalent="It strikes out composites again that smaller primes struck out.",
            ),
        ),
    ),
    Specimen(
        code='''
def fibonacci(count: int) -> list[int]:
    """The first `count` Fibonacci numbers, from 0, 1."""

    def numbers() -> Iterator[int]:
        first, second = 0, 1
        while True:
            yield first
            first, second = second, first + second

    return list(islice(numbers(), max(count, 0)))
''',
        examples=(
            example([0, 1, 1, 2, 3, 5], count=6),
            example([0], count=1),
            example([], count=-1),
        ),
        mutants=wrong(
            ("wrong constant", "first, second = 0, 1", "first, second = 1, 1"),
            ("swapped statements", "second, first + second", "second, first + first"),
            ("dropped call", "max(count, 0)", "count"),
            ("off by one", "max(count, 0)", "max(count, 1)"),
        ),
    ),
    Specimen(
        code='''
def moving_average(values: list[float], width: int) -> list[float]:
    """The mean of each `width` neighbouring values; none where there are fewer.

    Raises BadInput for a width below 1.
    """
    if width < 1:
        raise BadInput
    window: deque[float] = deque(maxlen=width)
    averages: list[float] = []
    for value in values:
        window.append(value)
        if len(window) == width:
            averages.append(sum(window) / width)
    return averages
''',
        raises=("BadInput",),
        examples=(
            example([1.5, 2.5], values=[1.0, 2.0, 3.0], width=2),
            example([], values=[1.0], width=2),
            example(raises="BadInput", values=[1.0], width=0),
        ),
        mutants=wrong(
            ("dropped condition", "(maxlen=width)", "()"),
            ("off by one", "len(window) == width", "len(window) >= width - 1"),
            ("off by one", "width < 1", "width < 0"),
            ("wrong operator", "/ width", "// width"),
        ),
    ),
    Specimen(
        code='''
def to_roman(number: int) -> str:
    """The number in Roman numerals. Raises BadInput outside of 1 to 3999."""
    if not 0 < number < 4000:
        raise BadInput("Roman numerals go from 1 to 3999.")
    steps = [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
        (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    text = ""
    for value, letters in steps:
        count, number = divmod(number, value)
        text += letters * count
    return text
''',
        raises=("BadInput",),
        examples=(
            example("MCMXCIV", number=1994),
            example("MMMDCCCLXXXVIII", number=3888),
            example("CDXLIV", number=444),
            example(raises="BadInput", number=0),
            example(raises="BadInput", number=4000),
        ),
        mutants=wrong(
            ("off by one", "0 < number", "0 <= number"),
            ("off by one", "< 4000", "<= 4000"),
            ("dropped case", '(900, "CM"), ', ""),
            ("wrong constant", '(50, "L")', '(50, "C")'),
            ("swapped arguments", "count, number = divmod", "number, count = divmod"),
        ),
    ),
    Specimen(
        code='''
def greatest_common_divisor(first: int, second: int) -> int:
    """The greatest number that divides both, never negative; 0 only for 0 and 0."""
    while second:
        first, second = second, first % second
    return abs(first)
''',
        examples=(
            example(6, first=54, second=24),
            example(5, first=0, second=-5),
            example(0, first=0, second=0),
            example(1, first=7, second=9),
        ),
        mutants=wrong(
            ("wrong operator", "first % second", "first // second"),
            ("dropped call", "abs(first)", "first"),
            ("negated condition", "while second:", "while not second:"),
        ),
    ),
    Specimen(
        code='''
def clamp_all(values: list[int], low: int = 0, high: int = 100) -> list[int]:
    """Each value, or the bound that it lies beyond. Raises BadInput when low is above high."""
    if low > high:
        raise BadInput
    return [min(max(value, low), high) for value in values]
''',
        raises=("BadInput",),
        examples=(
            example([0, 50, 100], values=[-5, 50, 120]),
            example([3, 3], values=[1, 9], low=3, high=3),
            example(raises="BadInput", values=[], low=2, high=1),
        ),
        mutants=wrong(
            ("swapped arguments", "min(max(value, low), high)", "min(max(value, high), low)"),
            ("wrong function", "min(max(value, low), high)", "max(value, low)"),
            ("off by one", "low > high", "low >= high"),
            ("wrong default", "high: int = 100", "high: int = 10"),
        ),
    ),
)
