"""Aggregates over rows."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
    Specimen(
        code='''
def order_total(order_id: int, *, session: Session) -> Decimal:
    """The sum of quantity times unit price over the order's items, 0 for none.

    Raises NotFound for an order that is not there.
    """
    get_or_404(session, Order, order_id)
    items = session.exec(select(OrderItem).where(col(OrderItem.order_id) == order_id)).all()
    return sum((item.quantity * item.unit_price for item in items), Decimal(0))
''',
        reads=("orders", "order_items"),
        raises=("NotFound",),
        examples=(
            example(
                "25.30",
                given={
                    "orders": [{}, {}],
                    "order_items": [
                        {"order_id": "orders:1", "quantity": 2, "unit_price": "10.10"},
                        {"order_id": "orders:1", "quantity": 1, "unit_price": "5.10"},
                        {"order_id": "orders:2", "quantity": 9, "unit_price": "9.00"},
                    ],
                },
                order_id="orders:1",
            ),
            example("0", given={"orders": [{}]}, order_id="orders:1"),
            example(raises="NotFound", order_id=4),
        ),
        mutants=wrong(
            (
                "wrong operator",
                "item.quantity * item.unit_price",
                "item.quantity + item.unit_price",
            ),
            ("dropped factor", "item.quantity * item.unit_price", "item.unit_price"),
            ("wrong type", "for item in items), Decimal(0))", "for item in items), 0.0)"),
            (
                "dropped argument",
                "sum((item.quantity * item.unit_price for item in items), Decimal(0))",
                "sum(item.quantity * item.unit_price for item in items)",
            ),
            ("dropped condition", ".where(col(OrderItem.order_id) == order_id)", ""),
            ("dropped call", "    get_or_404(session, Order, order_id)\n", ""),
        ),
    ),
    Specimen(
        code='''
def average_stars(book_id: int, *, session: Session) -> float | None:
    """The mean of the stars of the book's reviews, rounded to one decimal; None for none."""
    statement = select(func.avg(Review.stars)).where(col(Review.book_id) == book_id)
    mean = session.exec(statement).one()
    return None if mean is None else round(float(mean), 1)
''',
        reads=("reviews",),
        examples=(
            example(
                3.7,
                given={
                    "books": [{}, {}],
                    "reviews": [
                        {"book_id": "books:1", "stars": 5},
                        {"book_id": "books:1", "stars": 4},
                        {"book_id": "books:1", "stars": 2},
                        {"book_id": "books:2", "stars": 1},
                    ],
                },
                book_id="books:1",
            ),
            example(None, given={"books": [{}]}, book_id="books:1"),
        ),
        mutants=wrong(
            ("wrong aggregate", "func.avg", "func.max"),
            ("wrong column", "func.avg(Review.stars)", "func.avg(Review.id)"),
            ("dropped call", "round(float(mean), 1)", "float(mean)"),
            ("dropped condition", ".where(col(Review.book_id) == book_id)", ""),
            ("dropped condition", "None if mean is None else round", "round"),
            ("wrong default", "None if mean is None", "0.0 if mean is None"),
        ),
    ),
    Specimen(
        code='''
def count_books_by_status(*, session: Session) -> dict[BookStatus, int]:
    """How many books there are of every status, 0 included."""
    statement = select(Book.status, func.count()).group_by(col(Book.status))
    found = {status: number for status, number in session.exec(statement).all()}
    return {status: found.get(status, 0) for status in BookStatus}
''',
        reads=("books",),
        examples=(
            example(
                {"available": 2, "lent": 0, "lost": 1},
                given={"books": [{}, {"status": "lost"}, {}]},
            ),
            example({"available": 0, "lent": 0, "lost": 0}),
        ),
        mutants=wrong(
            ("wrong default", "found.get(status, 0)", "found.get(status, 1)"),
            ("dropped default", "{status: found.get(status, 0) for status in BookStatus}", "found"),
            ("dropped condition", ".group_by(col(Book.status))", ""),
            ("wrong column", "group_by(col(Book.status))", "group_by(col(Book.id))"),
        ),
    ),
    Specimen(
        code='''
def stock_value(*, session: Session, minimum_stock: int = 1) -> Decimal:
    """Stock times price, summed over the available books with at least so many in stock."""
    statement = select(Book).where(
        col(Book.status) == BookStatus.AVAILABLE, col(Book.stock) >= minimum_stock
    )
    total = Decimal("0.00")
    for book in session.exec(statement):
        total += book.stock * book.price
    return total
''',
        reads=("books",),
        examples=(
            example(
                "20.20",
                given={
                    "books": [
                        {"stock": 2, "price": "10.10"},
                        {"stock": 5, "price": "1.00", "status": "lost"},
                        {"stock": 0, "price": "99.00"},
                    ]
                },
            ),
            example(
                "11.00",
                given={
                    "books": [
                        {"stock": 3, "price": "3.00"},
                        {"stock": 4, "price": "0.50"},
                        {"stock": 2, "price": "1.00"},
                    ]
                },
                minimum_stock=3,
            ),
            example("0"),
        ),
        mutants=wrong(
            ("wrong default", "minimum_stock: int = 1", "minimum_stock: int = 2"),
            ("off by one", ">= minimum_stock", "> minimum_stock"),
            ("wrong operator", "total += book", "total = book"),
            ("dropped condition", "col(Book.status) == BookStatus.AVAILABLE, ", ""),
            ("wrong column", "book.stock * book.price", "book.id * book.price"),
            ("float", 'Decimal("0.00")', "0.00"),
        ),
    ),
    Specimen(
        code='''
def most_lent_books(limit: int, *, session: Session, since: date) -> list[tuple[str, int]]:
    """Title and number of loans due since the day, of the most lent books; ties by title."""
    number = func.count(col(Loan.id)).label("number")
    statement = (
        select(Book.title, number)
        .join(Loan, col(Loan.book_id) == col(Book.id))
        .where(col(Loan.due_on) >= since)
        .group_by(col(Book.id), col(Book.title))
        .order_by(number.desc(), col(Book.title))
        .limit(limit)
    )
    return [(title, count) for title, count in session.exec(statement).all()]
''',
        reads=("books", "loans"),
        examples=(
            example(
                [["B", 2], ["A", 1]],
                given={
                    "books": [{"title": "C"}, {"title": "B"}, {"title": "A"}],
                    "loans": [
                        {"book_id": "books:1", "due_on": "2026-03-02"},
                        {"book_id": "books:1", "due_on": "2026-02-28"},
                        {"book_id": "books:2", "due_on": "2026-03-01"},
                        {"book_id": "books:2", "due_on": "2026-03-09"},
                        {"book_id": "books:3", "due_on": "2026-03-05"},
                    ],
                },
                limit=2,
                since="2026-03-01",
            ),
            example([], limit=5, since="2026-03-01"),
        ),
        mutants=wrong(
            ("off by one", ">= since", "> since"),
            ("dropped statement", "        .limit(limit)\n", ""),
            ("dropped statement", "        .where(col(Loan.due_on) >= since)\n", ""),
            ("wrong order", "number.desc(), col(Book.title)", "number.desc(), col(Book.id)"),
            ("wrong order", "number.desc()", "number.asc()"),
            ("wrong column", "col(Loan.book_id) == col(Book.id)", "col(Loan.id) == col(Book.id)"),
            ("off by one", ".limit(limit)", ".limit(limit - 1)"),
        ),
    ),
    Specimen(
        code='''
def spending_by_user(
    start: datetime, end: datetime, *, session: Session
) -> dict[str, Decimal]:
    """What each user paid for orders shipped from start to before end, by e-mail address."""
    statement = (
        select(User.email, OrderItem.quantity, OrderItem.unit_price)
        .select_from(OrderItem)
        .join(Order, col(Order.id) == col(OrderItem.order_id))
        .join(User, col(User.id) == col(Order.user_id))
        .where(
            col(Order.status) == OrderStatus.SHIPPED,
            col(Order.shipped_at) >= start,
            col(Order.shipped_at) < end,
        )
    )
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for email, quantity, price in session.exec(statement).all():
        spent[email] += quantity * price
    return dict(spent)
''',
        reads=("users", "orders", "order_items"),
        examples=(
            example(
                {"ann@x.org": "7.50", "bob@x.org": "2.00"},
                given={
                    "users": [{"email": "ann@x.org"}, {"email": "bob@x.org"}],
                    "orders": [
                        {
                            "user_id": "users:2",
                            "status": "shipped",
                            "shipped_at": "2026-05-20T00:00:00Z",
                        },
                        {
                            "user_id": "users:1",
                            "status": "shipped",
                            "shipped_at": "2026-05-01T00:00:00Z",
                        },
                        {
                            "user_id": "users:2",
                            "status": "shipped",
                            "shipped_at": "2026-06-01T00:00:00Z",
                        },
                        {"user_id": "users:2", "status": "paid"},
                        {
                            "user_id": "users:2",
                            "status": "cancelled",
                            "shipped_at": "2026-05-20T00:00:00Z",
                        },
                    ],
                    "order_items": [
                        {"order_id": "orders:2", "quantity": 3, "unit_price": "2.00"},
                        {"order_id": "orders:2", "quantity": 1, "unit_price": "1.50"},
                        {"order_id": "orders:1", "quantity": 2, "unit_price": "1.00"},
                        {"order_id": "orders:3", "quantity": 1, "unit_price": "90.00"},
                        {"order_id": "orders:4", "quantity": 1, "unit_price": "80.00"},
                        {"order_id": "orders:5", "quantity": 1, "unit_price": "70.00"},
                    ],
                },
                start="2026-05-01T00:00:00Z",
                end="2026-06-01T00:00:00Z",
            ),
            example({}, start="2026-05-01T00:00:00Z", end="2026-06-01T00:00:00Z"),
        ),
        mutants=wrong(
            ("off by one", ">= start", "> start"),
            ("off by one", "< end", "<= end"),
            ("dropped condition", "            col(Order.status) == OrderStatus.SHIPPED,\n", ""),
            ("wrong operator", "spent[email] +=", "spent[email] ="),
            ("wrong type", "defaultdict(Decimal)", "defaultdict(float)"),
            ("wrong column", "col(User.id) == col(Order.user_id)", "col(User.id) == col(Order.id)"),
            ("dropped factor", "quantity * price", "price"),
        ),
    ),
    Specimen(
        code='''
def loans_per_day(*, session: Session) -> dict[date, int]:
    """How many loans were returned on each day (UTC) on which any was."""
    day = day_of(session, Loan.returned_at)
    statement = (
        select(day, func.count()).where(col(Loan.returned_at).is_not(None)).group_by(day)
    )
    return {found: number for found, number in session.exec(statement).all()}
''',
        reads=("loans",),
        examples=(
            example(
                {"2026-05-01": 2, "2026-05-02": 1},
                given={
                    "loans": [
                        {"returned_at": "2026-05-01T00:00:00Z"},
                        {"returned_at": "2026-05-01T23:59:59Z"},
                        {"returned_at": "2026-05-02T01:00:00+00:30"},
                        {},
                    ]
                },
            ),
            example({}, given={"loans": [{}]}),
        ),
        mutants=wrong(
            ("dropped condition", ".where(col(Loan.returned_at).is_not(None))", ""),
            ("negated condition", "is_not(None)", "is_(None)"),
            ("dropped call", "day_of(session, Loan.returned_at)", "col(Loan.returned_at)"),
            ("wrong column", "day_of(session, Loan.returned_at)", "day_of(session, Loan.due_on)"),
            ("wrong aggregate", "func.count()", "func.max(Loan.id)"),
        ),
    ),
)
