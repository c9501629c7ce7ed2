"""Types as source: what is sent, what is changed, what is shown."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.compiler import bodies, reading, types
from codex.compiler.plan import Plan
from tests.architectures import named


def files(architecture: Architecture) -> dict[str, str]:
    return {item.path: item.text for item in types.type_files(architecture)}


def part(source: str, name: str) -> str:
    """The class called `name`."""
    return (
        source.partition(f"class {name}(")[2].partition("\n\n\nclass ")[0].partition("\nclass ")[0]
    )


def test_exposure_decides_where_a_column_appears() -> None:
    loan = files(named("library"))["app/types/loan.py"]
    assert "borrowed_at" not in part(loan, "LoanCreate")
    assert "returned_at" not in part(loan, "LoanUpdate")
    assert "returned_at: datetime | None" in part(loan, "LoanRead")
    patient = files(named("clinic"))["app/types/patient.py"]
    assert "notes" in part(patient, "PatientCreate")
    assert "notes" not in part(patient, "PatientRead")


def test_what_callers_never_send() -> None:
    for name in ("tasks", "shop", "lending", "documents", "polls", "company"):
        user = files(named(name))["app/types/user.py"]
        for body in ("UserCreate", "UserUpdate"):
            source = part(user, body)
            assert "role" not in source
            assert "password_hash" not in source
            assert " id:" not in source
        assert "password: NewPassword" in part(user, "UserCreate")
        assert "password" not in part(user, "UserRead")


def test_updates_leave_out_what_is_not_sent() -> None:
    link = files(named("links"))["app/types/link.py"]
    update = part(link, "LinkUpdate")
    assert "slug" not in update  # it cannot be changed
    assert "target: Url = Field(default_factory=absent" in update


def test_bounds_are_both_set_for_integers() -> None:
    book = files(named("library"))["app/types/book.py"]
    assert "copies: Whole = Field(default=1, ge=0, le=MAX_INTEGER)" in part(book, "BookCreate")
    assert "author_id: Integer" in part(book, "BookCreate")


def test_bounds_that_move_with_time_are_checked_by_a_method() -> None:
    task = files(named("tasks"))["app/types/task.py"]
    assert "if self.due_on is not None and self.due_on < now.date():" in task
    architecture = named("tasks")
    assert bodies.checks_dates(architecture, "TaskCreate")
    assert not bodies.checks_dates(architecture, "GroupCreate")


def test_bodies_leave_out_what_path_and_route_say() -> None:
    architecture = named("library")
    route = next(item for item in architecture.routes if item.path == "/authors/{author_id}/books"
                 and item.method == "POST")  # fmt: skip
    name = bodies.body_type(architecture, route)
    assert name == "CreateBookOfAuthorBody"
    assert "author_id" not in part(files(architecture)["app/types/book.py"], name)


def test_choices_between_objects_are_discriminated() -> None:
    objects = files(named("shop"))["app/types/objects.py"]
    assert (
        'PaymentChoice = Annotated[CardPayment | TransferPayment, Field(discriminator="kind")]'
        in objects
    )
    # Sent types are strict, shown ones are read from attributes.
    assert "number: Text" in part(objects, "CardPayment")
    assert "from_attributes=True" in part(objects, "Bill")


def test_object_types_follow_those_that_they_mention() -> None:
    objects = files(named("clinic"))["app/types/objects.py"]
    assert objects.index("class Note(") < objects.index("class Plan(")


def test_examples_come_from_scenarios() -> None:
    book = files(named("lending"))["app/types/book.py"]
    assert '"examples": [{"title": "Emma", "copies": 1}]' in part(book, "BookCreate")


def test_computed_fields_are_read_with_one_query_for_all_rows() -> None:
    (found,) = reading.reading_files(Plan(named("lending"), {}))
    assert found.text.count("session.exec(") == 2  # loans of books, books of loans
    assert "on_loan.get(row.id, 0)" in found.text
    assert "row.returned_at is None and row.due_on < now.date()" in found.text
    assert reading.reading(named("lending"), named("lending").database.tables[0]).plain
