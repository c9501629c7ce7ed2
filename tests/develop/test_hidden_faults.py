"""What looks harmless and is not: state, other names, statements put together, swallowed errors."""

from __future__ import annotations

import pytest

from codex.develop.checks import check_function
from tests.corpus.kit import Specimen, contract

PURE = "def f(x: str) -> str:\n"
ROWS = "from sqlalchemy import text\ndef f(x: int, *, session: Session) -> list[str]:\n"
TRY = f"{PURE}    try:\n        return x.upper()\n"


def told(code: str) -> str:
    specimen = Specimen(code=code, examples=(), raises=("BadInput",))
    return " ".join(check_function(code, contract(specimen)).problems)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        # What one call leaves behind for the next.
        (f"@lru_cache\n{PURE}    return x\n", "without a decorator"),
        (f"SEEN = {{}}\n{PURE}    SEEN[x] = x\n    return x\n", "keep it inside"),
        (f"SEEN = []\n{PURE}    SEEN.append(x)\n    return x\n", "keep it inside"),
        (f"{PURE}    global seen\n    seen = x\n    return x\n", "keep it inside"),
        # Forbidden functions by another name.
        (f"{PURE}    read = open\n    return read(x).read()\n", "by no other name"),
        (f"{PURE}    return ''.join(map(eval, x))\n", "by no other name"),
        (f"import os\n{PURE}    return getattr(os, 'sys' + 'tem')(x)\n", "getattr() hides"),
        # Statements that were put together a line before, and writes in words.
        (
            f"{ROWS}    sql = f'SELECT {{x}}'\n    return list(session.execute(text(sql)))\n",
            "put together",
        ),
        (
            f"{ROWS}    q = 'SELECT '\n    q += str(x)\n    return [*session.exec(text(q))]\n",
            "put together",
        ),
        (f"{ROWS}    session.execute(text('DELETE FROM books'))\n    return []\n", "this writes"),
        # Every error taken for the same.
        (f"{TRY}    except Exception:\n        return ''\n", "swallowed"),
        # A branch that nobody wrote.
        (f"{PURE}    if x:\n        raise NotImplementedError\n    return x\n", "completely"),
    ],
)
def test_it_is_told(code: str, problem: str) -> None:
    assert problem in told(code)


@pytest.mark.parametrize(
    "code",
    [
        f"@cache\ndef _up(x: str) -> str:\n    return x.upper()\n\n\n{PURE}    return _up(x)\n",
        f"SIGNS = {{'a': 'b'}}\n{PURE}    return SIGNS.get(x, x)\n",
        f"SIGNS = ['a']\n{PURE}    SIGNS = [x]\n    SIGNS.append('b')\n    return SIGNS[0]\n",
        f"{TRY}    except Exception as error:\n        raise BadInput('x') from error\n",
        f"{PURE}    input = x.strip()\n    return input\n",
        f"{TRY}    except ValueError:\n        return ''\n",
        f"class A:\n    def b(self) -> int:\n      raise NotImplementedError\n{PURE}    return x\n",
    ],
)
def test_what_only_looks_like_it_is_not(code: str) -> None:
    assert told(code) == ""
