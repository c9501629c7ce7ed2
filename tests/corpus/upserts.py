"""Rows that are made, or changed where they are there already."""

from __future__ import annotations

from tests.corpus.kit import Mutant, Specimen, example, wrong

SPECIMENS = (
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
)
