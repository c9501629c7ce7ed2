"""Functions without a database in newer shapes, written after everything, and measured once."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, newest, wrong

SPECIMENS = newest(
    Specimen(
        code='''
def flatten_settings(data: dict[str, JsonValue], prefix: str = "") -> dict[str, str]:
    """All values of a nested object as texts, keyed by their path with dots between.

    Elements of a list are keyed by their number from 0; nothing is kept for what is null; true and
    false are written in small letters.
    """
    found: dict[str, str] = {}
    for key, value in data.items():
        path = f"{prefix}.{key}" if prefix else key
        match value:
            case None:
                continue
            case dict():
                found |= flatten_settings(value, path)
            case list():
                inner = {str(number): item for number, item in enumerate(value)}
                found |= flatten_settings(inner, path)
            case bool():
                found[path] = str(value).lower()
            case _:
                found[path] = str(value)
    return found
''',
        examples=(
            example(
                {"a": "1", "b.c": "x", "b.d.0": "true", "b.d.1": "2.5"},
                data={"a": 1, "b": {"c": "x", "d": [True, 2.5]}, "e": None},
            ),
            example({"top.a": "1"}, data={"a": 1}, prefix="top"),
            example({}, data={}),
        ),
        mutants=wrong(
            ("off by one", "enumerate(value)", "enumerate(value, 1)"),
            ("dropped step", "str(value).lower()", "str(value)"),
            ("dropped argument", "flatten_settings(value, path)", "flatten_settings(value)"),
            ("dropped condition", "            case None:\n                continue\n", ""),
            ("wrong value", 'f"{prefix}.{key}"', 'f"{key}.{prefix}"'),
            ("dropped default", 'prefix: str = ""', "prefix: str"),
        ),
    ),
    Specimen(
        code='''
def next_occurrences(start: date, every: str, count: int) -> list[date]:
    """The first `count` days of what recurs from `start` on: `daily`, `weekly` or `monthly`.

    A month that is too short has it on its last day. Anything else raises BadInput, and so does a
    count below one.
    """
    if count < 1:
        raise BadInput("count")
    match every:
        case "daily":
            return [start + timedelta(days=number) for number in range(count)]
        case "weekly":
            return [start + timedelta(weeks=number) for number in range(count)]
        case "monthly":
            days: list[date] = []
            for number in range(count):
                years, month = divmod(start.month - 1 + number, 12)
                year = start.year + years
                last = calendar.monthrange(year, month + 1)[1]
                days.append(date(year, month + 1, min(start.day, last)))
            return days
        case _:
            raise BadInput("every")
''',
        raises=("BadInput",),
        examples=(
            example(
                ["2026-12-31", "2027-01-31", "2027-02-28"],
                start="2026-12-31",
                every="monthly",
                count=3,
            ),
            example(["2026-03-01", "2026-03-08"], start="2026-03-01", every="weekly", count=2),
            example(["2026-02-28", "2026-03-01"], start="2026-02-28", every="daily", count=2),
            example(raises="BadInput", start="2026-02-28", every="yearly", count=2),
            example(raises="BadInput", start="2026-02-28", every="daily", count=0),
        ),
        mutants=wrong(
            (
                "off by one",
                'range(count)]\n        case "weekly"',
                'range(1, count)]\n        case "weekly"',
            ),
            ("off by one", "start.month - 1 + number", "start.month + number"),
            ("wrong condition", "count < 1", "count < 0"),
            ("wrong function", "min(start.day, last)", "last"),
            ("dropped step", "start.year + years", "start.year"),
            ("wrong value", "timedelta(weeks=number)", "timedelta(days=number)"),
            ("swallowed error", '            raise BadInput("every")', "            return []"),
            (
                "clock",
                "years, month = divmod(start.month",
                "years, month = divmod(date.today().month",
            ),
        ),
    ),
    Specimen(
        code='''
@dataclass(frozen=True)
class _Line:
    """One line of a bill."""

    net: Decimal
    rate: Decimal

    @property
    def tax(self) -> Decimal:
        return (self.net * self.rate / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def tax_by_rate(amounts: list[Decimal], rates: list[Decimal]) -> dict[str, Decimal]:
    """The tax of each rate in percent, each line rounded half up to cents; rates in rising order.

    Lines with no tax are left out. Lists of different length raise BadInput.
    """
    if len(amounts) != len(rates):
        raise BadInput("rates")
    totals: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for line in map(_Line, amounts, rates):
        if line.rate:
            totals[line.rate] += line.tax
    return {str(rate): totals[rate] for rate in sorted(totals)}
''',
        raises=("BadInput",),
        examples=(
            example(
                {"7": "0.35", "19": "2.01"},
                amounts=["10.50", "5.00", "1.00", "0.03"],
                rates=["19", "7", "0", "19"],
            ),
            example({"10": "0.02"}, amounts=["0.05", "0.05"], rates=["10", "10"]),
            example(raises="BadInput", amounts=["1.00"], rates=[]),
        ),
        mutants=wrong(
            ("wrong rounding", "ROUND_HALF_UP", "ROUND_DOWN"),
            ("wrong operator", "+= line.tax", "= line.tax"),
            (
                "dropped condition",
                "        if line.rate:\n            totals",
                "        if True:\n            totals",
            ),
            ("swapped arguments", "map(_Line, amounts, rates)", "map(_Line, rates, amounts)"),
            ("dropped condition", "if len(amounts) != len(rates)", "if not amounts"),
            ("float", "self.net * self.rate / 100", "self.net * self.rate // 100"),
        ),
    ),
    Specimen(
        code='''
def windows(values: list[int], size: int) -> list[tuple[int, int]]:
    """For each run of `size` neighbours its place from 0 and its sum; none when there are fewer.

    A size below one raises BadInput.
    """
    if size < 1:
        raise BadInput("size")

    def sums() -> Iterator[tuple[int, int]]:
        running = sum(values[:size])
        for place in range(len(values) - size + 1):
            yield place, running
            if place + size < len(values):
                running += values[place + size] - values[place]

    return list(sums())
''',
        raises=("BadInput",),
        examples=(
            example([[0, 3], [1, 6], [2, 12]], values=[1, 2, 4, 8], size=2),
            example([], values=[1], size=2),
            example(raises="BadInput", values=[1], size=0),
        ),
        mutants=wrong(
            ("wrong condition", "size < 1", "size < 0"),
            ("off by one", "len(values) - size + 1", "len(values) - size"),
            ("dropped step", " - values[place]", ""),
            ("swapped values", "yield place, running", "yield running, place"),
            ("off by one", "place + size < len(values)", "place + size <= len(values)"),
            ("generator for a list", "return list(sums())", "return sums()"),
        ),
    ),
    Specimen(
        code='''
class _Entry(TypedDict):
    name: str
    points: int


def podium(lines: list[str]) -> list[str]:
    """The names with the three best scores of lines such as `Ada: 12`, with their place before.

    Equal scores share a place, and the next place is left out: `1. Ada`, `1. Bob`, `3. Cyd`; of
    equals the names go by the alphabet. Lines that cannot be read are passed over.
    """
    entries: list[_Entry] = []
    for line in lines:
        name, colon, points = line.rpartition(":")
        if colon and (digits := points.strip()).isdecimal():
            entries.append({"name": name.strip(), "points": int(digits)})
    entries.sort(key=lambda entry: (-entry["points"], entry["name"]))
    shown: list[str] = []
    for entry in entries:
        place = 1 + sum(other["points"] > entry["points"] for other in entries)
        if place <= 3:
            shown.append(f"{place}. {entry['name']}")
    return shown
''',
        examples=(
            example(
                ["1. Ada", "1. Bob", "3. Cyd"],
                lines=["Bob: 12", "Ada: 12", "Cyd:7", "Dan: 3", "nobody"],
            ),
            example(["1. A: B", "2. C"], lines=["A: B: 2", "C: 1", "D: -1"]),
            example([], lines=[]),
        ),
        mutants=wrong(
            ("wrong function", "rpartition", "partition"),
            ("wrong order", '(-entry["points"], entry["name"])', '(-entry["points"],)'),
            ("off by one", "place <= 3", "place < 3"),
            ("off by one", "1 + sum(", "sum("),
            ("wrong operator", '["points"] > entry["points"]', '["points"] >= entry["points"]'),
            ("wrong order", '-entry["points"]', 'entry["points"]'),
            ("dropped step", '"name": name.strip()', '"name": name'),
            (
                "dropped condition",
                "if colon and (digits := points.strip()).isdecimal()",
                "if digits := points.strip()",
            ),
        ),
    ),
    Specimen(
        code='''
async def fetch_in_order(delays: list[int], limit: int) -> list[str]:
    """Do all jobs, `limit` at the same time; the answers in the order of the jobs.

    A job with a negative delay fails, and its answer is `failed`. A limit below one raises
    BadInput.
    """
    if limit < 1:
        raise BadInput("limit")
    turns = asyncio.Semaphore(limit)

    async def job(number: int, delay: int) -> str:
        async with turns:
            await asyncio.sleep(0)
            if delay < 0:
                raise ValueError(delay)
            return f"{number}:{delay}"

    answers = await asyncio.gather(
        *(job(number, delay) for number, delay in enumerate(delays, start=1)),
        return_exceptions=True,
    )
    return ["failed" if isinstance(answer, BaseException) else answer for answer in answers]
''',
        raises=("BadInput",),
        examples=(
            example(["1:3", "failed", "3:0"], delays=[3, -1, 0], limit=2),
            example([], delays=[], limit=1),
            example(raises="BadInput", delays=[1], limit=0),
        ),
        mutants=wrong(
            ("missing await", "await asyncio.gather", "asyncio.gather"),
            ("missing await", "await asyncio.sleep(0)", "asyncio.sleep(0)"),
            ("off by one", "enumerate(delays, start=1)", "enumerate(delays)"),
            ("dropped argument", "        return_exceptions=True,\n", ""),
            ("wrong condition", "delay < 0", "delay <= 0"),
            ("wrong condition", "limit < 1", "limit < 0"),
        ),
    ),
    Specimen(
        code='''
def split_name(full: str) -> tuple[str, str]:
    """First names and family name; what stands before a comma is the family name.

    Words such as `von`, `van` and `de` belong to the family name. One word alone is a family name.
    """
    if "," in full:
        family, _, first = full.partition(",")
        return first.strip(), family.strip()
    words = full.split()
    if not words:
        return "", ""
    at = next(
        (
            number
            for number, word in enumerate(words[:-1])
            if word.lower() in {"von", "van", "de"}
        ),
        len(words) - 1,
    )
    return " ".join(words[:at]), " ".join(words[at:])
''',
        examples=(
            example(["Ada", "Lovelace"], full="Ada Lovelace"),
            example(["Ludwig", "van Beethoven"], full="Ludwig van Beethoven"),
            example(["Johann Wolfgang", "von Goethe"], full="von Goethe, Johann Wolfgang"),
            example(["", "Plato"], full="Plato"),
            example(["", ""], full="  "),
        ),
        mutants=(
            *wrong(
                (
                    "swapped values",
                    "return first.strip(), family.strip()",
                    "return family.strip(), first.strip()",
                ),
                ("off by one", "len(words) - 1", "len(words)"),
                ("dropped step", "word.lower() in", "word in"),
                ("wrong value", '"van", ', ""),
                ("dropped step", "first.strip()", "first"),
            ),
            Mutant(
                "dropped condition",
                '    if not words:\n        return "", ""\n',
                "",
                equivalent="Slices of an empty list are empty, wherever they are cut.",
            ),
        ),
    ),
    Specimen(
        code='''
def parse_query(text: str) -> dict[str, list[str]]:
    """What a search such as `tag:red tag:"dark blue" lamp` asks for, by key; bare words under `q`.

    Keys are in small letters. A quote that is not closed raises BadInput.
    """
    found: dict[str, list[str]] = {}
    rest = text
    while rest := rest.lstrip():
        head = re.match(r"(\\w+):", rest)
        key = head[1].lower() if head else "q"
        rest = rest[head.end() :] if head else rest
        if rest.startswith('"'):
            value, closed, rest = rest[1:].partition('"')
            if not closed:
                raise BadInput("text")
        else:
            value, _, rest = rest.partition(" ")
        found.setdefault(key, []).append(value)
    return found
''',
        raises=("BadInput",),
        examples=(
            example(
                {"tag": ["red", "dark blue"], "q": ["lamp"]},
                text='tag:red TAG:"dark blue"  lamp',
            ),
            example({"q": ["a b"]}, text='"a b"'),
            example(raises="BadInput", text='tag:"red'),
            example({}, text=" "),
        ),
        mutants=wrong(
            ("dropped step", ".lower() if head", " if head"),
            ("dropped step", "rest := rest.lstrip()", "rest"),
            (
                "dropped condition",
                '            if not closed:\n                raise BadInput("text")\n',
                "",
            ),
            ("wrong function", "found.setdefault(key, []).append(value)", "found[key] = [value]"),
            ("off by one", "rest[1:].partition", "rest.partition"),
            ("wrong value", 'else "q"', 'else ""'),
        ),
    ),
)
