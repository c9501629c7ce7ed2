"""The function does something: it is no stub, no promise, and no answer learned by heart."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize

from codex.develop.checks.finding import Candidate, Contract, Finding

# A service may well keep to-dos, and fill placeholders: only what stands for missing code counts.
_PROMISE = re.compile(
    r"^#\W*(TODO|FIXME|XXX|HACK)\b|\b(TODO|FIXME|XXX|HACK)(\(\w+\))?:"
    r"|(?i:\b(not (yet )?implemented|your (code|logic) here|implement (me|this)"
    r"|(placeholder|stub|dummy|mock|simplified) (implementation|logic|code|body|for now)"
    r"|in (a|the) real (implementation|application|app|service|system))\b"
    r"|^#\W*(placeholder|stub)\W*$)"
)
_UNMADE = frozenset({"NotImplementedError", "NotImplemented"})


Function = ast.FunctionDef | ast.AsyncFunctionDef


def check_placeholder(candidate: Candidate, contract: Contract) -> Finding:
    """Find bodies that do nothing, promises in comments, and constants for varying examples."""
    finding = Finding("no placeholder")
    function = candidate.function(contract.name)
    if function is None:
        return finding
    body = [node for node in function.body if not _is_nothing(node)]
    if not body:
        finding.problems.append(f"{contract.name} has an empty body; write it completely.")
        return finding
    if _is_unmade(body):
        finding.problems.append(
            f"{contract.name} says that it is not implemented (NotImplementedError, or its like); "
            "write it completely."
        )
    for line, comment in [*_comments(candidate.code), *_docstrings(candidate.tree)]:
        if _PROMISE.search(comment):
            finding.problems.append(
                f"Line {line} promises work that is not done ({comment.strip()[:60]}); do it now."
            )
    if _examples_vary(contract):
        finding.problems += _same_every_time(function, body, contract)
    return finding


def _same_every_time(function: Function, body: list[ast.stmt], contract: Contract) -> list[str]:
    """What is said of a body that cannot answer two cases in two ways."""
    constant = _only_constant(body)
    if constant is not None:
        told = f"always returns {constant}"
    elif not _looks_at(function, {item.name for item in contract.definition.parameters}):
        told = "looks at none of its parameters"
    else:
        return []
    return [f"{contract.name} {told}, but its examples return different values."]


def _looks_at(function: Function, parameters: set[str]) -> bool:
    return any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in parameters
        for statement in function.body
        for node in ast.walk(statement)
    )


def _is_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_unmade(body: list[ast.stmt]) -> bool:
    """Whether the function, or a branch of it, says that it is not written yet.

    A class inside may well have methods that only its heirs have.
    """
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))) if (
                name in _UNMADE
            ):
                return True
            case ast.Return(value=ast.Name(id="NotImplemented")):
                return True
            case ast.Raise(exc=ast.Call(args=[ast.Constant(value=str(told)), *_])) if (
                _PROMISE.search(told)
            ):
                return True
            case _:
                waiting += ast.iter_child_nodes(node)
    return False


def _docstrings(tree: ast.Module) -> list[tuple[int, str]]:
    """The texts that stand for themselves: docstrings, and comments written as such."""
    return [
        (node.lineno + offset, line)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for offset, line in enumerate(str(node.value.value).splitlines())
    ]


def _comments(code: str) -> list[tuple[int, str]]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [(item.start[0], item.string) for item in tokens if item.type == tokenize.COMMENT]


def _only_constant(body: list[ast.stmt]) -> str | None:
    """The literal that the body returns, where returning it is all that it does."""
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return None
    try:
        return repr(ast.literal_eval(body[0].value))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _examples_vary(contract: Contract) -> bool:
    returned = {
        json.dumps(example.returns, sort_keys=True)
        for example in contract.definition.examples
        if example.raises is None
    }
    raises = any(example.raises for example in contract.definition.examples)
    return len(returned) > 1 or (bool(returned) and raises)
