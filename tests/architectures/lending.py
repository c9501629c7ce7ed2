"""Lending: at most so many loans at once; what is overdue follows from time; two roles."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType, Setting
from codex.common.documents.codegraph import Lock
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Comparison,
    Condition,
    FieldValue,
    Formula,
    Now,
)
from codex.common.documents.scenario import Expect, Scenario, Step
from codex.common.documents.schema import ComputedField, DatabaseSchema, DatabaseTable, Index
from codex.common.documents.specification import Criterion, Requirement
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    column,
    crud,
    everything,
    function,
    integer,
    own,
    reference,
    service,
    text,
    written,
)

MEMBERS, ROLES = accounts("member", "librarian", columns=(text("name", 100, nullable=True),))
BOOKS = DatabaseTable(
    name="books",
    model="Book",
    description="A book that can be lent.",
    columns=(text("title", 200, min_length=1), integer("copies", default=1, minimum=0)),
    computed=(
        ComputedField(
            name="on_loan",
            type="int",
            description="How many copies are out.",
            rule=Aggregate(
                function=AggregateFunction.COUNT,
                table="loans",
                where=(Condition(field="returned_at", op=Comparison.IS_NULL),),
            ),
        ),
    ),
)
LOANS = DatabaseTable(
    name="loans",
    model="Loan",
    description="That a member has a book.",
    columns=(
        reference("book"),
        reference("user", exposure="read"),
        column("due_on", "date", exposure="read"),
        column("returned_at", "datetime", nullable=True, exposure="read"),
    ),
    relations=(belongs("book", "books", "loans"), belongs("user", "users", "loans")),
    indexes=(Index(columns=("user_id", "returned_at")), Index(columns=("due_on",))),
    owner="user_id",
    computed=(
        ComputedField(
            name="overdue",
            type="bool",
            rule=Formula(
                table="loans",
                operation="all",
                conditions=(
                    Condition(field="returned_at", op=Comparison.IS_NULL),
                    Condition(field="due_on", op=Comparison.LT, operands=(Now(date_only=True),)),
                ),
            ),
        ),
        ComputedField(
            name="days_left",
            type="int",
            rule=Formula(
                table="loans",
                operation="days_between",
                operands=(Now(date_only=True), FieldValue(path="due_on")),
            ),
        ),
        ComputedField(
            name="title",
            type="str",
            rule=Formula(
                table="loans", operation="join", operands=(FieldValue(path="book.title"),)
            ),
        ),
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    tables = (MEMBERS, BOOKS, LOANS)
    database = DatabaseSchema(tables=tables, enums=(ROLES,) if ROLES else (), account="users")
    mine = (own("member"), everything("librarian"))
    borrow = function(
        {
            "function_name": "borrow_book",
            "module": "loans",
            "method": "POST",
            "path": "/books/{book_id}/borrow",
            "access": (everything("member"),),
            "response": "LoanRead",
            "raises": ("LoanLimitReached", "NoCopyLeft"),
            "locks": (Lock(table="users", by="user.id"), Lock(table="books", by="book_id")),
        },
        database,
        "Lends a copy for loan_days days, if one is left and the member has fewer than loan_limit.",
        "{signature}\n    ...\n",
        context=("session", "user", "now", "settings"),
        raises=("LoanLimitReached", "NoCopyLeft"),
        settings=("loan_limit", "loan_days"),
        reads=("books", "loans"),
        writes=("loans",),
    )
    give_back = function(
        {
            "function_name": "return_loan",
            "module": "loans",
            "method": "POST",
            "path": "/loans/{loan_id}/return",
            "access": mine,
            "response": "LoanRead",
            "raises": ("ReturnedAlready",),
            "locks": (Lock(table="loans", by="loan_id"),),
        },
        database,
        "Takes a book back.",
        "{signature}\n    ...\n",
        context=("session", "now"),
        raises=("ReturnedAlready",),
        reads=("loans",),
        writes=("loans",),
    )
    overdue = function(
        {
            "function_name": "list_overdue",
            "module": "loans",
            "method": "GET",
            "path": "/loans/overdue",
            "access": (everything("librarian"),),
            "response": "Items[LoanRead]",
        },
        database,
        "Loans that should have come back.",
        "{signature}\n    ...\n",
        context=("session", "now"),
        reads=("loans",),
    )
    built = service(
        "lending",
        "Lending",
        tables,
        (
            *crud(BOOKS, "create", "update", "delete", access=(everything("librarian"),)),
            *crud(BOOKS, "list", "get", search=("title",), sorts=("title",)),
            borrow,
            overdue,
            give_back,
            *crud(LOANS, "list", "get", access=mine, filters=("book_id",), ranges=("due_on",)),
        ),
        roles=("member", "librarian"),
        enums=(ROLES,),
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(
                name="LoanLimitReached",
                base="Conflict",
                code="loan_limit_reached",
                title="A member has so many books at most.",
            ),
            ErrorType(
                name="NoCopyLeft", base="Conflict", code="no_copy_left", title="None is left."
            ),
            ErrorType(
                name="ReturnedAlready",
                base="Conflict",
                code="returned_already",
                title="It has come back already.",
            ),
        ),
        settings=(Setting(name="loan_limit", default=5), Setting(name="loan_days", default=14)),
    )
    specification = built.specification.model_copy(
        update={
            "requirements": (
                Requirement(
                    id="R1",
                    feature="Lending",
                    text="A member must be able to borrow at most five books.",
                    criteria=(
                        Criterion(id="R1.1", given="a book", when="lent", then="it is late later"),
                    ),
                ),
            )
        }
    )
    return built.model_copy(update={"specification": specification, "scenarios": (SCENARIO,)})


SCENARIO = Scenario(
    name="a loan becomes overdue",
    requirement="R1",
    criteria=("R1.1",),
    steps=(
        Step(
            actor="librarian",
            method="POST",
            path="/books",
            body={"title": "Emma", "copies": 1},
            expect=Expect(status=201, body={"title": "Emma", "on_loan": 0}),
            save={"book": "."},
        ),
        Step(
            actor="member",
            method="POST",
            path="/books/$book.id/borrow",
            expect=Expect(status=200, body={"overdue": False, "days_left": 14, "title": "Emma"}),
            save={"loan": "id"},
        ),
        Step(
            actor="member:2",
            method="POST",
            path="/books/$book.id/borrow",
            expect=Expect(status=409, body={"code": "no_copy_left"}),
        ),
        Step(advance="15 days"),
        Step(
            actor="librarian",
            path="/loans/overdue",
            expect=Expect(status=200, body={"items": [{"overdue": True, "days_left": -1}]}),
        ),
        Step(
            actor="member:2",
            method="POST",
            path="/loans/$loan/return",
            expect=Expect(status=404),
        ),
        Step(
            actor="member",
            method="POST",
            path="/loans/$loan/return",
            expect=Expect(status=200, body={"overdue": False, "returned_at": "*"}),
        ),
    ),
)

FUNCTIONS = written(
    borrow_book="""
        def borrow_book(
            book_id: int, *, session: Session, user: User, now: datetime, settings: Settings
        ) -> Loan:
            book = get_or_404(session, Book, book_id)
            out = select(func.count()).select_from(Loan).where(col(Loan.returned_at).is_(None))
            if session.exec(out.where(Loan.user_id == user.id)).one() >= settings.loan_limit:
                raise LoanLimitReached()
            if session.exec(out.where(Loan.book_id == book.id)).one() >= book.copies:
                raise NoCopyLeft()
            due_on = now.date() + timedelta(days=settings.loan_days)
            loan = Loan(book_id=book.id, user_id=user.id, due_on=due_on)
            session.add(loan)
            return loan
    """,
    return_loan="""
        def return_loan(loan_id: int, *, session: Session, now: datetime) -> Loan:
            loan = get_or_404(session, Loan, loan_id)
            if loan.returned_at is not None:
                raise ReturnedAlready()
            loan.returned_at = now
            session.add(loan)
            return loan
    """,
    list_overdue="""
        def list_overdue(*, session: Session, now: datetime) -> list[Loan]:
            late = select(Loan).where(
                col(Loan.returned_at).is_(None), col(Loan.due_on) < now.date()
            )
            return list(session.exec(late.order_by(col(Loan.due_on), col(Loan.id))))
    """,
)
