"""What the names in a function's code stand for in full, so that no alias hides anything."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codex.compiler.vocabulary import Import


class References:
    """The full names behind local ones: imports, their aliases, and what every service knows."""

    def __init__(self, tree: ast.Module, vocabulary: Mapping[str, Import]) -> None:
        nodes = list(ast.walk(tree))
        bound = {node.arg for node in nodes if isinstance(node, ast.arg)} | {
            node.id
            for node in nodes
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        self._full = {
            name: module if member is None else f"{module}.{member}"
            for name, (module, member) in vocabulary.items()
            if name not in bound
        }
        for node in nodes:
            self._full |= _imported(node)
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=other)):
                    if other in self._full:  # another name for a module
                        self._full.setdefault(name, self._full[other])
                case _:
                    pass

    def full(self, node: ast.AST) -> str:
        """`os.environ` for a name or an attribute of one; empty for anything else."""
        if isinstance(node, ast.Name):
            return self._full.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.full(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


def _imported(node: ast.AST) -> dict[str, str]:
    match node:
        case ast.Import(names=names):
            return {
                item.asname or item.name.partition(".")[0]: item.name
                if item.asname
                else item.name.partition(".")[0]
                for item in names
            }
        case ast.ImportFrom(module=str(module), names=names, level=0):
            return {item.asname or item.name: f"{module}.{item.name}" for item in names}
        case _:
            return {}
