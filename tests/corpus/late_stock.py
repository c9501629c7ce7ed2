"""Changes of several rows, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
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
)
