"""Plain bodies made from a schema of the service's own description."""

from __future__ import annotations

from typing import Any

FORMATS = {
    "date": "2030-01-08",
    "date-time": "2030-01-08T09:00:00Z",
    "time": "12:00:00",
    "email": "somebody{number}@example.com",
    "uri": "https://example.com/{number}",
    "uuid": "00000000-0000-4000-8000-000000000001",
}
_DEEPEST = 8


def body_schema(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """The schema of the JSON that a route takes; None where it takes none."""
    operation = document["paths"].get(path, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema")


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """The schema with a reference followed."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
    return schema


def sample(
    schema: dict[str, Any], document: dict[str, Any], number: int = 1, depth: int = 0
) -> Any:
    """A value that the schema takes, as far as plain rules can tell."""
    schema = resolved(schema, document)
    for name in ("const", "default"):
        if schema.get(name) is not None:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("anyOf", "oneOf"):
        if schema.get(name) and depth < _DEEPEST:
            return sample(schema[name][0], document, number, depth + 1)
    if schema.get("allOf"):
        return sample(schema["allOf"][0], document, number, depth + 1)
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", []) if depth < _DEEPEST else []
            known = schema.get("properties", {})
            return {
                name: sample(known[name], document, number, depth + 1)
                for name in wanted
                if name in known
            }
        case "array":
            count = schema.get("minItems", 0) or (1 if depth < 2 else 0)
            items = schema.get("items", {})
            return [sample(items, document, number + i, depth + 1) for i in range(count)]
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return _text(schema, number)


def _number(schema: dict[str, Any]) -> Any:
    whole = schema.get("type") == "integer"
    value = 1
    if "minimum" in schema:
        value = max(value, schema["minimum"])
    if "exclusiveMinimum" in schema:
        value = max(value, schema["exclusiveMinimum"] + 1)
    if "maximum" in schema:
        value = min(value, schema["maximum"])
    return int(value) if whole else value


def _text(schema: dict[str, Any], number: int) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]].replace("{number}", str(number))
    if "pattern" in schema and "\\d" in schema["pattern"]:
        return "1"
    text = f"text {number}"
    most = schema.get("maxLength")
    return text[: most if most is not None else None].ljust(schema.get("minLength", 0), "x")
