"""Tries a whole service inside the sandbox and prints what was seen, one JSON document.

It runs in the service's own folder. What it says is an observation: the host compares it with the
Architecture.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

MARK = "CODEX-RESULT "


def main() -> None:
    """Run the steps that the order names; each answers `problems` and `figures`."""
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    steps = {"migrations": migrations, "boot": boot, "access": access, "fuzz": fuzz}
    found: dict[str, Any] = {}
    for name in order["steps"]:
        try:
            found[name] = steps[name](order)
        except Exception as error:  # noqa: BLE001 a step that breaks is a finding
            last = traceback.format_exc().strip().splitlines()[-1]
            found[name] = {"problems": [f"{type(error).__name__}: {error}"[:500]], "figures": {}}
            print(last, file=sys.stderr)
    print(MARK + json.dumps(found))


def _settings(order: dict[str, Any], name: str) -> Any:
    from app.settings import Settings

    url = order.get("database_url") or f"sqlite:///{name}.db"
    return Settings(
        _env_file=None,
        environment="local",
        log_level="error",
        database_url=url,
        **order["settings"],
    )


def migrations(order: dict[str, Any]) -> dict[str, Any]:
    """Up, down, up again; what is left after each."""
    from app.columns import TableModel
    from app.database import Database
    from app.migrate import downgrade, upgrade
    from sqlalchemy import inspect

    __import__("app.models")
    wanted = set(TableModel.metadata.tables)
    problems: list[str] = []
    database = Database(_settings(order, "migrations").database_url)
    for number, step in enumerate(("up", "down", "up again")):
        if step == "down":
            downgrade(database, "base")
        else:
            upgrade(database)
        there = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
        expected = set() if number == 1 else wanted
        if there != expected:
            problems.append(f"after {step}: {sorted(there ^ expected)} should not differ")
    database.dispose()
    return {"problems": problems, "figures": {"tables": len(wanted)}}


def _client(order: dict[str, Any], name: str) -> Any:
    from app.main import create_app
    from starlette.testclient import TestClient

    app = create_app(_settings(order, name))
    return TestClient(app, raise_server_exceptions=False)


def boot(order: dict[str, Any]) -> dict[str, Any]:
    """Start, live, ready, and describe itself."""
    problems: list[str] = []
    with _client(order, "boot") as client:
        for path in ("/health", "/ready"):
            answer = client.get(path)
            if answer.status_code != 200:
                problems.append(f"GET {path} answered {answer.status_code}: {answer.text[:200]}")
        document = client.get("/openapi.json").json()
    served = [
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    ]
    return {"problems": problems, "figures": {"operations": len(served)}, "openapi": document}


def access(order: dict[str, Any]) -> dict[str, Any]:
    """No token and a broken token open nothing that is not public."""
    problems: list[str] = []
    tried = 0
    with _client(order, "access") as client:
        for route in order["guarded"]:
            for headers, what in (
                ({}, "no token"),
                ({"Authorization": "Bearer x.y.z"}, "a broken token"),
            ):
                tried += 1
                answer = client.request(route["method"], route["path"], headers=headers)
                if answer.status_code != 401:
                    problems.append(
                        f"{route['method']} {route['path']} with {what} answered "
                        f"{answer.status_code} instead of 401"
                    )
    return {"problems": problems, "figures": {"tried": tried}}


def fuzz(order: dict[str, Any]) -> dict[str, Any]:
    """Call every route with generated data: no 5xx, and answers as they are described."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import from_schema
    from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "generation": {
                "deterministic": True,
                "no-shrink": True,
                "max-examples": order["examples"],
            },
            "phases": {"stateful": {"enabled": False}},
            "checks": {name: {"enabled": False} for name in order["checks_off"]},
        }
    )
    problems: dict[str, None] = {}
    cases: Counter[str] = Counter()
    with _client(order, "fuzz") as client:
        schema = schemathesis.openapi.from_asgi("/openapi.json", client.app, config=config)
        for event in from_schema(schema).execute():
            match event:
                case FatalError() | NonFatalError():
                    problems[repr(event)[:300]] = None
                case ScenarioFinished():
                    cases["cases"] += len(event.recorder.cases)
                    for identity, checks in event.recorder.checks.items():
                        case = event.recorder.cases[identity].value
                        for check in checks:
                            if check.status.value == "failure":
                                failure = check.failure_info.failure if check.failure_info else ""
                                told = getattr(failure, "message", failure)
                                line = f"{check.name} {case.method} {case.path}: {told}"
                                problems[line[:300]] = None
                case _:
                    pass
    return {"problems": list(problems), "figures": dict(cases)}


if __name__ == "__main__":
    main()
