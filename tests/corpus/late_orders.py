"""Changes of state, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

NOW = "2026-06-01T12:00:00Z"

SPECIMENS = late(
    Specimen(
        code='''
def pay_order(order_id: int, *, session: Session, user: User) -> Order:
    """Mark the user's own open order as paid, and take its books from the stock.

    Raises NotFound for an order of somebody else, Conflict for one that is not open, NotAvailable
    when there are not enough of a book.
    """
    order = lock(session, Order, order_id)
    if order.user_id != user.id:
        raise NotFound
    if order.status != OrderStatus.OPEN:
        raise Conflict("Only an open order is paid.")
    items = session.exec(select(OrderItem).where(col(OrderItem.order_id) == order_id)).all()
    for item in items:
        book = lock(session, Book, item.book_id)
        if book.stock < item.quantity:
            raise NotAvailable
        book.stock -= item.quantity
        session.add(book)
    order.status = OrderStatus.PAID
    session.add(order)
    return order
''',
        reads=("orders", "order_items", "books"),
        writes=("orders", "books"),
        raises=("NotFound", "Conflict", "NotAvailable"),
        examples=(
            example(
                {"id": 2, "status": "paid"},
                given={
                    "users": [{}],
                    "books": [{"stock": 9}, {"stock": 3}],
                    "orders": [{"user_id": "users:1"}, {"user_id": "users:1"}],
                    "order_items": [
                        {"order_id": "orders:2", "book_id": "books:2", "quantity": 3},
                        {"order_id": "orders:1", "book_id": "books:1", "quantity": 1},
                    ],
                },
                order_id="orders:2",
                user="users:1",
                then={
                    "books": [{"stock": 9}, {"stock": 0}],
                    "orders": [{"status": "open"}, {"status": "paid"}],
                },
            ),
            example(
                raises="NotFound",
                given={"users": [{}, {}], "orders": [{"user_id": "users:2"}]},
                order_id="orders:1",
                user="users:1",
                then={"orders": [{"status": "open"}]},
            ),
            example(
                raises="Conflict",
                given={"users": [{}], "orders": [{"user_id": "users:1", "status": "paid"}]},
                order_id="orders:1",
                user="users:1",
            ),
            example(
                raises="NotAvailable",
                given={
                    "users": [{}],
                    "books": [{"stock": 5}, {"stock": 1}],
                    "orders": [{"user_id": "users:1"}],
                    "order_items": [
                        {"order_id": "orders:1", "book_id": "books:1", "quantity": 1},
                        {"order_id": "orders:1", "book_id": "books:2", "quantity": 2},
                    ],
                },
                order_id="orders:1",
                user="users:1",
                then={"books": [{"stock": 5}, {"stock": 1}], "orders": [{"status": "open"}]},
            ),
        ),
        mutants=wrong(
            ("dropped condition", "    if order.user_id != user.id:\n        raise NotFound\n", ""),
            ("off by one", "book.stock < item.quantity", "book.stock <= item.quantity"),
            ("wrong operator", "book.stock -= item.quantity", "book.stock -= 1"),
            ("dropped write", "    order.status = OrderStatus.PAID\n", ""),
            ("dropped condition", ".where(col(OrderItem.order_id) == order_id)", ""),
            ("swallowed error", "            raise NotAvailable", "            continue"),
            (
                "commit",
                "        session.add(book)\n",
                "        session.add(book)\n        session.commit()\n",
            ),
            (
                "dropped lock",
                "lock(session, Book, item.book_id)",
                "get_or_404(session, Book, item.book_id)",
            ),
        ),
    ),
    Specimen(
        code='''
def cancel_order(order_id: int, *, session: Session, user: User) -> None:
    """Cancel the user's own order and delete its items.

    Raises AlreadyShipped for a shipped one, Forbidden for one of somebody else; an order that is
    cancelled stays so.
    """
    order = lock(session, Order, order_id)
    if order.user_id != user.id:
        raise Forbidden
    if order.status == OrderStatus.SHIPPED:
        raise AlreadyShipped
    session.exec(delete(OrderItem).where(col(OrderItem.order_id) == order_id))
    order.status = OrderStatus.CANCELLED
    session.add(order)
''',
        reads=("orders",),
        writes=("orders", "order_items"),
        raises=("AlreadyShipped", "Forbidden"),
        examples=(
            example(
                given={
                    "users": [{}],
                    "orders": [{"user_id": "users:1"}, {"user_id": "users:1", "status": "paid"}],
                    "order_items": [{"order_id": "orders:1"}, {"order_id": "orders:2"}],
                },
                order_id="orders:2",
                user="users:1",
                then={
                    "orders": [{"status": "open"}, {"status": "cancelled"}],
                    "order_items": [{"order_id": 1}],
                },
            ),
            example(
                raises="AlreadyShipped",
                given={"users": [{}], "orders": [{"user_id": "users:1", "status": "shipped"}]},
                order_id="orders:1",
                user="users:1",
            ),
            example(
                raises="Forbidden",
                given={"users": [{}, {}], "orders": [{"user_id": "users:2"}]},
                order_id="orders:1",
                user="users:1",
            ),
        ),
        mutants=wrong(
            ("dropped condition", ".where(col(OrderItem.order_id) == order_id)", ""),
            ("wrong column", "col(OrderItem.order_id) ==", "col(OrderItem.id) =="),
            ("wrong error", "raise Forbidden", "raise NotFound"),
            ("wrong operator", "== OrderStatus.SHIPPED", "!= OrderStatus.OPEN"),
            (
                "dropped write",
                "    session.exec(delete(OrderItem).where(col(OrderItem.order_id) == order_id))\n",
                "",
            ),
            (
                "dropped condition",
                "    if order.status == OrderStatus.SHIPPED:\n        raise AlreadyShipped\n",
                "",
            ),
        ),
    ),
    Specimen(
        code='''
def extend_loan(
    loan_id: int, *, session: Session, user: User, now: datetime, settings: Settings
) -> Loan:
    """Move the day on which the user's own loan is due by `loan_days`.

    Raises AlreadyReturned for a returned loan, Conflict for one that is overdue.
    """
    loan = get_visible(session, Loan, loan_id, user)
    if loan.returned_at is not None:
        raise AlreadyReturned
    if loan.due_on < now.date():
        raise Conflict("It is overdue.")
    loan.due_on += timedelta(days=settings.loan_days)
    session.add(loan)
    return loan
''',
        reads=("loans",),
        writes=("loans",),
        raises=("AlreadyReturned", "Conflict"),
        settings=("loan_days",),
        examples=(
            example(
                {"due_on": "2026-06-08"},
                given={"users": [{}], "loans": [{"user_id": "users:1", "due_on": "2026-06-01"}]},
                settings={"loan_days": 7},
                loan_id="loans:1",
                user="users:1",
                now=NOW,
                then={"loans": [{"due_on": "2026-06-08"}]},
            ),
            example(
                raises="Conflict",
                given={"users": [{}], "loans": [{"user_id": "users:1", "due_on": "2026-05-31"}]},
                loan_id="loans:1",
                user="users:1",
                now=NOW,
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
            ),
            example(
                raises="NotFound",
                given={"users": [{}, {}], "loans": [{"user_id": "users:2"}]},
                loan_id="loans:1",
                user="users:1",
                now=NOW,
            ),
        ),
        mutants=wrong(
            ("off by one", "loan.due_on < now.date()", "loan.due_on <= now.date()"),
            ("wrong setting", "settings.loan_days", "settings.loan_limit"),
            (
                "wrong operator",
                "loan.due_on += timedelta(days=settings.loan_days)",
                "loan.due_on = now.date() - timedelta(days=settings.loan_days)",
            ),
            (
                "dropped condition",
                "get_visible(session, Loan, loan_id, user)",
                "get_or_404(session, Loan, loan_id)",
            ),
            ("negated condition", "is not None", "is None"),
            ("wrong value", "settings.loan_days", "14"),
        ),
    ),
    Specimen(
        code='''
def borrow_next(author_id: int, *, session: Session, user: User, now: datetime) -> Loan:
    """Lend the user the author's available book with the lowest id and stock, for two weeks.

    Raises NotAvailable when there is none, LoanLimitReached with three open loans.
    """
    lock(session, User, user.id)
    open_loans = select(Loan).where(
        col(Loan.user_id) == user.id, col(Loan.returned_at).is_(None)
    )
    if len(session.exec(open_loans).all()) >= 3:
        raise LoanLimitReached
    wanted = (
        select(Book)
        .where(
            col(Book.author_id) == author_id,
            col(Book.status) == BookStatus.AVAILABLE,
            col(Book.stock) > 0,
        )
        .order_by(col(Book.id))
        .with_for_update()
    )
    book = session.exec(wanted).first()
    if book is None:
        raise NotAvailable
    book.stock -= 1
    session.add(book)
    loan = Loan(user_id=user.id, book_id=book.id, due_on=now.date() + timedelta(weeks=2))
    session.add(loan)
    session.flush()
    return loan
''',
        reads=("loans", "books", "users"),
        writes=("loans", "books"),
        raises=("NotAvailable", "LoanLimitReached"),
        examples=(
            example(
                {"user_id": 1, "book_id": 4, "due_on": "2026-06-15"},
                given={
                    "users": [{}],
                    "authors": [{}, {}],
                    "books": [
                        {"author_id": "authors:1", "stock": 1},
                        {"author_id": "authors:2"},
                        {"author_id": "authors:2", "stock": 1, "status": "lost"},
                        {"author_id": "authors:2", "stock": 1},
                        {"author_id": "authors:2", "stock": 1},
                    ],
                    "loans": [
                        {"user_id": "users:1"},
                        {"user_id": "users:1"},
                        {"user_id": "users:1", "returned_at": "2026-02-01T00:00:00Z"},
                    ],
                },
                author_id="authors:2",
                user="users:1",
                now=NOW,
                then={
                    "books": [{"stock": 1}, {"stock": 0}, {"stock": 1}, {"stock": 0}, {"stock": 1}]
                },
            ),
            example(
                raises="NotAvailable",
                given={"users": [{}], "authors": [{}]},
                author_id="authors:1",
                user="users:1",
                now=NOW,
            ),
            example(
                raises="LoanLimitReached",
                given={
                    "users": [{}],
                    "books": [{"stock": 1}],
                    "loans": [{"user_id": "users:1"}] * 3,
                },
                author_id=1,
                user="users:1",
                now=NOW,
            ),
        ),
        mutants=wrong(
            ("off by one", ">= 3", "> 3"),
            ("off by one", ">= 3", ">= 2"),
            ("dropped condition", "            col(Book.stock) > 0,\n", ""),
            ("dropped condition", ", col(Loan.returned_at).is_(None)", ""),
            ("dropped condition", "            col(Book.author_id) == author_id,\n", ""),
            ("wrong unit", "weeks=2", "days=2"),
            ("dropped write", "    book.stock -= 1\n", ""),
            ("dropped write", "    session.add(loan)\n", ""),
        ),
    ),
)
