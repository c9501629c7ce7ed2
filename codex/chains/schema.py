"""The schema of an answer: described in the overlay's words, narrowed to the names that exist."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from codex.chains.json_kinds import is_list, is_object
from codex.common.errors import PromptError
from codex.common.wording import Wording

Schema = dict[str, Any]
Narrowing = Mapping[str, Sequence[str]]
"""The names that exist, by `Model.field`: `{"Route.table": ["books", "loans"]}`."""


def answer_schema(output: type[BaseModel], wording: Wording, narrowing: Narrowing) -> Schema:
    """The JSON schema of `output` for one call."""
    schema = copy.deepcopy(plain_schema(output))
    models = {output.__name__: schema, **schema.get("$defs", {})}
    for place, names in narrowing.items():
        model, _, field = place.partition(".")
        if field not in models.get(model, {}).get("properties", {}):
            raise KeyError(f"{output.__name__} has no field {place}")
        if names:
            _narrow(models[model]["properties"][field], list(names))
    for place, text in wording.fields.items():
        model, _, field = place.partition(".")
        target = models.get(model)
        if target is not None and field:
            target = target.get("properties", {}).get(field)
        if target is not None:
            target["description"] = text
        elif model in models:
            file = str(wording.files.get(f"fields:{place}", ""))
            known = ", ".join(sorted(models[model].get("properties", {})))
            raise PromptError(f"[fields] {place} does not exist.", f"Known: {known}.", file=file)
    return schema


@functools.lru_cache(maxsize=256)
def plain_schema(output: type[BaseModel]) -> Schema:
    """The schema as the model declares it, without the titles that pydantic makes up."""
    return _without_titles(output.model_json_schema())


def describable(output: type[BaseModel]) -> dict[str, str]:
    """Every description that an overlay can change, by `Model` and `Model.field`."""
    schema = plain_schema(output)
    found: dict[str, str] = {}
    for name, model in {output.__name__: schema, **schema.get("$defs", {})}.items():
        found[name] = model.get("description", "")
        for field, value in model.get("properties", {}).items():
            found[f"{name}.{field}"] = value.get("description", "")
    return found


def _without_titles(node: Any) -> Any:
    if is_list(node):
        return [_without_titles(item) for item in node]
    if not is_object(node):
        return node
    found: Schema = {}
    for key, value in node.items():
        if key in {"properties", "$defs"} and is_object(value):
            # What stands here are names, and a field may be called "title".
            found[key] = {name: _without_titles(item) for name, item in value.items()}
        elif key != "title":
            found[key] = _without_titles(value)
    return found


def _narrow(node: Schema, names: list[str]) -> None:
    """Let every text in `node`, also inside lists and alternatives, be one of `names` only."""
    if node.get("type") == "string":
        for key in ("pattern", "maxLength", "minLength", "format"):
            node.pop(key, None)
        node["enum"] = names
    for key in ("items", "additionalProperties"):
        if is_object(node.get(key)):
            _narrow(node[key], names)
    for part in [*node.get("prefixItems", []), *node.get("anyOf", []), *node.get("oneOf", [])]:
        _narrow(part, names)


def narrowed_out(
    value: Any, schema: Schema
) -> Iterator[tuple[tuple[str | int, ...], Sequence[str]]]:
    """Each text in `value` that a narrowed place does not allow: where, and what is allowed."""
    yield from _outside(value, schema, schema.get("$defs", {}), ())


def _outside(
    value: Any, node: Schema, models: Mapping[str, Schema], at: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], Sequence[str]]]:
    if reference := node.get("$ref"):
        node = models.get(str(reference).rpartition("/")[2], {})
    names = node.get("enum")
    if names and isinstance(value, str) and value not in names:
        yield at, [str(name) for name in names]
        return
    alternatives = node.get("anyOf") or node.get("oneOf")
    if alternatives:
        # A wrong name counts only where no alternative takes the value.
        tried = [
            list(_outside(value, part, models, at))
            for part in alternatives
            if _fits(value, part, models)
        ]
        if tried and all(tried):
            yield from min(tried, key=len)
        return
    if is_object(value):
        known = node.get("properties", {})
        other = node.get("additionalProperties")
        for key, item in value.items():
            part = known.get(key, other if is_object(other) else None)
            if part is not None:
                yield from _outside(item, part, models, (*at, key))
    elif is_list(value) and is_object(node.get("items")):
        for position, item in enumerate(value):
            yield from _outside(item, node["items"], models, (*at, position))


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "object": dict,
    "array": list,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def _fits(value: Any, part: Schema, models: Mapping[str, Schema]) -> bool:
    """Whether `value` is of the kind that an alternative describes; `const` tags decide."""
    if reference := part.get("$ref"):
        part = models.get(str(reference).rpartition("/")[2], {})
    kind = _TYPES.get(str(part.get("type", "")))
    if kind is not None and not isinstance(value, kind):
        return False
    if is_object(value):
        for name, item in part.get("properties", {}).items():
            if "const" in item and value.get(name, item["const"]) != item["const"]:
                return False
    return True
