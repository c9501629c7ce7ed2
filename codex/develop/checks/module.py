"""Beside the function a module may define things, but do nothing when it is imported."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codex.develop.checks.edits import Edit
from codex.develop.checks.finding import Candidate, line_of

_DEFINES = (
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.Pass,
    ast.For,  # a table that is filled by a loop is a constant like others
)


def module_problems(candidate: Candidate) -> list[str]:
    """What is said of statements that would run at every start of the service."""
    return [
        f"{line_of(candidate, node)}: this runs when the module is imported; "
        "beside the function there may be helpers, classes and constants only."
        for node in _doers(candidate.tree.body)
        if not is_main_block(node)
    ]


def _doers(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in statements:
        match node:
            case ast.Expr(value=ast.Constant() | ast.Call(func=ast.Attribute())):
                pass  # a docstring, or `Node.model_rebuild()`
            case ast.If(body=body, orelse=orelse) if not is_main_block(node):
                found += _doers([*body, *orelse])
            case ast.Try(body=body, handlers=handlers, orelse=orelse):
                found += _doers([*body, *(step for item in handlers for step in item.body)])
                found += _doers(orelse)
            case _ if not isinstance(node, _DEFINES):
                found.append(node)
            case _:
                pass
    return found


def is_main_block(node: ast.stmt) -> bool:
    """Whether it is `if __name__ == "__main__":`, which no import reaches."""
    match node:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), orelse=[]):
            return True
        case _:
            return False


def without_main_block(tree: ast.Module) -> list[Edit]:
    """Edits that take away what only a script would run."""
    return [Edit.of(node, "") for node in tree.body if is_main_block(node)]
