"""Schemathesis against a compiled service, with a fixed budget of examples."""

from __future__ import annotations

from collections import Counter
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished
from world import World

EXAMPLES = 6
"""Of each operation in the fuzzing phase; the coverage phase has as many as the schema asks for."""

# Every check of schemathesis runs but these.
OFF = {
    # A body may be refused for reasons that no schema can say: a reference to a row that is not
    # there, a date in the past, a value that is taken.
    "positive_data_acceptance": "a reference to a missing row is 422",
    # It needs two callers; `hides_foreign_rows` of the conformance checks has them.
    "object_level_authorization": "it needs two callers",
    # There is nothing to measure it against on a shared machine.
    "max_response_time": "no timing asserts",
}
ON = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_schema_conformance", "response_headers_conformance", "negative_data_rejection"),
    *("use_after_free", "ensure_resource_availability", "missing_required_header"),
    *("ignored_auth", "unsupported_method", "allow_header_conformance"),
)


def fuzz(url: str) -> dict[str, Any]:
    """What schemathesis finds."""
    with World(url) as world:
        headers = world.headers(_actor(world))
        config = SchemathesisConfig.from_dict(
            {
                "seed": 1,
                "generation": {"deterministic": True, "no-shrink": True, "max-examples": EXAMPLES},
                "phases": {"stateful": {"enabled": False}},
                "checks": {name: {"enabled": False} for name in OFF if name != "max_response_time"},
                "headers": headers,
            }
        )
        _fill(world)
        schema = schemathesis.openapi.from_asgi("/openapi.json", world.app, config=config)
        if world.missing:  # 501 is what they are to answer
            schema = schema.exclude(operation_id=world.missing)
        return run(schema)


def _actor(world: World) -> str | None:
    """Somebody who may do most."""
    granted = Counter(
        grant["role"] for route in world.architecture["routes"] for grant in route["access"]
    )
    roles = sorted(world.roles, key=lambda role: -granted[role])
    return (roles or ["user"])[0] if world.account else None


def _fill(world: World) -> None:
    """A few rows, so that numbers in paths find something."""
    for table in world.tables:
        for _ in range(2):
            world.row(table)


def run(schema: Any) -> dict[str, Any]:
    """Drive the engine; each different failure once."""
    problems: dict[str, None] = {}
    cases: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        match event:
            case FatalError() | NonFatalError():
                problems[
                    f"{event!r}: {getattr(event, 'value', getattr(event, 'exception', ''))}"
                ] = None
            case ScenarioFinished():
                cases[event.phase.value] += len(event.recorder.cases)
                for case_id, checks in event.recorder.checks.items():
                    for check in checks:
                        if check.status.value == "failure":
                            case = event.recorder.cases[case_id].value
                            problems[_line(check, case)] = None
            case _:
                pass
    return {"problems": list(problems), "cases": dict(cases), "checks": list(ON), "off": OFF}


def _line(check: Any, case: Any) -> str:
    failure = check.failure_info.failure if check.failure_info else None
    return (
        f"{check.name} {case.method} {case.path}: {getattr(failure, 'message', failure)}"[:300]
        + f" | path={case.path_parameters} query={case.query} body={case.body!r}"[:300]
    )
