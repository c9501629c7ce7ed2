"""Nothing is kept from one call to the next: a service may have several processes."""

from __future__ import annotations

import ast

from codex.develop.checks.finding import Candidate, Contract, Finding, line_of

_MUTATING = frozenset(
    [
        *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "clear"),
        *("remove", "discard", "appendleft", "popleft"),
    ]
)


def check_state(candidate: Candidate, contract: Contract) -> Finding:
    """Find caches, globals, and module-level values that a function changes."""
    finding = Finding("state")
    function = candidate.function(contract.name)
    if function is None:
        return finding
    if function.decorator_list:
        finding.problems.append(
            f"{line_of(candidate, function.decorator_list[0])}: {contract.name} is called as it "
            "is, by one request after the other; write it without a decorator."
        )
    shared = _shared(candidate.tree) | contract.vocabulary.imports.keys()
    kept = _module_level(candidate.tree)
    for definition in candidate.functions:
        own = _own_names(definition)
        for node in ast.walk(definition):
            if (
                isinstance(node, ast.Global)
                or _changes(node) in kept - own
                or _changes_attribute(node) in (shared | kept) - own
            ):
                finding.problems.append(
                    f"{line_of(candidate, node)}: what one call leaves behind, the next one sees, "
                    "but only in the same process; keep it inside the function."
                )
    return finding


def _module_level(tree: ast.Module) -> set[str]:
    """Names that are bound at module level, but for functions, classes and imports."""
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def _shared(tree: ast.Module) -> set[str]:
    """Functions, classes and modules, whose attributes every call sees."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {node.name for node in tree.body if isinstance(node, kinds)} | {
        item.asname or item.name.partition(".")[0] for node in imports for item in node.names
    }


def _own_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    stored = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored | {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}


def _changes(node: ast.AST) -> str:
    """The name of which a part is set or taken away; empty for anything else."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name if method in _MUTATING else ""
        case _:
            return ""


def _changes_attribute(node: ast.AST) -> str:
    """The name of which an attribute is set or taken away; empty for anything else."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
            return name
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[ast.Name(id=name), *_]):
            return name
        case ast.Attribute(value=ast.Call(func=ast.Name(id="getcontext" as name)), ctx=ast.Store()):
            return name  # what all later sums of the thread are rounded to; localcontext() is not
        case _:
            return ""
