"""Right and wrong code for the sample library, and a scripted model that hands it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codex.common.model.base import Question
from codex.common.model.scripted import Scripted

RIGHT: Mapping[str, str] = {
    "add_loan": """
def add_loan(member_id: int, book_id: int, *, session: Session) -> Loan:
    loan = Loan(member_id=member_id, book_id=book_id)
    session.add(loan)
    session.flush()
    return loan
""",
    "label_book": """
def label_book(book: Book) -> str:
    return f"{book.title} ({book.status})"
""",
    "remind_members": """
def remind_members(*, session: Session, now: datetime) -> None:
    statement = select(Loan).where(col(Loan.returned_at).is_(None), col(Loan.created_at) < now)
    for loan in session.exec(statement):
        send_mail(loan.member.email)
""",
    "export_titles": """
def export_titles(prefix: str | None = None, *, session: Session) -> str:
    return join_titles(prefix, session=session)
""",
    "join_titles": """
def join_titles(prefix: str | None, *, session: Session) -> str:
    query = select(Book.title).order_by(col(Book.title))
    if prefix:
        query = query.where(col(Book.title).startswith(prefix, autoescape=True))
    return "\\n".join(session.exec(query).all())
""",
    "count_open_loans": """
def count_open_loans(member_id: int, *, session: Session) -> int:
    statement = (
        select(func.count())
        .select_from(Loan)
        .where(col(Loan.member_id) == member_id, col(Loan.returned_at).is_(None))
    )
    return session.exec(statement).one()
""",
    "borrow_book": """
def borrow_book(
    book_id: int, *, session: Session, user: Member, now: datetime, settings: Settings
) -> Loan:
    if count_open_loans(user.id, session=session) >= settings.loan_limit:
        raise LoanLimitReached
    return add_loan(user.id, book_id, session=session)
""",
}

Answers = Mapping[str, Sequence[str]]


def fenced(code: str) -> str:
    """Code as a model gives it."""
    return f"Here it is:\n\n```python\n{code.strip()}\n```\n"


def writer(answers: Answers | None = None, *, name: str = "writer", cases: bool = True) -> Scripted:
    """A model that writes the right code, but for `answers` by function, which come in turn.

    An answer may also begin with QUESTION. A model of another name has a journal of its own.
    """
    turns: dict[str, int] = {}

    def reply(question: Question) -> str:
        function = str(getattr(question.inputs, "definition").name)  # noqa: B009 any chain's inputs
        if question.chain == "develop/write_tests":
            return '{"examples": [' + (CASE[function] if cases else "") + "]}"
        if question.chain == "architect/answer":
            return '{"answer": "Both count.", "addition": "Both count.", "examples": []}'
        own = (answers or {}).get(function)
        if own is None:
            return fenced(RIGHT[function])
        turn = turns.get(function, 0)
        turns[function] = turn + 1
        text = own[min(turn, len(own) - 1)]
        return text if text.startswith("QUESTION") else fenced(text)

    return Scripted(otherwise=reply, name=name)


# One case of the tester for each function; without one the chain would be asked in vain.
CASE: Mapping[str, str] = {
    "add_loan": '{"given": {"members": [{}], "books": [{}]}, "args": {"member_id": "members:1",'
    ' "book_id": "books:1"}, "returns": {"member_id": 1, "returned_at": null}}',
    "label_book": '{"given": {"books": [{"title": "Emma"}]}, "args": {"book": "books:1"},'
    ' "returns": "Emma (in)"}',
    "remind_members": '{"args": {"now": "2026-01-01T00:00:00Z"}, "returns": null}',
    "export_titles": '{"given": {"books": [{"title": "B"}, {"title": "A"}]},'
    ' "args": {"prefix": null}, "returns": "A\\nB"}',
    "join_titles": '{"given": {"books": [{"title": "B%"}, {"title": "BA"}]},'
    ' "args": {"prefix": "B%"}, "returns": "B%"}',
    "count_open_loans": '{"given": {"members": [{}, {}], "loans": [{"member_id": "members:1"},'
    ' {"member_id": "members:2"}]}, "args": {"member_id": "members:2"}, "returns": 1}',
    "borrow_book": '{"given": {"members": [{}], "books": [{}]}, "args": {"book_id": "books:1",'
    ' "user": "members:1", "now": "2026-01-01T00:00:00Z"}, "returns": {"member_id": 1},'
    ' "then": {"loans": [{"book_id": 1, "returned_at": null}]}}',
}
