"""Static checks: what is right passes, what is wrong is told, what can be mended safely is."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.compiler.vocabulary import Vocabulary
from codex.develop.checks import Checked, Contract, check_function, load_policy
from codex.develop.checks.names import undefined_names
from tests.common.documents import samples

ARCHITECTURE = samples.architecture()
VOCABULARY = Vocabulary.of(ARCHITECTURE)


def contract(name: str = "count_open_loans", policy: Any = "curated", **changes: Any) -> Contract:
    definition = ARCHITECTURE.function(name)
    assert definition is not None
    definition = FunctionDefinition.model_validate({**definition.model_dump(), **changes})
    return Contract(definition, VOCABULARY, load_policy(policy), frozenset(definition.calls))


def pure(**changes: Any) -> Contract:
    """`def total(values: list[int], factor: int = 2) -> int`."""
    values: dict[str, Any] = {
        "name": "total",
        "description": "The sum of all values, times the factor.",
        "parameters": [
            {"name": "values", "type": "list[int]"},
            {"name": "factor", "type": "int", "default": "2"},
        ],
        "return_type": "int",
    }
    definition = FunctionDefinition.model_validate(values | changes)
    return Contract(definition, VOCABULARY, load_policy("curated"))


HEADER = "def total(values: list[int], factor: int = 2) -> int:\n"
GOOD = HEADER + "    return sum(values) * factor\n"


def told(checked: Checked) -> str:
    return " ".join(checked.problems)


def test_what_is_right_passes_as_it_is() -> None:
    checked = check_function(GOOD, pure())
    assert checked.passed
    assert checked.code == GOOD
    assert [item.name for item in checked.evidence if not item.passed] == []


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        # It is not there, or not as the contract says.
        ("def total(values: list[int], factor: int = 2) -> int:\nreturn 1", "Line 2"),
        ("x" * 5 + "\x00", "null bytes"),
        ("(" * 9000, "too many nested"),
        ("def sums(values: list[int], factor: int = 2) -> int:\n    return 1", "defines sums"),
        ("total = lambda values, factor=2: 1", "does not define total"),
        (GOOD + GOOD, "2 times"),
        ("def total(values: list[int]) -> int:\n    return sum(values)", "takes (values)"),
        (
            "def total(factor: int, values: list[int]) -> int:\n    return sum(values) * factor",
            "takes (factor, values)",
        ),
        (
            "def total(values: list[int], factor: int = 2, extra: int = 0) -> int:\n    return 1",
            "takes (values, factor, extra)",
        ),
        (
            GOOD.replace("= 2", "= 3"),
            "the default 3",
        ),
        (
            "def total(values: list[int], factor: int) -> int:\n    return sum(values) * factor",
            "no default",
        ),
        (
            GOOD.replace("list[int]", "list[str]"),
            "annotated list[str]",
        ),
        (
            "def total(values: list[int], factor: int = 2) -> str:\n    return str(sum(values))",
            "annotated to return str",
        ),
        ("def total(*args: int) -> int:\n    return sum(args)", "exactly its contract's"),
        (
            "def total(values: list[int], *, factor: int = 2) -> int:\n    return 1",
            "takes (values, *",
        ),
        (
            "async def total(values: list[int], factor: int = 2) -> int:\n    return await f(1)",
            "must not be async",
        ),
        # It does nothing.
        (HEADER + "    pass", "empty body"),
        (HEADER + "    ...", "empty body"),
        (HEADER + '    """Sum."""', "empty body"),
        (HEADER + "    raise NotImplementedError", "NotImplementedError"),
        (HEADER + "    raise NotImplementedError('later')", "NotImplementedError"),
        (HEADER + "    # TODO: weigh them\n    return sum(values) * factor", "promises work"),
        # Names.
        (HEADER + "    return add_up(values) * factor", "add_up is not defined"),
        (HEADER + "    return summ(values) * factor", "summ is not defined"),
        (HEADER + "    return borrow_book(1)", "does not let it call"),
        ("def Loan() -> int:\n    return 1\n\n\n" + GOOD, "another meaning"),
        ("Decimal = 3\n\n\n" + GOOD, "another meaning"),
        ("import math as date\n\n\n" + GOOD, "another meaning"),
        ("from app.models import Sofa\n\n\n" + GOOD, "imports Sofa"),
        ("from app.models import *\n\n\n" + GOOD, "imports everything"),
        # Packages and effects.
        ("import pandas\n\n\n" + GOOD, "pandas, which is not on the list"),
        ("import requests\n\n\n" + GOOD, "reaches no network"),
        ("import subprocess\n\n\n" + GOOD, "subprocess"),
        ("import socket\n\n\n" + GOOD, "socket"),
        ("from urllib import request\n\n\n" + GOOD, "urllib.request"),
        ("import pickle\n\n\n" + GOOD, "pickle"),
        ("import ctypes\n\n\n" + GOOD, "ctypes"),
        ("import importlib\n\n\n" + GOOD, "importlib"),
        (HEADER + "    return eval('1')", "eval()"),
        (HEADER + "    return __import__('os').getpid()", "__import__()"),
        (HEADER + "    open('/tmp/x', 'w').write('1')\n    return 1", "touches files"),
        ("import os\n\n\n" + HEADER + "    os.system('ls')\n    return 1", "os.system()"),
        ("import os\n\n\n" + HEADER + "    return int(os.environ['X'])", "environment"),
        (HEADER + "    return len((1).__class__.__bases__)", "__bases__"),
        (HEADER + "    print(values)\n    return 1", "print()"),
        (HEADER + "    return datetime.now().year", "datetime.now()"),
        ("import time\n\n\n" + HEADER + "    time.sleep(1)\n    return 1", "time.sleep()"),
        ("import datetime\n\n\n" + HEADER + "    return datetime.date.today().day", "date.today()"),
        (HEADER + "    raise Conflict()", "Conflict is raised"),
        (
            HEADER
            + "    try:\n        return 1\n    except Exception:\n        pass\n    return 0",
            "swallowed",
        ),
        # ruff's faults.
        (HEADER + "    assert (values, 'empty')\n    return 1", "F631"),
        (HEADER + "    return hashlib.md5(b'x').digest()[0]", "S324"),
    ],
)
def test_what_is_wrong_is_told(code: str, problem: str) -> None:
    checked = check_function(code, pure())
    assert not checked.passed
    assert problem in told(checked)
    assert checked.evidence[-1].passed is False or any(not item.passed for item in checked.evidence)


SESSION = "def count_open_loans(member_id: int, *, session: Session) -> int:\n"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("    return session.exec(text(f'select {member_id}')).one()", "put together"),
        ("    return session.execute('select ' + str(member_id)).one()", "put together"),
        ("    return session.exec('select {}'.format(member_id)).one()", "put together"),
        ("    return session.exec('select %s' % member_id).one()", "put together"),
        ("    session.add(Loan(member_id=member_id))\n    return 1", "names no table"),
        ("    session.exec(delete(Loan))\n    return 1", "names no table"),
        ("    session.commit()\n    return 1", "session.commit()"),
        ("    raise LoanLimitReached", "LoanLimitReached is raised"),
        ("    raise HTTPException(404)", "HTTPException"),
    ],
)
def test_queries_and_transactions(body: str, problem: str) -> None:
    assert problem in told(check_function(SESSION + body, contract()))


def test_known_names_get_their_imports() -> None:
    body = "    return session.exec(select(func.count()).select_from(Loan)).one()\n"
    checked = check_function(SESSION + body, contract())
    assert checked.passed, checked.problems
    imported = {
        (node.module, item.name)
        for node in ast.parse(checked.code).body
        if isinstance(node, ast.ImportFrom)
        for item in node.names
    }
    assert imported == {
        ("app.models", "Loan"),
        ("sqlmodel", "Session"),
        ("sqlmodel", "func"),
        ("sqlmodel", "select"),
    }


@pytest.mark.parametrize(
    "wrong", ["from models import Loan", "from .models import Loan", "from app.schemas import Loan"]
)
def test_imports_from_the_wrong_place_are_set_right(wrong: str) -> None:
    body = "    return session.exec(select(func.count()).select_from(Loan)).one()\n"
    checked = check_function(f"{wrong}\n\n\n{SESSION}{body}", contract())
    assert checked.passed, checked.problems
    assert "from app.models import Loan" in checked.code
    assert any("imports from where" in item.mended for item in checked.evidence)


@pytest.mark.parametrize(
    "header",
    [
        "def total(values, factor=2):",
        "def total(values: list[int], factor = 2) -> int:",
        "def total(\n    values: list[int],  # all of them: every one\n    factor: int = 2,\n):",
        "async def total(values: list[int], factor: int = 2) -> int:",
        "def total(values: 'list[int]', factor: int = 2) -> 'int':",
    ],
)
def test_a_header_that_says_less_is_completed(header: str) -> None:
    checked = check_function(f"{header}\n    return sum(values) * factor\n", pure())
    assert checked.passed, checked.problems
    assert ast.unparse(ast.parse(checked.code)).replace("'", "") == ast.unparse(ast.parse(GOOD))


def test_a_module_that_hides_a_class_is_renamed() -> None:
    code = "import datetime\n\n\n" + HEADER
    code += "    return datetime.timedelta(days=sum(values)).days * factor\n"
    checked = check_function(code, pure())
    assert checked.passed, checked.problems
    assert "import datetime as datetime_module" in checked.code
    assert "datetime_module.timedelta" in checked.code


def test_helpers_beside_it_are_kept() -> None:
    code = (
        "from functools import reduce\n\nLIMIT = 10\n\n\nclass _Sum:\n    value = 0\n\n\n"
        "def _add(a: int, b: int) -> int:\n    return min(a + b, LIMIT)\n\n\n"
        + HEADER
        + "    return reduce(_add, values, _Sum.value) * factor\n"
    )
    checked = check_function(code, pure())
    assert checked.passed, checked.problems
    assert "class _Sum" in checked.code
    assert "def _add" in checked.code


def test_a_constant_is_no_answer_when_examples_differ() -> None:
    examples = (Example(args={"values": [1]}, returns=2), Example(args={"values": [2]}, returns=4))
    varying = pure(examples=[item.model_dump() for item in examples])
    assert "always returns 2" in told(check_function(HEADER + "    return 2", varying))
    same = pure(examples=[examples[0].model_dump()])
    assert check_function(HEADER + "    return 2", same).passed


def test_effects_that_the_contract_names_are_allowed() -> None:
    code = "from pathlib import Path\n\n\n" + HEADER + "    return len(Path('x').read_text())\n"
    assert not check_function(code, pure()).passed
    assert check_function(code, pure(effects=["files"])).passed


def test_packages_follow_from_imports() -> None:
    code = "import yaml\nfrom dateutil import tz\nimport json\n\n\n" + HEADER
    code += "    return len(json.dumps(yaml.safe_load('1'))) + len(str(tz.UTC))\n"
    checked = check_function(code, pure())
    assert checked.passed, checked.problems
    assert [item.name for item in checked.packages] == ["python-dateutil", "pyyaml"]
    anything = Contract(pure().definition, VOCABULARY, load_policy("any"))
    free = check_function(
        "import pandas\n\n\n" + HEADER + "    return pandas.Series(values).sum()", anything
    )
    assert [item.name for item in free.packages] == ["pandas"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("x = y", {"y"}),
        ("def f():\n    return x\nx = 1", set[str]()),
        ("def f(a):\n    b = a\n    return [c for c in b if d]", {"d"}),
        ("def f():\n    global g\n    g = 1\ndef h():\n    return g", set[str]()),
        ("class A:\n    b: C = D", {"C", "D"}),
        ("try:\n    a()\nexcept E as e:\n    print(e)", {"a", "E"}),
        (
            "def f(x: T) -> U:\n    def g():\n        nonlocal x\n        x = V\n    return g",
            {"T", "U", "V"},
        ),
        ("lambda a, *b, c=d, **e: (a, b, c, e, f)", {"d", "f"}),
        ("with a as b:\n    b.c", {"a"}),
        ("match a:\n    case {'x': y}:\n        y", {"a"}),
        ("import a.b\na.b.c", set[str]()),
        ("[(x := 1), x]", set[str]()),
    ],
)
def test_undefined_names_are_those_that_nothing_binds(code: str, names: set[str]) -> None:
    assert undefined_names(code) == names
