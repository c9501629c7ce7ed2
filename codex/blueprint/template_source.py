"""Edits of template source that keep every other character: rename, remove, reorder, retype."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Callable, Iterable, Mapping

from codex.common import python_source

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(source: str) -> list[Function]:
    """The functions of `source`, in order."""
    return [node for node in python_source.parse(source).body if isinstance(node, Function)]


def block_of(source: str, node: Function) -> str:
    """The lines of one function."""
    lines = source.splitlines()
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def joined(blocks: Iterable[str]) -> str:
    """Functions as one template: two empty lines between them, one at the end."""
    return "\n\n\n".join(block.strip("\n") for block in blocks) + "\n"


def blocks_of(source: str) -> dict[str, str]:
    """Each function's own lines, by name, in order."""
    return {node.name: block_of(source, node) for node in functions_of(source)}


def without(source: str, names: Iterable[str]) -> str:
    """`source` without the functions `names`."""
    gone = set(names)
    return joined(block for name, block in blocks_of(source).items() if name not in gone)


def main_first(source: str, main: str) -> str:
    """`source` with its main function first and the others in their order; unchanged if so."""
    blocks = blocks_of(source)
    if main not in blocks or next(iter(blocks)) == main:
        return source
    return joined([blocks[main], *(text for name, text in blocks.items() if name != main)])


def renamed(source: str, names: Mapping[str, str]) -> str:
    """`source` with functions called by other names, where they are defined and where called."""
    if not names:
        return source
    lines = source.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    edits: list[tuple[int, int, int, str]] = []
    for position, token in enumerate(tokens[:-1]):
        called = tokens[position + 1].string == "("
        attribute = position > 0 and tokens[position - 1].string == "."
        if token.type == tokenize.NAME and token.string in names and called and not attribute:
            edits.append((token.start[0], token.start[1], token.end[1], names[token.string]))
    for row, start, end, text in reversed(edits):
        line = lines[row - 1]
        lines[row - 1] = line[:start] + text + line[end:]
    return "".join(lines)


def retyped(source: str, spell: Callable[[str], str]) -> tuple[str, list[tuple[str, str]]]:
    """`source` with each annotation as `spell` gives it, and what was changed."""
    lines = source.split("\n")
    changes: list[tuple[ast.expr, str]] = []
    told: list[tuple[str, str]] = []
    for node in functions_of(source):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        annotations = [item.annotation for item in arguments] + [node.returns]
        for annotation in annotations:
            if annotation is None or annotation.lineno != annotation.end_lineno:
                continue
            old = ast.get_source_segment(source, annotation) or ""
            new = spell(old.strip("\"'") if isinstance(annotation, ast.Constant) else old)
            if new != old:
                changes.append((annotation, new))
                told.append((old, new))
    for annotation, new in sorted(
        changes, key=lambda item: (item[0].lineno, item[0].col_offset), reverse=True
    ):
        # Offsets in a syntax tree count bytes.
        raw = lines[annotation.lineno - 1].encode()
        start, end = annotation.col_offset, annotation.end_col_offset or 0
        lines[annotation.lineno - 1] = (raw[:start] + new.encode() + raw[end:]).decode()
    return "\n".join(lines), told


def with_signature(source: str, name: str, signature: str) -> str:
    """`source` with the head of function `name` written anew; its body stays as it is."""
    for node in functions_of(source):
        if node.name != name:
            continue
        lines = source.splitlines()
        first = node.body[0]
        # A body on the line of the head is moved below it.
        row, column = first.lineno, first.col_offset
        if row == node.lineno or lines[row - 1].encode()[:column].strip():
            text = lines[row - 1].encode()[column:].decode()
            body = ["    " + text, *lines[row : node.end_lineno]]
        else:
            body = lines[_body_start(lines, node) : node.end_lineno]
        return (
            "\n".join(
                [
                    *lines[: node.lineno - 1],
                    *signature.split("\n"),
                    *body,
                    *lines[node.end_lineno or 0 :],
                ]
            )
            + "\n"
        )
    return source


def _body_start(lines: list[str], node: Function) -> int:
    """The line after the head, so that comments before the first statement stay."""
    row = node.body[0].lineno - 1
    while row > node.lineno and not lines[row - 1].rstrip().endswith(":"):
        row -= 1
    return row if lines[row - 1].rstrip().endswith(":") else node.body[0].lineno - 1


def head(name: str, parameters: str, returns: str, *, is_async: bool = False) -> str:
    """The first line of a function, broken as ruff would where it is long."""
    keyword = "async def" if is_async else "def"
    line = f"{keyword} {name}({parameters}) -> {returns}:"
    if len(line) <= 100 or not parameters:
        return line
    inner = f"    {parameters}"
    if len(inner) <= 100:
        return f"{keyword} {name}(\n{inner}\n) -> {returns}:"
    parts = split_parameters(parameters)
    return f"{keyword} {name}(\n" + "".join(f"    {part},\n" for part in parts) + f") -> {returns}:"


def split_parameters(parameters: str) -> list[str]:
    """The parameters of a head, one by one; commas inside brackets do not part them."""
    parts: list[str] = []
    depth, start = 0, 0
    for position, character in enumerate(parameters):
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append(parameters[start:position].strip())
            start = position + 1
    return [*parts, parameters[start:].strip()]
