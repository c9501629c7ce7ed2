"""The built-in model's reading: how much it understands, and how fast."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Iterable

from benchmarks.table import Row
from codex.builtin.design.specify import specify
from codex.chains.design.specify import SpecifyInputs
from codex.common.documents.specification import Specification
from tests.requests.labels import LabelledRequest, requests, score

TEN_TABLES = " ".join(
    f"A thing{letter} has a name, a price and a date. Things{letter} can be archived."
    for letter in "abcdefghij"
)


def rows() -> Iterable[Row]:
    """Every figure of the built-in model's first half."""
    yield from _understanding()
    yield from _speed()


def _understanding() -> Iterable[Row]:
    for kind, bar in (("plain", 90), ("awkward", 70)):
        for held_out in (None, True):
            chosen = [item for item in requests(kind) if held_out is None or item.held_out]
            found = [score(item, _document(item)) for item in chosen]
            clauses = sum(item.clauses for item in found)
            label = f"builtin: {len(chosen)} {kind} requests{', held out' if held_out else ''}"
            right = 100 * sum(len(item.right) for item in found) / clauses
            silent = 100 * sum(len(item.silent) for item in found) / clauses
            yield Row(
                f"{label}: clauses understood", right, "%", None if held_out else bar,
                f"labels of {clauses} clauses", better="higher",
            )  # fmt: skip
            yield Row(f"{label}: wrong and not said", silent, "%", None if held_out else 2)


def _document(item: LabelledRequest) -> Specification:
    return specify(SpecifyInputs(request=item.text)).specification(item.text)


def _speed() -> Iterable[Row]:
    texts = [item.text for item in requests()]
    times = [_seconds(text) for text in texts]
    yield Row(
        "builtin: a request to a Specification, median", 1000 * statistics.median(times), "ms"
    )
    yield Row("builtin: ten tables to a Specification", _seconds(TEN_TABLES), "s", 1)
    long = "\n\n".join(texts * 6)[:200_000]
    yield Row("builtin: 200 KB of text, CPU", _seconds(long), "s", 5)
    half = _seconds(long[:100_000])
    yield Row("builtin: 200 KB compared to 100 KB", _seconds(long) / half, "x", 3)
    tracemalloc.start()
    for text in texts:
        specify(SpecifyInputs(request=text))
    first, _ = tracemalloc.get_traced_memory()
    for _ in range(5):
        for text in texts:
            specify(SpecifyInputs(request=text))
    last, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    yield Row("builtin: memory kept by 300 more requests", (last - first) / 1e6, "MB", 5)


def _seconds(text: str) -> float:
    started = time.process_time()
    specify(SpecifyInputs(request=text))
    return time.process_time() - started
