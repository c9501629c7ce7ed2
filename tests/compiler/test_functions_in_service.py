"""A service with functions: every kind of route, races, its own tests, its command line."""

from __future__ import annotations

import asyncio
import json
import signal

import pytest

from codex.common.sandbox import Command, Environment, Sandbox
from codex.compiler import compile_service
from tests.compiler import parcels, sums
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


SERVE = """
import json, re, signal, subprocess, sys, threading, time, urllib.request
command = [sys.executable, "-m", "app", "serve", "--port", "0"]
process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
lines = []
port = None
for line in process.stderr:
    lines.append(line)
    found = re.search(r"http://127.0.0.1:([0-9]+)", line)
    if found:
        port = int(found[1])
        break
answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=120)
status, request_id = answer.status, answer.headers["x-request-id"]
process.send_signal(signal.SIGTERM)
rest = process.stderr.read()
print(json.dumps([status, request_id, process.wait(), lines, rest.splitlines()]))
"""


def test_it_serves_and_stops_gracefully(sandbox: Sandbox, service_environment: Environment) -> None:
    """A real process answers, writes one JSON object per line, and ends when told to."""
    service = compile_service(parcels.architecture(), parcels.FUNCTIONS)
    command = Command(
        ["python", "-c", SERVE],
        environment=service_environment,
        files={item.path: item.content for item in service.files},
        env={"PYTHONDONTWRITEBYTECODE": "1", "ENVIRONMENT": "local"},
        limits=LIMITS,
    )
    result = asyncio.run(sandbox.run(command))
    assert result.ok, result.stdout + result.stderr
    status, request_id, code, before, after = json.loads(result.stdout)
    # The server ends by the very signal, once all that it had begun is done.
    assert (status, code) == (200, -signal.SIGTERM), after
    records = [json.loads(line) for line in (*before, *after)]
    [line] = [item for item in records if item["message"] == "request"]
    assert (line["path"], line["status"], line["request_id"]) == ("/ready", 200, request_id)
    assert "Finished server process" in str(records)


SUM = """
from tests.play import Play


def test_sum(play: Play) -> None:
    query = {"one": 2, "other": 3}
    play.call(None, "GET", "/sum", query=query, status=200, expect={"value": 5})
"""


def test_a_service_without_tables(sandbox: Sandbox, service_environment: Environment) -> None:
    """No database, no migrations: its own tests pass and its route answers."""
    service = compile_service(sums.architecture(), sums.FUNCTIONS)
    files = {item.path: item.content for item in service.files}
    files["tests/test_sum.py"] = SUM
    command = Command(
        ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        environment=service_environment,
        files=files,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        limits=LIMITS,
    )
    result = asyncio.run(sandbox.run(command))
    assert result.ok, result.stdout[-3000:] + result.stderr[-2000:]
