"""Inserts, updates, deletes, upserts and changes of state."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

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
def rate_book(book_id: int, stars: int, *, session: Session, user: User) -> Review:
    """The user's one review of the book with these stars: changed, or made if there is none.

    Raises BadInput for stars that are not 1 to 5, NotFound for a book that is not there.
    """
    if not 1 <= stars <= 5:
        raise BadInput("Give one to five stars.", field="stars")
    get_or_404(session, Book, book_id)
    statement = select(Review).where(
        col(Review.book_id) == book_id, col(Review.user_id) == user.id
    )
    review = session.exec(statement).first()
    if review is None:
        review = Review(book_id=book_id, user_id=user.id, stars=stars)
    else:
        review.stars = stars
    session.add(review)
    session.flush()
    return review
''',
        reads=("books", "reviews"),
        writes=("reviews",),
        raises=("BadInput", "NotFound"),
        examples=(
            example(
                {"id": 1, "stars": 4},
                given={
                    "users": [{}, {}],
                    "books": [{}],
                    "reviews": [{"book_id": "books:1", "user_id": "users:2", "stars": 1}],
                },
                book_id="books:1",
                stars=4,
                user="users:2",
                then={"reviews": [{"user_id": 2, "stars": 4}]},
            ),
            example(
                {"stars": 5, "user_id": 1, "book_id": 2},
                given={
                    "users": [{}, {}],
                    "books": [{}, {}],
                    "reviews": [
                        {"book_id": "books:2", "user_id": "users:2", "stars": 1},
                        {"book_id": "books:1", "user_id": "users:1", "stars": 2},
                    ],
                },
                book_id="books:2",
                stars=5,
                user="users:1",
                then={"reviews": [{"stars": 1}, {"stars": 2}, {"user_id": 1, "stars": 5}]},
            ),
            example(
                raises="BadInput",
                given={"users": [{}], "books": [{}]},
                book_id="books:1",
                stars=0,
                user="users:1",
            ),
            example(
                raises="BadInput",
                given={"users": [{}], "books": [{}]},
                book_id="books:1",
                stars=6,
                user="users:1",
            ),
            example(raises="NotFound", given={"users": [{}]}, book_id=9, stars=3, user="users:1"),
        ),
        mutants=(
            *wrong(
                ("off by one", "<= 5", "< 5"),
                ("off by one", "1 <= stars", "0 <= stars"),
                ("dropped condition", ", col(Review.user_id) == user.id", ""),
                ("dropped condition", "col(Review.book_id) == book_id, ", ""),
                ("dropped write", "        review.stars = stars", "        pass"),
                (
                    "swapped arguments",
                    "book_id=book_id, user_id=user.id",
                    "book_id=user.id, user_id=book_id",
                ),
                ("dropped condition", "if review is None:", "if True:"),
                ("commit", "session.flush()", "session.commit()"),
                ("dropped call", "    get_or_404(session, Book, book_id)\n", ""),
            ),
            Mutant(
                "dropped statement",
                "    session.flush()\n",
                "",
                equivalent="The wrapper flushes before the row is read.",
            ),
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
def add_item(order_id: int, book_id: int, quantity: int, *, session: Session) -> OrderItem:
    """Put a book into an open order at its present price; more of what is in it is added up.

    Raises Conflict when the order is not open.
    """
    order = lock(session, Order, order_id)
    if order.status != OrderStatus.OPEN:
        raise Conflict
    book = get_or_404(session, Book, book_id)
    statement = select(OrderItem).where(
        col(OrderItem.order_id) == order_id, col(OrderItem.book_id) == book_id
    )
    item = session.exec(statement).first()
    if item is None:
        item = OrderItem(
            order_id=order_id, book_id=book_id, quantity=quantity, unit_price=book.price
        )
    else:
        item.quantity += quantity
    session.add(item)
    session.flush()
    return item
''',
        reads=("orders", "books", "order_items"),
        writes=("order_items",),
        raises=("Conflict",),
        examples=(
            example(
                {"quantity": 2, "unit_price": "12.50"},
                given={"orders": [{}], "books": [{}, {"price": "12.50"}]},
                order_id="orders:1",
                book_id="books:2",
                quantity=2,
                then={
                    "order_items": [
                        {"order_id": 1, "book_id": 2, "quantity": 2, "unit_price": "12.50"}
                    ]
                },
            ),
            example(
                {"id": 2, "quantity": 5, "unit_price": "8.00"},
                given={
                    "orders": [{}],
                    "books": [{"price": "12.50"}, {}],
                    "order_items": [
                        {"order_id": "orders:1", "book_id": "books:2"},
                        {
                            "order_id": "orders:1",
                            "book_id": "books:1",
                            "quantity": 3,
                            "unit_price": "8.00",
                        },
                    ],
                },
                order_id="orders:1",
                book_id="books:1",
                quantity=2,
                then={"order_items": [{"quantity": 1}, {"quantity": 5}]},
            ),
            example(
                raises="Conflict",
                given={"orders": [{"status": "paid"}], "books": [{}]},
                order_id="orders:1",
                book_id="books:1",
                quantity=1,
                then={"order_items": []},
            ),
        ),
        mutants=wrong(
            ("wrong operator", "item.quantity += quantity", "item.quantity = quantity"),
            (
                "swapped arguments",
                "order_id=order_id, book_id=book_id,",
                "order_id=book_id, book_id=order_id,",
            ),
            ("wrong value", "unit_price=book.price", "unit_price=book.price * quantity"),
            ("dropped argument", ", unit_price=book.price", ""),
            ("dropped condition", ", col(OrderItem.book_id) == book_id", ""),
            ("dropped write", "    session.add(item)\n", ""),
            ("wrong value", "!= OrderStatus.OPEN", "== OrderStatus.CANCELLED"),
        ),
    ),
    Specimen(
        code='''
def delete_author(author_id: int, *, session: Session) -> None:
    """Delete the author. Raises Conflict while books refer to the author."""
    author = get_or_404(session, Author, author_id)
    used = select(Book.id).where(col(Book.author_id) == author_id)
    if session.exec(used).first() is not None:
        raise Conflict("There are books by this author.")
    session.delete(author)
''',
        reads=("authors", "books"),
        writes=("authors",),
        raises=("Conflict",),
        examples=(
            example(
                given={
                    "authors": [{"name": "Ann"}, {"name": "Bob"}],
                    "books": [{"author_id": "authors:1"}],
                },
                author_id="authors:2",
                then={"authors": [{"name": "Ann"}]},
            ),
            example(
                raises="Conflict",
                given={"authors": [{}], "books": [{"author_id": "authors:1"}]},
                author_id="authors:1",
                then={"authors": [{}]},
            ),
            example(raises="NotFound", author_id=3),
        ),
        mutants=(
            *wrong(
                ("dropped write", "    session.delete(author)\n", ""),
                ("negated condition", "is not None", "is None"),
                ("dropped condition", ".where(col(Book.author_id) == author_id)", ""),
                ("wrong error", "raise Conflict(", "raise Invalid("),
                ("wrong method", "session.delete(author)", "session.expunge(author)"),
                (
                    "missing reference",
                    "get_or_404(session, Author, author_id)",
                    "session.get(Author, author_id)",
                ),
            ),
            Mutant(
                "dropped condition",
                "    if session.exec(used).first() is not None:\n"
                '        raise Conflict("There are books by this author.")\n',
                "",
                equivalent="The foreign key refuses it, and the service says Conflict then, too.",
            ),
        ),
    ),
    Specimen(
        code='''
def complete_tasks(ids: list[int], *, session: Session) -> int:
    """Mark these tasks as done; how many were not done before. Unknown ids are passed over."""
    statement = select(Task).where(col(Task.id).in_(ids), col(Task.done).is_(False))
    tasks = session.exec(statement).all()
    for task in tasks:
        task.done = True
        session.add(task)
    return len(tasks)
''',
        reads=("tasks",),
        writes=("tasks",),
        examples=(
            example(
                1,
                given={"tasks": [{}, {"done": True}, {}]},
                ids=["tasks:1", "tasks:2", 99],
                then={"tasks": [{"done": True}, {"done": True}, {"done": False}]},
            ),
            example(0, given={"tasks": [{}]}, ids=[], then={"tasks": [{"done": False}]}),
        ),
        mutants=wrong(
            ("dropped condition", ", col(Task.done).is_(False)", ""),
            ("dropped condition", "col(Task.id).in_(ids), ", ""),
            ("wrong value", "task.done = True", "task.done = False"),
            ("wrong value", "return len(tasks)", "return len(ids)"),
            ("identity", "col(Task.done).is_(False)", "not Task.done"),
            ("negated condition", "in_(ids)", "not_in(ids)"),
        ),
    ),
    Specimen(
        code='''
def raise_prices(percent: Decimal, *, session: Session, author_id: int | None = None) -> int:
    """Raise the prices of all books, or of the author's, rounded to cents, halves up; how many."""
    statement = select(Book)
    if author_id is not None:
        statement = statement.where(col(Book.author_id) == author_id)
    books = session.exec(statement).all()
    for book in books:
        price = book.price * (100 + percent) / 100
        book.price = price.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        session.add(book)
    return len(books)
''',
        reads=("books",),
        writes=("books",),
        examples=(
            example(
                1,
                given={
                    "authors": [{}, {}],
                    "books": [
                        {"author_id": "authors:2", "price": "10.10"},
                        {"author_id": "authors:1", "price": "10.00"},
                    ],
                },
                percent="2.5",
                author_id="authors:2",
                then={"books": [{"price": "10.35"}, {"price": "10.00"}]},
            ),
            example(
                2,
                given={"books": [{"price": "1.00"}, {"price": "0.50"}]},
                percent="5",
                then={"books": [{"price": "1.05"}, {"price": "0.53"}]},
            ),
        ),
        mutants=wrong(
            ("wrong sign", "100 + percent", "100 - percent"),
            ("rounding", "ROUND_HALF_UP", "ROUND_DOWN"),
            ("rounding", "ROUND_HALF_UP", "ROUND_HALF_EVEN"),
            ("dropped factor", ") / 100", ")"),
            ("negated condition", "is not None", "is None"),
            ("wrong column", "col(Book.author_id) ==", "col(Book.id) =="),
            (
                "float",
                "book.price * (100 + percent) / 100",
                "float(book.price) * (100 + float(percent)) / 100",
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
    Specimen(
        code='''
def sign_up(email: str, name: str, *, session: Session) -> User:
    """A new user; the e-mail address is stored in lower case without spaces around it.

    Raises BadInput for an address without @, Conflict for one that is taken.
    """
    address = email.strip().lower()
    if "@" not in address:
        raise BadInput("This is no e-mail address.", field="email")
    if session.exec(select(User).where(col(User.email) == address)).first():
        raise Conflict("This address is taken.")
    user = User(email=address, name=name, password_hash="")
    session.add(user)
    session.flush()
    return user
''',
        reads=("users",),
        writes=("users",),
        raises=("BadInput", "Conflict"),
        examples=(
            example(
                {"email": "ann@x.org", "name": "Ann"},
                email=" Ann@X.org",
                name="Ann",
                then={"users": [{"email": "ann@x.org", "name": "Ann"}]},
            ),
            example(
                raises="Conflict",
                given={"users": [{"email": "ann@x.org"}]},
                email="ANN@x.org",
                name="Ann",
                then={"users": [{}]},
            ),
            example(raises="BadInput", email="ann", name="Ann", then={"users": []}),
        ),
        mutants=(
            *wrong(
                ("dropped call", ".lower()", ""),
                ("dropped call", ".strip()", ""),
                ("wrong value", "User(email=address", "User(email=email"),
                ("negated condition", '"@" not in address', '"@" in address'),
                ("dropped write", "    session.add(user)\n", ""),
                ("swapped arguments", "email=address, name=name", "email=name, name=address"),
                (
                    "injection",
                    "select(User).where(col(User.email) == address)",
                    '"select id from users where email = \'" + address + "\'"',
                ),
            ),
            Mutant(
                "dropped condition",
                "    if session.exec(select(User).where(col(User.email) == address)).first():\n"
                '        raise Conflict("This address is taken.")\n',
                "",
                equivalent="The column is unique, and the service says Conflict then, too.",
            ),
        ),
    ),
    Specimen(
        code='''
def delete_finished_tasks(*, session: Session, before: date) -> int:
    """Delete the done tasks that were due before the day; how many. Those without a day stay."""
    statement = delete(Task).where(col(Task.done).is_(True), col(Task.due_on) < before)
    return session.exec(statement).rowcount
''',
        writes=("tasks",),
        examples=(
            example(
                1,
                given={
                    "tasks": [
                        {"done": True, "due_on": "2026-05-31"},
                        {"done": True, "due_on": "2026-06-01"},
                        {"due_on": "2026-05-01"},
                        {"done": True},
                    ]
                },
                before="2026-06-01",
                then={"tasks": [{"id": 2}, {"id": 3}, {"id": 4}]},
            ),
            example(0, before="2026-06-01"),
        ),
        mutants=wrong(
            ("off by one", "< before", "<= before"),
            ("dropped condition", "col(Task.done).is_(True), ", ""),
            ("dropped condition", ", col(Task.due_on) < before", ""),
            ("wrong operator", "< before", "> before"),
            ("dropped write", "delete(Task)", "select(Task)"),
            ("wrong value", "is_(True)", "is_(False)"),
        ),
    ),
)
