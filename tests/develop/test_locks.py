"""Rows that are changed are locked as they are read; exact amounts stay exact."""

from __future__ import annotations

import pytest

from codex.develop.checks import Checked, check_function
from tests.corpus.kit import Specimen, contract

HEAD = "def f(x: int, *, session: Session) -> None:\n"
SELL = f"{HEAD}    book = get_or_404(session, Book, x)\n    book.stock -= 1\n"


def checked(code: str) -> Checked:
    return check_function(code, contract(Specimen(code=code, examples=(), writes=("books",))))


def test_a_row_that_is_changed_is_locked() -> None:
    done = checked(SELL)
    assert done.problems == ()
    assert "book = lock(session, Book, x)" in done.code
    assert "from app.database import lock" in done.code
    assert any("are locked" in item.mended for item in done.evidence)


@pytest.mark.parametrize(
    "code",
    [
        f"{HEAD}    book = get_or_404(session, Book, x)\n    session.delete(book)\n",
        f"{HEAD}    lock = get_or_404(session, Book, x)\n    lock.stock -= 1\n",
    ],
)
def test_others_stay_as_they_are(code: str) -> None:
    done = checked(code)
    assert done.problems == ()
    assert "get_or_404(session, Book, x)" in done.code


@pytest.mark.parametrize("rows", ["sorted({x, 1})", "[x, 1]", "{x, 1}", "set([x])"])
def test_rows_are_locked_in_a_certain_order(rows: str) -> None:
    code = f"{HEAD}    for number in {rows}:\n        lock(session, Book, number).stock = 0\n"
    problems = " ".join(checked(code).problems)
    assert ("in no certain order" in problems) == (rows[:3] in {"{x,", "set"})


def test_an_exact_amount_stays_exact() -> None:
    body = "    return Decimal(float(x) / 3)\n"
    assert "stay with Decimal" in checked(f"def f(x: int) -> Decimal:\n{body}").problems[0]
    assert checked(f"def f(x: float) -> Decimal:\n{body}").problems == ()
