"""Functions with rows, written last of all, and measured once before a check was changed again."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, held, wrong

NOW = "2026-06-10T12:00:00Z"

SPECIMENS = held(
    Specimen(
        code='''
def reorder_list(limit: int, *, session: Session) -> list[Book]:
    """Books that are not lost and of which fewer than `limit` are left, the scarcest first.

    Of equally scarce ones, by title.
    """
    statement = (
        select(Book)
        .where(col(Book.stock) < limit, col(Book.status) != BookStatus.LOST)
        .order_by(col(Book.stock), col(Book.title))
    )
    return list(session.exec(statement).all())
''',
        reads=("books",),
        examples=(
            example(
                [{"title": "C"}, {"title": "A"}, {"title": "D"}],
                given={
                    "books": [
                        {"title": "A", "stock": 2},
                        {"title": "B", "stock": 3},
                        {"title": "C", "stock": 0, "status": "lent"},
                        {"title": "E", "stock": 0, "status": "lost"},
                        {"title": "D", "stock": 2},
                    ]
                },
                limit=3,
            ),
            example([], limit=3),
        ),
        mutants=wrong(
            ("off by one", "col(Book.stock) < limit", "col(Book.stock) <= limit"),
            ("dropped condition", ", col(Book.status) != BookStatus.LOST", ""),
            (
                "wrong condition",
                "col(Book.status) != BookStatus.LOST",
                "col(Book.status) == BookStatus.AVAILABLE",
            ),
            ("wrong order", "order_by(col(Book.stock), ", "order_by(col(Book.stock).desc(), "),
            ("wrong order", "col(Book.stock), col(Book.title)", "col(Book.title), col(Book.stock)"),
            ("dropped step", "        .order_by(col(Book.stock), col(Book.title))\n", ""),
        ),
    ),
    Specimen(
        code='''
def revenue_of_author(author_id: int, *, session: Session) -> Decimal:
    """What was earned with an author's books: paid and shipped orders count; 0 without any."""
    statement = (
        select(func.sum(col(OrderItem.unit_price) * col(OrderItem.quantity)))
        .join(Order)
        .join(Book)
        .where(
            col(Book.author_id) == author_id,
            col(Order.status).in_([OrderStatus.PAID, OrderStatus.SHIPPED]),
        )
    )
    return session.exec(statement).one() or Decimal(0)
''',
        reads=("order_items", "orders", "books"),
        examples=(
            example(
                "25.00",
                given={
                    "authors": [{}, {}],
                    "books": [{"author_id": "authors:1"}, {"author_id": "authors:2"}],
                    "orders": [{"status": "paid"}, {"status": "shipped"}, {"status": "cancelled"}],
                    "order_items": [
                        {
                            "order_id": "orders:1",
                            "book_id": "books:1",
                            "quantity": 2,
                            "unit_price": "10.00",
                        },
                        {"order_id": "orders:2", "book_id": "books:1", "unit_price": "5.00"},
                        {"order_id": "orders:3", "book_id": "books:1", "unit_price": "7.00"},
                        {"order_id": "orders:1", "book_id": "books:2", "unit_price": "3.00"},
                    ],
                },
                author_id="authors:1",
            ),
            example("0", given={"authors": [{}]}, author_id="authors:1"),
        ),
        mutants=wrong(
            ("dropped condition", "            col(Book.author_id) == author_id,\n", ""),
            ("wrong condition", "[OrderStatus.PAID, OrderStatus.SHIPPED]", "[OrderStatus.PAID]"),
            ("dropped step", " * col(OrderItem.quantity)", ""),
            ("wrong column", "col(OrderItem.unit_price)", "col(Book.price)"),
            ("dropped default", " or Decimal(0)", ""),
            ("wrong operator", "col(OrderItem.unit_price) *", "col(OrderItem.unit_price) +"),
        ),
    ),
    Specimen(
        code='''
def give_back_all(user_id: int, *, session: Session, now: datetime) -> int:
    """Take back every book that the user has; how many. Each book gets one back into the stock."""
    loans = session.exec(
        select(Loan)
        .where(col(Loan.user_id) == user_id, col(Loan.returned_at).is_(None))
        .order_by(col(Loan.book_id))
    ).all()
    for loan in loans:
        loan.returned_at = now
        book = lock(session, Book, loan.book_id)
        book.stock += 1
        session.add(loan)
        session.add(book)
    return len(loans)
''',
        reads=("loans", "books"),
        writes=("loans", "books"),
        examples=(
            example(
                2,
                given={
                    "users": [{}, {}],
                    "books": [{"stock": 0}, {"stock": 4}, {"stock": 1}],
                    "loans": [
                        {"user_id": "users:1", "book_id": "books:2"},
                        {"user_id": "users:2", "book_id": "books:3"},
                        {"user_id": "users:1", "book_id": "books:1"},
                        {
                            "user_id": "users:1",
                            "book_id": "books:1",
                            "returned_at": "2026-06-01T08:00:00Z",
                        },
                    ],
                },
                user_id="users:1",
                now=NOW,
                then={
                    "books": [{"stock": 1}, {"stock": 5}, {"stock": 1}],
                    "loans": [
                        {"returned_at": NOW},
                        {"returned_at": None},
                        {"returned_at": NOW},
                        {"returned_at": "2026-06-01T08:00:00Z"},
                    ],
                },
            ),
            example(0, given={"users": [{}]}, user_id="users:1", now=NOW),
        ),
        mutants=wrong(
            ("dropped condition", "col(Loan.user_id) == user_id, ", ""),
            ("dropped condition", ", col(Loan.returned_at).is_(None)", ""),
            (
                "wrong condition",
                "col(Loan.returned_at).is_(None)",
                "col(Loan.returned_at).is_not(None)",
            ),
            ("dropped write", "        loan.returned_at = now\n", ""),
            ("wrong operator", "book.stock += 1", "book.stock -= 1"),
            (
                "swapped arguments",
                "lock(session, Book, loan.book_id)",
                "lock(session, Book, loan.id)",
            ),
            ("wrong value", "return len(loans)", "return loans[0].id"),
            (
                "dropped lock",
                "lock(session, Book, loan.book_id)",
                "get_or_404(session, Book, loan.book_id)",
            ),
        ),
    ),
    Specimen(
        code='''
def change_quantity(
    item_id: int, quantity: int, *, session: Session, user: User
) -> OrderItem | None:
    """Set how many of a book the user's own open order has; 0 takes it out, and gives None.

    Raises NotFound for an item of somebody else's order, BadInput for less than 0, AlreadyShipped
    for an order that is not open any more, NotAvailable for more than there are in stock.
    """
    if quantity < 0:
        raise BadInput("quantity")
    item = get_or_404(session, OrderItem, item_id)
    order = lock(session, Order, item.order_id)
    if order.user_id != user.id:
        raise NotFound
    if order.status != OrderStatus.OPEN:
        raise AlreadyShipped
    if quantity == 0:
        session.delete(item)
        session.flush()
        return None
    if quantity > get_or_404(session, Book, item.book_id).stock:
        raise NotAvailable
    item.quantity = quantity
    session.add(item)
    return item
''',
        reads=("order_items", "orders", "books"),
        writes=("order_items",),
        raises=("NotFound", "BadInput", "AlreadyShipped", "NotAvailable"),
        examples=(
            example(
                {"quantity": 3},
                given={
                    "users": [{}],
                    "books": [{"stock": 3}],
                    "orders": [{"user_id": "users:1"}],
                    "order_items": [{"quantity": 1}, {"quantity": 2}],
                },
                item_id="order_items:2",
                quantity=3,
                user="users:1",
                then={"order_items": [{"quantity": 1}, {"quantity": 3}]},
            ),
            example(
                None,
                given={
                    "users": [{}],
                    "orders": [{"user_id": "users:1"}],
                    "order_items": [{"quantity": 1}, {"quantity": 2}],
                },
                item_id="order_items:1",
                quantity=0,
                user="users:1",
                then={"order_items": [{"id": "order_items:2"}]},
            ),
            example(
                raises="NotFound",
                given={
                    "users": [{}, {}],
                    "orders": [{"user_id": "users:2"}],
                    "order_items": [{}],
                },
                item_id="order_items:1",
                quantity=1,
                user="users:1",
            ),
            example(
                raises="AlreadyShipped",
                given={
                    "users": [{}],
                    "orders": [{"user_id": "users:1", "status": "paid"}],
                    "order_items": [{}],
                },
                item_id="order_items:1",
                quantity=1,
                user="users:1",
            ),
            example(
                raises="NotAvailable",
                given={
                    "users": [{}],
                    "books": [{"stock": 3}],
                    "orders": [{"user_id": "users:1"}],
                    "order_items": [{}],
                },
                item_id="order_items:1",
                quantity=4,
                user="users:1",
            ),
            example(
                raises="BadInput",
                given={
                    "users": [{}],
                    "orders": [{"user_id": "users:1"}],
                    "order_items": [{}],
                },
                item_id="order_items:1",
                quantity=-1,
                user="users:1",
            ),
        ),
        mutants=wrong(
            ("off by one", "quantity < 0", "quantity <= 0"),
            ("dropped condition", "    if order.user_id != user.id:\n        raise NotFound\n", ""),
            (
                "dropped condition",
                "    if order.status != OrderStatus.OPEN:\n        raise AlreadyShipped\n",
                "",
            ),
            (
                "wrong condition",
                "order.status != OrderStatus.OPEN",
                "order.status == OrderStatus.SHIPPED",
            ),
            ("off by one", "if quantity > get_or_404", "if quantity >= get_or_404"),
            ("dropped write", "        session.delete(item)\n", ""),
            ("dropped write", "    item.quantity = quantity\n", ""),
            ("wrong operator", "item.quantity = quantity", "item.quantity += quantity"),
            (
                "swapped arguments",
                "lock(session, Order, item.order_id)",
                "lock(session, Order, item_id)",
            ),
        ),
    ),
    Specimen(
        code='''
def author_shelf(author_id: int, *, session: Session) -> dict[str, int]:
    """How many of an author's books are in each state; states without any are left out.

    Raises Missing where there is no such author.
    """
    if session.get(Author, author_id) is None:
        raise Missing
    statement = (
        select(Book.status, func.count())
        .where(col(Book.author_id) == author_id)
        .group_by(col(Book.status))
    )
    return {status.value: count for status, count in session.exec(statement).all()}
''',
        reads=("authors", "books"),
        raises=("Missing",),
        examples=(
            example(
                {"available": 2, "lost": 1},
                given={
                    "authors": [{}, {}],
                    "books": [
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1", "status": "lost"},
                        {"author_id": "authors:2", "status": "lent"},
                        {"author_id": "authors:1"},
                    ],
                },
                author_id="authors:1",
            ),
            example({}, given={"authors": [{}]}, author_id="authors:1"),
            example(raises="Missing", author_id=3),
        ),
        mutants=wrong(
            (
                "dropped condition",
                "    if session.get(Author, author_id) is None:\n        raise Missing\n",
                "",
            ),
            ("dropped condition", "        .where(col(Book.author_id) == author_id)\n", ""),
            ("swapped arguments", "status.value: count", "count: status.value"),
            ("wrong function", "func.count()", "func.sum(col(Book.stock))"),
            ("wrong value", "status.value: count", "status.value: 1"),
            ("wrong error", "raise Missing", "return {}"),
        ),
    ),
    Specimen(
        code='''
def postpone_tasks(days: int, *, session: Session, now: datetime) -> list[Task]:
    """Move every open task that was due before today (UTC) so many days on from today.

    They are returned by their new due day, of equal ones the more important (lower number) first.
    """
    today = now.date()
    statement = (
        select(Task)
        .where(col(Task.done).is_(False), col(Task.due_on) < today)
        .order_by(col(Task.priority), col(Task.id))
    )
    tasks = list(session.exec(statement).all())
    for task in tasks:
        task.due_on = today + timedelta(days=days)
        session.add(task)
    return tasks
''',
        reads=("tasks",),
        writes=("tasks",),
        examples=(
            example(
                [{"title": "B", "due_on": "2026-06-13"}, {"title": "A", "due_on": "2026-06-13"}],
                given={
                    "tasks": [
                        {"title": "A", "due_on": "2026-06-09", "priority": 2},
                        {"title": "B", "due_on": "2026-05-01", "priority": 1},
                        {"title": "C", "due_on": "2026-06-10", "priority": 1},
                        {"title": "D", "due_on": "2026-06-01", "done": True},
                        {"title": "E"},
                    ]
                },
                days=3,
                now=NOW,
                then={
                    "tasks": [
                        {"due_on": "2026-06-13"},
                        {"due_on": "2026-06-13"},
                        {"due_on": "2026-06-10"},
                        {"due_on": "2026-06-01"},
                        {"due_on": None},
                    ]
                },
            ),
            example([], days=1, now=NOW),
        ),
        mutants=wrong(
            ("off by one", "col(Task.due_on) < today", "col(Task.due_on) <= today"),
            ("dropped condition", "col(Task.done).is_(False), ", ""),
            ("wrong value", "task.due_on = today +", "task.due_on = task.due_on +"),
            (
                "wrong order",
                "order_by(col(Task.priority), ",
                "order_by(col(Task.priority).desc(), ",
            ),
            ("dropped step", "        .order_by(col(Task.priority), col(Task.id))\n", ""),
            ("wrong unit", "timedelta(days=days)", "timedelta(weeks=days)"),
            ("wrong condition", "col(Task.done).is_(False)", "not Task.done"),
        ),
    ),
)
