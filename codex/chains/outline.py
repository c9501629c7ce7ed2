"""Writes the schema of an answer as people and models read it best: one line for each key.

A JSON schema says the same at three times the length, and every token of it is paid for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from codex.chains.json_kinds import is_list, is_object

Schema = dict[str, Any]

_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}
_KINDS = {
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": (
        "snake_name",
        "lower-case letters, digits and single underscores: `order_item`; at most 63 characters",
    ),
    r"^[A-Z][A-Za-z0-9]*$": (
        "PascalName",
        "words that begin with capitals, without spaces: `OrderItem`; at most 63 characters",
    ),
    r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$": ("path", "snake names joined by dots: `book.author`"),
}
"""Texts that occur too often to repeat their pattern each time."""
_PATTERN = re.compile(r'"pattern": ("(?:[^"\\]|\\.)*")')
_REFERENCE = re.compile(r'"\$ref": "[^"]*/([^"/]+)"')


def outline(schema: Schema) -> str:
    """Every shape that an answer may have, the whole answer's first."""
    models: Mapping[str, Schema] = schema.get("$defs", {})
    top = {key: value for key, value in schema.items() if key != "$defs"}
    if reference := top.get("$ref"):
        top = models[_name(reference)]
    shapes = [_shape("answer", top)]
    shapes += [_shape(name, models[name]) for name in _in_order_of_use(top, models)]
    patterns = set(_PATTERN.findall(json.dumps(schema)))
    shapes += [
        f"{name} = string  // {told}"
        for pattern, (name, told) in _KINDS.items()
        if json.dumps(pattern) in patterns
    ]
    return "\n\n".join(shapes)


def _in_order_of_use(top: Schema, models: Mapping[str, Schema]) -> list[str]:
    """The shapes that `top` leads to, each after the one that first names it."""
    found: list[str] = []
    waiting = _references(top)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name in models:
            found.append(name)
            waiting = [*_references(models[name]), *waiting]
    return found


def _references(node: Schema) -> list[str]:
    return _REFERENCE.findall(json.dumps(node))


def _shape(name: str, node: Schema) -> str:
    told = _flat(node.get("description", ""))
    if "properties" not in node:
        return f"{name} = {_type(node)}" + (f"  // {told}" if told else "")
    first = f"{name} = {{" + (f"  // {told}" if told else "")
    required = node.get("required", ())
    lines = [_key(key, item, needed=key in required) for key, item in node["properties"].items()]
    return "\n".join([first, *lines, "}"])


def _key(key: str, node: Schema, *, needed: bool) -> str:
    kind = _type(node)
    if needed or "const" in node:
        value = ""
    else:
        value = f" = {_written(node['default'])}" if "default" in node else "?"
    told = "; ".join([*_told(node), *_bounds(node)])
    return f"  {key}: {kind}{value}" + (f"  // {told}" if told else "")


def _told(node: Schema) -> Iterator[str]:
    text = _flat(node.get("description", "")).rstrip(".")
    if text and "const" not in node:  # the shape says what it is
        yield text


def _bounds(node: Schema) -> Iterator[str]:
    """What limits the value itself, an alternative, or the items."""
    parts = [node, *node.get("anyOf", [])]
    if is_object(node.get("items")):
        parts.append(node["items"])
    seen: set[str] = set()
    for part in parts:
        if part.get("pattern") in _KINDS or "prefixItems" in part:
            continue  # the kind says it
        for key, words in _BOUNDS.items():
            text = words.format(part[key]) if key in part else ""
            if text and text not in seen:
                seen.add(text)
                yield text
        if pattern := part.get("pattern"):
            text = f"matches {pattern}"
            if text not in seen:
                seen.add(text)
                yield text


def _type(node: Schema) -> str:
    if reference := node.get("$ref"):
        return _name(reference)
    if "const" in node:
        return _written(node["const"])
    if names := node.get("enum"):
        return " | ".join(map(_written, names))
    if alternatives := node.get("anyOf") or node.get("oneOf") or node.get("allOf"):
        return " | ".join(dict.fromkeys(map(_type, alternatives)))
    match node.get("type"):
        case "array":
            return _array(node)
        case "object":
            return _object(node)
        case "string" if node.get("pattern") in _KINDS:
            return _KINDS[node["pattern"]][0]
        case str(kind):
            return str(node.get("format") or kind)
        case kind if is_list(kind):
            return " | ".join(map(str, kind))
        case _:
            return "any"


def _array(node: Schema) -> str:
    if parts := node.get("prefixItems"):
        return f"[{', '.join(map(_type, parts))}]"
    item = _type(node["items"]) if is_object(node.get("items")) else "any"
    return f"({item})[]" if "|" in item else f"{item}[]"


def _object(node: Schema) -> str:
    if "properties" in node:
        inner = ", ".join(f"{key}: {_type(item)}" for key, item in node["properties"].items())
        return f"{{{inner}}}"
    value = node.get("additionalProperties")
    return f"{{[name]: {_type(value)}}}" if is_object(value) and value else "object"


def _name(reference: object) -> str:
    return str(reference).rpartition("/")[2]


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _flat(text: str) -> str:
    return " ".join(text.split())
