"""Functions put together: callees first, imports hoisted and merged, every helper once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import networkx as nx

from codex.common import python_source
from codex.common.documents.codegraph import FunctionDefinition
from codex.compiler.plan import SHARED, Plan
from codex.compiler.source import FIXED, Rendered, docstring, sentence
from codex.compiler.units import Origin, Unit, missing_source, names_defined, read_unit

FOLDER = "app.functions"


@dataclass
class File:
    """One module of functions in the making."""

    home: str
    """The module of the Architecture that it belongs to."""
    number: int = 1
    """Which of the home's files; there is more than one where names would clash."""
    units: list[Unit] = field(default_factory=list[Unit])
    imports: dict[str, Origin] = field(default_factory=dict[str, Origin])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    """Helpers and functions by the name that they define."""

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return self.home if self.number == 1 else f"{self.home}_{self.number}"

    @property
    def module(self) -> str:
        """The dotted name."""
        return f"{FOLDER}.{self.name}"

    def takes(self, unit: Unit) -> bool:
        """Whether no name of `unit` would mean something else here."""
        for name, origin in unit.imports.items():
            if self.imports.get(name, origin) != origin:
                return False
            if name in self.texts and origin != (self.module, name):
                return False
        for statement in unit.statements:
            for name in names_defined(python_source.parse(statement).body):
                if name in self.imports or self.texts.get(name, statement) != statement:
                    return False
        return True

    def add(self, unit: Unit) -> None:
        """Take `unit` in."""
        self.units.append(unit)
        self.imports |= unit.imports
        for statement in unit.statements:
            for name in names_defined(python_source.parse(statement).body):
                self.texts[name] = statement


class Assembly:
    """The functions of a service, each placed in a file."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.files: dict[str, list[File]] = {}
        self.place: dict[str, File] = {}
        for name in self.order:
            self._put(name)

    @cached_property
    def definitions(self) -> dict[str, FunctionDefinition]:
        """Every function that is written, by name."""
        return {item.name: item for item in self.plan.architecture.functions}

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Callees first; where that leaves a choice, the order of the document."""
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.definitions)
        for item in self.definitions.values():
            graph.add_edges_from(
                (call, item.name) for call in item.calls if call in self.definitions
            )
        rank = {name: number for number, name in enumerate(self.definitions)}
        # Functions that call each other stand together.
        groups: nx.DiGraph[int] = nx.condensation(graph)
        members: dict[int, list[str]] = {
            node: sorted(groups.nodes[node]["members"], key=rank.__getitem__) for node in groups
        }

        def first(node: int) -> int:
            return rank[members[node][0]]

        ordered: list[int] = list(nx.lexicographical_topological_sort(groups, key=first))
        return tuple(name for node in ordered for name in members[node])

    @cached_property
    def homes(self) -> dict[str, str]:
        """The module of each function: its route's, or the shared one where several need it."""
        homes: dict[str, str] = {}
        for route in self.plan.architecture.routes:
            homes |= {item.name: route.module for item in route.functions}
        homes |= {item.name: SHARED for item in self.plan.architecture.shared}
        across = [
            call
            for item in self.definitions.values()
            for call in item.calls
            if call in homes and homes[call] not in (SHARED, homes[item.name])
        ]
        shared = [name for name, home in homes.items() if home == SHARED]
        for name in [*across, *shared]:
            for below in self.plan.below(name):
                if below in homes:
                    homes[below] = SHARED
        return homes

    def _put(self, name: str) -> None:
        home = self.homes[name]
        unit = self._unit(name)
        files = self.files.setdefault(home, [])
        # Later files may import earlier ones, never the other way round.
        first = max([self._number(call, home) for call in self.definitions[name].calls], default=1)
        file = next((item for item in files[first - 1 :] if item.takes(unit)), None)
        if file is None:
            file = File(home, len(files) + 1)
            files.append(file)
        file.add(unit)
        self.place[name] = file

    def _number(self, name: str, home: str) -> int:
        """The number of the file that `name` stands in, if that is one of `home`."""
        file = self.place.get(name)
        return file.number if file is not None and file.home == home else 1

    def _unit(self, name: str) -> Unit:
        definition = self.definitions[name]
        function = self.plan.functions.get(name)
        code = function.code if function and function.verified else missing_source(definition)
        unit = read_unit(name, code, self.definitions, self.plan.vocabulary.imports)
        return replace(
            unit,
            imports={alias: self._placed(alias, origin) for alias, origin in unit.imports.items()},
        )

    def _placed(self, alias: str, origin: Origin) -> Origin:
        """`origin`, or the file that the function really stands in."""
        module, member = origin
        if module.startswith(FOLDER) and member in self.place:
            return (self.place[member].module, member)
        if module.startswith(FOLDER) and member in self.homes and member == alias:
            # Not placed yet: it calls us back, so it will stand in the same file.
            return (f"{FOLDER}.{self.homes[member]}", member)
        return origin

    def rendered(self) -> Iterable[Rendered]:
        """The files, in order."""
        descriptions = {item.name: item.description for item in self.plan.architecture.modules}
        for home in sorted(self.files):
            about = (
                "What several parts of the service need."
                if home == SHARED
                else sentence(descriptions.get(home, ""), f"The work behind the routes of {home}.")
            )
            for file in self.files[home]:
                yield _render(file, about)


def _render(file: File, about: str) -> Rendered:
    froms: dict[str, set[str]] = {}
    plain: set[str] = set()
    for alias, (module, member) in file.imports.items():
        if module == file.module:
            continue
        if member is None:
            plain.add(
                f"import {module}"
                if alias == module.partition(".")[0]
                else f"import {module} as {alias}"
            )
        else:
            froms.setdefault(module, set()).add(
                member if member == alias else f"{member} as {alias}"
            )
    lines = sorted(plain)
    lines += [
        f"from {module} import {', '.join(sorted(froms[module]))}" for module in sorted(froms)
    ]
    parts = [docstring(about), "\n".join(lines)]
    elements = [FIXED, *(FIXED for _ in lines)]
    seen: set[str] = set()
    for unit in file.units:
        for statement in unit.statements:
            if statement in seen:
                continue
            seen.add(statement)
            parts.append(statement)
            elements.append(f"function {unit.name}")
    text = "\n\n".join(part for part in parts if part) + "\n"
    return Rendered(f"app/functions/{file.name}.py", text, tuple(elements))
