"""Queries, written after the first checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, late, wrong

NOW = "2026-06-10T12:00:00Z"

SPECIMENS = late(
    Specimen(
        code='''
def late_readers(*, session: Session, now: datetime) -> list[str]:
    """The e-mails of all users with a loan that was due before today (UTC) and is not back.

    Each once, in alphabetical order.
    """
    statement = (
        select(User.email)
        .join(Loan)
        .where(col(Loan.due_on) < now.date(), col(Loan.returned_at).is_(None))
        .distinct()
        .order_by(col(User.email))
    )
    return list(session.exec(statement).all())
''',
        reads=("users", "loans"),
        examples=(
            example(
                ["a@example.com", "c@example.com"],
                given={
                    "users": [
                        {"email": "c@example.com"},
                        {"email": "a@example.com"},
                        {"email": "b@example.com"},
                        {"email": "d@example.com"},
                    ],
                    "books": [{}],
                    "loans": [
                        {"user_id": "users:1", "due_on": "2026-06-09"},
                        {"user_id": "users:1", "due_on": "2026-06-01"},
                        {"user_id": "users:2", "due_on": "2026-06-08"},
                        {"user_id": "users:3", "due_on": "2026-06-10"},
                        {
                            "user_id": "users:4",
                            "due_on": "2026-06-01",
                            "returned_at": "2026-06-02T09:00:00Z",
                        },
                    ],
                },
                now=NOW,
            ),
            example([], now=NOW),
        ),
        mutants=wrong(
            ("off by one", "col(Loan.due_on) < now", "col(Loan.due_on) <= now"),
            ("dropped condition", ", col(Loan.returned_at).is_(None)", ""),
            (
                "wrong condition",
                "col(Loan.returned_at).is_(None)",
                "col(Loan.returned_at).is_not(None)",
            ),
            ("dropped step", "        .distinct()\n", ""),
            ("dropped step", "        .order_by(col(User.email))\n", ""),
            ("wrong column", "select(User.email)", "select(User.name)"),
        ),
    ),
    Specimen(
        code='''
def monthly_revenue(year: int, *, session: Session) -> dict[str, Decimal]:
    """What shipped orders of a year brought in, by month (`2026-03`) of shipping."""
    statement = (
        select(Order.shipped_at, OrderItem.quantity, OrderItem.unit_price)
        .join(OrderItem)
        .where(col(Order.status) == OrderStatus.SHIPPED)
        .order_by(col(Order.shipped_at))
    )
    found: dict[str, Decimal] = {}
    for moment, quantity, price in session.exec(statement).all():
        if moment is not None and moment.year == year:
            month = f"{moment:%Y-%m}"
            found[month] = found.get(month, Decimal(0)) + quantity * price
    return found
''',
        reads=("orders", "order_items"),
        examples=(
            example(
                {"2026-03": "25.00", "2026-11": "4.00"},
                given={
                    "orders": [
                        {"status": "shipped", "shipped_at": "2026-03-01T00:00:00Z"},
                        {"status": "shipped", "shipped_at": "2026-11-30T23:00:00Z"},
                        {"status": "shipped", "shipped_at": "2025-03-05T00:00:00Z"},
                        {"status": "cancelled", "shipped_at": "2026-03-05T00:00:00Z"},
                        {"status": "shipped", "shipped_at": "2026-03-31T10:00:00Z"},
                    ],
                    "order_items": [
                        {"order_id": "orders:1", "quantity": 2, "unit_price": "5.00"},
                        {"order_id": "orders:1", "quantity": 1, "unit_price": "3.00"},
                        {"order_id": "orders:2", "quantity": 4, "unit_price": "1.00"},
                        {"order_id": "orders:3", "quantity": 9, "unit_price": "9.00"},
                        {"order_id": "orders:4", "quantity": 9, "unit_price": "9.00"},
                        {"order_id": "orders:5", "quantity": 3, "unit_price": "4.00"},
                    ],
                },
                year=2026,
            ),
            example({}, year=2026),
        ),
        mutants=(
            *wrong(
                ("dropped condition", " and moment.year == year", ""),
                (
                    "dropped condition",
                    "        .where(col(Order.status) == OrderStatus.SHIPPED)\n",
                    "",
                ),
                ("wrong operator", "quantity * price", "quantity + price"),
                (
                    "wrong value",
                    "found.get(month, Decimal(0)) + quantity * price",
                    "quantity * price",
                ),
                ("wrong format", "%Y-%m", "%Y-%d"),
                ("wrong value", "OrderStatus.SHIPPED", "OrderStatus.PAID"),
            ),
            Mutant(
                "wrong type",
                "dict[str, Decimal] = {}",
                "dict[str, Decimal] = defaultdict(int)",
                equivalent="What is not there is asked for with a default of its own.",
            ),
        ),
    ),
    Specimen(
        code='''
def favourite_authors(user_id: int, *, session: Session, limit: int = 3) -> list[str]:
    """Names of the authors whose books a user rated best on average, best first, then by name."""
    average = func.avg(col(Review.stars))
    statement = (
        select(Author.name)
        .join(Book, col(Book.author_id) == col(Author.id))
        .join(Review, col(Review.book_id) == col(Book.id))
        .where(col(Review.user_id) == user_id)
        .group_by(col(Author.id), col(Author.name))
        .order_by(average.desc(), col(Author.name))
        .limit(limit)
    )
    return list(session.exec(statement).all())
''',
        reads=("authors", "books", "reviews"),
        examples=(
            example(
                ["Woolf", "Austen", "Borges"],
                given={
                    "users": [{}, {}],
                    "authors": [
                        {"name": "Borges"},
                        {"name": "Austen"},
                        {"name": "Woolf"},
                        {"name": "Zola"},
                    ],
                    "books": [
                        {"author_id": "authors:1"},
                        {"author_id": "authors:2"},
                        {"author_id": "authors:3"},
                        {"author_id": "authors:4"},
                        {"author_id": "authors:1"},
                    ],
                    "reviews": [
                        {"user_id": "users:1", "book_id": "books:1", "stars": 5},
                        {"user_id": "users:1", "book_id": "books:5", "stars": 3},
                        {"user_id": "users:1", "book_id": "books:2", "stars": 4},
                        {"user_id": "users:1", "book_id": "books:3", "stars": 5},
                        {"user_id": "users:1", "book_id": "books:4", "stars": 1},
                        {"user_id": "users:2", "book_id": "books:4", "stars": 5},
                    ],
                },
                user_id="users:1",
            ),
            example([], given={"users": [{}]}, user_id="users:1"),
            example(
                ["Austen"],
                given={
                    "users": [{}],
                    "authors": [{"name": "Borges"}, {"name": "Austen"}],
                    "books": [{"author_id": "authors:1"}, {"author_id": "authors:2"}],
                    "reviews": [
                        {"user_id": "users:1", "book_id": "books:1", "stars": 4},
                        {"user_id": "users:1", "book_id": "books:2", "stars": 4},
                    ],
                },
                user_id="users:1",
                limit=1,
            ),
        ),
        mutants=wrong(
            ("wrong function", "func.avg", "func.sum"),
            ("wrong function", "func.avg", "func.max"),
            ("dropped condition", "        .where(col(Review.user_id) == user_id)\n", ""),
            ("wrong order", "average.desc()", "average"),
            (
                "wrong order",
                ", col(Author.name))\n        .limit",
                ", col(Author.name).desc())\n        .limit",
            ),
            ("wrong default", "limit: int = 3", "limit: int = 4"),
            (
                "wrong column",
                "col(Review.book_id) == col(Book.id)",
                "col(Review.id) == col(Book.id)",
            ),
        ),
    ),
    Specimen(
        code='''
def unread_books(user_id: int, *, session: Session) -> list[Book]:
    """Available books in stock that a user never lent, newest year first, without one last."""
    lent = select(Loan.book_id).where(col(Loan.user_id) == user_id)
    statement = (
        select(Book)
        .where(
            col(Book.status) == BookStatus.AVAILABLE,
            col(Book.stock) > 0,
            col(Book.id).not_in(lent),
        )
        .order_by(col(Book.year).is_(None), col(Book.year).desc(), col(Book.id))
    )
    return list(session.exec(statement).all())
''',
        reads=("books", "loans"),
        examples=(
            example(
                [{"title": "C"}, {"title": "A"}, {"title": "G"}, {"title": "B"}],
                given={
                    "users": [{}, {}],
                    "books": [
                        {"title": "A", "year": 1990, "stock": 1},
                        {"title": "B", "stock": 2},
                        {"title": "C", "year": 2001, "stock": 1},
                        {"title": "D", "year": 2020, "stock": 0},
                        {"title": "E", "year": 2020, "stock": 1, "status": "lost"},
                        {"title": "F", "year": 2021, "stock": 1},
                        {"title": "G", "year": 1990, "stock": 1},
                    ],
                    "loans": [
                        {
                            "user_id": "users:1",
                            "book_id": "books:6",
                            "returned_at": "2026-01-02T00:00:00Z",
                        },
                        {"user_id": "users:2", "book_id": "books:1"},
                    ],
                },
                user_id="users:1",
            ),
            example([], given={"users": [{}]}, user_id="users:1"),
        ),
        mutants=wrong(
            ("off by one", "col(Book.stock) > 0", "col(Book.stock) >= 0"),
            ("dropped condition", "            col(Book.status) == BookStatus.AVAILABLE,\n", ""),
            ("wrong condition", ".not_in(lent)", ".in_(lent)"),
            ("dropped condition", ".where(col(Loan.user_id) == user_id)", ""),
            ("wrong column", "select(Loan.book_id)", "select(Loan.id)"),
            ("dropped step", "col(Book.year).is_(None), ", "col(Book.status), "),
            ("wrong order", "col(Book.year).desc()", "col(Book.year)"),
            ("wrong order", "col(Book.id))\n    )", "col(Book.id).desc())\n    )"),
        ),
    ),
)
