"""Queries: filters, joins, subqueries, windows of time and pages."""

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
def books_never_lent(*, session: Session) -> list[Book]:
    """The books that no loan refers to, by id."""
    lent = select(Loan.book_id)
    statement = select(Book).where(col(Book.id).not_in(lent)).order_by(col(Book.id))
    return list(session.exec(statement).all())
''',
        reads=("books", "loans"),
        examples=(
            example(
                [{"id": 1}, {"id": 3}],
                given={"books": [{}, {}, {}], "loans": [{"book_id": "books:2"}]},
            ),
            example([], given={"books": [{}], "loans": [{"book_id": "books:1"}]}),
        ),
        mutants=wrong(
            ("negated condition", ".not_in(lent)", ".in_(lent)"),
            ("wrong column", "select(Loan.book_id)", "select(Loan.id)"),
            ("wrong column", "select(Loan.book_id)", "select(Loan.user_id)"),
            ("dropped condition", ".where(col(Book.id).not_in(lent))", ""),
        ),
    ),
    Specimen(
        code='''
def authors_with_many_books(minimum: int, *, session: Session) -> list[tuple[str, int]]:
    """Name and number of books of the authors with at least so many, most first, then by name."""
    number = func.count(col(Book.id))
    statement = (
        select(Author.name, number)
        .join(Book, col(Book.author_id) == col(Author.id))
        .group_by(col(Author.id), col(Author.name))
        .having(number >= minimum)
        .order_by(number.desc(), col(Author.name))
    )
    return [(name, count) for name, count in session.exec(statement).all()]
''',
        reads=("authors", "books"),
        examples=(
            example(
                [["Zoe", 3], ["Ann", 2], ["Bob", 2]],
                given={
                    "authors": [{"name": "Bob"}, {"name": "Ann"}, {"name": "Zoe"}, {"name": "Cy"}],
                    "books": [
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1"},
                        {"author_id": "authors:2"},
                        {"author_id": "authors:2"},
                        {"author_id": "authors:3"},
                        {"author_id": "authors:3"},
                        {"author_id": "authors:3"},
                        {"author_id": "authors:4"},
                    ],
                },
                minimum=2,
            ),
            example([], given={"authors": [{}]}, minimum=1),
        ),
        mutants=wrong(
            ("off by one", ">= minimum", "> minimum"),
            ("wrong order", "number.desc(), col(Author.name)", "col(Author.name)"),
            ("wrong order", "number.desc()", "number"),
            ("dropped statement", "        .having(number >= minimum)\n", ""),
            (
                "wrong column",
                "group_by(col(Author.id), col(Author.name))",
                "group_by(col(Book.id), col(Author.name))",
            ),
            ("wrong aggregate", "func.count(col(Book.id))", "func.sum(col(Book.id))"),
        ),
    ),
    Specimen(
        code='''
def borrowers_of_author(author_id: int, *, session: Session) -> list[str]:
    """The e-mail addresses of the users with an open loan of a book by the author, each once."""
    statement = (
        select(User.email)
        .join(Loan, col(Loan.user_id) == col(User.id))
        .join(Book, col(Book.id) == col(Loan.book_id))
        .where(col(Book.author_id) == author_id, col(Loan.returned_at).is_(None))
        .distinct()
        .order_by(col(User.email))
    )
    return list(session.exec(statement).all())
''',
        reads=("users", "loans", "books"),
        examples=(
            example(
                ["ann@x.org", "bob@x.org"],
                given={
                    "users": [
                        {"email": "bob@x.org"},
                        {"email": "ann@x.org"},
                        {"email": "cy@x.org"},
                    ],
                    "authors": [{}, {}],
                    "books": [
                        {"author_id": "authors:2"},
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1"},
                    ],
                    "loans": [
                        {"user_id": "users:1", "book_id": "books:3"},
                        {"user_id": "users:2", "book_id": "books:3"},
                        {"user_id": "users:2", "book_id": "books:2"},
                        {"user_id": "users:3", "book_id": "books:1"},
                        {
                            "user_id": "users:3",
                            "book_id": "books:3",
                            "returned_at": "2026-02-01T00:00:00Z",
                        },
                    ],
                },
                author_id="authors:1",
            ),
            example([], given={"authors": [{}]}, author_id="authors:1"),
        ),
        mutants=wrong(
            ("dropped call", "        .distinct()\n", ""),
            ("dropped condition", ", col(Loan.returned_at).is_(None)", ""),
            ("wrong column", "col(Book.author_id) == author_id", "col(Book.id) == author_id"),
            ("wrong column", "col(Loan.user_id) == col(User.id)", "col(Loan.id) == col(User.id)"),
            ("wrong order", "col(User.email))\n    )", "col(User.email).desc())\n    )"),
            ("dropped statement", "        .join(Book, col(Book.id) == col(Loan.book_id))\n", ""),
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
def list_orders(
    paging: Paging, *, session: Session, user: User, status: OrderStatus | None = None
) -> list[Order]:
    """One page of the user's own orders, of this status where given, the newest id first."""
    statement = select(Order).where(col(Order.user_id) == user.id)
    if status is not None:
        statement = statement.where(col(Order.status) == status)
    statement = statement.order_by(col(Order.id).desc()).offset(paging.offset).limit(paging.limit)
    return list(session.exec(statement).all())
''',
        reads=("orders",),
        examples=(
            example(
                [{"id": 4}, {"id": 3}],
                given={
                    "users": [{}, {}],
                    "orders": [
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:2"},
                    ],
                },
                paging={"limit": 2, "offset": 1},
                user="users:1",
            ),
            example(
                [{"id": 1}],
                given={
                    "users": [{}],
                    "orders": [{"user_id": "users:1", "status": "paid"}, {"user_id": "users:1"}],
                },
                user="users:1",
                status="paid",
            ),
        ),
        mutants=wrong(
            ("dropped condition", ".where(col(Order.user_id) == user.id)", ""),
            (
                "swapped arguments",
                "offset(paging.offset).limit(paging.limit)",
                "offset(paging.limit).limit(paging.offset)",
            ),
            ("wrong order", ".desc()", ".asc()"),
            ("dropped statement", ".offset(paging.offset)", ""),
            ("dropped statement", ".limit(paging.limit)", ""),
            ("negated condition", "if status is not None", "if status is None"),
        ),
    ),
    Specimen(
        code='''
def my_orders(*, user: User) -> Select[Order]:
    """The user's orders that are not cancelled, as a query, the newest id first."""
    return (
        select(Order)
        .where(col(Order.user_id) == user.id, col(Order.status) != OrderStatus.CANCELLED)
        .order_by(col(Order.id).desc())
    )
''',
        reads=("orders",),
        examples=(
            example(
                [{"id": 3}, {"id": 1}],
                given={
                    "users": [{}, {}],
                    "orders": [
                        {"user_id": "users:1"},
                        {"user_id": "users:1", "status": "cancelled"},
                        {"user_id": "users:1", "status": "shipped"},
                        {"user_id": "users:2"},
                    ],
                },
                user="users:1",
            ),
        ),
        mutants=wrong(
            ("dropped condition", "col(Order.user_id) == user.id, ", ""),
            ("wrong value", "OrderStatus.CANCELLED", "OrderStatus.OPEN"),
            ("wrong operator", "!= OrderStatus.CANCELLED", "== OrderStatus.CANCELLED"),
            ("wrong column", "col(Order.user_id) == user.id", "col(Order.id) == user.id"),
            ("wrong order", "\n        .order_by(col(Order.id).desc())", ""),
        ),
    ),
    Specimen(
        code='''
def open_subtasks(task_id: int, *, session: Session) -> list[str]:
    """The titles of all open tasks below the task, however deep, sorted.

    Tasks below a done one count too.
    """
    titles: list[str] = []
    level = [task_id]
    while level:
        children = session.exec(select(Task).where(col(Task.parent_id).in_(level))).all()
        titles += [child.title for child in children if not child.done]
        level = [child.id for child in children]
    return sorted(titles)
''',
        reads=("tasks",),
        examples=(
            example(
                ["a", "b", "d"],
                given={
                    "tasks": [
                        {"title": "root"},
                        {"title": "b", "parent_id": "tasks:1"},
                        {"title": "c", "parent_id": "tasks:1", "done": True},
                        {"title": "a", "parent_id": "tasks:2"},
                        {"title": "d", "parent_id": "tasks:3"},
                        {"title": "other"},
                    ]
                },
                task_id="tasks:1",
            ),
            example([], given={"tasks": [{}]}, task_id="tasks:1"),
        ),
        mutants=wrong(
            ("dropped condition", " if not child.done", ""),
            ("negated condition", "if not child.done", "if child.done"),
            ("dropped call", "sorted(titles)", "titles"),
            ("wrong operator", "titles += [", "titles = ["),
            (
                "dropped condition",
                "level = [child.id for child in children]",
                "level = [child.id for child in children if not child.done]",
            ),
            (
                "dropped statement",
                "        level = [child.id for child in children]",
                "        break",
            ),
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
