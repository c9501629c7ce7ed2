"""What all parts of one compilation share: the Architecture, its names, the Functions at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.implementation import Function
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.template import outer_and_inner
from codex.common.documents.typetext import names_in
from codex.common.errors import DocumentError
from codex.compiler.names import snake, taken_names
from codex.compiler.source import Module, spelled
from codex.compiler.vocabulary import Vocabulary

if TYPE_CHECKING:
    from codex.compiler.functions import Assembly

SHARED = "shared"
"""The module of functions that several parts of the service need."""

# What a query parameter of a plain type is called, so that it stays within what a database takes.
PARAMETER_TYPES = {
    "int": ("app.queries", "Integer"),
    "str": ("app.queries", "Text"),
    "float": ("app.queries", "Float"),
    "Decimal": ("app.queries", "Exact"),
    "date": ("app.fields", "Day"),
    "datetime": ("app.fields", "Moment"),
    "time": ("app.fields", "TimeOfDay"),
    "UUID": ("app.fields", "Identifier"),
}

# What answers are wrapped in; functions do not mention them.
_ANSWERS = {name: ("app.paging", name) for name in ("Groups", "Items", "Value")}


@dataclass(frozen=True)
class Plan:
    """One compilation."""

    architecture: Architecture
    functions: Mapping[str, Function]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Where every name comes from."""
        return Vocabulary.of(self.architecture)

    @cached_property
    def class_names(self) -> frozenset[str]:
        """Every class that the Architecture defines."""
        return taken_names(self.architecture)

    def table(self, name: str) -> DatabaseTable:
        """The table called `name`, which the document's own checks know to be there."""
        table = self.architecture.database.table(name)
        assert table is not None
        return table

    def read_table(self, text: str) -> DatabaseTable | None:
        """The table whose read type `text` is."""
        if not text.endswith("Read"):
            return None
        return self.architecture.database.model(text.removesuffix("Read"))

    def is_missing(self, name: str) -> bool:
        """Whether the function `name` has no code that may be trusted."""
        function = self.functions.get(name)
        return function is None or not function.verified

    def below(self, name: str) -> tuple[str, ...]:
        """The function `name` and all that it calls, directly or not, in order of discovery."""
        seen: dict[str, None] = {}
        waiting = [name]
        while waiting:
            current = waiting.pop(0)
            if current in seen:
                continue
            seen[current] = None
            definition = self.architecture.function(current)
            waiting += definition.calls if definition else ()
        return tuple(seen)

    def missing_below(self, name: str) -> tuple[str, ...]:
        """The functions behind `name` that are missing; ports have a default of their own."""
        ports = {item.name for item in self.architecture.port_functions}
        return tuple(
            item for item in self.below(name) if item not in ports and self.is_missing(item)
        )

    @cached_property
    def assembly(self) -> Assembly:
        """The functions, each in its file."""
        from codex.compiler.functions import Assembly  # it needs the plan, too

        return Assembly(self)

    def function_alias(self, module: Module, name: str) -> str:
        """What the file of the function `name` is called in `module`, once imported."""
        file = self.assembly.place[name]
        alias = "shared" if file.home == SHARED else "functions"
        if file.number > 1:
            alias = f"{alias}_{file.number}"
        module.imports.alias("app.functions", file.name, alias)
        return alias

    def spell(self, module: Module, text: str, *, query: bool = False) -> str:
        """The type `text` with its names imported into `module`."""
        names: dict[str, str] = {}
        for name in sorted(names_in(text)):
            if query and name in PARAMETER_TYPES:
                names[name] = module.use(*PARAMETER_TYPES[name])
                continue
            found = _ANSWERS.get(name) or self.vocabulary.imports.get(name)
            if found is None:
                continue
            origin, member = found
            names[name] = module.use(origin, member or name)
        return spelled(text, names)


def refuse(route: CodeGraph, why: str) -> DocumentError:
    """The error for a route that cannot be compiled."""
    return DocumentError(
        f"route {route.api_route} cannot be compiled: {why}.", "Change it in the architecture."
    )


__all__ = ["Plan", "outer_and_inner", "refuse", "snake"]
