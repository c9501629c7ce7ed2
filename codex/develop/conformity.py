"""Whether an observed value is of the type that a contract names."""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import Any, cast

from codex.develop.compare import TYPE


def conforms(value: Any, node: ast.expr, enums: dict[str, list[str]]) -> bool:
    """Whether an observed value is of a type; True where that cannot be told from outside."""
    match node:
        case ast.Constant(value=None):
            return value is None
        case ast.BinOp(left=left, right=right):
            return conforms(value, left, enums) or conforms(value, right, enums)
        case ast.Name(id=name):
            return _is_atom(value, name, enums)
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return isinstance(value, list) and all(
                conforms(item, inner, enums) for item in cast("list[Any]", value)
            )
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
            if any(isinstance(part, ast.Constant) for part in parts):
                return isinstance(value, list)
            items = cast("list[Any]", value) if isinstance(value, list) else []
            return len(items) == len(parts) and all(
                conforms(item, part, enums) for item, part in zip(items, parts, strict=True)
            )
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, inner])):
            entries = cast("dict[str, Any]", value) if isinstance(value, dict) else {TYPE: None}
            return TYPE not in entries and all(
                conforms(item, inner, enums) for item in entries.values()
            )
        case ast.Subscript(value=ast.Name(id="set" | "frozenset")):
            return _marked(value, "set")
        case _:
            return True


def _is_atom(value: Any, name: str, enums: dict[str, list[str]]) -> bool:
    if name in enums:
        return value in enums[name]
    match name:
        case "bool":
            return isinstance(value, bool)
        case "int" if _marked(value, "Decimal"):
            # The sum of a column is such a one on Postgres.
            return Decimal(value["value"]) % 1 == 0
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "str":
            return isinstance(value, str)
        case "Decimal" | "date" | "datetime" | "time" | "UUID" | "timedelta":
            return _marked(value, name)
        case "JsonValue":
            return True
        case _:
            return value is not None


def _marked(value: Any, kind: str) -> bool:
    return isinstance(value, dict) and cast("dict[str, Any]", value).get(TYPE) == kind
