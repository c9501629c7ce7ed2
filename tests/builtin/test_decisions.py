"""What can be accepted or rejected has one status; other flags stay as they are."""

from __future__ import annotations

import pytest

from codex.builtin.language.assemble import assemble
from codex.builtin.language.reader import understand
from codex.common.documents.rules import Change, Comparison, Value
from codex.common.documents.specification import Operation

JOBS = (
    "Talks have a name. Talks can be accepted or rejected."
    " An accepted talk cannot be deleted. Show accepted talks."
)


def operations(request: str) -> dict[str, Operation]:
    """The operations of a request, by verb and name."""
    draft = assemble(understand(request))
    found = [item for requirement in draft.requirements for item in requirement.operations]
    return {f"{item.verb} {item.name or item.entity}": item for item in found}


def fields(request: str) -> dict[str, tuple[str, ...]]:
    """The fields of the first thing, with their choices."""
    entity = assemble(understand(request)).entities[0]
    return {item.name: item.choices for item in entity.fields}


def test_a_decision_is_one_status() -> None:
    assert fields(JOBS) == {"name": (), "status": ("pending", "accepted", "rejected")}
    for name, value in (("accept", "accepted"), ("reject", "rejected")):
        rule = operations(JOBS)[f"action {name}"].rule
        assert isinstance(rule, Change)
        assert [(item.field, item.operand) for item in rule.assign] == [
            ("status", Value(value=value))
        ]


def test_what_is_asked_of_the_flag_is_asked_of_the_status() -> None:
    rule = operations(JOBS)["delete talk"].rule
    assert isinstance(rule, Change)
    (required,) = rule.guards[0].require
    assert (required.field, required.op) == ("status", Comparison.NE)
    assert required.operands == (Value(value="accepted"),)
    said = assemble(understand(JOBS)).model_dump_json()
    assert '"field":"accepted"' not in said


@pytest.mark.parametrize(
    ("request_", "flags"),
    [
        ("Posts have a title. Posts can be hidden or pinned.", {"hidden", "pinned"}),
        ("Tasks have a title. Tasks can be accepted.", {"accepted"}),
        (
            "Talks have a title and a status (new or old). Talks can be accepted or rejected.",
            {"status", "accepted", "rejected"},
        ),
    ],
)
def test_flags_that_hold_together_stay_flags(request_: str, flags: set[str]) -> None:
    assert set(fields(request_)) == {"title", *flags}
