"""Queries: joins, subqueries, pages and trees."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, wrong

SPECIMENS = (
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
)
