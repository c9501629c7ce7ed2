"""Inserts and updates, written after the checks were finished."""

from __future__ import annotations

from tests.corpus.kit import Specimen, example, late, wrong

SPECIMENS = late(
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
)
