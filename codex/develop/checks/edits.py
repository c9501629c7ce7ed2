"""Edits of source text by the spans that `ast` gives, so that nothing else changes its look."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Replace the text from one place to another; lines from 1, columns in UTF-8 bytes from 0."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    @classmethod
    def of(cls, node: ast.expr | ast.stmt | ast.arg | ast.alias, text: str) -> Edit:
        """Replace `node` by `text`."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return cls(node.lineno, node.col_offset, end_line, end_column, text)


def apply(source: str, edits: Iterable[Edit]) -> str:
    """`source` with all `edits`, which must not overlap."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for edit in sorted(edits, reverse=True):
        first, last = edit.line - 1, edit.end_line - 1
        before = lines[first][: edit.column]
        after = lines[last][edit.end_column :]
        lines[first : last + 1] = (before + edit.text.encode() + after).splitlines(keepends=True)
    return b"".join(lines).decode()


def insert_imports(source: str, tree: ast.Module, statements: Iterable[str]) -> str:
    """`source` with import `statements` after its docstring and future imports."""
    at = 0
    for node in tree.body:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if not (docstring or future):
            break
        at = node.end_lineno or node.lineno
    lines = source.splitlines(keepends=True)
    if at and lines and not lines[at - 1].endswith("\n"):
        lines[at - 1] += "\n"
    return "".join([*lines[:at], *(f"{statement}\n" for statement in statements), *lines[at:]])
