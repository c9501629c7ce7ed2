"""Queries, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def tasks_due(*, session: Session, now: datetime, days: int = 7) -> list[Task]:
    """Open tasks due from today (UTC) to so many days later, the urgent (low priority) ones first.

    Equally urgent ones go by day, then id.
    """
    today = now.date()
    statement = (
        select(Task)
        .where(
            col(Task.done).is_(False),
            col(Task.due_on).between(today, today + timedelta(days=days)),
        )
        .order_by(col(Task.priority), col(Task.due_on), col(Task.id))
    )
    return list(session.exec(statement).all())
''',
        reads=("tasks",),
        examples=(
            example(
                [{"id": 4}, {"id": 2}, {"id": 1}],
                given={
                    "tasks": [
                        {"due_on": "2026-06-08", "priority": 2},
                        {"due_on": "2026-06-01", "priority": 2},
                        {"due_on": "2026-06-09"},
                        {"due_on": "2026-06-05", "priority": 1},
                        {"due_on": "2026-06-05", "done": True},
                        {"due_on": "2026-05-31"},
                        {},
                    ]
                },
                now="2026-06-01T10:00:00Z",
            ),
            example(
                [],
                given={"tasks": [{"due_on": "2026-06-03"}]},
                now="2026-06-01T10:00:00Z",
                days=1,
            ),
        ),
        mutants=wrong(
            ("wrong default", "days: int = 7", "days: int = 8"),
            ("dropped condition", "            col(Task.done).is_(False),\n", ""),
            (
                "wrong order",
                "col(Task.priority), col(Task.due_on)",
                "col(Task.due_on), col(Task.priority)",
            ),
            ("wrong order", "order_by(col(Task.priority)", "order_by(col(Task.priority).desc()"),
            ("wrong sign", "today + timedelta", "today - timedelta"),
            ("wrong column", "col(Task.due_on).between", "col(Task.created_at).between"),
        ),
    ),
    Specimen(
        code='''
def books_between(first: int, last: int, *, session: Session) -> list[str]:
    """The titles of the books from the first to the last year, by year, then title."""
    statement = (
        select(Book.title)
        .where(col(Book.year) >= first, col(Book.year) <= last)
        .order_by(col(Book.year), col(Book.title))
    )
    return list(session.exec(statement).all())
''',
        reads=("books",),
        examples=(
            example(
                ["B", "A", "C"],
                given={
                    "books": [
                        {"title": "C", "year": 1999},
                        {"title": "A", "year": 1999},
                        {"title": "B", "year": 1990},
                        {"title": "D", "year": 1989},
                        {"title": "E", "year": 2000},
                        {"title": "F"},
                    ]
                },
                first=1990,
                last=1999,
            ),
        ),
        mutants=wrong(
            ("off by one", ">= first", "> first"),
            ("off by one", "<= last", "< last"),
            (
                "swapped arguments",
                "col(Book.year), col(Book.title))",
                "col(Book.title), col(Book.year))",
            ),
            ("wrong column", "select(Book.title)", "select(Book.id)"),
        ),
    ),
    Specimen(
        code='''
def unreviewed_books(*, session: Session, user: User) -> list[Book]:
    """The books that the user has borrowed but not reviewed, each once, by title."""
    reviewed = select(Review.book_id).where(col(Review.user_id) == user.id)
    borrowed = select(Loan.book_id).where(col(Loan.user_id) == user.id)
    statement = (
        select(Book)
        .where(col(Book.id).in_(borrowed), col(Book.id).not_in(reviewed))
        .order_by(col(Book.title), col(Book.id))
    )
    return list(session.exec(statement).all())
''',
        reads=("books", "loans", "reviews"),
        examples=(
            example(
                [{"title": "A"}, {"title": "D"}],
                given={
                    "users": [{}, {}],
                    "books": [{"title": "D"}, {"title": "C"}, {"title": "A"}, {"title": "B"}],
                    "loans": [
                        {"user_id": "users:2", "book_id": "books:1"},
                        {"user_id": "users:2", "book_id": "books:1"},
                        {"user_id": "users:2", "book_id": "books:2"},
                        {"user_id": "users:2", "book_id": "books:3"},
                        {"user_id": "users:1", "book_id": "books:4"},
                    ],
                    "reviews": [
                        {"user_id": "users:2", "book_id": "books:2"},
                        {"user_id": "users:1", "book_id": "books:3"},
                    ],
                },
                user="users:2",
            ),
        ),
        mutants=wrong(
            (
                "dropped condition",
                "select(Review.book_id).where(col(Review.user_id) == user.id)",
                "select(Review.book_id)",
            ),
            (
                "dropped condition",
                "select(Loan.book_id).where(col(Loan.user_id) == user.id)",
                "select(Loan.book_id)",
            ),
            (
                "swapped arguments",
                "in_(borrowed), col(Book.id).not_in(reviewed)",
                "in_(reviewed), col(Book.id).not_in(borrowed)",
            ),
            ("wrong column", "select(Loan.book_id)", "select(Loan.id)"),
            ("wrong order", "col(Book.title), col(Book.id)", "col(Book.id)"),
        ),
    ),
    Specimen(
        code='''
def visible_loan(loan_id: int, *, session: Session, user: User) -> Loan:
    """The user's own loan. Raises NotFound for one of somebody else, or none at all."""
    return get_visible(session, Loan, loan_id, user)
''',
        reads=("loans",),
        raises=("NotFound",),
        examples=(
            example(
                {"id": 2},
                given={
                    "users": [{}, {}],
                    "loans": [{"user_id": "users:1"}, {"user_id": "users:2"}],
                },
                loan_id="loans:2",
                user="users:2",
            ),
            example(
                raises="NotFound",
                given={"users": [{}, {}], "loans": [{"user_id": "users:1"}]},
                loan_id="loans:1",
                user="users:2",
            ),
        ),
        mutants=wrong(
            (
                "dropped condition",
                "get_visible(session, Loan, loan_id, user)",
                "get_or_404(session, Loan, loan_id)",
            ),
            ("swapped arguments", "loan_id, user)", "user.id, user)"),
            ("wrong column", "session, Loan, loan_id", "session, Review, loan_id"),
        ),
    ),
    Specimen(
        code='''
def authors_without_books(*, session: Session) -> list[str]:
    """The names of the authors of whom there is no book, by name."""
    has_book = exists().where(col(Book.author_id) == col(Author.id))
    statement = select(Author.name).where(not_(has_book)).order_by(col(Author.name))
    return list(session.exec(statement).all())
''',
        reads=("authors", "books"),
        examples=(
            example(
                ["Ann", "Cy"],
                given={
                    "authors": [{"name": "Cy"}, {"name": "Bob"}, {"name": "Ann"}],
                    "books": [{"author_id": "authors:2"}],
                },
            ),
            example([]),
        ),
        mutants=wrong(
            ("dropped call", "not_(has_book)", "has_book"),
            (
                "wrong column",
                "col(Book.author_id) == col(Author.id)",
                "col(Book.id) == col(Author.id)",
            ),
            ("wrong order", ".order_by(col(Author.name))", ""),
        ),
    ),
    Specimen(
        code='''
def book_page(paging: Paging, *, session: Session, sort: str = "title") -> list[Book]:
    """One page of all books by `title`, `price` or `-price`, then id. Raises BadInput otherwise."""
    orders = {
        "title": col(Book.title).asc(),
        "price": col(Book.price).asc(),
        "-price": col(Book.price).desc(),
    }
    if sort not in orders:
        raise BadInput("Sort by title, price or -price.", field="sort")
    statement = select(Book).order_by(orders[sort], col(Book.id))
    return list(session.exec(statement.offset(paging.offset).limit(paging.limit)).all())
''',
        reads=("books",),
        raises=("BadInput",),
        examples=(
            example(
                [{"title": "B"}],
                given={"books": [{"title": "C"}, {"title": "A"}, {"title": "B"}]},
                paging={"limit": 1, "offset": 1},
            ),
            example(
                [{"id": 2}, {"id": 1}, {"id": 3}],
                given={"books": [{"price": "2.00"}, {"price": "11.00"}, {"price": "1.00"}]},
                sort="-price",
            ),
            example(raises="BadInput", sort="year"),
        ),
        mutants=wrong(
            ("wrong default", 'sort: str = "title"', 'sort: str = "price"'),
            ("wrong order", "col(Book.price).desc()", "col(Book.price).asc()"),
            ("dropped call", ".offset(paging.offset)", ""),
            (
                "swapped arguments",
                "offset(paging.offset).limit(paging.limit)",
                "offset(paging.limit).limit(paging.offset)",
            ),
            (
                "swallowed error",
                '        raise BadInput("Sort by title, price or -price.", field="sort")',
                '        sort = "title"',
            ),
        ),
    ),
)
