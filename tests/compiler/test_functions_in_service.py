"""A service with functions: every kind of route, races, its own tests, its command line."""

from __future__ import annotations

import asyncio
import json

import pytest

from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from tests.compiler import parcels
from tests.compiler.services import LIMITS, check
from tests.fixtures_database import TestServer

pytestmark = pytest.mark.slow

NAME = "tests.compiler.parcels"
CHECKS = ("parcels", "races", "conformance", "safety")


def test_on_sqlite(sandbox: Sandbox, service_environment: Environment) -> None:
    """All kinds of routes, races, conventions and attacks."""
    found = check(sandbox, service_environment, NAME, (*CHECKS, "fuzz"))
    assert not {name: part["problems"] for name, part in found.items() if part.get("problems")}


def test_on_postgres(
    sandbox: Sandbox, service_environment: Environment, database_server: TestServer
) -> None:
    """The same on Postgres."""
    for name in CHECKS:
        database_server.create(f"parcels_{name}")
    folder = database_server.embedded.socket_folder()
    url = database_server.url("parcels_NAME")
    found = check(sandbox, service_environment, NAME, CHECKS, url, (folder,))
    assert not {name: part["problems"] for name, part in found.items() if part.get("problems")}


def run(
    sandbox: Sandbox, environment: Environment, *commands: str, local: bool = True
) -> list[tuple[int, str]]:
    """Exit code and output of commands, one after the other, in the folder of the service."""
    service = compile_service(parcels.architecture(), parcels.FUNCTIONS)
    command = Command(
        ["python", "-c", SCRIPT, *commands],
        environment=environment,
        files={item.path: item.content for item in service.files},
        env={
            "PYTHONDONTWRITEBYTECODE": "1",
            "LOG_LEVEL": "error",
            **({"ENVIRONMENT": "local"} if local else {}),
        },
        limits=LIMITS,
    )
    result = asyncio.run(sandbox.run(command))
    assert result.ok, result.stdout + result.stderr
    return [(code, text) for code, text in json.loads(result.stdout)]


SCRIPT = """
import json, subprocess, sys
found = []
for line in sys.argv[1:]:
    done = subprocess.run([sys.executable, "-m", *line.split()], capture_output=True, text=True)
    found.append((done.returncode, done.stdout + done.stderr))
print(json.dumps(found))
"""


def test_its_own_tests_pass(sandbox: Sandbox, service_environment: Environment) -> None:
    """Scenarios included; those of missing functions are skipped and say so."""
    [(code, text)] = run(sandbox, service_environment, "pytest -q -p no:cacheprovider")
    assert code == 0, text
    assert "insure_parcel: not implemented" in text
    assert "1 skipped" in text


def test_the_command_line(sandbox: Sandbox, service_environment: Environment) -> None:
    """Migrations, accounts, roles and jobs."""
    found = run(
        sandbox,
        service_environment,
        "app migrate",
        "app users seed",
        "app users grant SENDER@example.com clerk",
        "app users grant nobody@example.com clerk",
        "app users grant sender@example.com king",
        "app jobs list",
        "app jobs run give_up",
        "app migrate --down base",
        "app migrate",
    )
    assert [code for code, _ in found] == [0, 0, 0, 1, 1, 0, 0, 0, 0], found
    assert "SENDER@example.com is clerk now." in found[2][1]
    assert "clerk@example.com" in found[1][1]
    assert "give_up\tevery night" in found[5][1]
    assert "Traceback" not in str(found)


def test_no_start_without_a_secret(sandbox: Sandbox, service_environment: Environment) -> None:
    """Outside of a local environment the secret must be set; the refusal names it."""
    [(code, text)] = run(sandbox, service_environment, "app serve", local=False)
    assert code == 2
    assert text == "SECRET_KEY is required, unless ENVIRONMENT is local.\n"
