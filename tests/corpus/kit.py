"""How the corpus is written down, and how it is put before the checks."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CONTEXT, Example, FunctionDefinition
from codex.common.documents.codegraph import FunctionParameter as Parameter
from codex.compiler.vocabulary import Vocabulary
from codex.develop.checks import Contract, load_policy
from tests.corpus.world import architecture

Part = Literal["before", "late", "held", "newest"]
"""Written before the checks were finished, after that, or apart: held back from whoever wrote them,
and measured once before a check was changed again. What was written last is the newest."""


@dataclass(frozen=True)
class Mutant:
    """One small fault: the first `old` of the code becomes `new`."""

    kind: str
    """`off by one`, `dropped condition`, `swapped arguments`, `missing await`, …"""
    old: str
    new: str
    equivalent: str = ""
    """Why it does the same after all, where it does; then it counts for nothing."""


@dataclass(frozen=True)
class Specimen:
    """A right function with its contract, and mutants of it."""

    code: str
    """One function, its docstring the contract's description."""
    examples: tuple[Example, ...]
    mutants: tuple[Mutant, ...] = ()
    raises: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    effects: tuple[Literal["files", "network", "process"], ...] = ()
    part: Part = "before"
    topic: str = field(default="", compare=False)

    @property
    def node(self) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """The function: the last one in the code whose name has no underscore before it."""
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        found = [item for item in ast.parse(self.code).body if isinstance(item, kinds)]
        return [item for item in found if not item.name.startswith("_")][-1]

    @property
    def name(self) -> str:
        """The function's name."""
        return self.node.name

    @property
    def definition(self) -> FunctionDefinition:
        """Its contract."""
        node = self.node
        plain = node.args.args
        defaults: list[ast.expr | None] = [None] * (len(plain) - len(node.args.defaults))
        pairs = [
            *zip(plain, [*defaults, *node.args.defaults], strict=True),
            *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
        ]
        assert node.returns is not None
        return FunctionDefinition(
            name=node.name,
            description=ast.get_docstring(node) or "",
            parameters=tuple(
                Parameter(
                    name=item.arg,
                    type=ast.unparse(item.annotation) if item.annotation else "int",
                    keyword_only=item.arg in CONTEXT or item in node.args.kwonlyargs,
                    default=None if default is None else ast.unparse(default),
                )
                for item, default in pairs
            ),
            return_type=ast.unparse(node.returns),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            raises=self.raises,
            reads=self.reads,
            writes=self.writes,
            settings=self.settings,
            effects=self.effects,
            examples=self.examples,
        )

    def mutated(self, mutant: Mutant) -> str:
        """The code with the fault."""
        assert mutant.old in self.code, f"{self.name}: {mutant.old!r} is not in the code"
        return self.code.replace(mutant.old, mutant.new, 1)


def example(
    returns: Any = None,
    *,
    given: dict[str, list[dict[str, Any]]] | None = None,
    raises: str | None = None,
    then: dict[str, list[dict[str, Any]]] | None = None,
    settings: dict[str, Any] | None = None,
    **args: Any,
) -> Example:
    """An example, short to write."""
    return Example(
        given={name: tuple(rows) for name, rows in (given or {}).items()},
        settings=settings or {},
        args=args,
        returns=returns,
        raises=raises,
        then={name: tuple(rows) for name, rows in (then or {}).items()},
    )


def wrong(*faults: tuple[str, str, str]) -> tuple[Mutant, ...]:
    """Mutants, short to write: the kind of each, what is there, what stands there instead."""
    return tuple(Mutant(*fault) for fault in faults)


def late(*specimens: Specimen) -> tuple[Specimen, ...]:
    """Specimens that were written after the checks were finished."""
    return tuple(replace(specimen, part="late") for specimen in specimens)


def held(*specimens: Specimen) -> tuple[Specimen, ...]:
    """Specimens that were written after these, for one measurement."""
    return tuple(replace(specimen, part="held") for specimen in specimens)


def newest(*specimens: Specimen) -> tuple[Specimen, ...]:
    """Specimens that were written last, once more for one measurement."""
    return tuple(replace(specimen, part="newest") for specimen in specimens)


def corpus() -> Iterator[Specimen]:
    """Every specimen: each module beside this one, but for the kit and the world, holds some."""
    import tests.corpus as package

    for module in sorted(item.name for item in pkgutil.iter_modules(package.__path__)):
        if module not in {"kit", "measure", "world"} and not module.startswith("test_"):
            found = importlib.import_module(f"tests.corpus.{module}")
            specimens: Sequence[Specimen] = found.SPECIMENS
            yield from specimens


def contract(specimen: Specimen, world: Architecture | None = None) -> Contract:
    """What the static checks hold the code to."""
    vocabulary = Vocabulary.of(world or architecture())
    return Contract(specimen.definition, vocabulary, load_policy("curated"))
