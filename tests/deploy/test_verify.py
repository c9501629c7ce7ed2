"""Services are tried in the sandbox: the sound one passes, each fault is found and blamed."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from codex.common.documents.application import Outcome
from codex.common.documents.implementation import Implementation
from codex.common.sandbox import Command, Environment, Limits, Sandbox
from codex.deploy.explained import CHECKS
from codex.deploy.jobs import FOLDER, check_files
from codex.deploy.openapi import differences
from tests.compiler import sums
from tests.deploy.verified import faults, implementation, step, subject, tried

pytestmark = pytest.mark.slow


@pytest.fixture
def data_dir() -> Generator[Path]:
    """A folder for a server; not below pytest's own, which is closed to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="codex-test-"))
    yield folder
    shutil.rmtree(folder)


def test_a_sound_service_passes_every_step(
    sandbox: Sandbox, service_environment: Environment, data_dir: Path
) -> None:
    verified = tried(subject(implementation("lending")), sandbox, service_environment, data_dir)
    assert [(item.name, item.outcome.value) for item in verified.steps] == [
        ("migrations", "passed"),
        ("migrations on Postgres", "passed"),
        ("boot", "passed"),
        ("openapi", "passed"),
        ("requests", "passed"),
        ("conventions", "passed"),
        ("access", "passed"),
        ("injections", "passed"),
        ("scenarios", "passed"),
        ("tests", "passed"),
    ], [fault.message for fault in verified.verification.faults]
    assert step(verified, "requests").figures["routes"] == 17
    assert step(verified, "scenarios").figures == {"passed": 1}
    figures = step(verified, "tests").figures
    own, covered = figures["% of its own lines covered"], figures["% of all lines covered"]
    assert isinstance(own, int)
    assert isinstance(covered, int)
    # What every service has is tried by codex's own tests, and less by those of the service.
    assert 40 < covered < own <= 100
    asked = verified.evidence["requests"]["checks"]
    assert asked["not_a_server_error"] >= asked["response_schema_conformance"] > 500
    probes = verified.evidence["access"]["routes"]
    assert "hides_foreign_objects" in probes["POST /loans/{loan_id}/return"]
    assert "hides_foreign_rows" in probes["GET /loans/{loan_id}"]
    assert {"no_token", "tampered_token", "no_algorithm", "expired_token", "wrong_role"} <= set(
        probes["POST /books"]
    )
    assert "signs_up_with_no_powers" in verified.evidence["access"]["checks"]
    for walk in ("conventions", "access", "injections"):
        assert not verified.evidence[walk]["untried"]
    for what in ("requests", "conventions", "access", "injections"):
        assert verified.evidence[what]["checks"].keys() <= CHECKS.keys(), "a check is unexplained"
    # What it says of itself is compared with the architecture in earnest.
    architecture = implementation("lending").architecture
    assert not differences(architecture, verified.openapi)
    document = verified.openapi
    book = document["components"]["schemas"]["BookRead"]["properties"]
    del book["title"]
    del document["paths"]["/loans/overdue"]
    document["paths"]["/books"]["post"]["responses"]["200"] = {}
    document["paths"]["/books"]["get"]["parameters"].pop()
    document["paths"]["/books/{book_id}"]["delete"]["responses"].pop("403")
    document["paths"]["/odd"] = {"get": {}}
    told = {item["route"]: item["message"] for item in differences(architecture, document)}
    assert told["GET /odd"] == "it is served, and the architecture does not have it"
    assert told["GET /loans/overdue"] == "it is not served"
    assert told["GET /books/{book_id}"] == "the fields of its answer lack title"
    assert "200, 201 instead of 201" in told["POST /books"]
    assert "query parameters lack" in told["GET /books"] or "items lack" in told["GET /books"]
    assert "403" in told["DELETE /books/{book_id}"]


def test_what_is_wrong_is_found_and_the_right_function_is_blamed(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    """Faults of functions, of access, of SQL and of bodies, all in one service."""
    books, loans = "app/routes/books.py", "app/functions/loans.py"
    edits = {
        # Right by itself; it breaks where the service has its usual settings.
        loans: ("days=settings.loan_days", "days=1 // (settings.loan_days - 14)"),
        f"{books}#1": (
            'book_id: RowId, user: Annotated[User, Depends(require("librarian"))], database: Db\n',
            "book_id: RowId, user: Annotated[User, Depends(require())], database: Db\n",
        ),
        f"{books}#2": ("matches(q, Book.title)", "text(f\"title = '{q}'\")"),
        f"{books}#3": ("from sqlmodel import select", "from sqlmodel import select, text"),
        f"{books}#4": ("book = Book(**body", "book = Book(id=5, **body"),
    }
    verified = tried(subject(implementation("lending"), edits), sandbox, service_environment)
    assert not verified.verification.passed
    borrow = "POST /books/{book_id}/borrow"
    crashed = faults(verified, "requests")[borrow]
    assert crashed.function == "borrow_book"
    assert "not_a_server_error" in crashed.message
    assert "ZeroDivisionError" in crashed.message
    played = faults(verified, "scenarios")[borrow]
    assert played.function == "borrow_book"
    assert "step 2" in played.message
    assert step(verified, "scenarios").figures == {"failed": 1}
    assert {"wrong_role"} == {
        fault.message.partition(":")[0] for fault in step(verified, "access").faults
    }
    assert faults(verified, "access")["DELETE /books/{book_id}"].function is None
    assert "injections" in faults(verified, "injections")["GET /books"].message
    assert "GET /books" in faults(verified, "conventions")
    assert "takes_no_hidden_fields" in faults(verified, "conventions")["POST /books"].message
    assert step(verified, "migrations").outcome is Outcome.PASSED
    # Only what has a function behind it goes back to be written again.
    blamed = {fault.function for fault in verified.verification.faults} - {None}
    assert blamed == {"borrow_book"}


def test_a_function_that_is_wrong_without_breaking_is_blamed_by_its_route(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    wrong = """
def list_overdue(*, session: Session, now: datetime) -> list[Loan]:
    return list(session.exec(select(Loan)))[1:]
"""
    verified = tried(
        subject(implementation("lending", list_overdue=wrong)), sandbox, service_environment
    )
    assert [item.name for item in verified.steps if item.outcome is Outcome.FAILED] == ["scenarios"]
    fault = faults(verified, "scenarios")["GET /loans/overdue"]
    assert fault.function == "list_overdue"
    assert "step 4" in fault.message


def test_broken_ground_blames_no_function(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    edits = {
        "app/migrations/versions/0001_initial.py": ('sa.Column("title"', 'sa.Column("titel"'),
        "tests/test_scenarios.py": ("def test_r1", "def not_a_test_any_more"),
    }
    verified = tried(subject(implementation("lending"), edits), sandbox, service_environment)
    assert "the columns of books differ: titel, title" in step(verified, "migrations").detail
    assert step(verified, "migrations on Postgres").outcome is Outcome.SKIPPED
    assert step(verified, "migrations on Postgres").detail
    assert "POST /books" in faults(verified, "requests")
    assert {fault.function for fault in verified.verification.faults} == {None}
    assert "'a loan becomes overdue' was not played" in step(verified, "scenarios").detail


def test_a_service_that_cannot_be_imported_says_where(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    edits = {"app/functions/loans.py": ("def borrow_book(", "def borrow_book(:")}
    verified = tried(subject(implementation("lending"), edits), sandbox, service_environment)
    for name in ("boot", "openapi", "requests", "tests"):
        assert step(verified, name).outcome is Outcome.FAILED, name
    assert "SyntaxError" in step(verified, "boot").detail
    assert "loans.py, line 13" in step(verified, "boot").detail
    assert {fault.function for fault in step(verified, "boot").faults} == {"borrow_book"}


def test_a_service_that_keeps_nothing_is_tried_without_a_database(
    sandbox: Sandbox, service_environment: Environment, data_dir: Path
) -> None:
    built = Implementation(
        architecture=sums.architecture(), functions=tuple(sums.FUNCTIONS.values())
    )
    verified = tried(subject(built), sandbox, service_environment, data_dir)
    assert verified.verification.passed, verified.verification.faults
    assert step(verified, "migrations").outcome is Outcome.SKIPPED
    assert step(verified, "access").outcome is Outcome.SKIPPED
    assert not list(data_dir.iterdir()), "a server was started for nothing"


# Worked out by hypothesis itself, then as it is handed to it: with what that spares it.
_TWICE = f"""
import json, shutil, sys, time
sys.path.insert(0, "{FOLDER}")
import fuzz
from hypothesis.internal import charmap

def told():
    both = [list(map(list, item.intervals)) for item in charmap.intervals_from_codec("utf-8")]
    charmap.intervals_from_codec.cache_clear()
    return both

own = told()
shutil.rmtree(".hypothesis")
fuzz.warm()
kept = sorted(str(path.name) for path in charmap.charmap_file().parent.iterdir())
print(json.dumps({{"own": own, "handed": told(), "kept": kept}}))
"""


def test_what_hypothesis_is_handed_is_what_it_would_work_out(
    sandbox: Sandbox, service_environment: Environment
) -> None:
    command = Command(
        ["python", "-c", _TWICE],
        environment=service_environment,
        files=check_files(implementation("notes").architecture),
        limits=Limits(cpu_seconds=60, wall_seconds=120, memory_mb=1024),
    )
    result = asyncio.run(sandbox.run(command))
    told = json.loads(result.stdout or result.stderr)
    assert told["own"] == told["handed"] == [[[0, 0xD7FF], [0xE000, 0x10FFFF]], []]
    # It reads the file that it was handed: it would have written one of another name.
    assert [name for name in told["kept"] if name.startswith("codec")] == ["codec-v2-utf-8.json.gz"]
