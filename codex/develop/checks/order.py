"""A list that is returned has an order that somebody chose: rows and sets have none themselves."""

from __future__ import annotations

import ast
from collections import Counter

from codex.common.documents.typetext import parse_type
from codex.develop.checks.edits import Edit, apply
from codex.develop.checks.finding import Candidate, Contract, Finding, line_of

_SETS = frozenset({"set", "frozenset"})
_SET_METHODS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
# Whoever uses one of these has thought of an order; which one, the examples tell.
_ORDERING = frozenset({"order_by", "sorted", "sort", "nlargest", "nsmallest", "merge", "heappop"})
_PASSING_ON = frozenset({"list", "tuple"})
_STATEMENT = frozenset({"select", "where", "join", "distinct", "limit", "offset", "options"})


def check_order(candidate: Candidate, contract: Contract) -> Finding:
    """Find lists made of sets, and of rows in no order; whole rows are put in that of their ids."""
    finding = Finding("order")
    function = candidate.function(contract.name)
    if function is None:
        return finding
    reader = Reader(function)
    edits: list[Edit] = []
    for node in reader.returns:
        if any(reader.lists_a_set(part) for part in reader.parts(node.value)):
            finding.problems.append(
                f"{line_of(candidate, node)}: a list of what a set holds is in another order at "
                "every start; use sorted()."
            )
        statement = None if reader.orders else reader.statement(node.value)
        if statement is None or not _returns_list(contract):
            continue
        edit = _by_id(statement, contract)
        if edit is None:
            finding.problems.append(
                f"{line_of(candidate, node)}: these rows come in no certain order; "
                "add .order_by() to the query."
            )
        elif edit not in edits:
            edits.append(edit)
    if edits and not finding.problems:
        finding.code = apply(candidate.code, edits)
        finding.mends.append("Rows that had no order are in that of their ids.")
    return finding


def _returns_list(contract: Contract) -> bool:
    match parse_type(contract.definition.return_type):
        case ast.Subscript(value=ast.Name(id="list" | "tuple")):
            return True
        case _:
            return False


class Reader:
    """What the expressions of one function come from, as far as that is plain to see."""

    def __init__(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.returns: list[ast.Return] = []
        self.orders = False
        """Whether anything at all is put in order."""
        self._bound: dict[str, list[ast.expr | None]] = {}
        self._stored: Counter[str] = Counter()
        for node in function.body:
            self._read(node)

    def _read(self, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                # What it returns is not what the function returns; that it sorts is known.
                self.orders = self.orders or any(_names_order(item) for item in ast.walk(node))
                return
            case ast.Return():
                self.returns.append(node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._bind(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self._bind(name, value)
            case ast.Name(id=name, ctx=ast.Store()):
                self._stored[name] += 1
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort")):
                self._bind(name, None)
            case _:
                pass
        self.orders = self.orders or _names_order(node)
        for child in ast.iter_child_nodes(node):
            self._read(child)

    def _bind(self, name: str, value: ast.expr | None) -> None:
        self._bound.setdefault(name, []).append(value)

    def _value(self, node: ast.expr) -> ast.expr:
        """What a name stands for, where it is bound just once and left as it is."""
        seen: set[str] = set()
        while isinstance(node, ast.Name) and node.id not in seen:
            seen.add(node.id)
            bound = self._bound.get(node.id, [])
            if len(bound) != 1 or bound[0] is None or self._stored[node.id] != 1:
                return node
            node = bound[0]
        return node

    def parts(self, node: ast.expr | None) -> list[ast.expr]:
        """What is returned, and each part of it where it is put together there."""
        if node is None:
            return []
        found = self._value(node)
        match found:
            case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Dict(values=inner):
                return [found, *(part for item in inner for part in self.parts(item))]
            case ast.Call(func=ast.Name(id=name), keywords=keywords) if name[:1].isupper():
                return [part for item in keywords for part in self.parts(item.value)]
            case _:
                return [found]

    def lists_a_set(self, node: ast.expr) -> bool:
        """Whether it is a list of the members of a set, or a text of them."""
        match node:
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _PASSING_ON:
                return self.is_set(inner) or self.lists_a_set(self._value(inner))
            case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
                return self.is_set(inner)
            case ast.ListComp(generators=[ast.comprehension(iter=inner), *_]):
                return self.is_set(inner)
            case ast.List(elts=[ast.Starred(value=inner)]):
                return self.is_set(inner)
            case _:
                return False

    def is_set(self, node: ast.expr) -> bool:
        """Whether it is a set, or what is made of one."""
        node = self._value(node)
        match node:
            case ast.Set() | ast.SetComp():
                return True
            case ast.GeneratorExp(generators=[ast.comprehension(iter=inner), *_]):
                return self.is_set(inner)
            case ast.Call(func=ast.Name(id=name)):
                return name in _SETS
            case ast.Call(func=ast.Attribute(value=owner, attr=name)):
                return name in _SET_METHODS and self.is_set(owner)
            case ast.BinOp(left=left, op=ast.Sub() | ast.BitAnd() | ast.BitOr() | ast.BitXor()):
                return self.is_set(left) or _is_view(left)
            case _:
                return False

    def statement(self, node: ast.expr | None) -> ast.expr | None:
        """The query whose rows are returned one by one; None where there is none."""
        found = None if node is None else self._value(node)
        match found:
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _PASSING_ON:
                return self.statement(inner)
            case ast.ListComp(generators=[ast.comprehension(iter=inner)]):
                return self.statement(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr="all"), args=[]):
                return self.statement(inner)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="session"), attr="exec" | "scalars"),
                args=[inner, *_],
            ):
                query = self._value(inner)
                return query if _begins_with_select(query) else None
            case _:
                return None


def _names_order(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _ORDERING
        case _:
            return False


def _is_view(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr="keys" | "items"), args=[]):
            return True
        case _:
            return False


def _begins_with_select(node: ast.expr) -> bool:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id == "select")
    )


def _by_id(statement: ast.expr, contract: Contract) -> Edit | None:
    """An order by id for a query of whole rows; None where the rows are no table's."""
    node: ast.expr = statement
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _STATEMENT:
            return None
        node = node.func.value
    match node:
        case ast.Call(func=ast.Name(id="select"), args=[ast.Name(id=model)]):
            if f"{model}Read" not in contract.vocabulary.imports:
                return None
        case _:
            return None
    line, column = statement.end_lineno, statement.end_col_offset
    assert line is not None
    assert column is not None
    return Edit(line, column, line, column, f".order_by(col({model}.id))")
