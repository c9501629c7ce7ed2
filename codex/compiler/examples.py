"""Examples of request bodies for the API's documentation, found in the scenarios."""

from __future__ import annotations

import re

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue

_MOST = 2


def examples_of(architecture: Architecture, type_name: str) -> list[JsonValue]:
    """Bodies that scenarios send where a body of this type is taken, and that succeed."""
    routes = [route for route in architecture.routes if route.request == type_name]
    shapes = [(route.method, _pattern(route.path)) for route in routes]
    found: dict[str, JsonValue] = {}
    for scenario in architecture.scenarios:
        for step in scenario.steps:
            if step.body is None or step.expect is None or step.expect.status >= 300:
                continue
            path = step.path.partition("?")[0]
            taken = any(step.method == verb and shape.match(path) for verb, shape in shapes)
            if taken and not _refers(step.body):
                # Other values for the same fields show nothing new.
                found.setdefault(_fields(step.body), step.body)
    return list(found.values())[:_MOST]


def _fields(body: JsonValue) -> str:
    return " ".join(sorted(body)) if isinstance(body, dict) else repr(body)


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z0-9_]+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts) + r"\Z")


def _refers(value: JsonValue) -> bool:
    """Whether a part of `value` stands for what an earlier step saved."""
    match value:
        case str():
            return value.startswith("$")
        case dict():
            return any(_refers(item) for item in value.values())
        case list():
            return any(_refers(item) for item in value)
        case _:
            return False
