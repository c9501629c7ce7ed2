"""Changes of state with guards and locks."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

NOW = "2026-06-01T12:00:00Z"

SPECIMENS = (
    Specimen(
        code='''
def return_loan(loan_id: int, *, session: Session, user: User, now: datetime) -> Loan:
    """Mark the user's own loan as returned now, and put the book back into stock.

    Raises NotFound for a loan of somebody else, AlreadyReturned the second time.
    """
    loan = lock(session, Loan, loan_id)
    if loan.user_id != user.id:
        raise NotFound
    if loan.returned_at is not None:
        raise AlreadyReturned
    loan.returned_at = now
    book = lock(session, Book, loan.book_id)
    book.stock += 1
    session.add(loan)
    session.add(book)
    return loan
''',
        reads=("loans", "books"),
        writes=("loans", "books"),
        raises=("NotFound", "AlreadyReturned"),
        examples=(
            example(
                {"id": 1, "returned_at": NOW},
                given={
                    "users": [{}],
                    "books": [{"stock": 3}, {"stock": 0}],
                    "loans": [{"user_id": "users:1", "book_id": "books:2"}],
                },
                loan_id="loans:1",
                user="users:1",
                now=NOW,
                then={"books": [{"stock": 3}, {"stock": 1}], "loans": [{"returned_at": NOW}]},
            ),
            example(
                raises="NotFound",
                given={"users": [{}, {}], "loans": [{"user_id": "users:2"}]},
                loan_id="loans:1",
                user="users:1",
                now=NOW,
                then={"loans": [{"returned_at": None}]},
            ),
            example(
                raises="AlreadyReturned",
                given={
                    "users": [{}],
                    "loans": [{"user_id": "users:1", "returned_at": "2026-05-01T00:00:00Z"}],
                },
                loan_id="loans:1",
                user="users:1",
                now=NOW,
                then={"loans": [{"returned_at": "2026-05-01T00:00:00Z"}]},
            ),
        ),
        mutants=wrong(
            ("dropped condition", "    if loan.user_id != user.id:\n        raise NotFound\n", ""),
            ("negated condition", "is not None", "is None"),
            ("wrong sign", "book.stock += 1", "book.stock -= 1"),
            ("wrong column", "Book, loan.book_id", "Book, loan.id"),
            ("clock", "loan.returned_at = now", "loan.returned_at = datetime.now(UTC)"),
            ("dropped write", "    loan.returned_at = now\n", ""),
            ("wrong error", "raise AlreadyReturned", "raise NotFound"),
            ("commit", "    return loan", "    session.commit()\n    return loan"),
        ),
    ),
    Specimen(
        code='''
def ship_order(order_id: int, *, session: Session, now: datetime) -> Order:
    """Mark a paid order as shipped now.

    Raises AlreadyShipped for a shipped one, EmptyOrder for one without items, and Conflict for
    one that is neither paid nor shipped.
    """
    order = lock(session, Order, order_id)
    if order.status == OrderStatus.SHIPPED:
        raise AlreadyShipped
    if order.status != OrderStatus.PAID:
        raise Conflict("Only a paid order is shipped.")
    items = select(func.count()).select_from(OrderItem).where(col(OrderItem.order_id) == order.id)
    if session.exec(items).one() == 0:
        raise EmptyOrder
    order.status = OrderStatus.SHIPPED
    order.shipped_at = now
    session.add(order)
    return order
''',
        reads=("orders", "order_items"),
        writes=("orders",),
        raises=("AlreadyShipped", "EmptyOrder", "Conflict"),
        examples=(
            example(
                {"status": "shipped", "shipped_at": NOW},
                given={"orders": [{"status": "paid"}], "order_items": [{"order_id": "orders:1"}]},
                order_id="orders:1",
                now=NOW,
                then={"orders": [{"status": "shipped", "shipped_at": NOW}]},
            ),
            example(
                raises="AlreadyShipped",
                given={"orders": [{"status": "shipped"}]},
                order_id="orders:1",
                now=NOW,
            ),
            example(
                raises="EmptyOrder",
                given={
                    "orders": [{"status": "paid"}, {"status": "paid"}],
                    "order_items": [{"order_id": "orders:2"}],
                },
                order_id="orders:1",
                now=NOW,
                then={"orders": [{"status": "paid"}, {"status": "paid"}]},
            ),
            example(
                raises="Conflict",
                given={"orders": [{"status": "open"}], "order_items": [{"order_id": "orders:1"}]},
                order_id="orders:1",
                now=NOW,
            ),
        ),
        mutants=wrong(
            ("wrong error", "raise AlreadyShipped", "raise Conflict"),
            ("wrong value", "!= OrderStatus.PAID", "!= OrderStatus.OPEN"),
            ("dropped condition", ".where(col(OrderItem.order_id) == order.id)", ""),
            ("negated condition", ".one() == 0", ".one() != 0"),
            ("dropped write", "    order.shipped_at = now\n", ""),
            ("dropped write", "    order.status = OrderStatus.SHIPPED\n", ""),
            ("clock", "order.shipped_at = now", "order.shipped_at = datetime.now(UTC)"),
            ("wrong operator", "== OrderStatus.SHIPPED:", "!= OrderStatus.SHIPPED:"),
            (
                "dropped lock",
                "lock(session, Order, order_id)",
                "get_or_404(session, Order, order_id)",
            ),
        ),
    ),
    Specimen(
        code='''
def cancel_old_orders(days: int, *, session: Session, now: datetime) -> list[int]:
    """Cancel the open orders made more than `days` days ago; their ids in order."""
    statement = (
        select(Order)
        .where(
            col(Order.status) == OrderStatus.OPEN,
            col(Order.created_at) < now - timedelta(days=days),
        )
        .order_by(col(Order.id))
    )
    cancelled: list[int] = []
    for order in session.exec(statement).all():
        order.status = OrderStatus.CANCELLED
        session.add(order)
        cancelled.append(order.id)
    return cancelled
''',
        reads=("orders",),
        writes=("orders",),
        examples=(
            example(
                [1],
                given={
                    "orders": [
                        {"created_at": "2026-05-01T00:00:00Z"},
                        {"created_at": "2026-05-31T00:00:00Z"},
                        {"created_at": "2026-05-01T00:00:00Z", "status": "paid"},
                        {"created_at": "2026-05-25T12:00:00Z"},
                    ]
                },
                days=7,
                now=NOW,
                then={
                    "orders": [
                        {"status": "cancelled"},
                        {"status": "open"},
                        {"status": "paid"},
                        {"status": "open"},
                    ]
                },
            ),
            example([], days=7, now=NOW),
        ),
        mutants=wrong(
            ("off by one", "< now - timedelta", "<= now - timedelta"),
            ("dropped condition", "            col(Order.status) == OrderStatus.OPEN,\n", ""),
            ("wrong sign", "now - timedelta", "now + timedelta"),
            ("dropped write", "        order.status = OrderStatus.CANCELLED\n", ""),
            ("wrong unit", "timedelta(days=days)", "timedelta(hours=days)"),
            ("clock", "now - timedelta", "datetime.now(UTC) - timedelta"),
        ),
    ),
)
