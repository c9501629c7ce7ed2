"""What a request promises holds in every operation, not only in the one that it names."""

from __future__ import annotations

import pytest

from codex.architect.stage import architect
from codex.builtin import BuiltinModel
from codex.builtin.language.assemble import assemble
from codex.builtin.language.reader import understand
from codex.chains.offline import Offline
from codex.common.documents.architecture import Architecture
from codex.common.documents.rules import Change, Condition, Value
from codex.common.documents.specification import Operation
from codex.compiler import compile_service
from codex.design.stage import design
from tests.builtin.test_architect_runs import written

CLINIC = (
    "Patients have a name. Doctors have a name. An appointment has a start time and an end time,"
    " and belongs to a patient and a doctor. A doctor cannot be booked twice at the same time."
    " Appointments can be cancelled."
)
LOANS = (
    "A loan has an amount and a status (requested, approved, rejected)."
    " A loan may be approved or rejected only while it is requested."
)


def operations(request: str) -> dict[str, Operation]:
    """The operations of a request, by verb and entity."""
    draft = assemble(understand(request))
    found = [item for requirement in draft.requirements for item in requirement.operations]
    return {f"{item.verb} {item.entity}": item for item in found}


async def drawn(request: str) -> Architecture:
    """What the Architect draws of a request."""
    services = Offline(BuiltinModel())
    specified = await design(request, services=services)  # pyright: ignore[reportArgumentType] enough of them
    return await architect(specified, services=services)  # pyright: ignore[reportArgumentType] the same


async def compiled(request: str) -> dict[str, str]:
    """The files of the service."""
    architecture = await drawn(request)
    return {
        item.path: item.content
        for item in compile_service(architecture, written(architecture)).files
    }


def test_a_cancelled_appointment_takes_no_place_although_that_is_said_last() -> None:
    rule = operations(CLINIC)["create appointment"].rule
    assert isinstance(rule, Change)
    counted = rule.guards[0].count
    assert counted is not None
    assert Condition(field="cancelled", operands=(Value(value=False),)) in counted.where


def test_what_was_checked_at_creation_is_not_changed_afterwards() -> None:
    assert operations(CLINIC)["update appointment"].fields == ("patient",)
    assert any("stays as it was made" in a.text for a in assemble(understand(CLINIC)).assumptions)


def test_a_state_that_actions_lead_through_is_not_sent() -> None:
    status = next(f for f in assemble(understand(LOANS)).entities[0].fields if f.name == "status")
    assert (status.set_by, status.default) == ("server", "requested")


def test_a_state_that_nothing_leads_to_can_be_sent_and_that_is_told() -> None:
    draft = assemble(understand(LOANS.replace("rejected).", "rejected, repaid).")))
    status = next(field for field in draft.entities[0].fields if field.name == "status")
    assert status.set_by == "client"
    assert any("nothing else makes it repaid" in item.text for item in draft.assumptions)


async def test_one_refusal_of_two_deeds_is_one_error() -> None:
    errors = [item.title for item in (await drawn(LOANS)).errors]
    assert errors == ["The loan's status is not requested."]


async def test_another_file_is_a_change_and_replaces_the_first() -> None:
    files = await compiled(
        "Documents have a name and a file. Documents cannot be changed once they are locked."
        " A document can be locked."
    )
    functions = "".join(text for path, text in files.items() if path.startswith("app/functions/"))
    upload = functions[functions.index("def upload_document_file") :]
    assert "refuse_if_document_already_locked(document)" in upload
    assert "files.delete(document.file)\n    document.file = files.save(body).key" in functions


async def test_an_action_tells_only_the_errors_that_it_can_meet() -> None:
    files = await compiled(
        "Invoices have a unique number and a status (draft, sent). Draft invoices can be sent."
    )
    routes = files["app/routes/invoices.py"]
    assert "responses=problems(NotFound, Invalid, InvoiceNotDraft)" in routes
    assert "problems(Invalid, InvoiceNumberTaken)" in routes


async def test_figures_that_may_be_nothing_stand_last_on_every_database() -> None:
    files = await compiled(
        "Courses have a title. Enrollments have an optional grade between 1.0 and 6.0 and belong to"
        " a course. Show the average grade per course. Show the number of enrollments per course."
    )
    functions = files["app/functions/enrollments.py"]
    assert ".order_by(func.avg(col(Enrollment.grade)).desc().nulls_last()," in functions
    assert ".order_by(func.count().desc()," in functions


async def test_a_figure_of_rows_in_a_state_is_told_in_english() -> None:
    architecture = await drawn(
        "Tickets have a subject, a priority from 1 to 5 and a status that is open or closed."
        " Show the average priority of open tickets."
    )
    assert "Average priority of open tickets" in [route.summary for route in architecture.routes]


async def test_a_field_that_is_left_out_is_left_out() -> None:
    architecture = await drawn("Books have a title of at most 20 characters and a year.")
    plays = {item.name: item.steps[-1].body for item in architecture.scenarios}
    told = "the answer is 422 and names the field"
    assert plays[f"a book is created without title: {told}"] == {"year": 1}
    longer = plays[f"a book is created with a longer title: {told}"]
    assert isinstance(longer, dict)
    assert longer["title"] == "x" * 21


async def test_a_refusal_tells_what_makes_it_one() -> None:
    architecture = await drawn(f"{LOANS} Clerks log in. Only managers may approve loans.")
    names = [item.name for item in architecture.scenarios]
    asked = "a caller asks to approve a loan while"
    for given, status in (
        ("the loan's status is not requested", "409 and nothing is changed"),
        ("nobody is signed in", "401"),
        ("somebody without the role is signed in", "403"),
    ):
        assert f"{asked} {given}: the answer is {status}" in names


async def test_what_is_read_by_others_is_said_well() -> None:
    files = await compiled(
        "Books have a title. Users sign up. Users can borrow books."
        " A user can borrow at most 5 books. Books can be searched by title."
    )
    assert "Field(default=5, ge=0)" in files["app/settings.py"]
    # Two scenarios send a title; the second shows nothing new.
    assert files["app/types/book.py"].count('{"title": "') == 2  # of creation, and of change
    assert '"""A user."""' in files["app/models/user.py"]


@pytest.mark.parametrize(
    ("heading", "understood"),
    [
        ("Photo sharing.", True),
        ("An online shop API.", True),
        ("Share photos.", False),
        ("Photos overdue.", False),
        ("Photos, albums.", False),
    ],
)
def test_a_heading_is_nothing_that_was_not_understood(heading: str, understood: bool) -> None:
    draft = assemble(understand(f"{heading} Photos have a caption. Albums have a title."))
    assert (heading in [item.quote for item in draft.not_understood]) is not understood


def test_a_state_that_one_role_decides_on_is_sent_by_nobody() -> None:
    draft = assemble(
        understand(
            "A loan has an amount and a status (requested, approved, repaid). Users sign up."
            " Only managers may approve loans."
        )
    )
    loan = next(item for item in draft.entities if item.name == "loan")
    assert next(item for item in loan.fields if item.name == "status").set_by == "server"
    assert any("Nothing makes the status of a loan repaid" in a.text for a in draft.assumptions)


async def test_the_readme_tells_who_may_what_was_assumed_and_what_is_not_there() -> None:
    files = await compiled(
        "A loan has an amount. Users sign up. Only managers may approve loans."
        " Loans over 10000 need two approvals."
    )
    readme = files["README.md"]
    assert "| `POST /loans/{loan_id}/approve` | manager | Approve a loan |" in readme
    assert "| `GET /loans` | signed in | List loans |" in readme
    assert "- “Loans over 10000 need two approvals.”" in readme
    assert "everything can be created, read, listed, changed and deleted." in readme


ROOMS = (
    "A room has a number. A booking has a start time and an end time, and belongs to a room."
    " A room cannot be booked twice at the same time."
)


def test_a_row_of_which_nothing_may_change_cannot_be_changed() -> None:
    found = operations(ROOMS)
    assert "update booking" not in found
    assert {"create booking", "delete booking", "update room"} <= found.keys()


def test_a_change_that_is_asked_for_is_there_and_what_it_passes_by_is_told() -> None:
    request = f"{ROOMS} Bookings can be updated and deleted."
    assert operations(request)["update booking"].fields == ()
    told = [item.text for item in assemble(understand(request)).assumptions]
    assert "When bookings are changed, nobody looks whether something is taken twice." in told


async def test_a_scenario_takes_the_actions_that_come_first() -> None:
    architecture = await drawn(
        "Orders have a status (new, paid, shipped). Orders can be paid. Paid orders can be shipped."
        " An order that has shipped can't be deleted."
    )
    refused = next(s for s in architecture.scenarios if "delete an order while" in s.name)
    calls = [f"{step.method} {step.path.rpartition('/')[2]}" for step in refused.steps]
    assert calls == ["POST orders", "POST pay", "POST ship", "DELETE $the_order.id"]
