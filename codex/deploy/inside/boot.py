"""The service starts, lives, is ready, and describes itself validly."""

from __future__ import annotations

import re
from typing import Any

from world import World

PATHS = ("/health", "/ready")


def run(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Start it on a database of its own, as a deployment does: with its migrations."""
    problems: list[dict[str, Any]] = []
    url = job.get("url") or order["url"].replace("NAME", job["name"])
    with World(url, fresh=True) as world:
        for path in PATHS:
            answer = world.call("GET", path)
            if answer.status_code != 200:
                told = f"GET {path} answered {answer.status_code}: {answer.text[:300]}"
                problems.append({"message": told, **world.caught.behind(answer)})
        answer = world.call("GET", "/openapi.json")
        if answer.status_code != 200:
            told = f"GET /openapi.json answered {answer.status_code}"
            return {"problems": [*problems, {"message": told}], "openapi": {}, "described": []}
        document = answer.json()
    return {"problems": problems, "openapi": document, "described": validity(document)}


def validity(document: dict[str, Any]) -> list[str]:
    """Where the document breaks the OpenAPI specification."""
    from schemathesis.specs.openapi import definitions

    version = "30" if str(document.get("openapi", "")).startswith("3.0") else "31"
    validator = getattr(definitions, f"OPENAPI_{version}_VALIDATOR")
    told = [
        f"{'/'.join(str(step) for step in error.instance_path)}: {error.message}"[:300]
        for error in validator.iter_errors(document)
    ]
    return told + _beyond(document)


def _beyond(document: dict[str, Any]) -> list[str]:
    """What the specification asks for and its schema cannot say."""
    told: list[str] = []
    ids: dict[str, str] = {}
    shapes: dict[str, str] = {}
    for path, item in document.get("paths", {}).items():
        shape = re.sub(r"\{[^}]*\}", "{}", path)
        if shape in shapes:
            told.append(f"{path} and {shapes[shape]} are the same path")
        shapes[shape] = path
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            identity = operation.get("operationId", "")
            if identity in ids:
                told.append(f"{name} and {ids[identity]} have the operation id {identity}")
            ids[identity] = name
            declared = {
                item["name"] for item in operation.get("parameters", []) if item["in"] == "path"
            }
            if declared != set(re.findall(r"\{([^}]*)\}", path)):
                told.append(f"{name} does not declare the parameters of its path")
    told += [f"{target} is not there" for target in sorted(_dangling(document, document))]
    return told


def _dangling(node: Any, document: dict[str, Any]) -> set[str]:
    """References to nothing."""
    if isinstance(node, list):
        return set().union(*(_dangling(item, document) for item in node))
    if not isinstance(node, dict):
        return set()
    found = set().union(*(_dangling(item, document) for item in node.values()))
    target = node.get("$ref")
    if isinstance(target, str):
        place: Any = document
        for step in target.removeprefix("#/").split("/"):
            place = place.get(step) if isinstance(place, dict) else None
        if place is None:
            found.add(target)
    return found
