"""How well the built-in model understands the labelled requests."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from codex.builtin.design.specify import specify
from codex.chains.design.specify import SpecifyInputs, check
from codex.common.clauses import uncovered
from codex.common.documents.specification import Specification
from tests.requests.labels import LabelledRequest, requests, score

ALL = requests()


def understood(request: LabelledRequest) -> Specification:
    return specify(SpecifyInputs(request=request.text)).specification(request.text)


def totals(kind: str, *, held_out: bool | None = None) -> tuple[int, int, int, int]:
    """Labelled clauses, those understood as labelled, those wrong and not said, invented facts."""
    found = [
        score(item, understood(item))
        for item in requests(kind)
        if held_out is None or item.held_out is held_out
    ]
    return (
        sum(item.clauses for item in found),
        sum(len(item.right) for item in found),
        sum(len(item.silent) for item in found),
        sum(len(item.invented) for item in found),
    )


def test_there_are_sixty_requests_fifteen_of_them_held_out() -> None:
    assert len(requests("plain")) == 40
    assert len(requests("awkward")) == 20
    assert sum(item.held_out for item in ALL) == 15
    assert len({item.text for item in ALL}) == 60


@pytest.mark.parametrize(("kind", "bar"), [("plain", 0.90), ("awkward", 0.70)])
def test_clauses_are_understood_as_labelled(kind: str, bar: float) -> None:
    clauses, right, silent, _ = totals(kind)
    assert right / clauses >= bar
    assert silent / clauses <= 0.02


@pytest.mark.parametrize("request_", ALL, ids=lambda item: item.name)
def test_each_gives_a_sound_draft(request_: LabelledRequest) -> None:
    inputs = SpecifyInputs(request=request_.text)
    draft = specify(inputs)
    assert [str(problem) for problem in check(inputs, draft)] == []


@pytest.mark.parametrize("request_", ALL, ids=lambda item: item.name)
def test_every_clause_is_accounted_for(request_: LabelledRequest) -> None:
    document = understood(request_)
    assert uncovered(request_.text, quotes(document)) == []


def quotes(document: Specification) -> list[str]:
    found = [quote for item in document.requirements for quote in item.quotes]
    left: Iterable[str] = [
        item.quote for item in (*document.out_of_scope, *document.not_understood)
    ]
    return [*found, *left]


def test_the_same_request_gives_the_same_document() -> None:
    request = ALL[0]
    assert understood(request).to_json() == understood(request).to_json()


def test_labels_quote_their_requests() -> None:
    for item in ALL:
        flat = " ".join(item.text.split())
        for clause in item.clauses:
            assert " ".join(clause.quote.split()) in flat, (item.name, clause.quote)
