"""Accounts of a compiled service: sign-up, tokens, throttling, roles, seeds; in the sandbox."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from codex.compiler.accounts import account_features, account_files, first_role
from tests.architectures import named
from tests.compiler.migrating import pairs
from tests.compiler.services import LIMITS, answer
from tests.fixtures_database import TestServer

RUNNER = Path(pairs.__file__).with_name("accounts.py")


def run(sandbox: Sandbox, environment: Environment, url: str, *sockets: Path) -> dict[str, Any]:
    """What the runner sees."""
    files = {item.path: item.content for item in compile_service(named("tasks")).files}
    files["run.py"] = RUNNER.read_text(encoding="utf-8")
    command = Command(
        ["python", "run.py", url],
        environment=environment,
        files=files,
        env={"PYTHONPATH": ".", "PYTHONDONTWRITEBYTECODE": "1"},
        sockets=sockets,
        limits=LIMITS,
    )
    return answer(sandbox, command)


@pytest.fixture
def database(database_server: TestServer, request: pytest.FixtureRequest) -> Generator[str]:
    """The address of an empty database on Postgres."""
    name = f"accounts_{abs(hash(request.node.name)):x}"
    database_server.create(name)
    yield database_server.url(name)
    database_server.drop(name)


@pytest.mark.slow
def test_on_sqlite(sandbox: Sandbox, service_environment: Environment) -> None:
    look_at(run(sandbox, service_environment, "sqlite:///accounts.db"))


@pytest.mark.slow
def test_on_postgres(
    sandbox: Sandbox,
    service_environment: Environment,
    database: str,
    database_server: TestServer,
) -> None:
    folder = database_server.embedded.socket_folder()
    look_at(run(sandbox, service_environment, database, folder))


def look_at(seen: dict[str, Any]) -> None:
    """All that must be so."""
    status, account = seen["signup"]
    assert status == 201
    assert (account["email"], account["role"], account["id"]) == ("ann@example.com", "member", 1)
    assert "password_hash" not in account
    assert seen["again"] == [409, 422]
    assert seen["short"] == 422
    assert seen["token_type"] == "bearer"
    assert seen["me"] == "ann@example.com"
    assert seen["forbidden"] == 403
    assert set(seen["forged"].values()) <= {401, 431}, seen["forged"]
    assert seen["access as refresh"] == 401
    assert seen["expired"] == 401
    assert seen["refreshed"] == 200
    assert (seen["reused"], seen["after reuse"]) == (401, 401)
    assert seen["logout"] == 204
    assert seen["after logout"] == [401, 401]
    assert seen["old refresh"] == 401
    assert seen["guesses"] == [401] * 5 + [429] * 2
    assert seen["right but throttled"] == 429
    assert seen["others"] == 200
    assert seen["unknown"] == [401, True]
    assert seen["after a while"] == 200
    assert (seen["admin"], seen["given"], seen["at once"]) == (200, "admin", 200)
    assert (seen["not by oneself"], seen["no such role"], seen["no such user"]) == (403, 422, 404)
    assert seen["refused"] == [404, 422]
    assert seen["seeds"] == [True, ["member", "admin"]]
    assert seen["seeded"] == [200, 200]
    assert seen["hash"] is True
    assert seen["without a secret"] is True


def test_what_is_compiled_depends_on_roles() -> None:
    assert account_features(named("tasks")) == {"accounts", "roles", "admin"}
    assert account_features(named("lending")) == {"accounts", "roles"}
    assert account_features(named("documents")) == {"accounts"}
    assert account_features(named("library")) == frozenset()
    assert account_files(named("library")) == ()
    texts = {item.path: item.text for item in account_files(named("documents"))}
    assert "grant_role" not in texts["app/accounts.py"]


def test_new_accounts_have_the_role_that_may_least() -> None:
    architecture = named("lending")
    table = architecture.database.tables[0]
    columns = tuple(
        item.model_copy(update={"default": None}) if item.name == "role" else item
        for item in table.columns
    )
    assert first_role(architecture, table.model_copy(update={"columns": columns})) == "member"
