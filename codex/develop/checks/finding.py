"""What a check is handed, and what it says."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.implementation import Package
from codex.compiler.vocabulary import Vocabulary
from codex.develop.checks.policy import Policy


@dataclass(frozen=True)
class Contract:
    """All that a function is held to."""

    definition: FunctionDefinition
    vocabulary: Vocabulary
    policy: Policy
    callable_names: frozenset[str] = frozenset()
    """The functions that it may call; none others of the service."""

    @property
    def name(self) -> str:
        """The function's name."""
        return self.definition.name


@dataclass(frozen=True)
class Candidate:
    """Code that parses, with its tree and the function that is wanted, where it is there."""

    code: str
    tree: ast.Module

    def function(self, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The last function called `name` at module level."""
        found = [node for node in self.functions if node.name == name]
        return found[-1] if found else None

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """The functions at module level."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in self.tree.body if isinstance(node, kinds)]


@dataclass
class Finding:
    """What one check found: sentences for the writer, and what code put right by itself."""

    check: str
    problems: list[str] = field(default_factory=list[str])
    mends: list[str] = field(default_factory=list[str])
    code: str | None = None
    """The mended code, where something was mended."""
    packages: tuple[Package, ...] = ()


def line_of(candidate: Candidate, node: ast.AST) -> str:
    """`line 3 (total += price)`: where `node` stands, as the writer sees it."""
    number = getattr(node, "lineno", 1)
    lines = candidate.code.splitlines()
    text = lines[number - 1].strip() if number <= len(lines) else ""
    return f"line {number} ({text[:80]})" if text else f"line {number}"
