"""Queries: filters, searches, windows of time."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def find_books(
    *, session: Session, status: BookStatus | None = None, max_price: Decimal | None = None
) -> list[Book]:
    """The books of this status that cost at most so much, where given; cheapest first, then id."""
    statement = select(Book).order_by(col(Book.price), col(Book.id))
    if status is not None:
        statement = statement.where(col(Book.status) == status)
    if max_price is not None:
        statement = statement.where(col(Book.price) <= max_price)
    return list(session.exec(statement).all())
''',
        reads=("books",),
        examples=(
            example(
                [{"id": 2}, {"id": 1}],
                given={
                    "books": [
                        {"price": "9.00"},
                        {"price": "5.00"},
                        {"price": "9.01"},
                        {"price": "1.00", "status": "lost"},
                    ]
                },
                status="available",
                max_price="9.00",
            ),
            example(
                [{"id": 2}, {"id": 1}],
                given={"books": [{"price": "10.00"}, {"price": "2.50", "status": "lent"}]},
            ),
        ),
        mutants=wrong(
            ("off by one", "<= max_price", "< max_price"),
            (
                "wrong order",
                "col(Book.price), col(Book.id)",
                "col(Book.price).desc(), col(Book.id)",
            ),
            ("wrong column", "col(Book.price), col(Book.id)", "col(Book.id)"),
            ("negated condition", "col(Book.status) == status", "col(Book.status) != status"),
            (
                "dropped statement",
                "        statement = statement.where(col(Book.status) == status)",
                "        statement.where(col(Book.status) == status)",
            ),
            (
                "wrong default",
                "max_price: Decimal | None = None",
                "max_price: Decimal | None = Decimal(100)",
            ),
        ),
    ),
    Specimen(
        code='''
def search_books(q: str, *, session: Session) -> Select[Book]:
    """The books whose title or author's name holds the text, whatever its case, by title."""
    return (
        select(Book)
        .join(Author, col(Author.id) == col(Book.author_id))
        .where(
            or_(
                col(Book.title).icontains(q, autoescape=True),
                col(Author.name).icontains(q, autoescape=True),
            )
        )
        .order_by(col(Book.title), col(Book.id))
    )
''',
        reads=("books", "authors"),
        examples=(
            example(
                [{"title": "A king"}, {"title": "Notes"}],
                given={
                    "authors": [{"name": "Lovelace"}, {"name": "Ada King"}],
                    "books": [
                        {"title": "Notes", "author_id": "authors:2"},
                        {"title": "A king", "author_id": "authors:1"},
                        {"title": "Other", "author_id": "authors:1"},
                    ],
                },
                q="KING",
            ),
            example([], given={"books": [{"title": "100 percent"}]}, q="100%"),
        ),
        mutants=wrong(
            (
                "dropped argument",
                "col(Book.title).icontains(q, autoescape=True)",
                "col(Book.title).icontains(q)",
            ),
            ("wrong method", "col(Author.name).icontains", "col(Author.name).contains"),
            ("wrong operator", "            or_(", "            and_("),
            (
                "dropped condition",
                "                col(Author.name).icontains(q, autoescape=True),\n",
                "",
            ),
            (
                "wrong column",
                "col(Author.id) == col(Book.author_id)",
                "col(Author.id) == col(Book.id)",
            ),
            ("wrong order", "col(Book.title), col(Book.id)", "col(Book.id)"),
            (
                "injection",
                "col(Book.title).icontains(q, autoescape=True)",
                "text(f\"title like '%{q}%'\")",
            ),
        ),
    ),
    Specimen(
        code='''
def overdue_loans(*, session: Session, now: datetime) -> list[Loan]:
    """The loans that have not been returned and were due before today (UTC), the oldest first."""
    statement = (
        select(Loan)
        .where(col(Loan.returned_at).is_(None), col(Loan.due_on) < now.date())
        .order_by(col(Loan.due_on), col(Loan.id))
    )
    return list(session.exec(statement).all())
''',
        reads=("loans",),
        examples=(
            example(
                [{"id": 3}, {"id": 1}],
                given={
                    "loans": [
                        {"due_on": "2026-05-31"},
                        {"due_on": "2026-06-01"},
                        {"due_on": "2026-05-20"},
                        {"due_on": "2026-05-20", "returned_at": "2026-05-25T00:00:00Z"},
                    ]
                },
                now="2026-06-01T08:00:00Z",
            ),
            example([], now="2026-06-01T08:00:00Z"),
        ),
        mutants=wrong(
            ("off by one", "< now.date()", "<= now.date()"),
            ("dropped condition", "col(Loan.returned_at).is_(None), ", ""),
            ("wrong order", "col(Loan.due_on), col(Loan.id)", "col(Loan.id)"),
            ("clock", "now.date()", "date.today()"),
            ("wrong operator", "< now.date()", "> now.date()"),
            ("identity", "col(Loan.returned_at).is_(None)", "col(Loan.returned_at) is None"),
        ),
    ),
    Specimen(
        code='''
def loans_in_week(day: date, *, session: Session) -> int:
    """How many loans are due in the week (Monday to Sunday) of the day."""
    monday = day - timedelta(days=day.weekday())
    statement = (
        select(func.count())
        .select_from(Loan)
        .where(col(Loan.due_on) >= monday, col(Loan.due_on) < monday + timedelta(days=7))
    )
    return session.exec(statement).one()
''',
        reads=("loans",),
        examples=(
            example(
                2,
                given={
                    "loans": [
                        {"due_on": "2026-05-31"},
                        {"due_on": "2026-06-01"},
                        {"due_on": "2026-06-07"},
                        {"due_on": "2026-06-08"},
                    ]
                },
                day="2026-06-07",
            ),
            example(0, day="2026-06-03"),
        ),
        mutants=wrong(
            ("off by one", ">= monday", "> monday"),
            ("off by one", "days=7", "days=6"),
            ("wrong operator", "< monday + timedelta", "<= monday + timedelta"),
            ("wrong method", "day.weekday()", "day.isoweekday()"),
            ("wrong value", "day - timedelta(days=day.weekday())", "day"),
        ),
    ),
    Specimen(
        code='''
def latest_review(book_id: int, *, session: Session) -> Review | None:
    """The last review of the book by id, None where there is none.

    Raises NotFound for a book that is not there.
    """
    get_or_404(session, Book, book_id)
    statement = (
        select(Review).where(col(Review.book_id) == book_id).order_by(col(Review.id).desc())
    )
    return session.exec(statement).first()
''',
        reads=("books", "reviews"),
        raises=("NotFound",),
        examples=(
            example(
                {"id": 2, "stars": 4},
                given={
                    "books": [{}, {}],
                    "reviews": [
                        {"book_id": "books:1", "stars": 1},
                        {"book_id": "books:1", "stars": 4},
                        {"book_id": "books:2", "stars": 5},
                    ],
                },
                book_id="books:1",
            ),
            example(None, given={"books": [{}]}, book_id="books:1"),
            example(raises="NotFound", book_id=7),
        ),
        mutants=wrong(
            ("dropped call", "    get_or_404(session, Book, book_id)\n", ""),
            ("wrong order", ".desc()", ".asc()"),
            ("dropped condition", ".where(col(Review.book_id) == book_id)", ""),
            ("wrong method", ".first()", ".one()"),
            ("wrong column", "get_or_404(session, Book,", "get_or_404(session, Review,"),
        ),
    ),
    Specimen(
        code='''
def has_reviewed(book_id: int, *, session: Session, user: User) -> bool:
    """Whether the user has written a review of the book."""
    found = select(Review.id).where(
        col(Review.book_id) == book_id, col(Review.user_id) == user.id
    )
    return session.exec(found.limit(1)).first() is not None
''',
        reads=("reviews",),
        examples=(
            example(
                True,
                given={
                    "users": [{}, {}],
                    "books": [{}, {}],
                    "reviews": [{"user_id": "users:2", "book_id": "books:2"}],
                },
                book_id="books:2",
                user="users:2",
            ),
            example(
                False,
                given={
                    "users": [{}, {}],
                    "books": [{}, {}],
                    "reviews": [
                        {"user_id": "users:1", "book_id": "books:1"},
                        {"user_id": "users:2", "book_id": "books:2"},
                    ],
                },
                book_id="books:2",
                user="users:1",
            ),
        ),
        mutants=(
            *wrong(
                ("dropped condition", ", col(Review.user_id) == user.id", ""),
                ("dropped condition", "col(Review.book_id) == book_id, ", ""),
                ("negated condition", "is not None", "is None"),
                ("wrong column", "col(Review.user_id) == user.id", "col(Review.id) == user.id"),
            ),
            Mutant(
                "dropped call",
                "found.limit(1)",
                "found",
                equivalent="Only the first row is looked at.",
            ),
        ),
    ),
)
