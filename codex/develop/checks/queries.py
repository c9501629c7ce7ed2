"""Queries carry their values as parameters, and only tables that the contract names are written."""

from __future__ import annotations

import ast
import re

from codex.develop.checks.finding import Candidate, Contract, Finding, line_of
from codex.develop.checks.references import References

_TEXT_FUNCTIONS = {"text", "literal_column", "TextClause"}
_WRITERS = {"insert", "update", "delete"}
_WRITING_STATEMENTS = {
    f"{module}.{name}"
    for module in ("sqlmodel", "sqlalchemy", "sqlalchemy.sql", "sqlalchemy.dialects.postgresql")
    for name in _WRITERS
} | {"sqlalchemy.dialects.sqlite.insert"}
_WRITING_METHODS = {"add", "add_all", "delete", "merge", "bulk_save_objects"} | {
    "bulk_insert_mappings",
    "bulk_update_mappings",
}
_WRITING_WORDS = re.compile(
    r"(?i)^\s*(replace|merge|copy|vacuum)\b"
    r"|\b(insert\s+into|update\s+\S+\s+set|delete\s+from|drop|alter|create|truncate)\s"
)
_BY_OBJECT: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Is: (".is_()", "is"),
    ast.IsNot: (".is_not()", "is not"),
    ast.In: (".in_()", "in"),
    ast.NotIn: (".not_in()", "not in"),
}


def check_queries(candidate: Candidate, contract: Contract) -> Finding:
    """Find SQL that is put together from values, and writes that the contract does not mention."""
    finding = Finding("queries")
    writes = bool(contract.definition.writes)
    built = _built_names(candidate.tree)
    constants = _constant_names(candidate.tree)
    references = References(candidate.tree, contract.vocabulary.imports)
    for node in ast.walk(candidate.tree):
        misread = _misread_column(node, contract)
        if misread:
            finding.problems.append(f"{line_of(candidate, node)}: {misread}.")
        if not isinstance(node, ast.Call):
            continue
        name = _called(node)
        if name in _TEXT_FUNCTIONS and node.args and not _is_written_out(node.args[0], constants):
            finding.problems.append(
                f"{line_of(candidate, node)}: SQL is put together from values; "
                "use select() with col(), or bound parameters."
            )
        if (
            name in {"execute", "exec", "exec_driver_sql"}
            and node.args
            and _is_built(node.args[0], built)
        ):
            finding.problems.append(
                f"{line_of(candidate, node)}: a statement is put together from text; "
                "use select() with col(), or bound parameters."
            )
        if not writes and (
            _writes(node, name)
            or references.full(node.func) in _WRITING_STATEMENTS
            or _writes_by_text(node, name)
        ):
            finding.problems.append(
                f"{line_of(candidate, node)}: this writes, but the contract of {contract.name} "
                "names no table that it writes."
            )
    return finding


def _writes_by_text(node: ast.Call, name: str) -> bool:
    match node.args:
        case [ast.Constant(value=str(sql)), *_] if name in _TEXT_FUNCTIONS:
            return _WRITING_WORDS.search(sql) is not None
        case _:
            return False


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _misread_column(node: ast.AST, contract: Contract) -> str | None:
    """Python's own words about a column, which Python answers at once and no row is asked."""
    match node:
        case ast.Compare(left=left, ops=[operator]) if type(operator) in _BY_OBJECT:
            instead, word = _BY_OBJECT[type(operator)]
            if _is_column(left, contract):
                return f"`{word}` asks about the Python object, not about the rows; use {instead}"
        case ast.BoolOp(values=[*others, _]):
            if any(_compares_column(item, contract) for item in others):
                return "`and` and `or` combine no conditions of a query; use and_() and or_()"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            if _is_column(operand, contract) or _compares_column(operand, contract):
                return "`not` negates no condition of a query; use not_()"
        case _:
            pass
    return None


def _is_column(node: ast.expr, contract: Contract) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="col")):
            return True
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            # Only tables have a read type; the members of enums are plain values.
            return f"{name}Read" in contract.vocabulary.imports and attribute[0] != "_"
        case _:
            return False


def _compares_column(node: ast.expr, contract: Contract) -> bool:
    return isinstance(node, ast.Compare) and any(
        _is_column(side, contract) for side in (node.left, *node.comparators)
    )


def _constant_names(tree: ast.Module) -> frozenset[str]:
    """Names that stand for texts that are written out, wherever they are set."""
    set_to: dict[str, list[ast.expr | None]] = {}
    targets: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name) as target], value=value)
                | ast.AnnAssign(target=ast.Name(id=name) as target, value=value)
            ):
                targets.add(target)
                set_to.setdefault(name, []).append(value)
            case ast.arg(arg=name):
                set_to.setdefault(name, []).append(None)
            case _:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in targets:
            set_to.setdefault(node.id, []).append(None)
    return frozenset(
        name
        for name, values in set_to.items()
        if all(value is not None and _is_written_out(value) for value in values)
    )


def _is_written_out(node: ast.expr, names: frozenset[str] = frozenset()) -> bool:
    """Whether all that it may be stands there: a text, or a choice between texts."""
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.IfExp(body=body, orelse=orelse):
            return _is_written_out(body, names) and _is_written_out(orelse, names)
        case ast.Subscript(value=value):
            return _is_written_out(value, names)
        case ast.JoinedStr(values=parts):
            return all(isinstance(part, ast.Constant) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _is_written_out(left, names) and _is_written_out(right, names)
        case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            return all(_is_written_out(value, names) for value in values)
        case _:
            return isinstance(node, ast.Constant)


def _built_names(tree: ast.Module) -> frozenset[str]:
    """Names that stand for text that is made from parts."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_built(value):
                names.add(name)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                names.add(name)
            case _:
                pass
    return frozenset(names)


def _is_built(node: ast.expr, names: frozenset[str] = frozenset()) -> bool:
    """Whether text is made from parts: an f-string with values, +, % or format()."""
    if isinstance(node, ast.Name):
        return node.id in names
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
    return on_session and name in _WRITING_METHODS
