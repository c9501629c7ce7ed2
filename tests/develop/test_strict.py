"""Right code that the strict type checker would send back is spelled as it wants it."""

from __future__ import annotations

import pytest

from codex.develop.checks import check_function
from tests.develop.test_checks import contract, pure

COUNT = "def count_open_loans(member_id: int, *, session: Session) -> int:\n"
TOTAL = "def total(values: list[int], factor: int = 2) -> int:\n"


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("select(Loan.id, func.count())", "select(col(Loan.id), func.count())"),
        ("select(Loan.returned_at)", "select(col(Loan.returned_at))"),
        ("select(col(Loan.id))", "select(col(Loan.id))"),
        ("select(Loan)", "select(Loan)"),
        ("select(BookStatus.IN_STOCK)", "select(BookStatus.IN_STOCK)"),
    ],
)
def test_columns_are_selected_by_col(written: str, mended: str) -> None:
    code = f"{COUNT}    return len(session.exec({written}).all()) + member_id\n"
    checked = check_function(code, contract())
    assert checked.passed, checked.problems
    assert f"session.exec({mended})" in checked.code
    assert ("col(" in checked.code) == ("col(" in mended)


def test_context_managers_and_default_factories_say_what_they_hold() -> None:
    code = f"""from contextlib import asynccontextmanager, contextmanager
from collections.abc import AsyncIterator, Iterator

@dataclass
class Seen:
    values: list[int] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=lambda: {{}})

@contextmanager
def marked(seen: Seen) -> Iterator[int]:
    yield len(seen.values)

@asynccontextmanager
async def awaited() -> AsyncIterator[int]:
    yield 1

def counted() -> Iterator[int]:
    yield 1

{TOTAL}    with marked(Seen(values)) as number:
        return number * factor
"""
    checked = check_function(code, pure())
    assert checked.passed, checked.problems
    assert "field(default_factory=list[int])" in checked.code
    assert "field(default_factory=dict[str, int])" in checked.code
    assert "def marked(seen: Seen) -> Generator[int]:" in checked.code
    assert "async def awaited() -> AsyncGenerator[int]:" in checked.code
    assert "def counted() -> Iterator[int]:" in checked.code
    assert "AsyncIterator" not in checked.code
