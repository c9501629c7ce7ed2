"""What was to stay as it is, and does not hold any more, is worked on and never called verified."""

from __future__ import annotations

from typing import Any

import pytest

from codex.common.documents.codegraph import Example
from codex.common.documents.implementation import (
    Check,
    Function,
    FunctionStatus,
    FunctionTest,
)
from codex.develop import stage
from codex.develop.checks import load_policy
from codex.develop.work import Work
from codex.develop.workshop import Workshop
from tests.common.documents import samples

CASE = Example(args={"member_id": 1, "book_id": 2}, raises="NotFound")
KEPT = Function(
    name="add_loan",
    code="def add_loan() -> None: ...\n",
    status=FunctionStatus.VERIFIED,
    tests=(FunctionTest(name="t", origin="generated", code=CASE.model_dump_json()),),
    evidence=(Check(name="examples", passed=True),),
)


def workshop() -> Workshop:
    nothing: Any = None
    shop = Workshop(samples.architecture(), nothing, nothing, load_policy("curated"))
    shop.works = {"add_loan": shop.works["add_loan"]}
    shop.keep("add_loan", KEPT)
    return shop


@pytest.mark.parametrize("mended", [True, False])
async def test_a_kept_function_that_is_sent_back_ends_as_it_ends(
    mended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Work] = []

    async def make(_: Workshop, work: Work) -> None:
        seen.append(work)
        assert (work.code, work.tests, work.problems) == (KEPT.code, [CASE], ["Scenario: 500."])
        work.code, work.verified = "mended", mended
        work.settled.set()

    monkeypatch.setattr(stage, "make", make)
    shop = workshop()
    work = shop.works["add_loan"]
    assert work.function() == KEPT
    # As the scenarios leave it.
    work.problems, work.verified = ["Scenario: 500."], False
    await stage._make_again(shop, ["add_loan"])
    assert seen == [work]
    after = work.function()
    assert after.verified is mended
    assert after.code == ("mended" if mended else "")
