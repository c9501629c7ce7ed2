"""Functions read as source: what they define, what they import, what they take for granted."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from codex.common import python_source
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.errors import DocumentError
from codex.compiler.source import docstring, literal

# What ends a line for Python itself; `splitlines` sees more ends than the parser counts.
LINE_END = re.compile(r"\r\n|\r|\n")

Origin = tuple[str, str | None]
"""Where a name comes from: a module and the name in it; None for the module itself."""


@dataclass(frozen=True)
class Unit:
    """One function with its own helpers, its imports taken out."""

    name: str
    statements: tuple[str, ...]
    """The helpers and the function, as source."""
    imports: Mapping[str, Origin]
    """What each imported name stands for."""


def read_unit(
    name: str, code: str, known: Container[str], vocabulary: Mapping[str, Origin]
) -> Unit:
    """The function `name` in `code`; functions that are `known` stand elsewhere."""
    try:
        # The oldest Python that runs the service; a newer one that compiles it must not take more.
        tree = python_source.parse(code, feature_version=(3, 11))
    except (SyntaxError, ValueError) as error:
        raise DocumentError(
            f"function {name!r} is not Python: {error}.", "Write it again."
        ) from None
    lines = LINE_END.split(code)
    imports: dict[str, Origin] = {}
    statements: list[str] = []
    kept: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports |= _bindings(node, name)
            continue
        if _is_docstring(node) or _is_other(node, name, known):
            continue
        text, inner = _without_imports(node, lines, name)
        imports |= inner
        statements.append(text)
        kept.append(node)
    defined = names_defined(kept)
    used = _names_used("\n\n".join(statements))
    imports = {alias: origin for alias, origin in imports.items() if alias in used}
    for wanted in sorted(used - defined - imports.keys()):
        if not hasattr(builtins, wanted) and wanted in vocabulary:
            imports[wanted] = vocabulary[wanted]
    return Unit(name, tuple(statements), imports)


def _is_other(node: ast.stmt, name: str, known: Container[str]) -> bool:
    """Whether the statement defines a function that stands elsewhere."""
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name != name
        and node.name in known
    )


def missing_source(definition: FunctionDefinition) -> str:
    """What stands for a function that is missing: its contract, and the refusal."""
    text = f"No code of it could be verified.\n\n{definition.description}".strip()
    start = "async def" if definition.is_async else "def"
    return (
        "from app.problems import NotImplementedYet\n\n\n"
        f"{start} {definition.name}({definition.input_type}) -> {definition.return_type}:\n"
        f"    {docstring(text, '    ')}\n"
        f"    raise NotImplementedYet({literal(f'{definition.name} is not implemented yet.')})\n"
    )


def _bindings(node: ast.Import | ast.ImportFrom, function: str) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    if isinstance(node, ast.Import):
        for item in node.names:
            found[item.asname or item.name.partition(".")[0]] = (item.name, None)
        return found
    if node.level or node.module is None or any(item.name == "*" for item in node.names):
        raise DocumentError(
            f"function {function!r} has an import that cannot be hoisted in line {node.lineno}.",
            "Import modules and names one by one.",
        )
    if node.module == "__future__":
        return found
    return {item.asname or item.name: (node.module, item.name) for item in node.names}


def _without_imports(
    node: ast.stmt, lines: list[str], function: str
) -> tuple[str, dict[str, Origin]]:
    """The statement's source without the imports that stand at the top level of a function."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
    last = node.end_lineno or node.lineno
    imports: dict[str, Origin] = {}
    gone: set[int] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(node.body) > 1:
        inner = [item for item in node.body if isinstance(item, ast.Import | ast.ImportFrom)]
        others = {
            number
            for item in node.body
            if item not in inner
            for number in range(item.lineno, (item.end_lineno or item.lineno) + 1)
        }
        for item in inner:
            last_line = item.end_lineno or item.lineno
            span = set(range(item.lineno, last_line + 1))
            if last_line < len(lines) and not lines[last_line].strip():
                span.add(last_line + 1)
            if span & others or node.lineno in span or len(inner) == len(node.body):
                continue
            imports |= _bindings(item, function)
            gone |= span
    kept = [lines[number - 1] for number in range(first, last + 1) if number not in gone]
    return "\n".join(kept).strip("\n"), imports


def names_defined(body: Iterable[ast.stmt]) -> set[str]:
    """What the statements define: functions, classes and variables."""
    names: set[str] = set()
    for node in body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
            case _:
                names |= {
                    part.id
                    for part in ast.walk(node)
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                }
    return names


def _names_used(text: str) -> set[str]:
    """Every name that is taken from outside, with those inside of quoted annotations."""
    names: set[str] = set()
    waiting = [symtable.symtable(text, "<function>", "exec")]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        module = table.get_type() == "module"
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (module or symbol.is_global())
        }
    for node in ast.walk(python_source.parse(text)):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                try:
                    names |= _names_used(annotation.value)
                except SyntaxError:
                    continue
    return names


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
