"""Async functions, generators and resources."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
import asyncio


async def _doubled(value: int) -> int:
    await asyncio.sleep(0)
    return value * 2


async def double_all(values: list[int]) -> list[int]:
    """Each value doubled, in order, all of them worked on at the same time."""
    return list(await asyncio.gather(*(_doubled(value) for value in values)))
''',
        examples=(example([2, 4, 6], values=[1, 2, 3]), example([], values=[])),
        mutants=wrong(
            ("missing await", "list(await asyncio", "list(asyncio"),
            ("missing await", "    await asyncio.sleep(0)", "    asyncio.sleep(0)"),
            ("wrong operator", "value * 2", "value + 2"),
            ("wrong order", "for value in values)))", "for value in values[::-1])))"),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def first_success(texts: list[str], limit: int = 3) -> int | None:
    """The first text that is a whole number, looking at no more than `limit`; None for none."""

    async def read(text: str) -> int:
        await asyncio.sleep(0)
        return int(text)

    for text in texts[:limit]:
        try:
            return await read(text)
        except ValueError:
            continue
    return None
''',
        examples=(
            example(7, texts=["x", "7", "8"]),
            example(None, texts=["a", "b", "c", "4"]),
            example(4, texts=["a", "b", "c", "4"], limit=4),
            example(None, texts=[]),
        ),
        mutants=wrong(
            ("missing await", "return await read(text)", "return read(text)"),
            ("swallowed error", "            continue", "            return None"),
            ("wrong error", "except ValueError", "except KeyError"),
            ("off by one", "texts[:limit]", "texts[: limit + 1]"),
            ("wrong default", "limit: int = 3", "limit: int = 4"),
        ),
    ),
    Specimen(
        code='''
import asyncio
from collections.abc import AsyncIterator


async def running_totals(amounts: list[Decimal]) -> list[Decimal]:
    """The sum of all amounts so far, for each amount."""

    async def totals() -> AsyncIterator[Decimal]:
        total = Decimal(0)
        for amount in amounts:
            await asyncio.sleep(0)
            total += amount
            yield total

    return [total async for total in totals()]
''',
        examples=(
            example(["1.10", "3.30", "3.00"], amounts=["1.10", "2.20", "-0.30"]),
            example([], amounts=[]),
        ),
        mutants=wrong(
            ("wrong operator", "total += amount", "total = amount"),
            (
                "wrong order",
                "            total += amount\n            yield total",
                "            yield total\n            total += amount",
            ),
            ("float", "Decimal(0)", "0.0"),
            ("missing await", "            await asyncio.sleep(0)", "            asyncio.sleep(0)"),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def run_limited(sizes: list[int], limit: int) -> int:
    """The most jobs that ran at once, when as many run as the limit lets; each takes some steps.

    Raises BadInput for a limit below 1.
    """
    if limit < 1:
        raise BadInput
    gate = asyncio.Semaphore(limit)
    running = most = 0

    async def job(size: int) -> None:
        nonlocal running, most
        async with gate:
            running += 1
            most = max(most, running)
            for _ in range(size):
                await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(job(size) for size in sizes))
    return most
''',
        raises=("BadInput",),
        examples=(
            example(2, sizes=[3, 3, 3], limit=2),
            example(3, sizes=[3, 3, 3], limit=5),
            example(0, sizes=[], limit=1),
            example(raises="BadInput", sizes=[1], limit=0),
        ),
        mutants=wrong(
            ("missing await", "    await asyncio.gather", "    asyncio.gather"),
            (
                "missing await",
                "                await asyncio.sleep(0)",
                "                asyncio.sleep(0)",
            ),
            ("off by one", "Semaphore(limit)", "Semaphore(limit + 1)"),
            ("dropped condition", "async with gate:", "if True:"),
            ("dropped statement", "            running -= 1\n", ""),
            ("off by one", "limit < 1", "limit < 0"),
        ),
    ),
    Specimen(
        code='''
import asyncio


async def notify_all(addresses: list[str], text: str) -> list[str]:
    """What was sent, `address: text` in order, to each address once; empty ones are left out."""
    sent: list[str] = []

    async def notify(address: str) -> None:
        await asyncio.sleep(0)
        sent.append(f"{address}: {text}")

    for address in dict.fromkeys(addresses):
        if address:
            await notify(address)
    return sent
''',
        examples=(
            example(["a@x: hi", "b@x: hi"], addresses=["a@x", "", "b@x", "a@x"], text="hi"),
            example([], addresses=[], text="hi"),
        ),
        mutants=wrong(
            ("missing await", "            await notify(address)", "            notify(address)"),
            ("dropped call", "dict.fromkeys(addresses)", "addresses"),
            ("dropped condition", "        if address:", "        if True:"),
            ("swapped arguments", "{address}: {text}", "{text}: {address}"),
        ),
    ),
    Specimen(
        code='''
def collatz(start: int) -> list[int]:
    """The numbers from the start to 1: half of an even one, three times an odd one plus one.

    Raises BadInput below 1.
    """
    if start < 1:
        raise BadInput

    def steps(number: int) -> Iterator[int]:
        yield number
        while number != 1:
            number = number // 2 if number % 2 == 0 else 3 * number + 1
            yield number

    return list(steps(start))
''',
        raises=("BadInput",),
        examples=(
            example([6, 3, 10, 5, 16, 8, 4, 2, 1], start=6),
            example([1], start=1),
            example(raises="BadInput", start=0),
        ),
        mutants=wrong(
            ("wrong operator", "number // 2 if", "number / 2 if"),
            ("off by one", "3 * number + 1", "3 * number"),
            ("dropped statement", "        yield number\n        while", "        while"),
            ("dropped call", "list(steps(start))", "steps(start)"),
            ("off by one", "start < 1", "start < 0"),
        ),
    ),
    Specimen(
        code='''
def pairs_that_sum(values: list[int], total: int) -> list[tuple[int, int]]:
    """The different pairs (smaller, greater) of two of the values with this sum, sorted."""

    def found() -> Generator[tuple[int, int], None, None]:
        for first, second in combinations(sorted(values), 2):
            if first + second == total:
                yield first, second

    return sorted(set(found()))
''',
        examples=(
            example([[1, 5], [2, 4]], values=[4, 2, 5, 1, 2], total=6),
            example([[3, 3]], values=[3, 3], total=6),
            example([], values=[3], total=6),
        ),
        mutants=wrong(
            ("dropped call", "sorted(set(found()))", "list(found())"),
            ("dropped call", "combinations(sorted(values), 2)", "combinations(values, 2)"),
            ("wrong operator", "first + second == total", "first + second <= total"),
            (
                "wrong function",
                "combinations(sorted(values), 2)",
                "product(sorted(values), repeat=2)",
            ),
        ),
    ),
    Specimen(
        code='''
from contextlib import contextmanager


def indent_outline(lines: list[tuple[int, str]]) -> str:
    """The lines (level, text) joined by line ends, two spaces for each level."""
    out = io.StringIO()

    @contextmanager
    def line() -> Iterator[io.StringIO]:
        yield out
        out.write("\\n")

    for level, text in lines:
        with line() as target:
            target.write("  " * level + text)
    return out.getvalue().rstrip("\\n")
''',
        examples=(
            example("a\n  b\nc", lines=[[0, "a"], [1, "b"], [0, "c"]]),
            example("", lines=[]),
        ),
        mutants=wrong(
            ("wrong constant", '"  " * level', '" " * level'),
            ("dropped call", '.rstrip("\\n")', ""),
            ("dropped statement", '        out.write("\\n")', "        pass"),
            ("wrong method", "out.getvalue()", "out.read()"),
        ),
    ),
    Specimen(
        code='''
import tempfile


def count_lines(text: str) -> int:
    """How many lines a file with this text has, empty ones left out."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.write(text)
        file.seek(0)
        return sum(1 for line in file if line.strip())
''',
        effects=("files",),
        examples=(
            example(2, text="a\n\n  \nb"),
            example(0, text=""),
        ),
        mutants=wrong(
            (
                "unclosed resource",
                'with tempfile.TemporaryFile("w+", encoding="utf-8") as file:',
                'for file in [tempfile.TemporaryFile("w+", encoding="utf-8")]:',
            ),
            ("dropped statement", "        file.seek(0)\n", ""),
            ("dropped condition", " if line.strip()", ""),
            ("dropped call", "line.strip()", "line"),
        ),
    ),
)
