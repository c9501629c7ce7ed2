"""The row that every benchmark yields, and the table that people read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Row:
    """One measured figure, the bar that it is held to, and what it is compared to."""

    name: str
    """What was measured: `store: read a function, median`."""
    value: float
    """The figure."""
    unit: str
    """Its unit: `ms`, `s`, `x`, `calls`, `%`."""
    bar: float | None = None
    """The figure that it must reach; None where nothing is promised."""
    compared_to: str = ""
    """What the bar or the figure is compared to, in words."""
    better: Better = "lower"
    """Whether a lower or a higher value is better."""

    @property
    def holds(self) -> bool | None:
        """Whether the bar is met; None where there is no bar."""
        if self.bar is None:
            return None
        return self.value <= self.bar if self.better == "lower" else self.value >= self.bar

    def as_json(self) -> dict[str, Any]:
        """The row as `benchmarks/latest.json` holds it."""
        return {**asdict(self), "holds": self.holds}


def figure(value: float) -> str:
    """`value` with at least three significant digits, and no more than are useful."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def render(rows: Iterable[Row]) -> str:
    """The rows as an aligned table."""
    table = [("what", "measured", "bar", "", "compared to")]
    for row in rows:
        sign = "<=" if row.better == "lower" else ">="
        bar = "" if row.bar is None else f"{sign} {figure(row.bar)} {row.unit}"
        mark = {None: "", True: "ok", False: "MISSED"}[row.holds]
        table.append((row.name, f"{figure(row.value)} {row.unit}", bar, mark, row.compared_to))
    widths = [max(len(line[column]) for line in table) for column in range(5)]
    lines = [
        "  ".join(
            cell.rjust(width) if column == 1 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines) + "\n"
