"""Database functions on a real Postgres: what differs is told, nobody gets further."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from codex.common.config import Settings
from codex.common.documents.codegraph import FunctionKind
from codex.common.errors import DatabaseUnavailable
from codex.common.sandbox import Environment, Environments, Sandbox
from codex.compiler import compile_service
from codex.develop import stage
from codex.develop.bench import Bench, Outcome
from codex.develop.checks import check_function
from codex.develop.postgres import NAME, Postgres, open_postgres
from codex.develop.trial import make_case
from codex.runtime import open_runtime
from tests.common.documents import samples
from tests.corpus.kit import Specimen, contract, example
from tests.corpus.world import architecture
from tests.develop.scripts import writer
from tests.fixtures_database import TestServer

pytestmark = pytest.mark.slow


async def tried(bench: Bench, specimen: Specimen) -> Outcome:
    definition = specimen.definition.model_copy(update={"kind": FunctionKind.SHARED})
    world = architecture().model_copy(update={"shared": (definition,)})
    code = check_function(specimen.code, contract(specimen)).code
    case = make_case(world, definition, specimen.examples[0], {definition.name: code})
    return await bench.try_case(case)


def left(server: TestServer) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.url("postgres")) as connection:
        return connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE %(name)s "
            "UNION SELECT datname FROM pg_database WHERE datname LIKE %(name)s",
            {"name": f"{NAME}%"},
        ).fetchall()


ADDS = Specimen(
    code="""
def add_author(name: str, *, session: Session) -> Author:
    author = Author(name=name)
    session.add(author)
    session.flush()
    return author
""",
    examples=(
        example(
            {"id": 3, "name": "Eco"},
            given={"authors": [{"name": "Ada"}, {"name": "Bo"}]},
            then={"authors": [{"name": "Ada"}, {"name": "Bo"}, {"name": "Eco"}]},
            name="Eco",
        ),
    ),
    writes=("authors",),
)
# SQLite puts what is missing first, Postgres last.
LISTS = Specimen(
    code="""
def list_authors(*, session: Session) -> list[str]:
    statement = select(Author.name).order_by(col(Author.born))
    return list(session.exec(statement).all())
""",
    examples=(
        example(["Ada", "Bo"], given={"authors": [{"name": "Bo", "born": 1900}, {"name": "Ada"}]}),
    ),
    reads=("authors",),
)
# What a function tries that looks for more than its own database.
REACHES = """
def reach(*, session: Session) -> list[str]:
    url = session.get_bind().url
    found: list[str] = []
    for name, database in (("postgres", url.database), ("postgres", "postgres"),
                           (url.username, "postgres"), (url.username, "template1")):
        other = create_engine(url.set(username=name, database=database))
        try:
            with other.connect():
                found.append(f"{name} in {database}")
        except Exception:
            other.dispose()
    for statement in ("SELECT 1",
                      "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('/etc/passwd')",
                      "CREATE ROLE more SUPERUSER", "SET ROLE postgres", "CREATE DATABASE more"):
        try:
            with session.get_bind().connect().execution_options(
                isolation_level="AUTOCOMMIT"
            ) as own:
                own.execute(text(statement))
                found.append(statement)
        except Exception:
            continue
    return found
"""


async def test_functions_are_tried_on_both(
    each_sandbox: Sandbox, service_environment: Environment, database_server: TestServer
) -> None:
    service = compile_service(architecture()).files
    async with (
        Postgres(database_server.url("postgres")) as postgres,
        Bench(each_sandbox, service_environment, service, postgres=postgres) as bench,
    ):
        assert (await tried(bench, ADDS)).problems == ()
        (told,) = (await tried(bench, LISTS)).problems
        assert told.startswith("On Postgres: Case")
        assert 'expected "Ada", got "Bo"' in told
        assert left(database_server) == []


async def test_nobody_gets_further_than_the_database_of_the_case(
    each_sandbox: Sandbox, service_environment: Environment, database_server: TestServer
) -> None:
    service = compile_service(architecture()).files
    payload: dict[str, Any] = {
        "functions": [
            {
                "name": "reach",
                "module": "app.functions.reach",
                "code": "from sqlalchemy import create_engine, text\n"
                "from sqlmodel import Session\n" + REACHES,
            }
        ],
        "call": "reach",
        "pure": False,
        "rows": [],
        "args": {},
        "moment": "2026-01-01T00:00:00Z",
    }
    async with (
        Postgres(database_server.url("postgres")) as postgres,
        Bench(each_sandbox, service_environment, service, postgres=postgres) as bench,
        postgres.fresh() as url,
    ):
        result = await bench.call("observe", {**payload, "database_url": url})
        assert result.value["returned"] == ["SELECT 1"]
    assert left(database_server) == []


async def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, trial_database=f"postgresql://nobody@/none?host={tmp_path}"
    )
    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        async with open_postgres(settings):
            pass


async def test_the_evidence_names_the_databases(
    database_url: str, tmp_path: Path, environments: Environments
) -> None:
    architecture = samples.architecture()
    definition = architecture.function("count_open_loans")
    assert definition is not None
    settings = Settings(database_url=database_url, data_dir=tmp_path, trial_database="embedded")
    async with open_runtime(settings, model=writer()) as runtime:
        run = await runtime.store.create_run("develop")
        async with runtime.services(run) as services:
            object.__setattr__(services, "environments", environments)
            function = await stage.write(definition, architecture=architecture, services=services)
    assert function.verified
    told = {check.name: check.detail for check in function.evidence}
    assert told["examples"].endswith("hold on SQLite and Postgres")
