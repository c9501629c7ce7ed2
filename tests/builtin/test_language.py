"""Sentences: what the built-in model understands, and what it says it does not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex.builtin.design.specify import specify
from codex.chains.design.specify import SpecifyInputs, check
from codex.common.documents.specification import Specification
from tests.requests.labels import facts

BOOKS = "Books have a title, a price, a rating and a status (draft, published, archived). "
TASKS = "Tasks have a title and a due date. "
LIBRARY = "Books have a title. Members have a name. "
SHOP = "Customers have a name. Orders have a date, an amount and belong to a customer. "
LOGIN = "Users sign up and log in. "


def document(text: str) -> Specification:
    inputs = SpecifyInputs(request=text)
    draft = specify(inputs)
    assert [str(problem) for problem in check(inputs, draft)] == []
    return draft.specification(text)


def said(text: str) -> set[str]:
    found = document(text)
    assert found.not_understood == (), found.not_understood
    assert found.out_of_scope == (), found.out_of_scope
    return facts(found)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "A book has a title, an author and an optional year.",
            ["book.title text", "book.year optional"],
        ),
        ("Books: title, author, ISBN (unique)", ["book.title text", "book.isbn unique"]),
        ("Book (title, price, published: boolean)", ["book.price decimal"]),
        (
            "For each book we store the title and the price.",
            ["book.title text", "book.price decimal"],
        ),
        ("Every book needs a title of at most 100 characters.", ["book.title max 100"]),
        ("A book has a rating between 1 and 5.", ["book.rating >= 1", "book.rating <= 5"]),
        ("A book has a price that must be positive.", ["book.price > 0"]),
        (
            "A book has a state that is one of new, used or damaged.",
            ["book.state in new,used,damaged"],
        ),
        (
            "A book has a condition which defaults to new and is either new or used.",
            ["book.condition in new,used"],
        ),
        (
            "A book has a first and last page.",
            ["book.first_page integer", "book.last_page integer"],
        ),
        ("A book has a title, an author and, if known, a year.", ["book.year optional"]),
        (
            "A book has a number of pages and a price per page.",
            ["book.number_of_pages integer", "book.price_per_page decimal"],
        ),
        ("A book has a flag whether it is available.", ["book.available boolean"]),
        ("A person has a name and children.", ["person.name text"]),
        ("A book has a title. The title must be unique.", ["book.title unique"]),
        (
            "A book has a title. Its title is required and must not exceed 50 characters.",
            ["book.title max 50"],
        ),
        ("A book has a price. The price of a book must not be negative.", ["book.price >= 0"]),
        ("A book has an email. The email can be empty.", ["book.email optional"]),
        (
            "- **Book**: title, price\n- **Author**: name",
            ["book.price decimal", "author.name text"],
        ),
    ],
)
def test_fields(sentence: str, expected: list[str]) -> None:
    assert set(expected) <= said(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Each book belongs to an author.", ["book.author -> author"]),
        ("A post has many comments. A comment has a text.", ["comment.post -> post"]),
        (
            "A book has a title and is written by an author. Authors have a name.",
            ["book.author -> author"],
        ),
        ("Posts have a title. Posts can have many tags. A tag has a name.", ["post.tags <-> tag"]),
        (
            "Categories have a name and can have a parent category.",
            ["category.parent_category -> category"],
        ),
        (
            "Employees have a name and report to a manager who is an employee.",
            ["employee.manager -> employee", "employee.manager optional"],
        ),
        (
            (
                "Recipes have a name. Ingredients have a name. "
                "A recipe uses many ingredients, each with an amount."
            ),
            ["recipe_ingredient.recipe -> recipe", "recipe_ingredient.amount decimal"],
        ),
        ("A survey consists of questions. A question has a text.", ["question.survey -> survey"]),
        (
            "An appointment has a date and belongs to a doctor and a patient.",
            ["appointment.doctor -> doctor", "appointment.patient -> patient"],
        ),
    ],
)
def test_relations(sentence: str, expected: list[str]) -> None:
    assert set(expected) <= said(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            TASKS + "Tasks can be marked as done.",
            ["task can complete", "task complete sets done = true"],
        ),
        (TASKS + "Tasks can be marked urgent.", ["task mark_urgent sets urgent = true"]),
        (BOOKS + "Books can be archived.", ["book archive sets status = archived"]),
        (
            BOOKS + "A book can be published unless it is archived.",
            ["book publish needs status != archived"],
        ),
        (
            BOOKS + "A book can be published only if it is a draft.",
            ["book publish needs status = draft"],
        ),
        (BOOKS + "Published books cannot be deleted.", ["book delete needs status != published"]),
        (
            BOOKS + "Books that are archived can't be changed.",
            ["book update needs status != archived"],
        ),
        (BOOKS + "Only published books are listed.", ["book list where status = published"]),
        (BOOKS + "Books cannot be deleted.", ["book no delete"]),
        (TASKS + "Overdue tasks are listed.", ["query task where due_date < today"]),
        (LIBRARY + "Members can borrow books.", ["book borrow makes loan", "loan can return"]),
        (LIBRARY + "Members may borrow at most three books.", ["book borrow limit loan < 3"]),
        (LIBRARY + "A member can't borrow more than 3 books.", ["book borrow limit loan < 3"]),
        (
            LIBRARY + "Members can borrow books for two weeks.",
            ["book borrow sets due_date now + 2 weeks"],
        ),
        (
            LIBRARY + "Members can borrow books. A loan lasts 21 days.",
            ["book borrow sets due_date now + 21 days"],
        ),
        (
            LIBRARY + "Books can be borrowed by one member at a time. Members can borrow books.",
            ["book borrow limit loan < 1"],
        ),
        (
            (
                "Rooms have a name. Guests have a name. A booking has a start date and an end "
                "date and belongs to a room and a guest. "
                "A room cannot be booked twice at the same time."
            ),
            ["booking create limit booking < 1"],
        ),
        (
            (
                "Courses have a title. Students have a name. Students can enroll in courses. "
                "A course has at most 20 students."
            ),
            ["course enroll limit enrollment < 20"],
        ),
    ],
)
def test_deeds(sentence: str, expected: list[str]) -> None:
    assert set(expected) <= said(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (BOOKS + "Books can be searched by title.", ["book list search title"]),
        (
            BOOKS + "Filter books by status and price range, sort by rating.",
            ["book list filter status", "book list range price", "book list sort rating"],
        ),
        (BOOKS + "Books are sortable by price and searchable by title.", ["book list sort price"]),
        (BOOKS + "Books are listed by price, cheapest first.", ["book list sort price"]),
        (BOOKS + "Show the newest books first.", ["book list sort -created_at"]),
        (SHOP + "List the orders of a customer.", ["order list under customer"]),
        (BOOKS + "Show the number of books per status.", ["figure: count book by status"]),
        (BOOKS + "How many books are there?", ["figure: count book"]),
        (
            BOOKS + "Show the average price of published books.",
            ["figure: average book.price where status = published"],
        ),
        (
            BOOKS + "List the top 5 books by rating.",
            ["query book order -rating", "query book limit 5"],
        ),
        (
            SHOP + "Show the total amount of orders per customer.",
            ["figure: sum order.amount by customer"],
        ),
        (
            SHOP + "Show the top 10 customers by revenue.",
            ["figure: sum order.amount by customer top 10"],
        ),
        (SHOP + "Show the number of orders of a customer.", ["figure: count order of customer"]),
        (
            LIBRARY + "Members can borrow books. Show the most borrowed books.",
            ["figure: count loan by book"],
        ),
    ],
)
def test_lists_and_figures(sentence: str, expected: list[str]) -> None:
    assert set(expected) <= said(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            LOGIN + TASKS + "Users see only their own tasks.",
            ["task owner user", "task list by user own"],
        ),
        (
            LOGIN + TASKS + "Users can only edit and delete their own tasks.",
            ["task update by user own", "task delete by user own"],
        ),
        (LOGIN + TASKS + "Only admins can delete tasks.", ["task delete by admin", "role admin"]),
        (LOGIN + TASKS + "Nobody except admins may delete tasks.", ["task delete by admin"]),
        (LOGIN + TASKS + "Tasks can only be deleted by admins.", ["task delete by admin"]),
        (
            LOGIN + TASKS + "Users see only their own tasks. Admins can see all tasks.",
            ["task list by admin", "task list by user own"],
        ),
        (LOGIN + TASKS + "Anyone can read tasks.", ["task list by public"]),
        (LOGIN + TASKS + "Only the author of a task can change it.", ["task update by user own"]),
        (
            "Members log in. " + TASKS + "Members can see only their own tasks.",
            ["member account", "task owner member"],
        ),
    ],
)
def test_access(sentence: str, expected: list[str]) -> None:
    assert set(expected) <= said(sentence)


@pytest.mark.parametrize(
    "clause",
    [
        "Books glow in the dark.",
        "An SMS is sent to the customer two days before.",
        "Payments are handled with Stripe.",
        "When an order is placed the stock is reduced.",
        "The best reader of the month wins a prize.",
        "Books fly away if nobody reads them.",
        "Prices are converted into other currencies.",
    ],
)
def test_what_is_not_understood_is_told(clause: str) -> None:
    found = document(BOOKS + clause)
    assert [item.quote.rstrip(".") for item in found.not_understood] == [clause.rstrip(".")]
    assert facts(found) == facts(document(BOOKS))


@pytest.mark.parametrize(
    "clause",
    [
        "It has a dark mode.",
        "There is a dashboard with charts.",
        "The page shows a big button.",
        "It should be fast.",
    ],
)
def test_screens_and_wishes_are_out_of_scope(clause: str) -> None:
    found = document(BOOKS + clause)
    assert [item.quote.rstrip(".") for item in found.out_of_scope] == [clause.rstrip(".")]
    assert facts(found) == facts(document(BOOKS))


def test_pages_of_a_book_are_no_screens() -> None:
    assert "page.book -> book" in said("A book has many pages. A page has a number and a text.")


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_accounted_for(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode().replace("\x00", "")
    inputs = SpecifyInputs(request=text)
    assert [str(problem) for problem in check(inputs, specify(inputs))] == []


@given(st.lists(st.sampled_from((BOOKS + TASKS + LIBRARY + SHOP + LOGIN).split()), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_order_of_words_is_accounted_for(words: list[str]) -> None:
    inputs = SpecifyInputs(request=" ".join(words))
    assert [str(problem) for problem in check(inputs, specify(inputs))] == []


def test_rows_in_a_state_are_no_entity_of_their_own() -> None:
    found = document(
        "Users sign up and log in. Articles have a title and a status that is one of draft, "
        "published. Users see only their own drafts. Authors can publish their articles."
    )
    assert {entity.name for entity in found.entities} == {"user", "article"}
    assert [item.quote.rstrip(".") for item in found.not_understood] == [
        "Users see only their own drafts"
    ]


def test_parts_belong_to_whom_the_whole_belongs() -> None:
    found = document(
        "Users sign up and log in. Lists have a title. Items have a name and belong to a list. "
        "Users see only their own lists."
    )
    item = next(entity for entity in found.entities if entity.name == "item")
    assert item.owner == "list.user"


def test_a_state_begins_with_the_first_that_is_named() -> None:
    found = document("Orders have a number and a status (pending, paid or shipped).")
    status = next(f for f in found.entities[0].fields if f.name == "status")
    assert status.default == "pending"
    assert any("pending" in item.text for item in found.assumptions)
