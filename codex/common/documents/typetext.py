"""Type expressions in documents: Python annotations, read and never evaluated."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from codex.common import python_source

# What every generated service can name without defining it.
SCALARS = frozenset(
    {"int", "str", "bool", "float", "Decimal", "date", "datetime", "time", "timedelta", "UUID"}
)
CONTAINERS = frozenset({"list", "dict", "set", "tuple", "frozenset", "Literal"})
LIBRARY = frozenset(
    {
        "Session",  # the database session of the request
        "Settings",  # the service's typed settings
        "Files",  # where uploaded files are kept
        "Upload",  # a file that the caller sends
        "StoredFile",  # a file that is kept, and can be sent
        "Paging",  # limit and offset
        "Select",  # a query that the wrapper pages and executes
        "Page",  # {"items", "total", "limit", "offset"}
        "Items",  # {"items"}
        "Value",  # {"value"}
        "Groups",  # {"items": [{"key", "value"}]}
        "JsonValue",  # any JSON
    }
)
STANDARD = SCALARS | CONTAINERS | LIBRARY

_NODES = (
    ast.Name, ast.Subscript, ast.BinOp, ast.BitOr, ast.Constant, ast.Tuple,
    ast.Load, ast.List,
)  # fmt: skip


@lru_cache(maxsize=4096)
def parse_type(text: str) -> ast.expr:
    """The expression in `text`; a ValueError where it is not a plain annotation."""
    try:
        tree = python_source.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"{text!r} is not a type") from error
    for node in ast.walk(tree):
        stray = not isinstance(node, _NODES)
        if stray or (isinstance(node, ast.BinOp) and not isinstance(node.op, ast.BitOr)):
            raise ValueError(f"{text!r} is not a type: {type(node).__name__} may not stand in one")
    if isinstance(tree, ast.Constant) and tree.value is not None:
        raise ValueError(f"{text!r} is not a type: a constant is none")
    return tree


def _valid(text: str) -> str:
    try:
        parse_type(text)
    except ValueError as error:
        raise PydanticCustomError("type_text", "{reason}", {"reason": str(error)}) from None
    return text


TypeText = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_valid)]
"""A type as a Python annotation: `int`, `list[Book]`, `Book | None`, `Page[BookRead]`."""


def _literal_slices(node: ast.expr) -> set[int]:
    """The ids of nodes inside `Literal[...]`, whose constants and names are values."""
    inside: set[int] = set()
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Subscript)
            and isinstance(part.value, ast.Name)
            and part.value.id == "Literal"
        ):
            inside.update(id(child) for child in ast.walk(part.slice))
    return inside


@lru_cache(maxsize=4096)
def names_in(text: str) -> frozenset[str]:
    """Every name that the type mentions."""
    tree = parse_type(text)
    inside = _literal_slices(tree)
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in inside
    )


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """One spelling for equal types: no quotes, no stray spaces, `X | None` for `Optional[X]`."""
    return _spell(parse_type(text))


def _spell(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return repr(value)
        case ast.BinOp(left=left, right=right):
            return f"{_spell(left)} | {_spell(right)}"
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return f"{_spell(inner)} | None"
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=parts)):
            return " | ".join(_spell(part) for part in parts)
        case ast.Subscript(value=outer, slice=inner):
            return f"{_spell(outer)}[{_spell(inner)}]"
        case ast.Tuple(elts=parts):
            return ", ".join(_spell(part) for part in parts)
        case ast.List(elts=parts):
            return f"[{', '.join(_spell(part) for part in parts)}]"
        case _:
            raise ValueError(f"{type(node).__name__} is not allowed in a type")


def outer_and_inner(text: str) -> tuple[str, str | None]:
    """`("Page", "BookRead")` for `Page[BookRead]`; `("int", None)` for `int`."""
    node = parse_type(text)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return node.value.id, _spell(node.slice)
    return canonical(text), None
