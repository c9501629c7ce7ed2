"""Changes of rows, written after the first checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

NOW = "2026-06-10T12:00:00Z"

SPECIMENS = late(
    Specimen(
        code='''
def prolong_loan(loan_id: int, days: int, *, session: Session, user: User, now: datetime) -> Loan:
    """Move the day when the user's own loan is due: so many days on from it, or from today.

    Raises NotFound for a loan of somebody else, AlreadyReturned for one that is back, BadInput for
    less than one day or more than 28.
    """
    if not 1 <= days <= 28:
        raise BadInput("days")
    loan = lock(session, Loan, loan_id)
    if loan.user_id != user.id:
        raise NotFound
    if loan.returned_at is not None:
        raise AlreadyReturned
    loan.due_on = max(loan.due_on, now.date()) + timedelta(days=days)
    session.add(loan)
    return loan
''',
        reads=("loans",),
        writes=("loans",),
        raises=("NotFound", "AlreadyReturned", "BadInput"),
        examples=(
            example(
                {"due_on": "2026-06-25"},
                given={"loans": [{"user_id": "users:1", "due_on": "2026-06-20"}], "users": [{}]},
                loan_id="loans:1",
                days=5,
                user="users:1",
                now=NOW,
                then={"loans": [{"due_on": "2026-06-25"}]},
            ),
            example(
                {"due_on": "2026-07-08"},
                given={"loans": [{"user_id": "users:1", "due_on": "2026-06-01"}], "users": [{}]},
                loan_id="loans:1",
                days=28,
                user="users:1",
                now=NOW,
            ),
            example(
                raises="NotFound",
                given={"loans": [{"user_id": "users:2"}], "users": [{}, {}]},
                loan_id="loans:1",
                days=1,
                user="users:1",
                now=NOW,
            ),
            example(
                raises="AlreadyReturned",
                given={
                    "loans": [{"user_id": "users:1", "returned_at": "2026-06-02T09:00:00Z"}],
                    "users": [{}],
                },
                loan_id="loans:1",
                days=1,
                user="users:1",
                now=NOW,
            ),
            *(
                example(
                    raises="BadInput",
                    given={"loans": [{"user_id": "users:1"}], "users": [{}]},
                    loan_id="loans:1",
                    days=days,
                    user="users:1",
                    now=NOW,
                )
                for days in (0, 29)
            ),
        ),
        mutants=wrong(
            ("off by one", "1 <= days", "0 <= days"),
            ("off by one", "days <= 28", "days < 28"),
            ("dropped condition", "    if loan.user_id != user.id:\n        raise NotFound\n", ""),
            ("wrong error", "        raise AlreadyReturned", "        raise NotFound"),
            ("wrong function", "max(loan.due_on", "min(loan.due_on"),
            ("swapped arguments", "lock(session, Loan, loan_id)", "lock(session, Loan, user.id)"),
            ("wrong value", "max(loan.due_on, now.date())", "now.date()"),
            ("dropped write", "    loan.due_on = max", "    due_on = max"),
        ),
    ),
    Specimen(
        code='''
def finish_tree(task_id: int, *, session: Session) -> int:
    """Mark a task and all that is below it, however deep, as done; how many were not done before.

    Raises NotFound where there is no such task.
    """
    waiting = [get_or_404(session, Task, task_id)]
    changed = 0
    while waiting:
        task = waiting.pop()
        if not task.done:
            task.done = True
            session.add(task)
            changed += 1
        below = select(Task).where(col(Task.parent_id) == task.id)
        waiting += session.exec(below).all()
    return changed
''',
        reads=("tasks",),
        writes=("tasks",),
        raises=("NotFound",),
        examples=(
            example(
                3,
                given={
                    "tasks": [
                        {},
                        {"parent_id": "tasks:1"},
                        {"parent_id": "tasks:2", "done": True},
                        {"parent_id": "tasks:3"},
                        {},
                    ]
                },
                task_id="tasks:1",
                then={
                    "tasks": [
                        {"done": True},
                        {"done": True},
                        {"done": True},
                        {"done": True},
                        {"done": False},
                    ]
                },
            ),
            example(
                1,
                given={"tasks": [{}, {"parent_id": "tasks:1"}]},
                task_id="tasks:2",
                then={"tasks": [{"done": False}, {"done": True}]},
            ),
            example(raises="NotFound", task_id=7),
        ),
        mutants=wrong(
            ("dropped condition", "        if not task.done:\n", "        if True:\n"),
            ("off by one", "changed = 0", "changed = 1"),
            ("wrong column", "col(Task.parent_id) == task.id", "col(Task.id) == task.parent_id"),
            ("wrong value", "task.done = True", "task.done = False"),
            ("dropped step", "        waiting += session.exec(below).all()\n", ""),
            (
                "dropped condition",
                "        waiting += session.exec(below).all()\n",
                "        if changed == 1:\n            waiting += session.exec(below).all()\n",
            ),
        ),
    ),
    Specimen(
        code='''
def copy_order(order_id: int, *, session: Session, user: User) -> Order:
    """A new open order of the user with the books and quantities of an own one, at today's prices.

    Raises NotFound for an order of somebody else, EmptyOrder for one without items.
    """
    old = get_or_404(session, Order, order_id)
    if old.user_id != user.id:
        raise NotFound
    items = session.exec(
        select(OrderItem).where(col(OrderItem.order_id) == old.id).order_by(col(OrderItem.id))
    ).all()
    if not items:
        raise EmptyOrder("items")
    new = Order(user_id=user.id)
    session.add(new)
    session.flush()
    for item in items:
        price = get_or_404(session, Book, item.book_id).price
        session.add(
            OrderItem(
                order_id=new.id, book_id=item.book_id, quantity=item.quantity, unit_price=price
            )
        )
    return new
''',
        reads=("orders", "order_items", "books"),
        writes=("orders", "order_items"),
        raises=("NotFound", "EmptyOrder"),
        examples=(
            example(
                {"status": "open", "user_id": 2},
                given={
                    "users": [{}, {}],
                    "books": [{"price": "7.00"}, {"price": "3.50"}, {"price": "1.00"}],
                    "orders": [
                        {"user_id": "users:2", "status": "shipped"},
                        {"user_id": "users:2"},
                    ],
                    "order_items": [
                        {"order_id": "orders:2", "book_id": "books:3", "quantity": 5},
                        {
                            "order_id": "orders:1",
                            "book_id": "books:2",
                            "quantity": 4,
                            "unit_price": "2.00",
                        },
                        {"order_id": "orders:1", "book_id": "books:1", "quantity": 1},
                    ],
                },
                order_id="orders:1",
                user="users:2",
                then={
                    "orders": [{"status": "shipped"}, {"status": "open"}, {"status": "open"}],
                    "order_items": [
                        {"order_id": 2},
                        {"order_id": 1, "unit_price": "2.00"},
                        {"order_id": 1},
                        {"order_id": 3, "book_id": 2, "quantity": 4, "unit_price": "3.50"},
                        {"order_id": 3, "book_id": 1, "quantity": 1, "unit_price": "7.00"},
                    ],
                },
            ),
            example(
                raises="NotFound",
                given={"users": [{}, {}], "orders": [{"user_id": "users:1"}]},
                order_id="orders:1",
                user="users:2",
            ),
            example(
                raises="EmptyOrder",
                given={"users": [{}], "orders": [{"user_id": "users:1"}]},
                order_id="orders:1",
                user="users:1",
                then={"orders": [{}]},
            ),
        ),
        mutants=wrong(
            ("dropped condition", "    if old.user_id != user.id:\n        raise NotFound\n", ""),
            ("dropped condition", '    if not items:\n        raise EmptyOrder("items")\n', ""),
            ("wrong value", "unit_price=price", "unit_price=item.unit_price"),
            ("wrong value", "quantity=item.quantity", "quantity=1"),
            ("wrong value", "order_id=new.id", "order_id=old.id"),
            ("swapped arguments", "book_id=item.book_id", "book_id=item.id"),
            ("dropped condition", ".where(col(OrderItem.order_id) == old.id)", ""),
            ("dropped step", "    session.add(new)\n    session.flush()\n", ""),
        ),
    ),
    Specimen(
        code='''
def ship_paid(*, session: Session, now: datetime) -> list[int]:
    """Ship every paid order whose books are all in stock, oldest first; the ids of those shipped.

    Its books are taken from the stock. An order that cannot be served takes nothing.
    """
    shipped: list[int] = []
    orders = session.exec(
        select(Order).where(col(Order.status) == OrderStatus.PAID).order_by(col(Order.id))
    ).all()
    for order in orders:
        items = session.exec(select(OrderItem).where(col(OrderItem.order_id) == order.id)).all()
        needed: Counter[int] = Counter()
        for item in items:
            needed[item.book_id] += item.quantity
        books = {number: lock(session, Book, number) for number in sorted(needed)}
        if any(books[number].stock < count for number, count in needed.items()):
            continue
        for number, count in needed.items():
            books[number].stock -= count
            session.add(books[number])
        order.status = OrderStatus.SHIPPED
        order.shipped_at = now
        session.add(order)
        shipped.append(order.id)
    return shipped
''',
        reads=("orders", "order_items", "books"),
        writes=("orders", "books"),
        examples=(
            example(
                [1, 4],
                given={
                    "books": [{"stock": 3}, {"stock": 1}],
                    "orders": [
                        {"status": "paid"},
                        {"status": "paid"},
                        {"status": "open"},
                        {"status": "paid"},
                    ],
                    "order_items": [
                        {"order_id": "orders:1", "book_id": "books:1", "quantity": 1},
                        {"order_id": "orders:1", "book_id": "books:1", "quantity": 1},
                        {"order_id": "orders:2", "book_id": "books:2", "quantity": 1},
                        {"order_id": "orders:2", "book_id": "books:1", "quantity": 2},
                        {"order_id": "orders:3", "book_id": "books:1", "quantity": 1},
                        {"order_id": "orders:4", "book_id": "books:2", "quantity": 1},
                    ],
                },
                now=NOW,
                then={
                    "books": [{"stock": 1}, {"stock": 0}],
                    "orders": [
                        {"status": "shipped", "shipped_at": NOW},
                        {"status": "paid", "shipped_at": None},
                        {"status": "open"},
                        {"status": "shipped"},
                    ],
                },
            ),
            example([], now=NOW),
        ),
        mutants=wrong(
            ("off by one", "stock < count", "stock <= count"),
            ("wrong function", "if any(", "if all("),
            ("wrong step", "            continue", "            break"),
            ("dropped condition", ".where(col(Order.status) == OrderStatus.PAID)", ""),
            (
                "wrong operator",
                "needed[item.book_id] += item.quantity",
                "needed[item.book_id] = item.quantity",
            ),
            ("dropped write", "        order.shipped_at = now\n", ""),
            ("dropped write", "            books[number].stock -= count\n", ""),
            ("wrong order", "order_by(col(Order.id))", "order_by(col(Order.id).desc())"),
        ),
    ),
)
