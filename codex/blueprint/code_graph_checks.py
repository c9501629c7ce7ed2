"""Everything that must hold of one CodeGraph before its functions can be written."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from codex.blueprint.assemble import Assembled, Surroundings
from codex.blueprint.finding import Finding, finding
from codex.blueprint.graph import call_graph, cycles, unreachable
from codex.common import python_source
from codex.common.documents.architecture import Architecture
from codex.common.documents.architecture_checks import SERVICE_ERRORS
from codex.common.documents.base import Violations
from codex.common.documents.codegraph import CONTEXT, CodeGraph, FunctionDefinition, FunctionKind
from codex.common.documents.route_checks import check_examples
from codex.common.documents.template import (
    context_types,
    main_parameters,
    main_return_type,
    read_template,
    same_contract,
)
from codex.common.documents.typetext import canonical, names_in

# What templates may call besides stubs and shared functions: the library of every service.
LIBRARY = frozenset({"get_visible", "visible", "get_or_404", "lock"})
QUERY_WORDS = frozenset({"select", "insert", "update", "delete", "text", "func", "col"})
PURE_CALLS = frozenset(
    {"len", "min", "max", "sum", "sorted", "round", "abs", "any", "all", "list", "dict", "set",
     "tuple", "str", "int", "float", "bool", "Decimal", "date", "datetime", "time", "timedelta",
     "isinstance", "enumerate", "zip", "range", "frozenset", "reversed", "UUID"}
)  # fmt: skip


def check_code_graph(made: Assembled, around: Surroundings) -> Iterator[Finding]:
    """Every violation in a CodeGraph, worst first."""
    yield from made.findings
    graph = made.graph
    if graph.template is None:
        return
    template = read_template(graph.template)
    main = graph.main
    if main is None:
        yield finding("no_main", name=graph.function_name)
        return
    yield from _signature(graph, main, around)
    yield from _stubs(graph)
    yield from _calls(graph, around)
    yield from _queries(graph)
    flow = call_graph(template, graph.functions, around.shared)
    for name in unreachable(flow, main.name, [item.name for item in graph.functions]):
        yield finding("unreachable", name=name, main=main.name)
    for circle in cycles(flow):
        yield finding("recursion", circle=" → ".join([*circle, circle[0]]))
    yield from _types(graph, around)
    yield from _names(graph, around)
    yield from _lock(graph, around)
    yield from _examples(graph, around)


def _signature(
    graph: CodeGraph, main: FunctionDefinition, around: Surroundings
) -> Iterator[Finding]:
    context = [item.name for item in main.parameters if item.name in CONTEXT]
    wanted = main_parameters(graph, around.database, tuple(context))
    same = len(wanted) == len(main.parameters) and all(
        same_contract(here, there) for here, there in zip(main.parameters, wanted, strict=True)
    )
    if not same:
        right = FunctionDefinition.model_construct(parameters=wanted).input_type
        yield finding("signature", name=main.name, given=main.input_type, wanted=right)
    returns = main_return_type(graph, around.database)
    if canonical(main.return_type) != canonical(returns):
        yield finding("returns", name=main.name, given=main.return_type, wanted=returns)


def _stubs(graph: CodeGraph) -> Iterator[Finding]:
    template = read_template(graph.template or "")
    for item in template.functions:
        if item.name == graph.function_name:
            if item.is_stub:
                yield finding("empty_main", name=item.name)
        elif not item.is_stub:
            yield finding("stub_with_body", name=item.name, line=item.line)
        if not item.docstring.strip():
            yield finding("no_docstring", name=item.name, line=item.line)
        names = [parameter.name for parameter in item.parameters]
        if len(names) != len(set(names)):
            yield finding("contract", name=item.name, problem="two parameters have one name")


def _calls(graph: CodeGraph, around: Surroundings) -> Iterator[Finding]:
    """Calls of names that nothing defines, and things of the context that are not there."""
    template = read_template(graph.template or "")
    main = template.function(graph.function_name)
    if main is None:
        return
    known = {item.name for item in template.functions} | {item.name for item in around.shared}
    known |= LIBRARY | PURE_CALLS | around.known_types | {error.name for error in around.errors}
    for name in main.calls:
        if name not in known | SERVICE_ERRORS | QUERY_WORDS:
            yield finding("unknown_call", name=main.name, called=name)
    available = context_types(graph, around.database)
    given = {parameter.name for parameter in main.parameters}
    assigned = _assigned(graph.template or "", main.name)
    plain = {error.name for error in around.errors} | SERVICE_ERRORS | QUERY_WORDS | set(CONTEXT)
    for name in sorted(main.names - known - plain - given - assigned - set(dir(builtins))):
        yield finding("undefined_name", name=main.name, thing=name)
    for name in CONTEXT:
        if name in main.names and name not in given and name not in available:
            yield finding("not_available", name=main.name, thing=name)


def _assigned(template: str, name: str) -> set[str]:
    """The names that function `name` gives values to."""
    return {
        part.id
        for node in python_source.parse(template).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _queries(graph: CodeGraph) -> Iterator[Finding]:
    """A template tells what is done in which order; how rows are found is the stubs' matter."""
    try:
        tree = python_source.parse(graph.template or "")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id in QUERY_WORDS:
            yield finding("query", line=node.lineno, what=f"{called.id}(…)")
        if (
            isinstance(called, ast.Attribute)
            and isinstance(called.value, ast.Name)
            and called.value.id == "session"
        ):
            yield finding("query", line=node.lineno, what=f"session.{called.attr}(…)")


def _types(graph: CodeGraph, around: Surroundings) -> Iterator[Finding]:
    known = around.known_types
    for item in graph.functions:
        places = [(f"parameter {p.name!r}", p.type) for p in item.parameters]
        for where, text in (*places, ("the return value", item.return_type)):
            for name in sorted(names_in(text) - known):
                yield finding("unknown_type", name=item.name, where=where, type=name)


def _names(graph: CodeGraph, around: Surroundings) -> Iterator[Finding]:
    """Errors, settings, tables and functions that contracts name."""
    errors = {error.name for error in around.errors} | SERVICE_ERRORS
    settings = {setting.name for setting in around.settings}
    tables = {table.name for table in around.database.tables}
    functions = {item.name for item in (*graph.functions, *around.shared)}
    template = read_template(graph.template or "")
    for item in graph.functions:
        written = template.function(item.name)
        raised = _raised_in(graph.template or "", item.name) if written else ()
        for name in dict.fromkeys([*item.raises, *raised]):
            if name not in errors:
                yield finding("unknown_error", name=item.name, error=name, known=sorted(errors))
            elif name not in item.raises:
                yield finding("undeclared_error", name=item.name, error=name)
        for name in item.settings:
            if name not in settings:
                yield finding("unknown_setting", name=item.name, setting=name)
        for name in dict.fromkeys([*item.reads, *item.writes]):
            if name not in tables:
                yield finding("unknown_table", name=item.name, table=name)
        for name in item.calls:
            if name not in functions:
                yield finding("unknown_call", name=item.name, called=name)


def _raised_in(template: str, name: str) -> list[str]:
    """The errors that function `name` raises in its own body."""
    found: list[str] = []
    for node in python_source.parse(template).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            for part in ast.walk(node):
                raised = part.exc if isinstance(part, ast.Raise) else None
                raised = raised.func if isinstance(raised, ast.Call) else raised
                if isinstance(raised, ast.Name):
                    found.append(raised.id)
    return found


def _lock(graph: CodeGraph, around: Surroundings) -> Iterator[Finding]:
    """A check that guards a write holds only while the row behind it is locked."""
    conflicts = {error.name for error in around.errors if error.base == "Conflict"}
    writes = [item.name for item in graph.functions if item.writes]
    main = read_template(graph.template or "").function(graph.function_name)
    # A row that only the body finds, such as the group of an expense, is locked there.
    if graph.locks or not writes or (main is not None and "lock" in main.calls):
        return
    for item in graph.functions:
        if item.kind is not FunctionKind.MAIN and item.reads and conflicts & set(item.raises):
            yield finding("lock", guard=item.name, write=writes[0], route=graph.api_route)
            return


def _examples(graph: CodeGraph, around: Surroundings) -> Iterator[Finding]:
    document = Architecture.model_construct(
        database=around.database,
        settings=around.settings,
        shared=around.shared,
        ports=(),
        routes=(graph,),
        errors=around.errors,
    )
    for item in graph.functions:
        if not item.examples:
            yield finding("no_example", name=item.name)
        found = Violations()
        check_examples(document, item, found)
        for problem in found.found:
            yield finding("example", problem=problem)
        shown = {example.raises for example in item.examples if example.raises}
        for name in item.raises:
            if name not in shown and item.kind is not FunctionKind.MAIN:
                yield finding("error_without_example", name=item.name, error=name)
