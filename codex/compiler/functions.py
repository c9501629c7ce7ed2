"""Functions put together: callees first, imports hoisted and merged, every helper once."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import networkx as nx

from codex.common.documents.codegraph import FunctionDefinition
from codex.common.errors import DocumentError
from codex.compiler.plan import SHARED, Plan
from codex.compiler.source import FIXED, Module, Rendered, docstring, indent, literal, sentence

FOLDER = "app.functions"

Origin = tuple[str, str | None]
"""Where a name comes from: a module and the name in it; None for the module itself."""


@dataclass(frozen=True)
class Unit:
    """One function with its own helpers, its imports taken out."""

    name: str
    statements: tuple[str, ...]
    """The helpers and the function, as source."""
    defined: frozenset[str]
    """What the statements define."""
    imports: Mapping[str, Origin]
    """What each imported name stands for."""


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
            for name in _names_defined(ast.parse(statement).body):
                if name in self.imports or self.texts.get(name, statement) != statement:
                    return False
        return True

    def add(self, unit: Unit) -> None:
        """Take `unit` in."""
        self.units.append(unit)
        self.imports |= unit.imports
        for statement in unit.statements:
            for name in _names_defined(ast.parse(statement).body):
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
        groups = nx.condensation(graph)
        members = {
            node: sorted(groups.nodes[node]["members"], key=rank.__getitem__) for node in groups
        }
        ordered = nx.lexicographical_topological_sort(
            groups, key=lambda node: rank[members[node][0]]
        )
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
        if function is None or not function.verified:
            return self._read(name, missing_source(definition))
        return self._read(name, function.code)

    def _read(self, name: str, code: str) -> Unit:
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError) as error:
            raise DocumentError(
                f"function {name!r} is not Python: {error}.", "Write it again."
            ) from None
        lines = code.splitlines()
        imports: dict[str, Origin] = {}
        statements: list[str] = []
        kept: list[ast.stmt] = []
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imports |= _bindings(node, name)
                continue
            if _is_docstring(node) or (self._is_known(node) and getattr(node, "name", "") != name):
                continue
            text, inner = _without_imports(node, lines, name)
            imports |= inner
            statements.append(text)
            kept.append(node)
        defined = frozenset(_names_defined(kept))
        used = _names_used("\n\n".join(statements))
        imports = {alias: origin for alias, origin in imports.items() if alias in used}
        for wanted in sorted(used - defined - imports.keys()):
            if not hasattr(builtins, wanted):
                origin = self._origin(wanted)
                if origin is not None:
                    imports[wanted] = origin
        imports = {alias: self._placed(alias, origin) for alias, origin in imports.items()}
        return Unit(name, tuple(statements), defined, imports)

    def _is_known(self, node: ast.stmt) -> bool:
        """Whether the statement defines a function that stands elsewhere."""
        return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            node.name in self.definitions
        )

    def _origin(self, name: str) -> Origin | None:
        return self.plan.vocabulary.imports.get(name)

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
                f"What several parts of the service need."
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


def missing_source(definition: FunctionDefinition) -> str:
    """What stands for a function that is missing: its contract, and the refusal."""
    text = f"No code of it could be verified.\n\n{definition.description}".strip()
    start = "async def" if definition.is_async else "def"
    return (
        "from app.problems import NotImplementedYet\n\n\n"
        f"{start} {definition.name}({definition.input_type}) -> {definition.return_type}:\n"
        f"    {docstring(text, '    ')}\n"
        f"    raise NotImplementedYet({literal(f'{definition.name} is not implemented yet.')})\n"
    )


def _bindings(node: ast.Import | ast.ImportFrom, function: str) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    if isinstance(node, ast.Import):
        for item in node.names:
            found[item.asname or item.name.partition(".")[0]] = (item.name, None)
        return found
    if node.level or node.module is None or any(item.name == "*" for item in node.names):
        raise DocumentError(
            f"function {function!r} has an import that cannot be hoisted in line {node.lineno}.",
            "Import modules and names one by one.",
        )
    if node.module == "__future__":
        return found
    return {item.asname or item.name: (node.module, item.name) for item in node.names}


def _without_imports(
    node: ast.stmt, lines: list[str], function: str
) -> tuple[str, dict[str, Origin]]:
    """The statement's source without the imports that stand at the top level of a function."""
    first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", []))])
    last = node.end_lineno or node.lineno
    imports: dict[str, Origin] = {}
    gone: set[int] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(node.body) > 1:
        inner = [item for item in node.body if isinstance(item, ast.Import | ast.ImportFrom)]
        others = {
            number
            for item in node.body
            if item not in inner
            for number in range(item.lineno, (item.end_lineno or item.lineno) + 1)
        }
        for item in inner:
            last_line = item.end_lineno or item.lineno
            span = set(range(item.lineno, last_line + 1))
            if last_line < len(lines) and not lines[last_line].strip():
                span.add(last_line + 1)
            if span & others or node.lineno in span or len(inner) == len(node.body):
                continue
            imports |= _bindings(item, function)
            gone |= span
    kept = [lines[number - 1] for number in range(first, last + 1) if number not in gone]
    return "\n".join(kept).strip("\n"), imports


def _names_defined(body: Iterable[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for node in body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names.add(name)
            case _:
                names |= {
                    part.id
                    for part in ast.walk(node)
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
                }
    return names


def _names_used(text: str) -> set[str]:
    """Every name that is read, with those inside of quoted annotations."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names.add(node.id)
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                try:
                    names |= _names_used(annotation.value)
                except SyntaxError:
                    continue
    return names


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def port_module(plan: Plan) -> Rendered | None:
    """`app/ports.py`: what the service needs from outside; every default only logs."""
    if not plan.architecture.ports:
        return None
    module = Module(
        "app/ports.py",
        "What the service needs from outside. Each default only logs: put the real thing here.",
        plan.class_names,
    )
    module.imports.plain("logging")
    module.add(FIXED, "logger = logging.getLogger(__name__)")
    for port in plan.architecture.ports:
        for item in port.functions:
            module.add(f"port {port.name}", _port_function(plan, module, port.name, item))
    return module.render()


def _port_function(plan: Plan, module: Module, port: str, item: FunctionDefinition) -> str:
    parameters: list[str] = []
    starred = False
    for parameter in item.parameters:
        if parameter.keyword_only and not starred:
            parameters.append("*")
            starred = True
        default = "" if parameter.default is None else f" = {parameter.default}"
        parameters.append(f"{parameter.name}: {plan.spell(module, parameter.type)}{default}")
    # Only plain values are logged; rows and sessions say nothing to a reader.
    logged = [
        parameter.name
        for parameter in item.parameters
        if parameter.type in {"int", "str", "bool", "float", "Decimal", "date", "datetime"}
    ]
    values = ", ".join(f'"{name}": {name}' for name in logged)
    line = f'logger.info("{port}: {item.name}", extra={{"arguments": {{{values}}}}})'
    body = [docstring(sentence(item.description, item.name), "    "), indent(line).strip()]
    default = _default_of(item.return_type)
    if default is not None:
        body.append(f"return {default}")
    start = "async def" if item.is_async else "def"
    returns = plan.spell(module, item.return_type)
    inner = "\n".join(f"    {line}" for line in body)
    return f"{start} {item.name}({', '.join(parameters)}) -> {returns}:\n{inner}"


def _default_of(return_type: str) -> str | None:
    if return_type == "None":
        return None
    if "None" in return_type:
        return "None"
    return {"bool": "True", "str": '""', "int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(
        return_type, f"{return_type}()"
    )


__all__ = ["Assembly", "missing_source", "port_module"]
