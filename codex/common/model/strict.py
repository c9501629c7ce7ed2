"""A JSON schema in the subset that providers enforce strictly, where that is possible."""

from __future__ import annotations

from typing import Any

_KEPT = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf",
    "$ref", "$defs", "description", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
}  # fmt: skip
_FORMATS = {
    "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
}  # fmt: skip


class _Impossible(Exception):
    pass


def strict_schema(schema: dict[str, Any]) -> dict[str, Any] | None:
    """`schema` with every field required and what the subset lacks left out; None if impossible.

    What is left out (lengths, defaults) is still checked when the reply is parsed. Impossible are
    objects with free keys, and values of any kind.
    """
    try:
        strict: dict[str, Any] = _strict(schema)
    except _Impossible:
        return None
    return strict if strict.get("type") == "object" and strict.get("properties") else None


def _strict(node: dict[str, Any]) -> dict[str, Any]:
    known = node.keys() & (_KEPT | {"oneOf"})
    if not known & {"type", "$ref", "anyOf", "oneOf", "enum", "const"}:
        raise _Impossible  # a value of any kind
    found: dict[str, Any] = {}
    for key in (key for key in node if key in _KEPT | {"oneOf"}):
        value = node[key]
        if key in {"properties", "$defs"}:
            found[key] = {name: _strict(part) for name, part in value.items()}
        elif key in {"anyOf", "oneOf"}:
            found["anyOf"] = [_strict(part) for part in value]
        elif key == "items":
            found[key] = _strict(value)
        elif (key == "pattern" and ("(?" in value or "\\Z" in value)) or (
            key == "format" and value not in _FORMATS
        ):
            continue
        elif key not in {"required", "additionalProperties"}:
            found[key] = value
    if "$ref" in found and len(found) > 1:
        # Beside a reference nothing else may stand.
        found = {"anyOf": [{"$ref": found.pop("$ref")}], **found}
    if node.get("type") == "object":
        if node.get("additionalProperties") not in (None, False) or "properties" not in node:
            raise _Impossible
        found["required"] = list(found["properties"])
        found["additionalProperties"] = False
    if node.get("type") == "array" and ("items" not in node or "prefixItems" in node):
        raise _Impossible
    return found
