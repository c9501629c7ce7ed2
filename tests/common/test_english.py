"""Articles and plurals."""

from __future__ import annotations

import pytest

from codex.common.documents.application import Outcome, VerificationStep
from codex.common.english import counted, with_article


@pytest.mark.parametrize(
    "said",
    [
        "a user", "a unit", "a university", "a usage", "a URL", "a UUID", "a euro",
        "a one time code",
        "an order", "an uninvited guest", "an unimportant note", "an umbrella", "an hour",
        "an honest review", "a house", "a book", "an onerous task", "a utility",
    ],
)  # fmt: skip
def test_the_article_follows_the_sound(said: str) -> None:
    assert with_article(said.partition(" ")[2]) == said


def test_one_is_not_several() -> None:
    told = [counted(1, "table"), counted(0, "table"), counted(2, "query"), counted(1200, "box")]
    assert told == ["1 table", "0 tables", "2 queries", "1,200 boxes"]
    assert counted(3, "day") == "3 days"


def test_figures_of_a_step_are_told_in_words() -> None:
    step = VerificationStep(
        name="migrations", outcome=Outcome.PASSED, figures={"tables": 1, "checks": 2, "passed": 1}
    )
    assert step.told == ("1 table", "2 checks", "1 passed")
