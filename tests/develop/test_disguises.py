"""The same faults in other clothes are found, and right code in unusual ones is not refused."""

from __future__ import annotations

import pytest

from codex.develop.checks import Checked, check_function
from tests.corpus.kit import Specimen, contract, example

PURE = "def total(values: list[int]) -> int:"
ROWS = "def find_loans(user_id: int, *, session: Session) -> list[Loan]:"
VARYING = (example(3, values=[1]), example(4, values=[2]))


def said(
    header: str, body: str, before: str = "", *, examples: tuple[object, ...] = (), **more: object
) -> Checked:
    """What the checks say of a function with this header, whose contract has the same one."""
    code = "\n".join([*before.splitlines(), header, *(f"    {line}" for line in body.splitlines())])
    known = Specimen(f"{header}\n    return None\n", examples, **more)  # type: ignore[arg-type]
    return check_function(code + "\n", contract(known))


@pytest.mark.parametrize(
    ("before", "body", "problem"),
    [
        # Files.
        ("import io", "io.open('x', 'w')\nreturn 1", "io.open() touches files"),
        ("import codecs", "codecs.open('x', 'w')\nreturn 1", "touches files"),
        ("import gzip", "gzip.open('x', 'w')\nreturn 1", "gzip.open() touches files"),
        ("import zipfile", "zipfile.ZipFile(f'{values}.zip')\nreturn 1", "touches files"),
        ("from os import remove", "remove('x')\nreturn 1", "os.remove() touches files"),
        ("import os as system", "system.remove('x')\nreturn 1", "os.remove() touches files"),
        ("import os", "it = os\nit.remove('x')\nreturn 1", "os.remove() touches files"),
        ("import logging", "logging.FileHandler('x')\nreturn 1", "touches files"),
        # Processes, the network, the environment.
        ("import os as o", "o.system('ls')\nreturn 1", "os.system() starts or ends processes"),
        ("from os import execv", "execv('ls', [])\nreturn 1", "starts or ends processes"),
        ("import asyncio", "asyncio.create_subprocess_shell('ls')\nreturn 1", "processes"),
        ("import asyncio", "asyncio.open_connection('a', 1)\nreturn 1", "reaches the network"),
        ("import redis", "return len(redis.Redis().keys())", "reaches no network"),
        ("from os import environ", "return len(environ)", "the environment"),
        # Clocks.
        ("", "now = datetime.now\nreturn now().day", "datetime.now()"),
        ("from time import perf_counter", "return int(perf_counter())", "time.perf_counter()"),
        ("", "return len(str(select(func.now())))", "func.now()"),
        ("from time import sleep", "sleep(1)\nreturn 1", "time.sleep()"),
        # What holds for every other function too.
        ("", "random.seed(1)\nreturn 1", "whole service"),
        ("", "total.count = 1\nreturn 1", "leaves behind"),
        ("", "Book.title = 'x'\nreturn 1", "leaves behind"),
        ("", "setattr(math, 'pi', 3)\nreturn 1", "leaves behind"),
        ("from decimal import getcontext", "getcontext().prec = 3\nreturn 1", "leaves behind"),
        # Ways around.
        ("", "return len(attrgetter('__base__.__subclasses__')(int)())", "in the runtime"),
        ("", "return len(getattr(int, '__sub' + 'classes__')())", "getattr() hides"),
        ("import app.main", "return len(app.main.__name__)", "imports the module app.main"),
        ("", "try:\n    return 1\nexcept (Exception, ValueError):\n    return 0", "swallowed"),
        ("", "with suppress(Exception):\n    return 1\nreturn 0", "swallowed"),
        # Not written yet.
        ("", "return 0  # stub implementation", "promises work"),
        ("", "# In a real application this asks the bank.\nreturn 0", "promises work"),
        ("", "'''TODO: implement'''\nreturn sum(values)", "promises work"),
        ("", "raise Exception('not implemented')", "not implemented"),
        ("", "raise NotImplemented", "not implemented"),
        ("", "return NotImplemented", "not implemented"),
        # The shape.
        ("", "yield sum(values)", "yields"),
        ("total_of = sum\nprint(total_of([1]))", "return sum(values)", "when the module is"),
        ("import asyncio", "asyncio.sleep(1)\nreturn 1", "write `await`"),
        ("async def _one() -> int:\n    return 1", "_one()\nreturn 1", "write `await`"),
    ],
)
def test_faults_in_other_clothes(before: str, body: str, problem: str) -> None:
    assert problem in " ".join(said(PURE, body, before).problems)


@pytest.mark.parametrize("body", ["result = 3\nreturn result", "if True:\n    return 3\nreturn 4"])
def test_an_answer_learned_by_heart(body: str) -> None:
    told = " ".join(said(PURE, body, examples=VARYING).problems)
    assert "looks at none of its parameters" in told
    assert said(PURE, body, examples=VARYING[:1]).passed


@pytest.mark.parametrize(
    "body",
    [
        "sql = 'select {}'\nsql = sql.replace('{}', str(user_id))\nreturn session.exec(text(sql))",
        "return session.exec(text(_sql(user_id)))",
        "parts = ['select', str(user_id)]\nreturn session.exec(text(' '.join(parts)))",
    ],
)
def test_sql_that_is_not_written_out(body: str) -> None:
    before = "def _sql(number: int) -> str:\n    return f'select {number}'"
    assert "put together" in " ".join(said(ROWS, body, before).problems)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("statement = delete(Loan)\nsession.exec(statement)\nreturn []", "names no table"),
        ("session.bulk_insert_mappings(Loan, [])\nreturn []", "names no table"),
        (
            "session.exec(text('with a as (select 1) delete from loans'))\nreturn []",
            "names no table",
        ),
        ("engine = session.get_bind()\nreturn []", "session.get_bind()"),
        ("other = session\nother.close()\nreturn []", "session.close()"),
        ("other = session\nother.commit()\nreturn []", "session.commit()"),
    ],
)
def test_the_session_under_another_name(body: str, problem: str) -> None:
    assert problem in " ".join(said(ROWS, body).problems)


def test_what_a_script_would_run_is_taken_away() -> None:
    code = (
        f"{PURE}\n    return sum(values)\n\n\nif __name__ == '__main__':\n    print(total([1]))\n"
    )
    known = Specimen(f"{PURE}\n    return 1\n", ())
    checked = check_function(code, contract(known))
    assert checked.passed, checked.problems
    assert "__main__" not in checked.code
    assert checked.code.rstrip().endswith("return sum(values)")


@pytest.mark.parametrize(
    ("header", "body", "before"),
    [
        (
            "def pack(values: list[str]) -> bytes:",
            (
                "buffer = io.BytesIO()\nwith zipfile.ZipFile(buffer, 'w') as archive:\n"
                "    for value in values:\n        archive.writestr(value, value)\n"
                "return buffer.getvalue()"
            ),
            "import zipfile",
        ),
        (
            "def third(amount: Decimal) -> Decimal:",
            "with localcontext() as context:\n    context.prec = 6\n    return amount / 3",
            "",
        ),
        (
            "def count(kind: str, *, session: Session) -> int:",
            (
                "queries = {'a': 'select 1', 'b': 'select ' '2'}\n"
                "return session.execute(text(queries[kind])).scalar_one()"
            ),
            "",
        ),
        (
            "def restock(book_id: int, *, session: Session) -> None:",
            "get_or_404(session, Book, book_id).stock += 1",
            "",
        ),
        (
            "def rename(book_id: int, body: BookUpdate, *, session: Session) -> Book:",
            (
                "book = get_or_404(session, Book, book_id)\n"
                "for name, value in body.model_dump(exclude_unset=True).items():\n"
                "    setattr(book, name, value)\nreturn book"
            ),
            "",
        ),
        ("def shout(text: str) -> str:", "return text.upper()", ""),
        ("def is_time(time: str) -> bool:", "return bool(re.match('..:..', time))", ""),
        ("def positive(values: list[int]) -> Iterator[int]:", "yield from values", ""),
        (
            PURE,
            "return _Square(len(values)).area()",
            (
                "class _Flat:\n    def area(self) -> int:\n        raise NotImplementedError\n\n\n"
                "class _Square(_Flat):\n    def __init__(self, side: int) -> None:\n"
                "        self.s = side\n\n    def area(self) -> int:\n        return self.s**2"
            ),
        ),
        (
            PURE,
            "return len(_Node(value=len(values)).model_dump())",
            (
                "from __future__ import annotations\n\nfrom pydantic import BaseModel\n\n\n"
                "class _Node(BaseModel):\n    value: int\n    next: _Node | None = None\n\n\n"
                "_Node.model_rebuild()"
            ),
        ),
        (PURE, "'''Of a todo list, what is open.'''\nreturn sum(values)", ""),
        (PURE, "found: Optional[int] = max(values)\nreturn floor(found or os.cpu_count())", ""),
    ],
)
def test_right_code_in_unusual_clothes(header: str, body: str, before: str) -> None:
    assert said(header, body, before).problems == ()
