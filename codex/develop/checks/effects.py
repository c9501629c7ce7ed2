"""No effects but those that the contract names, and no way around the service's own rules."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.typetext import names_in
from codex.develop.checks.finding import Candidate, Contract, Finding, line_of
from codex.develop.checks.reached import AWAITED, OPENERS, forbidden
from codex.develop.checks.references import References

_FORBIDDEN_CALLS = {
    **dict.fromkeys(["eval", "exec", "compile", "__import__"], "runs text as code"),
    **dict.fromkeys(["globals", "locals", "vars", "breakpoint"], "reaches into the runtime"),
    **dict.fromkeys(["input", "print", "exit", "quit"], "talks to a terminal, which is not there"),
}
_RUNTIME_ATTRIBUTES = {
    "__subclasses__", "__globals__", "__builtins__", "__code__", "__bases__", "__base__",
    "__mro__", "__closure__", "__getattribute__", "__reduce__", "f_globals", "f_locals", "gi_frame",
}  # fmt: skip
# What these answer is all that they do.
_ONLY_ANSWER = frozenset(
    [
        *("where", "order_by", "group_by", "having", "astimezone", "isoformat", "quantize"),
        *("strip", "lstrip", "rstrip", "lower", "upper", "casefold", "removeprefix"),
        *("removesuffix", "sorted", "reversed"),
    ]
)
_WRAPPERS = frozenset({"commit", "rollback"})
_SESSION_METHODS = _WRAPPERS | {"close", "begin", "connection", "get_bind", "bind"}


def check_effects(candidate: Candidate, contract: Contract) -> Finding:
    """Find forbidden calls, clocks, commits, and errors that nobody declared."""
    finding = Finding("effects")
    visitor = _Visitor(candidate, contract, finding)
    visitor.visit(candidate.tree)
    return finding


class _Visitor(ast.NodeVisitor):
    def __init__(self, candidate: Candidate, contract: Contract, finding: Finding) -> None:
        self._candidate = candidate
        self._contract = contract
        self._finding = finding
        self._effects = contract.definition.effects
        self._parameters = [item.name for item in contract.definition.parameters]
        self._references = References(candidate.tree, contract.vocabulary.imports)
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = list(ast.walk(candidate.tree))
        self._own = {node.name for node in nodes if isinstance(node, kinds)}
        self._async = {node.name for node in nodes if isinstance(node, ast.AsyncFunctionDef)}
        self._sessions = _sessions(nodes)
        self._called = {node.func for node in nodes if isinstance(node, ast.Call)}
        self._bound = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
            node.id
            for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        imports = [node for node in nodes if isinstance(node, ast.Import)]
        self._modules = {
            item.asname or item.name.partition(".")[0] for node in imports for item in node.names
        }

    def _report(self, node: ast.AST, what: str) -> None:
        self._finding.problems.append(f"{line_of(self._candidate, node)}: {what}.")

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name):
            self._named_call(node, node.func.id)
        elif isinstance(node.func, ast.Attribute):
            self._method_call(node, node.func)
        self._resolved_call(node)
        self.generic_visit(node)

    def _named_call(self, node: ast.Call, name: str) -> None:
        # What is printed into a text of the function's own goes to no terminal.
        if name == "print" and any(item.arg == "file" for item in node.keywords):
            return
        if name in _FORBIDDEN_CALLS:
            self._report(node, f"{name}() {_FORBIDDEN_CALLS[name]}; a function may not")
        elif name == "open" and "files" not in self._effects:
            self._report(node, "open() touches files, which the contract does not mention")
        elif name == "getattr" and _hides(node, self._modules):
            self._report(node, "getattr() hides what is used; name it")
        elif name == "float" and _is_exact(self._contract.definition):
            self._report(node, "float() makes an exact amount inexact; stay with Decimal")

    def visit_Name(self, node: ast.Name) -> None:
        """A forbidden function under another name is found where it gets that name."""
        hidden = node.id in _FORBIDDEN_CALLS or (node.id == "open" and "files" not in self._effects)
        # A name of the function's own, `input` say, has nothing to do with Python's.
        if hidden and node not in self._called and node.id not in self._bound:
            self._report(node, f"{node.id} may be called by no other name")
        elif isinstance(node.ctx, ast.Load):
            self._reached(node)

    def _reached(self, node: ast.Name | ast.Attribute) -> bool:
        """Whether the name is one of those that no function, or not this one, may use."""
        full = self._references.full(node)
        what = forbidden(full, self._effects, self._parameters) if "." in full else None
        if what is not None:
            self._report(node, what)
        return what is not None

    def _method_call(self, node: ast.Call, function: ast.Attribute) -> None:
        name = function.attr
        if name == "set_missing_host_key_policy" and not _rejects(node):
            self._report(node, "a host that nobody knows must be rejected; use RejectPolicy")
        on_session = _dotted(function.value).rpartition(".")[2] in self._sessions
        if name in _WRAPPERS or (on_session and name in _SESSION_METHODS):
            self._report(
                node,
                f"session.{name}() is done by the route's wrapper, once for each request; "
                "use session.flush() where an id is needed",
            )

    def _resolved_call(self, node: ast.Call) -> None:
        full = self._references.full(node.func)
        if full in OPENERS and "files" not in self._effects and self._names_a_file(node):
            self._report(node, f"{full}() touches files, which the contract does not mention")
        if full == "contextlib.suppress" and any(_is_broad(item) for item in node.args):
            self._report(node, "every error is swallowed here; name the one that is expected")

    def _names_a_file(self, node: ast.Call) -> bool:
        """Whether what is opened is a name, and no buffer."""
        match node.args[:1]:
            case [ast.Constant(value=str()) | ast.JoinedStr() | ast.BinOp()]:
                return True
            case [ast.Name(id=name)]:
                own = self._contract.definition.parameters
                return any(item.name == name and item.type == "str" for item in own)
            case _:
                return False

    def visit_Expr(self, node: ast.Expr) -> None:
        call = node.value
        if isinstance(call, ast.Call):
            named = isinstance(call.func, ast.Name)
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            name = _dotted(call.func) if named else method
            if name in _ONLY_ANSWER and name not in self._own:
                self._report(node, f"what {name}() returns is thrown away, and it does no more")
            if self._references.full(call.func) in AWAITED | self._async:
                self._report(node, "nothing happens before this is awaited; write `await`")
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in _RUNTIME_ATTRIBUTES:
            self._report(node, f"{node.attr} reaches into the runtime; a function may not")
        if not self._reached(node):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """The name of something in the runtime, which attrgetter() and the like would look up."""
        if isinstance(node.value, str) and any(item in node.value for item in _RUNTIME_ATTRIBUTES):
            self._report(node, "this names what is in the runtime; a function may not")

    def visit_Raise(self, node: ast.Raise) -> None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        if isinstance(raised, ast.Name):
            found = self._contract.vocabulary.imports.get(raised.id)
            declared = set(self._contract.definition.raises)
            if found and found[0] == "app.errors" and raised.id not in declared:
                allowed = ", ".join(sorted(declared)) or "none"
                self._report(node, f"{raised.id} is raised, but the contract declares {allowed}")
            if raised.id == "HTTPException":
                self._report(node, "HTTPException is for routes; raise an error of the contract")
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if (node.type is None or _is_broad(node.type)) and not _speaks_of_it(node):
            self._report(node, "every error is swallowed here; catch the one that is expected")
        self.generic_visit(node)


def _is_broad(node: ast.expr) -> bool:
    """Whether an `except` catches everything."""
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(_dotted(kind) in {"Exception", "BaseException"} for kind in kinds)


def _speaks_of_it(handler: ast.ExceptHandler) -> bool:
    """Whether something is raised, or the error itself is looked at."""
    inside = [node for item in handler.body for node in ast.walk(item)]
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Name) and handler.name is not None and node.id == handler.name)
        for node in inside
    )


def _is_exact(definition: FunctionDefinition) -> bool:
    """Whether it answers with decimals, and is handed no inexact number."""
    taken = {name for item in definition.parameters for name in names_in(item.type)}
    return "Decimal" in names_in(definition.return_type) and "float" not in taken


def _hides(node: ast.Call, modules: Collection[str]) -> bool:
    """Whether getattr() is used to leave unsaid what is meant."""
    if not node.args:
        return False
    named = [part for item in node.args[1:2] for part in ast.walk(item)]
    return _dotted(node.args[0]) in modules or any(
        isinstance(part, ast.Constant) and "__" in str(part.value) for part in named
    )


def _sessions(nodes: Sequence[ast.AST]) -> set[str]:
    """The names under which the code knows the session."""
    names = {"session"}
    for node in nodes:
        match node:
            case ast.arg(arg=name, annotation=ast.Name(id="Session")):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)):
                names |= {name} if other in names else set()
            case _:
                pass
    return names


def _rejects(node: ast.Call) -> bool:
    policy = node.args[0] if node.args else None
    named = policy.func if isinstance(policy, ast.Call) else policy
    return named is not None and _dotted(named).rpartition(".")[2] == "RejectPolicy"


def _dotted(node: ast.AST) -> str:
    """`session.exec` for an attribute of a name; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""
