"""What Deploy sends back: the blamed functions are repaired, whoever calls them is tried again."""

from __future__ import annotations

import pytest

from codex.common.documents.application import Fault
from codex.common.documents.implementation import Implementation
from codex.common.errors import InputError
from codex.develop import stage
from tests.common.documents import samples
from tests.develop.scripts import RIGHT, writer
from tests.develop.test_stage import ARCHITECTURE, Opened, by_name, opened

__all__ = ["opened"]  # a fixture

pytestmark = pytest.mark.slow

FAULT = Fault(
    message="A request with an unknown member was answered with 500.",
    function="count_open_loans",
    route="POST /books/{book_id}/borrow",
)


_MADE: list[Implementation] = []


async def sound(opened: Opened) -> Implementation:
    """The implementation that Deploy found a fault in, made once."""
    if not _MADE:
        async with opened(writer()) as services:
            _MADE.append(await stage.develop(ARCHITECTURE, services=services))
    return _MADE[0]


async def test_the_blamed_function_is_repaired_and_its_caller_tried_again(opened: Opened) -> None:
    mended = RIGHT["count_open_loans"].replace("    statement =", "    # mended\n    statement =")
    before = await sound(opened)
    model = writer({"count_open_loans": [mended]}, name="mender")
    async with opened(model) as services:
        after = await stage.develop(
            ARCHITECTURE, services=services, previous=before, faults=[FAULT]
        )
        calls = await services.store.run_calls(services.run_id)
    # One question, with what was seen in it; whoever calls it is tried, and nobody else is asked.
    (asked,) = model.asked
    assert asked.chain == "develop/repair"
    assert getattr(asked.inputs, "definition").name == "count_open_loans"  # noqa: B009
    assert "POST /books/{book_id}/borrow: A request with an unknown" in asked.messages[-1].content
    # The place is another one than that of any earlier repair, which a replay still finds.
    assert calls[0].place.startswith("count_open_loans+")
    assert after.complete
    old, new = by_name(before), by_name(after)
    assert "# mended" in new["count_open_loans"].code
    assert new["borrow_book"].code == old["borrow_book"].code
    others = set(new) - {"count_open_loans", "borrow_book"}
    assert {name: new[name] for name in others} == {name: old[name] for name in others}


async def test_what_cannot_be_mended_stays_as_it_was(opened: Opened) -> None:
    before = await sound(opened)
    wrong = "def count_open_loans(member_id: int, *, session: Session) -> int:\n    return {}\n"
    answers = [wrong.format(number) for number in range(7, 20)]
    model = writer({"count_open_loans": answers}, name="bungler")
    async with opened(model) as services:
        after = await stage.develop(
            ARCHITECTURE, services=services, previous=before, faults=[FAULT]
        )
    assert after == before


async def test_a_fault_of_a_function_that_is_not_there_is_refused(opened: Opened) -> None:
    before = samples.implementation()
    fault = FAULT.model_copy(update={"function": "sing"})
    async with opened(writer()) as services:
        with pytest.raises(InputError, match="'sing'"):
            await stage.develop(ARCHITECTURE, services=services, previous=before, faults=[fault])
