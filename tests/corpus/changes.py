"""Updates and deletes of one row or many."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
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
