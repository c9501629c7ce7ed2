"""Where SQLite alone would differ from Postgres: decimals of several units, and letters."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest

from codex.common.documents.rules import Comparison
from codex.common.documents.schema import CheckSide, CheckTerm, DatabaseTable
from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from codex.compiler.sql_text import terms_sql
from tests.architectures.build import column, crud, integer, money, service
from tests.compiler.services import LIMITS, answer
from tests.fixtures_database import TestServer

LINES = DatabaseTable(
    name="lines",
    model="Line",
    columns=(
        money("price"),
        money("fee", precision=14, scale=4),
        integer("quantity"),
        column("share", "float"),
    ),
)

SCRIPT = """
import json, sys
from decimal import Decimal
from sqlalchemy import Float, String, case, cast
from sqlmodel import col, func, select
from app.database import Database
from app.migrate import upgrade
from app.models import Line

database = Database(sys.argv[1])
upgrade(database)
price, fee, quantity, share = (
    col(item) for item in (Line.price, Line.fee, Line.quantity, Line.share)
)
with database.transaction(write=True) as session:
    values = {"fee": Decimal("0.1234"), "quantity": 3, "share": 0.5}
    session.add(Line(price=Decimal("2.50"), **values))
found = {}
with database.transaction(write=False) as session:
    for text in json.loads(sys.argv[2]):
        found[text] = str(session.exec(select(eval(text))).one())
print("RESULT " + json.dumps(found))
"""

EXPECTED: dict[str, float | bool | str] = {
    "price + fee": 2.6234,
    "fee - price": -2.3766,
    "price - quantity": -0.5,
    "quantity - price": 0.5,
    "fee - (price + quantity)": -5.3766,
    "price > fee": True,
    "price >= quantity": False,
    "quantity > price": True,
    "share < price": True,
    "quantity * price": 7.5,
    "quantity / price": 1.2,
    "share + price": 3.0,
    "share * price": 1.25,
    "price / func.nullif(price, 0)": 1,
    "case((quantity > 5, price), else_=Decimal('1.5'))": 1.5,
    "func.coalesce(func.nullif(price, Decimal('2.5')), Decimal('1.5'))": 1.5,
    "cast(price, Float)": 2.5,
    "cast(price, String)": "2.50",
    "price - select(func.sum(fee)).scalar_subquery()": 2.3766,
    "func.lower('ÄÉ') == 'äé'": True,
}


@pytest.fixture
def database(database_server: TestServer) -> Generator[str]:
    """The address of an empty database on Postgres."""
    database_server.create("decimals")
    yield database_server.url("decimals")
    database_server.drop("decimals")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_both_answer_alike(
    kind: str,
    sandbox: Sandbox,
    service_environment: Environment,
    request: pytest.FixtureRequest,
) -> None:
    url, sockets = "sqlite:///lines.db", list[Path]()
    if kind == "postgres":
        url = request.getfixturevalue("database")
        server: TestServer = request.getfixturevalue("database_server")
        sockets = [server.embedded.socket_folder()]
    files = {
        item.path: item.content
        for item in compile_service(service("lines", "Lines", (LINES,), crud(LINES))).files
    }
    command = Command(
        ["python", "agree.py", url, json.dumps(list(EXPECTED))],
        environment=service_environment,
        files={**files, "agree.py": SCRIPT},
        env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        sockets=sockets,
        limits=LIMITS,
    )
    found = answer(sandbox, command)
    for text, wanted in EXPECTED.items():
        if isinstance(wanted, bool | str):
            assert found[text] == str(wanted), text
        else:
            assert float(found[text]) == pytest.approx(wanted), text


def test_a_check_compares_in_one_unit() -> None:
    def sql(one: str, other: str) -> tuple[str, str]:
        term = CheckTerm(column=one, op=Comparison.LE, other=CheckSide(column=other))
        return terms_sql((term,), LINES)

    assert sql("price", "fee") == ("price <= fee", "price * 100 <= fee")
    assert sql("quantity", "price") == ("quantity <= price", "quantity * 100 <= price")
    assert sql("price", "price") == ("price <= price", "price <= price")
