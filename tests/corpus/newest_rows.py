"""Functions with rows in newer shapes, written after everything, and measured once."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, newest, wrong

NOW = "2026-06-10T12:00:00Z"

SPECIMENS = newest(
    Specimen(
        code='''
def loans_by_author(*, session: Session) -> dict[str, int]:
    """How often books of each author were lent, authors without a loan included."""
    statement = (
        select(Author.name, func.count(col(Loan.id)))
        .select_from(Author)
        .join(Book, col(Book.author_id) == col(Author.id), isouter=True)
        .join(Loan, col(Loan.book_id) == col(Book.id), isouter=True)
        .group_by(col(Author.id), col(Author.name))
        .order_by(col(Author.name))
    )
    return dict(session.exec(statement).all())
''',
        reads=("authors", "books", "loans"),
        examples=(
            example(
                {"Ada": 2, "Bob": 0, "Cyd": 0},
                given={
                    "authors": [{"name": "Ada"}, {"name": "Bob"}, {"name": "Cyd"}],
                    "users": [{}],
                    "books": [
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1"},
                        {"author_id": "authors:2"},
                    ],
                    "loans": [
                        {"book_id": "books:1", "user_id": "users:1"},
                        {"book_id": "books:2", "user_id": "users:1"},
                    ],
                },
            ),
            example({}),
        ),
        mutants=wrong(
            ("wrong join", "col(Author.id), isouter=True)", "col(Author.id))"),
            ("wrong join", "col(Book.id), isouter=True)", "col(Book.id))"),
            ("wrong aggregate", "func.count(col(Loan.id))", "func.count()"),
            ("wrong aggregate", "func.count(col(Loan.id))", "func.count(col(Book.id))"),
            (
                "wrong join",
                "col(Book.author_id) == col(Author.id)",
                "col(Book.id) == col(Author.id)",
            ),
        ),
    ),
    Specimen(
        code='''
def shelf_state(author_id: int, *, session: Session) -> tuple[int, int]:
    """How many books of an author are available, and how many are not."""
    available = func.sum(case((col(Book.status) == BookStatus.AVAILABLE, 1), else_=0))
    away = func.sum(case((col(Book.status) != BookStatus.AVAILABLE, 1), else_=0))
    found = session.exec(select(available, away).where(col(Book.author_id) == author_id)).one()
    return found[0] or 0, found[1] or 0
''',
        reads=("books",),
        examples=(
            example(
                [2, 1],
                given={
                    "authors": [{}, {}],
                    "books": [
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1"},
                        {"author_id": "authors:1", "status": "lost"},
                        {"author_id": "authors:2"},
                    ],
                },
                author_id="authors:1",
            ),
            example([0, 0], given={"authors": [{}]}, author_id="authors:1"),
        ),
        mutants=wrong(
            (
                "wrong operator",
                "col(Book.status) != BookStatus.AVAILABLE",
                "col(Book.status) == BookStatus.LENT",
            ),
            ("dropped condition", ".where(col(Book.author_id) == author_id)", ""),
            ("swapped values", "found[0] or 0, found[1] or 0", "found[1] or 0, found[0] or 0"),
            ("dropped default", "found[0] or 0, found[1] or 0", "found[0], found[1]"),
            (
                "wrong function",
                "func.sum(case((col(Book.status) == BookStatus.AVAILABLE, 1), else_=0))",
                "func.count(case((col(Book.status) == BookStatus.AVAILABLE, 1), else_=0))",
            ),
        ),
    ),
    Specimen(
        code='''
def search_titles(q: str, *, session: Session) -> list[str]:
    """Titles that hold `q`, whatever its letters' case, by title; `%` and `_` are plain letters."""
    statement = (
        select(Book.title)
        .where(col(Book.title).icontains(q, autoescape=True))
        .order_by(col(Book.title))
    )
    return list(session.exec(statement).all())
''',
        reads=("books",),
        examples=(
            example(
                ["100% wool", "50% off"],
                given={"books": [{"title": "50% off"}, {"title": "100% wool"}, {"title": "Plain"}]},
                q="%",
            ),
            example(["Plain"], given={"books": [{"title": "Plain"}, {"title": "x"}]}, q="LAIN"),
        ),
        mutants=wrong(
            ("dropped argument", ", autoescape=True", ""),
            ("wrong function", "icontains", "contains"),
            ("wrong function", "icontains", "istartswith"),
            ("dropped step", "        .order_by(col(Book.title))\n", ""),
            ("wrong order", "order_by(col(Book.title))", "order_by(col(Book.title).desc())"),
            (
                "injection",
                "col(Book.title).icontains(q, autoescape=True)",
                "text(f\"title like '%{q}%'\")",
            ),
        ),
    ),
    Specimen(
        code='''
def close_stale_orders(days: int, *, session: Session, now: datetime) -> int:
    """Cancel open orders that are older than `days` days, by one statement; how many."""
    stale = (
        update(Order)
        .where(
            col(Order.status) == OrderStatus.OPEN,
            col(Order.created_at) < now - timedelta(days=days),
        )
        .values(status=OrderStatus.CANCELLED)
    )
    return session.exec(stale).rowcount
''',
        reads=("orders",),
        writes=("orders",),
        examples=(
            example(
                1,
                given={
                    "users": [{}],
                    "orders": [
                        {"user_id": "users:1", "created_at": "2026-06-01T12:00:00Z"},
                        {"user_id": "users:1", "created_at": "2026-06-05T12:00:00Z"},
                        {
                            "user_id": "users:1",
                            "created_at": "2026-06-01T12:00:00Z",
                            "status": "paid",
                        },
                    ],
                },
                days=7,
                now=NOW,
                then={"orders": [{"status": "cancelled"}, {"status": "open"}, {"status": "paid"}]},
            ),
            example(0, days=7, now=NOW),
        ),
        mutants=wrong(
            ("dropped condition", "            col(Order.status) == OrderStatus.OPEN,\n", ""),
            ("wrong operator", "< now - timedelta", "> now - timedelta"),
            ("off by one", "col(Order.created_at) < now", "col(Order.created_at) <= now"),
            ("wrong value", "timedelta(days=days)", "timedelta(hours=days)"),
            ("wrong value", "status=OrderStatus.CANCELLED", "status=OrderStatus.PAID"),
            ("clock", "now - timedelta(days=days)", "datetime.now(UTC) - timedelta(days=days)"),
        ),
    ),
    Specimen(
        code='''
def review_book(
    book_id: int, stars: int, text: str = "", *, session: Session, user: User
) -> Review:
    """The user's review of the book: the one that is there is changed, otherwise one is added.

    Only who has borrowed the book may review it: NotAvailable otherwise. Stars outside 1 to 5 raise
    BadInput.
    """
    if not 1 <= stars <= 5:
        raise BadInput("stars")
    lock(session, User, user.id)
    borrowed = session.exec(
        select(Loan.id).where(col(Loan.user_id) == user.id, col(Loan.book_id) == book_id).limit(1)
    ).first()
    if borrowed is None:
        raise NotAvailable
    review = session.exec(
        select(Review).where(col(Review.user_id) == user.id, col(Review.book_id) == book_id)
    ).first()
    if review is None:
        review = Review(user_id=user.id, book_id=book_id, stars=stars, text=text)
    else:
        review.stars, review.text = stars, text
    session.add(review)
    session.flush()
    return review
''',
        raises=("BadInput", "NotAvailable"),
        reads=("loans", "reviews", "users"),
        writes=("reviews",),
        examples=(
            example(
                {"stars": 4, "text": "good"},
                given={
                    "users": [{}],
                    "books": [{}],
                    "loans": [{"user_id": "users:1", "book_id": "books:1"}],
                },
                book_id="books:1",
                stars=4,
                text="good",
                user="users:1",
                then={"reviews": [{"stars": 4, "text": "good"}]},
            ),
            example(
                {"id": "reviews:2", "stars": 5},
                given={
                    "users": [{}, {}],
                    "books": [{}],
                    "loans": [{"user_id": "users:1", "book_id": "books:1"}],
                    "reviews": [
                        {"user_id": "users:2", "book_id": "books:1", "stars": 2},
                        {"user_id": "users:1", "book_id": "books:1", "stars": 1, "text": "bad"},
                    ],
                },
                book_id="books:1",
                stars=5,
                user="users:1",
                then={"reviews": [{"stars": 2}, {"stars": 5, "text": ""}]},
            ),
            example(
                raises="NotAvailable",
                given={
                    "users": [{}, {}],
                    "books": [{}],
                    "loans": [{"user_id": "users:2", "book_id": "books:1"}],
                },
                book_id="books:1",
                stars=5,
                user="users:1",
            ),
            example(
                raises="BadInput",
                given={"users": [{}], "books": [{}]},
                book_id="books:1",
                stars=6,
                user="users:1",
            ),
        ),
        mutants=(
            *wrong(
                ("off by one", "1 <= stars <= 5", "0 <= stars <= 5"),
                ("off by one", "1 <= stars <= 5", "1 <= stars <= 6"),
                (
                    "dropped condition",
                    "col(Loan.user_id) == user.id, col(Loan.book_id)",
                    "col(Loan.book_id)",
                ),
                (
                    "dropped condition",
                    "col(Loan.user_id) == user.id, col(Loan.book_id) == book_id",
                    "col(Loan.user_id) == user.id",
                ),
                (
                    "dropped condition",
                    "col(Review.user_id) == user.id, col(Review.book_id)",
                    "col(Review.book_id)",
                ),
                ("dropped step", "review.stars, review.text = stars, text", "review.stars = stars"),
                ("dropped argument", ", stars=stars, text=text)", ", stars=stars)"),
                ("dropped step", "    lock(session, User, user.id)\n", ""),
                (
                    "swallowed error",
                    "        raise NotAvailable\n    review",
                    "        return Review(user_id=user.id, book_id=book_id)\n    review",
                ),
            ),
            Mutant(
                "dropped step",
                "    session.flush()\n",
                "",
                equivalent="The route's wrapper flushes before it answers with a new row.",
            ),
        ),
    ),
    Specimen(
        code='''
def busiest_days(count: int, *, session: Session) -> list[tuple[date, int]]:
    """The days on which the most books came back, the busiest first; of equals, the earlier day."""
    day = day_of(session, col(Loan.returned_at))
    statement = (
        select(day, func.count(col(Loan.id)))
        .where(col(Loan.returned_at).is_not(None))
        .group_by(day)
        .order_by(func.count(col(Loan.id)).desc(), day)
        .limit(count)
    )
    return [(found[0], found[1]) for found in session.exec(statement).all()]
''',
        reads=("loans",),
        examples=(
            example(
                [["2026-06-02", 2], ["2026-06-01", 1]],
                given={
                    "users": [{}],
                    "books": [{}],
                    "loans": [
                        {"returned_at": "2026-06-03T10:00:00Z"},
                        {"returned_at": "2026-06-02T10:00:00Z"},
                        {"returned_at": "2026-06-02T23:59:00Z"},
                        {"returned_at": "2026-06-01T10:00:00Z"},
                        {"returned_at": None},
                    ],
                },
                count=2,
            ),
            example([], count=3),
        ),
        mutants=wrong(
            ("dropped condition", "        .where(col(Loan.returned_at).is_not(None))\n", ""),
            ("wrong order", ".desc(), day)", ", day)"),
            ("wrong order", ".desc(), day)", ".desc(), day.desc())"),
            ("dropped step", "        .limit(count)\n", ""),
            ("off by one", ".limit(count)", ".limit(count + 1)"),
            (
                "wrong column",
                "day_of(session, col(Loan.returned_at))",
                "day_of(session, col(Loan.created_at))",
            ),
        ),
    ),
    Specimen(
        code='''
def task_path(task_id: int, *, session: Session) -> list[str]:
    """The titles from the topmost task down to this one. Raises Missing when there is no such."""
    titles: list[str] = []
    seen: set[int] = set()
    current: int | None = task_id
    while current is not None and current not in seen:
        seen.add(current)
        task = session.get(Task, current)
        if task is None:
            raise Missing
        titles.append(task.title)
        current = task.parent_id
    return titles[::-1]
''',
        raises=("Missing",),
        reads=("tasks",),
        examples=(
            example(
                ["A", "B", "C"],
                given={
                    "tasks": [
                        {"title": "A"},
                        {"title": "B", "parent_id": "tasks:1"},
                        {"title": "C", "parent_id": "tasks:2"},
                        {"title": "D", "parent_id": "tasks:1"},
                    ]
                },
                task_id="tasks:3",
            ),
            example(raises="Missing", task_id=99),
        ),
        mutants=wrong(
            ("wrong order", "titles[::-1]", "titles"),
            ("swallowed error", "            raise Missing\n", "            break\n"),
            ("wrong column", "current = task.parent_id", "current = None"),
            ("dropped step", "titles.append(task.title)", "titles.append(str(task.id))"),
            ("dropped condition", " and current not in seen", ""),
        ),
    ),
    Specimen(
        code='''
def page_of_orders(
    status: OrderStatus | None = None, *, session: Session, user: User
) -> tuple[list[Order], int]:
    """The user's five newest orders with this status, or with any, and how many there are."""
    conditions = [col(Order.user_id) == user.id]
    if status is not None:
        conditions.append(col(Order.status) == status)
    total = session.exec(select(func.count()).select_from(Order).where(*conditions)).one()
    newest = (
        select(Order)
        .where(*conditions)
        .order_by(col(Order.created_at).desc(), col(Order.id).desc())
        .limit(5)
    )
    return list(session.exec(newest).all()), total
''',
        reads=("orders",),
        examples=(
            example(
                [[{"id": "orders:3"}, {"id": "orders:1"}], 2],
                given={
                    "users": [{}, {}],
                    "orders": [
                        {"user_id": "users:1", "created_at": "2026-06-01T00:00:00Z"},
                        {"user_id": "users:2", "created_at": "2026-06-02T00:00:00Z"},
                        {"user_id": "users:1", "created_at": "2026-06-03T00:00:00Z"},
                        {
                            "user_id": "users:1",
                            "created_at": "2026-06-04T00:00:00Z",
                            "status": "paid",
                        },
                    ],
                },
                status="open",
                user="users:1",
            ),
            example(
                [[{"id": "orders:1"}], 1],
                given={"users": [{}], "orders": [{"user_id": "users:1", "status": "paid"}]},
                user="users:1",
            ),
        ),
        mutants=wrong(
            ("dropped condition", "[col(Order.user_id) == user.id]", "[col(Order.user_id) > 0]"),
            ("negated condition", "if status is not None", "if status is None"),
            (
                "wrong order",
                "col(Order.created_at).desc(), col(Order.id).desc()",
                "col(Order.created_at)",
            ),
            (
                "dropped step",
                ".select_from(Order).where(*conditions)).one()",
                ".select_from(Order)).one()",
            ),
            ("off by one", ".limit(5)", ".limit(1)"),
            (
                "dropped condition",
                "        .where(*conditions)\n        .order_by",
                "        .order_by",
            ),
            (
                "wrong default",
                "status: OrderStatus | None = None",
                "status: OrderStatus | None = OrderStatus.OPEN",
            ),
        ),
    ),
)
