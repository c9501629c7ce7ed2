"""Every architecture of `tests/architectures`: it compiles, boots, and keeps every convention."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from codex.common.sandbox import Environment, Sandbox
from tests.architectures import ARCHITECTURES
from tests.compiler.services import check
from tests.fixtures_database import TestServer

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_on_sqlite(name: str, sandbox: Sandbox, service_environment: Environment) -> None:
    """Conventions, attacks, and schemathesis with its budget of examples."""
    found = check(sandbox, service_environment, name, ("conformance", "safety", "fuzz"))
    assert not found["conformance"]["problems"]
    assert not found["safety"]["problems"]
    assert not found["fuzz"]["problems"]
    assert found["fuzz"]["cases"]["coverage"] > 10


@pytest.fixture
def databases(database_server: TestServer, request: pytest.FixtureRequest) -> Generator[str]:
    """The address of a database for each check; `NAME` stands for the check."""
    prefix = f"service_{abs(hash(request.node.name)):x}"
    names = [f"{prefix}_{check}" for check in ("conformance", "safety", "migrations", "races")]
    for name in names:
        database_server.create(name)
    yield database_server.url(f"{prefix}_NAME")
    for name in names:
        database_server.drop(name)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_on_postgres(
    name: str,
    sandbox: Sandbox,
    service_environment: Environment,
    databases: str,
    database_server: TestServer,
) -> None:
    """The same conventions and attacks on the other database."""
    folder: Path = database_server.embedded.socket_folder()
    found = check(
        sandbox, service_environment, name, ("conformance", "safety"), databases, (folder,)
    )
    assert not found["conformance"]["problems"]
    assert not found["safety"]["problems"]
