"""What the strict type checker sends back although nothing is wrong with it, mended beforehand."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codex.develop.checks.edits import Edit, apply
from codex.develop.checks.finding import Candidate, Contract, Finding

_MANAGERS = {
    "contextmanager": ({"Iterator", "Iterable"}, "Generator"),
    "asynccontextmanager": ({"AsyncIterator", "AsyncIterable"}, "AsyncGenerator"),
}
_FACTORIES = {"list", "dict", "set"}


def check_strict(candidate: Candidate, contract: Contract) -> Finding:
    """Spell columns, context managers and default factories so that their types are known."""
    finding = Finding("strict")
    edits: dict[Edit, str] = {}
    for node in ast.walk(candidate.tree):
        edits |= dict.fromkeys(_columns(node, contract), "Columns are selected by col().")
        edits |= dict.fromkeys(_managers(node), "A context manager returns a Generator.")
        edits |= dict.fromkeys(_factories(node), "A default factory says what it holds.")
    if edits:
        finding.code = apply(candidate.code, edits)
        finding.mends = list(dict.fromkeys(edits.values()))
    return finding


def _columns(node: ast.AST, contract: Contract) -> Iterator[Edit]:
    """`select(Loan.due_on, ...)`: as it stands, only columns of a few types are understood."""
    match node:
        case ast.Call(func=ast.Name(id="select"), args=arguments):
            for item in arguments:
                match item:
                    case ast.Attribute(value=ast.Name(id=model), attr=name) if (
                        # Only tables have a read type.
                        f"{model}Read" in contract.vocabulary.imports and not name.startswith("_")
                    ):
                        yield Edit.of(item, f"col({model}.{name})")
                    case _:
                        pass
        case _:
            pass


def _managers(node: ast.AST) -> Iterator[Edit]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for decorator in node.decorator_list:
        match decorator, node.returns:
            case (
                ast.Name(id=name) | ast.Attribute(attr=name),
                ast.Subscript(value=ast.Name(id=kind) as said),
            ) if name in _MANAGERS and kind in _MANAGERS[name][0]:
                yield Edit.of(said, _MANAGERS[name][1])
            case _:
                pass


def _factories(node: ast.AST) -> Iterator[Edit]:
    match node:
        case ast.AnnAssign(
            annotation=ast.Subscript(value=ast.Name(id=kind)) as annotation,
            value=ast.Call(func=ast.Name(id="field"), keywords=keywords),
        ) if kind in _FACTORIES:
            for item in keywords:
                if item.arg == "default_factory" and _makes_empty(item.value) == kind:
                    yield Edit.of(item.value, ast.unparse(annotation))
        case _:
            pass


def _makes_empty(factory: ast.expr) -> str:
    """What kind of collection `factory` makes, where it makes an empty one."""
    match factory:
        case ast.Name(id=name):
            return name
        case ast.Lambda(body=ast.List(elts=[])):
            return "list"
        case ast.Lambda(body=ast.Dict(keys=[])):
            return "dict"
        case _:
            return ""
