"""Lending: queries and changes with limits."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example

SPECIMENS = (
    Specimen(
        code='''
def count_open_loans(user_id: int, *, session: Session) -> int:
    """How many loans of the user have not been returned."""
    statement = (
        select(func.count())
        .select_from(Loan)
        .where(col(Loan.user_id) == user_id, col(Loan.returned_at).is_(None))
    )
    return session.exec(statement).one()
''',
        reads=("loans",),
        examples=(
            example(
                2,
                given={
                    "users": [{}, {}],
                    "loans": [
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:1", "returned_at": "2026-02-01T00:00:00Z"},
                        {"user_id": "users:2"},
                    ],
                },
                user_id="users:1",
            ),
            example(0, given={"users": [{}]}, user_id="users:1"),
        ),
        mutants=(
            Mutant("dropped condition", ", col(Loan.returned_at).is_(None)", ""),
            Mutant("dropped condition", "col(Loan.user_id) == user_id, ", ""),
            Mutant("negated condition", ".is_(None)", ".is_not(None)"),
            Mutant("wrong column", "col(Loan.user_id)", "col(Loan.book_id)"),
            Mutant("wrong aggregate", "func.count()", "func.max(Loan.id)"),
            Mutant("injection", "select(func.count())", 'select(text(f"{user_id}"))'),
        ),
    ),
    Specimen(
        code='''
def borrow(
    book_id: int, *, session: Session, user: User, now: datetime, settings: Settings
) -> Loan:
    """Lend the book to the user for `loan_days` days, and take it from the stock.

    Raises NotAvailable when none is in stock, LoanLimitReached when the user has as many open
    loans as `loan_limit` says.
    """
    lock(session, User, user.id)
    book = lock(session, Book, book_id)
    if book.stock < 1:
        raise NotAvailable
    statement = (
        select(func.count())
        .select_from(Loan)
        .where(col(Loan.user_id) == user.id, col(Loan.returned_at).is_(None))
    )
    if session.exec(statement).one() >= settings.loan_limit:
        raise LoanLimitReached
    book.stock -= 1
    due_on = now.date() + timedelta(days=settings.loan_days)
    loan = Loan(user_id=user.id, book_id=book.id, due_on=due_on)
    session.add(book)
    session.add(loan)
    session.flush()
    return loan
''',
        reads=("loans", "books", "users"),
        writes=("loans", "books"),
        raises=("NotAvailable", "LoanLimitReached"),
        settings=("loan_limit", "loan_days"),
        examples=(
            example(
                {"user_id": "users:1", "book_id": "books:1", "due_on": "2026-06-15"},
                given={"users": [{}], "books": [{"stock": 2}]},
                book_id="books:1",
                user="users:1",
                now="2026-06-01T12:00:00Z",
                then={"books": [{"stock": 1}], "loans": [{"user_id": 1, "returned_at": None}]},
            ),
            example(
                raises="NotAvailable",
                given={"users": [{}], "books": [{"stock": 0}]},
                book_id="books:1",
                user="users:1",
                now="2026-06-01T12:00:00Z",
                then={"loans": []},
            ),
            example(
                raises="LoanLimitReached",
                given={
                    "users": [{}],
                    "books": [{"stock": 2}],
                    "loans": [{"user_id": "users:1", "book_id": "books:1"}],
                },
                settings={"loan_limit": 1},
                book_id="books:1",
                user="users:1",
                now="2026-06-01T12:00:00Z",
                then={"books": [{"stock": 2}]},
            ),
        ),
        mutants=(
            Mutant("off by one", "book.stock < 1", "book.stock < 0"),
            Mutant("off by one", ">= settings.loan_limit", "> settings.loan_limit"),
            Mutant("wrong setting", "days=settings.loan_days", "days=settings.loan_limit"),
            Mutant("dropped statement", "    book.stock -= 1\n", ""),
            Mutant("dropped statement", "    session.add(loan)\n", ""),
            Mutant("wrong sign", "now.date() + timedelta", "now.date() - timedelta"),
            Mutant("wrong error", "raise NotAvailable", "raise LoanLimitReached"),
            Mutant("commit", "session.flush()", "session.commit()"),
            Mutant("clock", "now.date()", "datetime.now(UTC).date()"),
        ),
    ),
)
