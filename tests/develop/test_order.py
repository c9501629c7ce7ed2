"""Lists that are returned have an order that somebody chose, or are put in one."""

from __future__ import annotations

import pytest

from codex.develop.checks import Checked, check_function
from tests.corpus.kit import Specimen, contract

ROWS = "def f(*, session: Session) -> list[Book]:\n"
NEW = "def f(a: dict[str, int], b: dict[str, int]) -> dict[str, list[str]]:\n"
TEXTS = "def f(xs: list[str]) -> list[str]:\n"


def checked(code: str) -> Checked:
    return check_function(code, contract(Specimen(code=code, examples=())))


@pytest.mark.parametrize(
    "code",
    [
        f"{TEXTS}    return list(set(xs))\n",
        f"{TEXTS}    found = {{x.lower() for x in xs}}\n    return [x.title() for x in found]\n",
        f"{TEXTS}    return [x + 'y' for x in set(xs) - {{'a'}}]\n",
        f"{TEXTS}    seen = set(xs)\n    return [*seen]\n",
        "def f(xs: list[str]) -> str:\n    return ', '.join(set(xs))\n",
        f"{NEW}    return {{'new': list(b.keys() - a.keys())}}\n",
    ],
)
def test_a_list_of_a_set_is_told(code: str) -> None:
    assert "use sorted()" in " ".join(checked(code).problems)


@pytest.mark.parametrize(
    "code",
    [
        f"{TEXTS}    return sorted(set(xs))\n",
        f"{TEXTS}    found = list(set(xs))\n    found.sort()\n    return found\n",
        f"{TEXTS}    return list(dict.fromkeys(xs))\n",
        f"{TEXTS}    known = set(xs)\n    return [x for x in xs if x in known]\n",
        "def f(xs: list[str]) -> set[str]:\n    return set(xs) - {''}\n",
        "def f(xs: list[str]) -> int:\n    return len(list(set(xs)))\n",
    ],
)
def test_a_list_in_some_order_is_right(code: str) -> None:
    assert checked(code).problems == ()


def test_whole_rows_without_an_order_are_put_in_that_of_their_ids() -> None:
    code = f"{ROWS}    query = select(Book).where(col(Book.stock) > 1)\n"
    done = checked(f"{code}    return list(session.exec(query).all())\n")
    assert done.problems == ()
    assert "query = select(Book).where(col(Book.stock) > 1).order_by(col(Book.id))" in done.code
    assert any("that of their ids" in item.mended for item in done.evidence)


@pytest.mark.parametrize(
    "code",
    [
        f"{ROWS}    return list(session.exec(select(Book).order_by(col(Book.title))).all())\n",
        f"{ROWS}    return sorted(session.exec(select(Book)).all(), key=lambda book: book.title)\n",
        "def f(*, session: Session) -> int:\n    return len(session.exec(select(Book)).all())\n",
    ],
)
def test_rows_with_an_order_stay_as_they_are(code: str) -> None:
    done = checked(code)
    assert done.problems == ()
    assert "col(Book.id)" not in done.code


def test_values_and_groups_in_no_order_are_told() -> None:
    head = "def f(*, session: Session) -> list[str]:\n"
    for query in ("select(User.email).distinct()", "select(Book.title).group_by(col(Book.title))"):
        told = checked(f"{head}    return list(session.exec({query}).all())\n").problems
        assert "add .order_by()" in " ".join(told)
