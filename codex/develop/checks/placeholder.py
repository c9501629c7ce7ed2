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
    r"|placeholder (implementation|logic|code|body|for now))\b|^#\W*placeholder\W*$)"
)


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
    if _raises_not_implemented(body):
        finding.problems.append(f"{contract.name} raises NotImplementedError; write it completely.")
    for line, comment in _comments(candidate.code):
        if _PROMISE.search(comment):
            finding.problems.append(
                f"Line {line} promises work that is not done ({comment.strip()[:60]}); do it now."
            )
    constant = _only_constant(body)
    if constant is not None and _examples_vary(contract):
        finding.problems.append(
            f"{contract.name} always returns {constant}, but its examples return different values."
        )
    return finding


def _is_nothing(node: ast.stmt) -> bool:
    if isinstance(node, ast.Pass):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _raises_not_implemented(body: list[ast.stmt]) -> bool:
    """Whether the function, or a branch of it, does; a class inside may well have such methods."""
    waiting: list[ast.AST] = [*body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id == "NotImplementedError":
                return True
        waiting += ast.iter_child_nodes(node)
    return False


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
