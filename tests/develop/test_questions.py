"""What the tester of a function is shown of what the client wants to see."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.specification import Criterion
from codex.develop.questions import criteria_of
from tests.common.documents import samples


def architecture() -> Architecture:
    """The library, whose lending requirement is served by a second route as well."""
    whole = samples.architecture()
    books, lending = whole.specification.requirements
    more = tuple(
        Criterion(id=name, given="a shelf", when=f"{what} is done", then="it is seen")
        for name, what in (("R2.2", "listing"), ("R2.3", "nothing"))
    )
    wider = lending.model_copy(update={"criteria": (*lending.criteria, *more)})
    listing = Scenario(
        name="titles are listed",
        requirement="R2",
        criteria=("R2.2",),
        steps=(Step(actor="librarian", path="/books/titles", expect=Expect(status=200)),),
    )
    serving = tuple(
        route.model_copy(update={"requirements": ("R2",)}) if route.template else route
        for route in whole.routes
    )
    return whole.model_copy(
        update={
            "specification": whole.specification.model_copy(
                update={"requirements": (books, wider)}
            ),
            "routes": serving,
            "scenarios": (*whole.scenarios, listing),
        }
    )


def test_criteria_are_those_that_calls_of_the_functions_own_route_show() -> None:
    shown = " ".join(criteria_of(architecture(), "borrow_book"))
    assert "a member borrows it" in shown
    assert "listing is done" not in shown
    assert "nothing is done" in shown, "no scenario shows it, so nothing tells whose it is"
    titles = " ".join(criteria_of(architecture(), "join_titles"))
    assert "listing is done" in titles
    assert "a member borrows it" not in titles
