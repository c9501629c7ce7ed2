"""Queries carry their values as parameters, and only tables that the contract names are written."""

from __future__ import annotations

import ast

from codex.develop.checks.finding import Candidate, Contract, Finding, line_of

_TEXT_FUNCTIONS = {"text", "literal_column", "TextClause"}
_WRITERS = {"insert", "update", "delete"}


def check_queries(candidate: Candidate, contract: Contract) -> Finding:
    """Find SQL that is put together from values, and writes that the contract does not mention."""
    finding = Finding("queries")
    writes = bool(contract.definition.writes)
    for node in ast.walk(candidate.tree):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in _TEXT_FUNCTIONS and node.args and _is_built(node.args[0]):
            finding.problems.append(
                f"{line_of(candidate, node)}: SQL is put together from values; "
                "use select() with col(), or bound parameters."
            )
        if name in {"execute", "exec", "exec_driver_sql"} and node.args and _is_built(node.args[0]):
            finding.problems.append(
                f"{line_of(candidate, node)}: a statement is put together from text; "
                "use select() with col(), or bound parameters."
            )
        if not writes and _writes(node, name):
            finding.problems.append(
                f"{line_of(candidate, node)}: this writes, but the contract of {contract.name} "
                "names no table that it writes."
            )
    return finding


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _is_built(node: ast.expr) -> bool:
    """Whether text is made from parts: an f-string with values, +, % or format()."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return _has_text(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            return True
        if node.func.attr == "join":
            return _has_text(node.func.value)
    return False


def _has_text(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.JoinedStr)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )


def _writes(node: ast.Call, name: str) -> bool:
    if not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    on_session = isinstance(owner, ast.Name) and owner.id == "session"
    if on_session and name in {"add", "add_all", "delete", "merge", "bulk_save_objects"}:
        return True
    if on_session and name in {"exec", "execute"} and node.args:
        return any(
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Name)
            and part.func.id in _WRITERS
            for part in ast.walk(node.args[0])
        )
    return False
