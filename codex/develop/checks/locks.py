"""A row that is read and then changed is locked as it is read: no other request comes between."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codex.develop.checks.edits import Edit, apply
from codex.develop.checks.finding import Candidate, Contract, Finding, line_of
from codex.develop.checks.order import Reader


def check_locks(candidate: Candidate, contract: Contract) -> Finding:
    """Let `lock` fetch what is changed: it finds the same row, or none in the same way."""
    finding = Finding("locks")
    function = candidate.function(contract.name)
    if function is None or _binds_lock(candidate.tree):
        return finding
    reader = Reader(function)
    for node, rows in _loops(function):
        if reader.is_set(rows) and _locks(node):
            finding.problems.append(
                f"{line_of(candidate, rows)}: rows of a set are locked in no certain order, so two "
                "requests may wait for each other for ever; use sorted()."
            )
    changed = _changed(function)
    edits = [
        Edit.of(node.value.func, "lock")
        for node in ast.walk(function)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "get_or_404"
        and _target(node) in changed
    ]
    if edits and not finding.problems:
        finding.code = apply(candidate.code, edits)
        finding.mends.append("Rows that are changed are locked as they are read.")
    return finding


def _loops(function: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Every loop, and what it goes through."""
    for node in ast.walk(function):
        if isinstance(node, ast.For):
            yield node, node.iter
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            yield node, node.generators[0].iter


def _locks(node: ast.AST) -> bool:
    return any(
        isinstance(item, ast.Call) and isinstance(item.func, ast.Name) and item.func.id == "lock"
        for item in ast.walk(node)
    )


def _binds_lock(tree: ast.Module) -> bool:
    """Whether `lock` means something else somewhere."""
    return any(
        (isinstance(node, ast.Name) and node.id == "lock" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.arg) and node.arg == "lock")
        or (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "lock")
        for node in ast.walk(tree)
    )


def _changed(function: ast.AST) -> set[str]:
    """Names of which an attribute is assigned."""
    return {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""
