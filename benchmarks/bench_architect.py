"""The built-in model, from a request to an Architecture."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

from benchmarks.table import Row
from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.builtin.design.specify import specify
from codex.chains.design.specify import SpecifyInputs
from codex.chains.offline import Offline
from codex.common.documents.architecture import Architecture
from codex.common.documents.specification import Specification

THINGS = (
    "customers", "products", "orders", "suppliers", "warehouses", "invoices", "payments",
    "reviews", "coupons", "employees",
)  # fmt: skip
REQUEST = "A trading company. " + " ".join(
    f"{thing.capitalize()} have a name, a number, an optional note and a start date."
    for thing in THINGS
)


def _specified() -> Specification:
    return specify(SpecifyInputs(request=REQUEST)).specification(REQUEST)


def _built(document: Specification) -> Architecture:
    return asyncio.run(architect(document, services=Offline(BuiltinModel())))  # pyright: ignore[reportArgumentType] enough of them


def _seconds(work: Callable[[], object]) -> float:
    """Processor time of the best of three."""
    times: list[float] = []
    for _ in range(3):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def rows() -> Iterable[Row]:
    """Ten tables, words to Architecture."""
    document = _specified()
    result = _built(document)
    tables = len(result.database.tables)
    yield Row(
        f"builtin: request to architecture, {tables} tables",
        round(_seconds(lambda: _built(_specified())), 3),
        "s",
        1.0,
        "processor time",
    )
