"""Aggregates over rows, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
    Specimen(
        code='''
def expensive_orders(minimum: Decimal, *, session: Session) -> list[int]:
    """The ids of the orders whose items cost more than the minimum together, in order."""
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for item in session.exec(select(OrderItem)).all():
        totals[item.order_id] += item.unit_price * item.quantity
    return sorted(order_id for order_id, total in totals.items() if total > minimum)
''',
        reads=("order_items",),
        examples=(
            example(
                [2, 3],
                given={
                    "orders": [{}, {}, {}],
                    "order_items": [
                        {"order_id": "orders:3", "quantity": 3, "unit_price": "10.00"},
                        {"order_id": "orders:1", "quantity": 2, "unit_price": "10.00"},
                        {"order_id": "orders:2", "quantity": 1, "unit_price": "15.00"},
                        {"order_id": "orders:2", "quantity": 1, "unit_price": "5.01"},
                    ],
                },
                minimum="20.00",
            ),
            example([], minimum="0"),
        ),
        mutants=wrong(
            ("off by one", "total > minimum", "total >= minimum"),
            ("wrong operator", "] += item", "] = item"),
            ("dropped factor", " * item.quantity", ""),
            ("wrong column", "totals[item.order_id]", "totals[item.id]"),
            ("dropped call", "sorted(order_id", "list(order_id"),
        ),
    ),
    Specimen(
        code='''
def best_book(*, session: Session, minimum_reviews: int = 2) -> Book | None:
    """The book with the best mean of stars among those with enough reviews; the first of equals.

    None where no book has enough.
    """
    mean = func.avg(col(Review.stars))
    statement = (
        select(Book)
        .join(Review, col(Review.book_id) == col(Book.id))
        .group_by(col(Book.id))
        .having(func.count(col(Review.id)) >= minimum_reviews)
        .order_by(mean.desc(), col(Book.id))
        .limit(1)
    )
    return session.exec(statement).first()
''',
        reads=("books", "reviews"),
        examples=(
            example(
                {"id": 2},
                given={
                    "books": [{}, {}, {}, {}],
                    "reviews": [
                        {"book_id": "books:1", "stars": 5},
                        {"book_id": "books:2", "stars": 4},
                        {"book_id": "books:2", "stars": 3},
                        {"book_id": "books:3", "stars": 3},
                        {"book_id": "books:3", "stars": 3},
                        {"book_id": "books:3", "stars": 3},
                    ],
                },
            ),
            example(
                {"id": 1},
                given={
                    "books": [{}, {}],
                    "reviews": [
                        {"book_id": "books:2", "stars": 4},
                        {"book_id": "books:1", "stars": 4},
                    ],
                },
                minimum_reviews=1,
            ),
            example(None, given={"books": [{}]}),
        ),
        mutants=wrong(
            ("wrong aggregate", "func.avg", "func.sum"),
            ("off by one", ">= minimum_reviews", "> minimum_reviews"),
            ("wrong order", "mean.desc()", "mean.asc()"),
            ("wrong default", "minimum_reviews: int = 2", "minimum_reviews: int = 1"),
            ("wrong column", "func.avg(col(Review.stars))", "func.avg(col(Book.price))"),
            ("wrong method", ".first()", ".one()"),
        ),
    ),
    Specimen(
        code='''
def stars_histogram(book_id: int, *, session: Session) -> dict[int, int]:
    """How often the book got each number of stars from 1 to 5, 0 included."""
    statement = (
        select(Review.stars, func.count())
        .where(col(Review.book_id) == book_id)
        .group_by(col(Review.stars))
    )
    return dict.fromkeys(range(1, 6), 0) | dict(session.exec(statement).all())
''',
        reads=("reviews",),
        examples=(
            example(
                {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2},
                given={
                    "books": [{}, {}],
                    "reviews": [
                        {"book_id": "books:2", "stars": 5},
                        {"book_id": "books:2", "stars": 5},
                        {"book_id": "books:2", "stars": 1},
                        {"book_id": "books:1", "stars": 3},
                    ],
                },
                book_id="books:2",
            ),
        ),
        mutants=wrong(
            ("off by one", "range(1, 6)", "range(1, 5)"),
            ("off by one", "range(1, 6)", "range(6)"),
            ("dropped condition", "        .where(col(Review.book_id) == book_id)\n", ""),
            (
                "wrong order",
                "dict.fromkeys(range(1, 6), 0) | dict(session.exec(statement).all())",
                "dict(session.exec(statement).all()) | dict.fromkeys(range(1, 6), 0)",
            ),
        ),
    ),
    Specimen(
        code='''
def monthly_orders(year: int, *, session: Session) -> list[tuple[int, int]]:
    """Month and number of orders shipped in it (UTC), for the months of the year with any."""
    statement = select(Order.shipped_at).where(
        col(Order.shipped_at) >= datetime(year, 1, 1, tzinfo=UTC),
        col(Order.shipped_at) < datetime(year + 1, 1, 1, tzinfo=UTC),
    )
    counts = Counter(moment.month for moment in session.exec(statement).all() if moment)
    return sorted(counts.items())
''',
        reads=("orders",),
        examples=(
            example(
                [[1, 2], [12, 1]],
                given={
                    "orders": [
                        {"shipped_at": "2026-12-31T23:59:59Z"},
                        {"shipped_at": "2026-01-01T00:00:00Z"},
                        {"shipped_at": "2026-01-31T23:00:00Z"},
                        {"shipped_at": "2025-12-31T23:00:00Z"},
                        {"shipped_at": "2027-01-01T00:00:00Z"},
                        {},
                    ]
                },
                year=2026,
            ),
        ),
        mutants=wrong(
            ("off by one", ">= datetime", "> datetime"),
            ("off by one", "< datetime(year + 1", "<= datetime(year + 1"),
            ("off by one", "year + 1", "year"),
            ("dropped call", "sorted(counts.items())", "counts.most_common()[::-1]"),
            ("wrong attribute", "moment.month", "moment.day"),
        ),
    ),
    Specimen(
        code='''
def count_visible_orders(*, session: Session, user: User, status: OrderStatus) -> int:
    """How many orders of this status the user sees, which are the user's own."""
    mine = visible(Order, user).where(col(Order.status) == status).subquery()
    return session.exec(select(func.count()).select_from(mine)).one()
''',
        reads=("orders",),
        examples=(
            example(
                1,
                given={
                    "users": [{}, {}],
                    "orders": [
                        {"user_id": "users:1", "status": "paid"},
                        {"user_id": "users:1"},
                        {"user_id": "users:2", "status": "paid"},
                        {"user_id": "users:1"},
                    ],
                },
                user="users:1",
                status="paid",
            ),
        ),
        mutants=wrong(
            ("dropped condition", "visible(Order, user)", "select(Order)"),
            ("dropped condition", ".where(col(Order.status) == status)", ""),
            ("negated condition", "== status", "!= status"),
        ),
    ),
    Specimen(
        code='''
def readers_of(book_id: int, *, session: Session) -> int:
    """How many different users have borrowed the book."""
    statement = select(func.count(distinct(col(Loan.user_id)))).where(
        col(Loan.book_id) == book_id
    )
    return session.exec(statement).one()
''',
        reads=("loans",),
        examples=(
            example(
                2,
                given={
                    "users": [{}, {}, {}],
                    "books": [{}, {}],
                    "loans": [
                        {"user_id": "users:1", "book_id": "books:2"},
                        {"user_id": "users:1", "book_id": "books:2"},
                        {"user_id": "users:2", "book_id": "books:2"},
                        {"user_id": "users:3", "book_id": "books:1"},
                    ],
                },
                book_id="books:2",
            ),
            example(0, given={"books": [{}]}, book_id="books:1"),
        ),
        mutants=wrong(
            ("dropped call", "distinct(col(Loan.user_id))", "col(Loan.user_id)"),
            ("wrong column", "distinct(col(Loan.user_id))", "distinct(col(Loan.book_id))"),
            ("wrong aggregate", "func.count(", "func.max("),
            ("wrong column", "col(Loan.book_id) == book_id", "col(Loan.user_id) == book_id"),
        ),
    ),
    Specimen(
        code='''
def cheapest_per_author(*, session: Session) -> Select[Book]:
    """The cheapest book of each author, as a query, by title; all that cost the same."""
    cheapest = (
        select(Book.author_id, func.min(Book.price).label("price"))
        .group_by(col(Book.author_id))
        .subquery()
    )
    return (
        select(Book)
        .join(
            cheapest,
            and_(col(Book.author_id) == cheapest.c.author_id, col(Book.price) == cheapest.c.price),
        )
        .order_by(col(Book.title), col(Book.id))
    )
''',
        reads=("books",),
        examples=(
            example(
                [{"title": "A"}, {"title": "C"}, {"title": "D"}],
                given={
                    "authors": [{}, {}],
                    "books": [
                        {"title": "D", "author_id": "authors:1", "price": "3.00"},
                        {"title": "B", "author_id": "authors:1", "price": "4.00"},
                        {"title": "C", "author_id": "authors:2", "price": "4.00"},
                        {"title": "A", "author_id": "authors:1", "price": "3.00"},
                    ],
                },
            ),
        ),
        mutants=wrong(
            ("wrong aggregate", "func.min", "func.max"),
            ("dropped condition", "col(Book.author_id) == cheapest.c.author_id, ", ""),
            ("dropped condition", ", col(Book.price) == cheapest.c.price", ""),
            ("wrong order", "col(Book.title), col(Book.id)", "col(Book.id)"),
            ("wrong column", "group_by(col(Book.author_id))", "group_by(col(Book.status))"),
        ),
    ),
)
