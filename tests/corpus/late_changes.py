"""Changes of rows, written after the checks were finished."""

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
def add_task(
    title: str, *, session: Session, parent_id: int | None = None, priority: int = 3
) -> Task:
    """A new open task, below a parent where one is given; its title without spaces around it.

    Raises BadInput for an empty title, Conflict when the parent is done, Invalid (by way of the
    reference) when there is no such parent.
    """
    name = title.strip()
    if not name:
        raise BadInput("A task has a title.", field="title")
    if parent_id is not None:
        check_reference(session, Task, parent_id, "parent_id")
        if session.get_one(Task, parent_id).done:
            raise Conflict("The task above is done.")
    task = Task(title=name, parent_id=parent_id, priority=priority)
    session.add(task)
    session.flush()
    return task
''',
        reads=("tasks",),
        writes=("tasks",),
        raises=("BadInput", "Conflict"),
        examples=(
            example(
                {"id": 2, "title": "Paint", "parent_id": 1, "priority": 3, "done": False},
                given={"tasks": [{}]},
                title=" Paint ",
                parent_id="tasks:1",
                then={"tasks": [{}, {"title": "Paint", "parent_id": 1}]},
            ),
            example({"parent_id": None, "priority": 1}, title="Paint", priority=1),
            example(raises="BadInput", title="  "),
            example(
                raises="Conflict", given={"tasks": [{"done": True}]}, title="x", parent_id="tasks:1"
            ),
            example(raises="Invalid", title="x", parent_id=7),
        ),
        mutants=wrong(
            ("wrong value", "Task(title=name", "Task(title=title"),
            ("dropped argument", "parent_id=parent_id, ", ""),
            ("wrong default", "priority: int = 3", "priority: int = 1"),
            (
                "dropped call",
                '        check_reference(session, Task, parent_id, "parent_id")\n',
                "",
            ),
            (
                "dropped condition",
                (
                    "        if session.get_one(Task, parent_id).done:\n"
                    '            raise Conflict("The task above is done.")\n'
                ),
                "",
            ),
            ("dropped write", "    session.add(task)\n", ""),
        ),
    ),
    Specimen(
        code='''
def set_stock(book_id: int, stock: int, *, session: Session) -> Book:
    """Set the stock of the book; none left makes it lent, some make a lent one available again.

    Lost books stay lost. Raises BadInput for a stock below 0.
    """
    if stock < 0:
        raise BadInput
    book = lock(session, Book, book_id)
    book.stock = stock
    if book.status != BookStatus.LOST:
        book.status = BookStatus.AVAILABLE if stock else BookStatus.LENT
    session.add(book)
    return book
''',
        reads=("books",),
        writes=("books",),
        raises=("BadInput",),
        examples=(
            example(
                {"stock": 0, "status": "lent"},
                given={"books": [{"stock": 4}, {"stock": 4}]},
                book_id="books:2",
                stock=0,
                then={"books": [{"stock": 4, "status": "available"}, {"stock": 0}]},
            ),
            example(
                {"stock": 1, "status": "available"},
                given={"books": [{"status": "lent"}]},
                book_id="books:1",
                stock=1,
            ),
            example(
                {"stock": 2, "status": "lost"},
                given={"books": [{"status": "lost"}]},
                book_id="books:1",
                stock=2,
            ),
            example(raises="BadInput", given={"books": [{}]}, book_id="books:1", stock=-1),
        ),
        mutants=wrong(
            ("off by one", "stock < 0", "stock <= 0"),
            ("off by one", "stock < 0", "stock < -1"),
            ("wrong value", "!= BookStatus.LOST", "!= BookStatus.LENT"),
            (
                "swapped arguments",
                "BookStatus.AVAILABLE if stock else BookStatus.LENT",
                "BookStatus.LENT if stock else BookStatus.AVAILABLE",
            ),
            ("wrong operator", "book.stock = stock", "book.stock += stock"),
            ("dropped condition", "    if book.status != BookStatus.LOST:", "    if True:"),
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
def move_books(source_id: int, target_id: int, *, session: Session) -> int:
    """Give all books of one author to another; how many. Raises BadInput when both are the same."""
    if source_id == target_id:
        raise BadInput("Choose two authors.")
    get_or_404(session, Author, source_id)
    get_or_404(session, Author, target_id)
    statement = (
        update(Book).where(col(Book.author_id) == source_id).values(author_id=target_id)
    )
    return session.exec(statement).rowcount
''',
        reads=("authors",),
        writes=("books",),
        raises=("BadInput",),
        examples=(
            example(
                2,
                given={
                    "authors": [{}, {}, {}],
                    "books": [
                        {"author_id": "authors:2"},
                        {"author_id": "authors:3"},
                        {"author_id": "authors:2"},
                    ],
                },
                source_id="authors:2",
                target_id="authors:1",
                then={"books": [{"author_id": 1}, {"author_id": 3}, {"author_id": 1}]},
            ),
            example(raises="BadInput", given={"authors": [{}]}, source_id=1, target_id=1),
            example(raises="NotFound", given={"authors": [{}]}, source_id=9, target_id=1),
            example(raises="NotFound", given={"authors": [{}]}, source_id=1, target_id=9),
        ),
        mutants=wrong(
            (
                "swapped arguments",
                "== source_id).values(author_id=target_id)",
                "== target_id).values(author_id=source_id)",
            ),
            ("dropped condition", ".where(col(Book.author_id) == source_id)", ""),
            ("dropped call", "    get_or_404(session, Author, target_id)\n", ""),
            ("dropped call", "    get_or_404(session, Author, source_id)\n", ""),
            ("negated condition", "source_id == target_id", "source_id != target_id"),
        ),
    ),
    Specimen(
        code='''
def import_authors(rows: list[tuple[str, int | None]], *, session: Session) -> tuple[int, int]:
    """Add authors by name, or change the year of birth where it differs; how many of each.

    A row without a year changes nothing.
    """
    known = {author.name: author for author in session.exec(select(Author)).all()}
    added = changed = 0
    for name, born in rows:
        author = known.get(name)
        if author is None:
            author = Author(name=name, born=born)
            known[name] = author
            added += 1
        elif born is not None and author.born != born:
            author.born = born
            changed += 1
        session.add(author)
    session.flush()
    return added, changed
''',
        reads=("authors",),
        writes=("authors",),
        examples=(
            example(
                [1, 1],
                given={"authors": [{"name": "Ann", "born": 1900}, {"name": "Bob", "born": 1910}]},
                rows=[["Ann", 1901], ["Cy", None], ["Bob", 1910], ["Bob", None]],
                then={
                    "authors": [
                        {"name": "Ann", "born": 1901},
                        {"name": "Bob", "born": 1910},
                        {"name": "Cy", "born": None},
                    ]
                },
            ),
            example(
                [1, 1],
                rows=[["Dee", None], ["Dee", 1950]],
                then={"authors": [{"name": "Dee", "born": 1950}]},
            ),
        ),
        mutants=wrong(
            ("dropped statement", "            known[name] = author\n", ""),
            ("dropped condition", "born is not None and ", ""),
            ("dropped condition", " and author.born != born", ""),
            ("dropped write", "            author.born = born\n", ""),
            ("swapped arguments", "return added, changed", "return changed, added"),
            ("dropped argument", "Author(name=name, born=born)", "Author(name=name)"),
        ),
    ),
    Specimen(
        code='''
def transfer_stock(source_id: int, target_id: int, count: int, *, session: Session) -> None:
    """Move so many pieces from one book's stock to the other's, both locked in order of id.

    Raises BadInput for a count below 1, NotAvailable when the source has not enough.
    """
    if count < 1:
        raise BadInput
    books = {number: lock(session, Book, number) for number in sorted({source_id, target_id})}
    source, target = books[source_id], books[target_id]
    if source.stock < count:
        raise NotAvailable
    source.stock -= count
    target.stock += count
    session.add_all(books.values())
''',
        reads=("books",),
        writes=("books",),
        raises=("BadInput", "NotAvailable"),
        examples=(
            example(
                given={"books": [{"stock": 1}, {"stock": 4}]},
                source_id="books:2",
                target_id="books:1",
                count=4,
                then={"books": [{"stock": 5}, {"stock": 0}]},
            ),
            example(
                raises="NotAvailable",
                given={"books": [{"stock": 1}, {"stock": 4}]},
                source_id="books:1",
                target_id="books:2",
                count=2,
                then={"books": [{"stock": 1}, {"stock": 4}]},
            ),
            example(
                raises="BadInput", given={"books": [{}, {}]}, source_id=1, target_id=2, count=0
            ),
        ),
        mutants=wrong(
            (
                "swapped arguments",
                "books[source_id], books[target_id]",
                "books[target_id], books[source_id]",
            ),
            ("off by one", "source.stock < count", "source.stock <= count"),
            ("off by one", "count < 1", "count < 0"),
            ("wrong sign", "target.stock += count", "target.stock -= count"),
            ("dropped write", "    source.stock -= count\n", ""),
            ("wrong order", "sorted({source_id, target_id})", "{source_id, target_id}"),
        ),
    ),
    Specimen(
        code='''
def finish_task(task_id: int, *, session: Session) -> list[int]:
    """Mark the task and all open tasks directly below it as done; the ids changed, in order.

    Raises Conflict when the task is done already.
    """
    task = lock(session, Task, task_id)
    if task.done:
        raise Conflict("It is done.")
    below = select(Task).where(col(Task.parent_id) == task_id, col(Task.done).is_(False))
    changed = [task, *session.exec(below).all()]
    for item in changed:
        item.done = True
        session.add(item)
    return sorted(item.id for item in changed)
''',
        reads=("tasks",),
        writes=("tasks",),
        raises=("Conflict",),
        examples=(
            example(
                [1, 5],
                given={
                    "tasks": [
                        {"parent_id": "tasks:4"},
                        {"parent_id": "tasks:1", "done": True},
                        {},
                        {},
                        {"parent_id": "tasks:1"},
                    ]
                },
                task_id="tasks:1",
                then={
                    "tasks": [
                        {"done": True},
                        {"done": True},
                        {"done": False},
                        {"done": False},
                        {"done": True},
                    ]
                },
            ),
            example(raises="Conflict", given={"tasks": [{"done": True}]}, task_id="tasks:1"),
        ),
        mutants=wrong(
            ("dropped condition", ", col(Task.done).is_(False)", ""),
            ("wrong column", "col(Task.parent_id) == task_id", "col(Task.id) == task_id"),
            ("dropped condition", '    if task.done:\n        raise Conflict("It is done.")\n', ""),
            (
                "dropped value",
                "[task, *session.exec(below).all()]",
                "list(session.exec(below).all())",
            ),
            ("wrong value", "item.done = True", "item.done = False"),
        ),
    ),
    Specimen(
        code='''
def change_email(email: str, *, session: Session, user: User) -> User:
    """Change the user's address, in lower case. Raises BadInput where it is not one address.

    An address that another user has is refused as a Conflict by the database.
    """
    address = email.strip().lower()
    if not re.fullmatch(r"[^@\\s]+@[^@\\s]+", address):
        raise BadInput("This is no e-mail address.", field="email")
    user.email = address
    session.add(user)
    session.flush()
    return user
''',
        writes=("users",),
        raises=("BadInput",),
        examples=(
            example(
                {"id": 2, "email": "new@x.org"},
                given={"users": [{"email": "a@x.org"}, {"email": "b@x.org"}]},
                email="New@X.org ",
                user="users:2",
                then={"users": [{"email": "a@x.org"}, {"email": "new@x.org"}]},
            ),
            example(
                raises="Conflict",
                given={"users": [{"email": "a@x.org"}, {"email": "b@x.org"}]},
                email="a@x.org",
                user="users:2",
            ),
            example(raises="BadInput", given={"users": [{}]}, email="a@b@c", user="users:1"),
        ),
        mutants=wrong(
            ("dropped call", ".lower()", ""),
            ("dropped call", ".strip()", ""),
            ("wrong function", "re.fullmatch", "re.match"),
            ("dropped write", "    user.email = address\n", ""),
            (
                "swallowed error",
                "    session.flush()\n",
                "    try:\n        session.flush()\n    except Exception:\n        pass\n",
            ),
        ),
    ),
    Specimen(
        code='''
def merge_reviews(book_id: int, *, session: Session) -> int:
    """Keep only the newest review (highest id) of each user of the book; how many were deleted."""
    statement = (
        select(Review).where(col(Review.book_id) == book_id).order_by(col(Review.id).desc())
    )
    seen: set[int] = set()
    deleted = 0
    for review in session.exec(statement).all():
        if review.user_id in seen:
            session.delete(review)
            deleted += 1
        seen.add(review.user_id)
    return deleted
''',
        reads=("reviews",),
        writes=("reviews",),
        examples=(
            example(
                1,
                given={
                    "users": [{}, {}],
                    "books": [{}, {}],
                    "reviews": [
                        {"user_id": "users:1", "book_id": "books:1"},
                        {"user_id": "users:2", "book_id": "books:1"},
                        {"user_id": "users:1", "book_id": "books:2"},
                        {"user_id": "users:1", "book_id": "books:1"},
                    ],
                },
                book_id="books:1",
                then={"reviews": [{"id": 2}, {"id": 3}, {"id": 4}]},
            ),
        ),
        mutants=wrong(
            ("wrong order", ".desc()", ".asc()"),
            ("dropped condition", ".where(col(Review.book_id) == book_id)", ""),
            ("negated condition", "in seen", "not in seen"),
            ("dropped write", "            session.delete(review)\n", ""),
            ("dropped statement", "        seen.add(review.user_id)\n", ""),
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
