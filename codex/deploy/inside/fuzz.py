"""Schemathesis on every route, with a fixed budget of examples and callers who may."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from typing import Any

from world import World

EXAMPLES = 6
"""Of each operation in the fuzzing phase; the coverage phase has as many as the schema asks for."""
# Every check of schemathesis is on but these; the host's report says why.
OFF = ("positive_data_acceptance", "object_level_authorization")


def warm() -> None:
    """Know before processes part what each of them would work out again, for two seconds.

    It is kept where hypothesis looks for what it worked out itself: UTF-8 encodes every character
    but the surrogates, and all come back as they were. Where it looks elsewhere, it works it out.
    """
    from hypothesis.internal import charmap

    known = charmap.charmap_file("codec-v2-utf-8")
    known.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(known, "wt") as file:
        json.dump([[[0, 0xD7FF], [0xE000, 0x10FFFF]], []], file)
    charmap.charmap()
    charmap.intervals_from_codec("utf-8")


def run(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """What schemathesis finds on the operations of the job."""
    return fuzz(order["url"].replace("NAME", job["name"]), job["part"], job["of"])


def fuzz(url: str, part: int = 0, of: int = 1) -> dict[str, Any]:
    """What schemathesis finds on every operation, or on one of several parts of them."""
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    warm()
    with World(url) as world:
        config = SchemathesisConfig.from_dict(
            {
                "seed": 1,
                "generation": {"deterministic": True, "no-shrink": True, "max-examples": EXAMPLES},
                # Sequences of calls are what scenarios and conventions play.
                "phases": {"stateful": {"enabled": False}},
                "checks": {name: {"enabled": False} for name in OFF},
                "operations": _callers(world),
                "headers": world.headers(_usual(world)),
            }
        )
        _fill(world)
        schema = schemathesis.openapi.from_asgi("/openapi.json", world.app, config=config)
        ids = _asked(world)[part::of]
        if not ids:
            return {"problems": [], "cases": {}, "checks": {}, "routes": {}}
        schema = schema.include(operation_id=ids)
        return _driven(schema, world)


def _asked(world: World) -> list[str]:
    """The ids of all operations but those without their function, which are to answer 501."""
    routes = world.architecture["routes"]
    missing = {
        (route["path"], route["method"].lower())
        for route in routes
        if route["function_name"] in world.missing
    }
    asked = [
        operation
        for path, item in world.app.openapi()["paths"].items()
        for method, operation in item.items()
        if (path, method) not in missing
    ]
    # The more it takes, the more is tried: dealt out in this order, parts take equally long.
    asked.sort(key=lambda operation: (-len(json.dumps(operation)), operation["operationId"]))
    return [operation["operationId"] for operation in asked]


def _usual(world: World) -> str | None:
    """Somebody who may do most."""
    granted = Counter(
        grant["role"] for route in world.architecture["routes"] for grant in route["access"]
    )
    roles = sorted(world.roles, key=lambda role: -granted[role])
    return (roles or ["user"])[0] if world.account else None


def _callers(world: World) -> list[dict[str, Any]]:
    """For each route that the usual caller may not call: one who may."""
    if not world.account:
        return []
    usual = _usual(world)
    callers: list[dict[str, Any]] = []
    for route in world.architecture["routes"]:
        roles = [grant["role"] for grant in route["access"]]
        if roles and not {usual, "user", "public"} & set(roles):
            name = f"{route['method']} {route['path']}"
            callers.append({"include-name": name, "headers": world.headers(roles[0])})
    return callers


def _fill(world: World) -> None:
    """A few rows, so that numbers in paths find something."""
    for table in world.tables:
        for _ in range(2):
            try:
                world.row(table)
            except Exception:  # noqa: BLE001 a table that takes no rows is told by its routes
                break


def _driven(schema: Any, world: World) -> dict[str, Any]:
    """Drive the engine; each different failure once."""
    from schemathesis.engine import from_schema
    from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

    problems: dict[str, dict[str, Any]] = {}
    cases: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    routes: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        match event:
            case FatalError() | NonFatalError():
                told = f"{event!r}: {getattr(event, 'value', getattr(event, 'exception', ''))}"
                problems[told] = {"check": "engine", "route": "", "message": told[:600]}
            case ScenarioFinished():
                recorder = event.recorder
                cases[event.phase.value] += len(recorder.cases)
                for identity, node in recorder.cases.items():
                    routes[node.value.operation.label] += 1
                    for check in recorder.checks.get(identity, []):
                        checks[check.name] += 1
                        if check.status.value == "failure":
                            problem = _problem(check, node.value)
                            answer = recorder.find_response(case_id=identity)
                            problem |= _behind(world, answer)
                            # One for each check and route is enough for a reader.
                            problems.setdefault(f"{check.name} {problem['route']}", problem)
            case _:
                pass
    return {
        "problems": list(problems.values()),
        "cases": dict(cases),
        "checks": dict(checks),
        "routes": dict(routes),
    }


def _problem(check: Any, case: Any) -> dict[str, Any]:
    failure = check.failure_info.failure if check.failure_info else None
    told = str(getattr(failure, "message", failure) or failure)
    sent = [
        f"{name}={value!r}"[:200]
        for name, value in (
            ("path", dict(case.path_parameters or {})),
            ("query", dict(case.query or {})),
            ("body", case.body),
        )
        if value and type(value).__name__ != "NotSet"
    ]
    return {
        "check": check.name,
        "route": case.operation.label,
        "message": f"{told[:400]} (sent: {'; '.join(sent) or 'nothing'})",
    }


def _behind(world: World, answer: Any) -> dict[str, Any]:
    """The error behind an answer of 500."""
    if answer is None:
        return {}
    ids = answer.headers.get("x-request-id") or []
    return dict(world.caught.errors.get(ids[0], {})) if ids else {}
