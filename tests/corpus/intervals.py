"""Intervals of numbers and of time."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def merge_intervals(intervals: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The intervals (first, last) in order, those that overlap or touch at an end made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
''',
        examples=(
            example([[1, 6], [8, 10]], intervals=[[8, 10], [1, 3], [2, 6]]),
            example([[1, 9]], intervals=[[1, 9], [2, 3]]),
            example([[1, 5]], intervals=[[1, 3], [3, 5]]),
            example([], intervals=[]),
        ),
        mutants=wrong(
            ("dropped call", "sorted(intervals)", "intervals"),
            ("off by one", "first <= merged", "first < merged"),
            ("dropped call", "max(merged[-1][1], last)", "last"),
            ("wrong function", "max(merged", "min(merged"),
            ("wrong index", "(merged[-1][0], max", "(first, max"),
        ),
    ),
    Specimen(
        code='''
def overlaps(
    first_start: datetime, first_end: datetime, second_start: datetime, second_end: datetime
) -> bool:
    """Whether two spans of time share a moment; an end belongs to no span."""
    return first_start < second_end and second_start < first_end
''',
        examples=(
            example(
                True,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T12:00:00Z",
                second_start="2026-06-01T11:00:00Z",
                second_end="2026-06-01T13:00:00Z",
            ),
            example(
                False,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T12:00:00Z",
                second_start="2026-06-01T12:00:00Z",
                second_end="2026-06-01T13:00:00Z",
            ),
            example(
                False,
                first_start="2026-06-01T10:00:00Z",
                first_end="2026-06-01T11:00:00Z",
                second_start="2026-06-01T08:00:00Z",
                second_end="2026-06-01T10:00:00Z",
            ),
        ),
        mutants=wrong(
            ("off by one", "first_start < second_end", "first_start <= second_end"),
            ("off by one", "second_start < first_end", "second_start <= first_end"),
            ("wrong operator", " and ", " or "),
            ("wrong operator", "first_start < second_end", "first_start > second_end"),
        ),
    ),
    Specimen(
        code='''
def free_slots(
    busy: list[tuple[time, time]], opens: time, closes: time
) -> list[tuple[time, time]]:
    """The gaps between busy spans from opening to closing, in order; empty gaps are left out."""
    slots: list[tuple[time, time]] = []
    at = opens
    for start, end in sorted(busy):
        if at < start:
            slots.append((at, min(start, closes)))
        at = max(at, end)
    if at < closes:
        slots.append((at, closes))
    return slots
''',
        examples=(
            example(
                [["08:00", "09:00"], ["10:30", "12:00"]],
                busy=[["09:30", "10:30"], ["09:00", "10:00"]],
                opens="08:00",
                closes="12:00",
            ),
            example([], busy=[["08:00", "12:00"]], opens="08:00", closes="12:00"),
            example(
                [["09:00", "10:00"]],
                busy=[["08:00", "09:00"], ["08:15", "08:30"]],
                opens="08:00",
                closes="10:00",
            ),
        ),
        mutants=wrong(
            ("dropped call", "sorted(busy)", "busy"),
            ("off by one", "if at < start", "if at <= start"),
            ("dropped call", "max(at, end)", "end"),
            ("off by one", "if at < closes", "if at <= closes"),
            ("wrong value", "at = opens", "at = time(0)"),
        ),
    ),
)
