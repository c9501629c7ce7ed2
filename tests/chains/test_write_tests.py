"""What is said of cases that were written for a contract."""

from __future__ import annotations

import pytest

from codex.chains.develop.write_tests import WriteTestsInputs, WrittenTests, check
from codex.common.documents.codegraph import Example
from codex.compiler.closure import closure_of
from tests.corpus.kit import Specimen, example
from tests.corpus.world import architecture

RATE = Specimen(
    code='''
def rate(book_id: int, stars: int, *, session: Session) -> Review:
    """Rate a book."""
    return Review()
''',
    writes=("reviews",),
    examples=(
        example({"stars": 4}, book_id=1, stars=4, then={"reviews": [{"stars": 4}]}),
        example(raises="BadInput", book_id=1, stars=6),
    ),
    raises=("BadInput",),
)


def problems(case: Example) -> set[str]:
    definition = RATE.definition
    inputs = WriteTestsInputs(
        header="",
        definition=definition,
        examples=definition.examples,
        closure=closure_of(architecture(), definition),
        columns={"reviews": ("stars", "text")},
    )
    return {found.sentence.name for found in check(inputs, WrittenTests(examples=(case,)))}


@pytest.mark.parametrize(
    "case",
    [
        example({"text": ""}, book_id=1, stars=4),  # another column of the same row
        example({"stars": 4, "text": ""}, book_id=1, stars=4, then={"reviews": [{"text": ""}]}),
        example({"stars": 3}, book_id=1, stars=3),
    ],
)
def test_a_case_that_says_more_contradicts_nothing(case: Example) -> None:
    assert problems(case) == set()


@pytest.mark.parametrize(
    "case",
    [
        example({"stars": 5}, book_id=1, stars=4),
        example(raises="BadInput", book_id=1, stars=4),
        example({"stars": 4}, book_id=1, stars=4, then={"reviews": [{"stars": 5}]}),
        example({"stars": 4}, book_id=1, stars=4, then={"reviews": []}),
        example({"stars": 6}, book_id=1, stars=6),
    ],
)
def test_a_case_that_says_otherwise_contradicts(case: Example) -> None:
    assert problems(case) == {"contradicts"}


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (example({}, book_id=1, stars=3), "asserts_nothing"),
        (example({"stars": 3}, stars=3), "missing_argument"),
        (example({"stars": 3}, book_id=1, stars=3, pages=1), "unknown_argument"),
        (example(raises="Conflict", book_id=1, stars=3), "undeclared"),
        (example({"stars": 3}, book_id=1, stars=3, given={"sofas": [{}]}), "unknown_table"),
        (
            example({"stars": 3}, book_id=1, stars=3, given={"reviews": [{"a": 1}]}),
            "unknown_column",
        ),
    ],
)
def test_a_case_that_cannot_be_run_is_told(case: Example, problem: str) -> None:
    assert problems(case) == {problem}
