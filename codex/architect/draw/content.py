"""What the pictures of an Architecture show: its tables, its routes, each route's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.architect.draw.diagram import Arrow, Box, Diagram, Line, wrapped
from codex.blueprint.graph import call_graph
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition, FunctionKind
from codex.common.documents.schema import Cardinality, Column, DatabaseTable
from codex.common.documents.template import read_template

if TYPE_CHECKING:
    from codex.blueprint.graph import Graph

WIDE = 64
MARKS = {
    Cardinality.MANY_TO_ONE: "n:1",
    Cardinality.ONE_TO_ONE: "1:1",
    Cardinality.MANY_TO_MANY: "n:m",
}


def tables_diagram(architecture: Architecture) -> Diagram:
    """The tables with their columns, and what refers to what."""
    database = architecture.database
    links = {relation.through for table in database.tables for relation in table.relations}
    boxes: list[Box] = []
    arrows: list[Arrow] = []
    for table in database.tables:
        keys = {r.column: r for r in table.relations if r.column}
        lines = [Line(f"{table.name}  ({table.model})", "title"), Line("id: integer", "quiet")]
        for column in table.columns:
            relation = keys.get(column.name)
            if relation is not None:
                arrows.append(Arrow(table.name, relation.target, len(lines)))
            lines.append(Line(_column(column), "key" if relation else "plain"))
        lines += [Line(f"{item.name}: {item.type}  computed", "good") for item in table.computed]
        lines += [
            Line(f"{r.name}: n:m {r.target} through {r.through}", "quiet")
            for r in table.relations
            if r.cardinality is Cardinality.MANY_TO_MANY
        ]
        if table.owner and table.owner != "id":
            lines.append(Line(f"belongs to {table.owner}", "quiet"))
        tone = "link" if table.name in links else "table"
        tone = "account" if table.name == database.account else tone
        boxes.append(Box(table.name, lines, tone))
    return Diagram(f"{architecture.specification.title}: tables", boxes, arrows)


def _column(column: Column) -> str:
    kind = column.enum or str(column.type)
    notes = ["unique"] if column.unique else []
    notes += ["optional"] if column.nullable else []
    return f"{column.name}: {kind}{'  ' + ', '.join(notes) if notes else ''}"


def routes_diagram(architecture: Architecture) -> Diagram:
    """The modules with their routes."""
    boxes: list[Box] = []
    for module in architecture.modules:
        routes = [route for route in architecture.routes if route.module == module.name]
        width = max((len(route.api_route) for route in routes), default=20)
        lines = [Line(module.name, "title"), *wrapped(module.description, WIDE, "quiet", "")]
        for route in routes:
            how = "compiled" if route.derived else route.function_name
            who = ", ".join(
                f"{grant.role}{'' if str(grant.scope) == 'all' else ' (own)'}"
                for grant in route.access
            )
            text = f"{route.api_route.ljust(width)}  {how}"
            lines.append(Line(text, "plain" if route.derived else "key"))
            if who:
                lines.append(Line(f"{' ' * width}  for {who}", "quiet"))
        boxes.append(Box(module.name, lines, "module"))
    return Diagram(f"{architecture.specification.title}: modules and routes", boxes)


def graph_diagram(architecture: Architecture, route: CodeGraph) -> Diagram:
    """One route: what it takes and answers, and which function calls which."""
    title = f"{route.api_route}"
    if route.derived is not None or route.template is None:
        return _derived_diagram(architecture, route, title)
    shared = [*architecture.shared, *architecture.port_functions]
    flow = call_graph(read_template(route.template), route.functions, shared)
    used = [
        item for item in shared if flow.in_degree(item.name) > 0 and _reached(flow, route, item)
    ]
    functions = [*route.functions, *used]
    boxes = [Box("→ request", _request(route), "library")]
    boxes += [Box(item.name, _function(item), _tone(item)) for item in functions]
    arrows = [Arrow("→ request", route.function_name)]
    names = {item.name for item in functions}
    arrows += [Arrow(source, target) for source, target in flow.edges if {source, target} <= names]
    return Diagram(title, boxes, arrows)


def _reached(flow: Graph, route: CodeGraph, item: FunctionDefinition) -> bool:
    import networkx as nx

    return nx.has_path(flow, route.function_name, item.name)


def _derived_diagram(architecture: Architecture, route: CodeGraph, title: str) -> Diagram:
    boxes = [Box("→ request", _request(route), "library")]
    derived = route.derived
    lines = [Line(route.function_name, "title"), Line("compiled with no question", "quiet")]
    if derived is not None:
        for label, names in (
            ("filters", derived.filters),
            ("ranges", derived.ranges),
            ("search", derived.search),
            ("sorts", derived.sorts),
        ):
            lines += wrapped(f"{label}: {', '.join(names)}", WIDE) if names else []
    boxes.append(Box(route.function_name, lines, "main"))
    arrows = [Arrow("→ request", route.function_name)]
    table: DatabaseTable | None = (
        architecture.database.table(derived.table) if derived is not None else None
    )
    if table is not None:
        columns = [Line(_column(column)) for column in table.columns]
        boxes.append(Box(table.name, [Line(table.name, "title"), *columns], "table"))
        arrows.append(Arrow(route.function_name, table.name))
    return Diagram(title, boxes, arrows)


def _request(route: CodeGraph) -> list[Line]:
    lines = [Line(route.api_route, "title")]
    if route.request:
        lines.append(Line(f"takes {route.request}"))
    lines += [Line(f"?{item.name}: {item.type}") for item in route.parameters]
    lines.append(Line(f"answers {route.success.status} {route.response or route.success.kind}"))
    if route.raises:
        lines += wrapped(f"or {', '.join(route.raises)}", WIDE // 2)
    lines += [Line(f"locks {lock.table} by {lock.by}", "quiet") for lock in route.locks]
    lines += (
        [Line(f"serves {', '.join(route.requirements)}", "quiet")] if route.requirements else []
    )
    return lines


def _function(item: FunctionDefinition) -> list[Line]:
    lines = [Line(item.name, "title")]
    lines += wrapped(f"({item.input_type})", WIDE)
    lines.append(Line(f"-> {item.return_type}", "key"))
    lines.append(Line("", "rule"))
    lines += wrapped(item.description, WIDE, "quiet", "")
    for label, names in (("reads", item.reads), ("writes", item.writes), ("raises", item.raises)):
        if names:
            lines += wrapped(f"{label} {', '.join(names)}", WIDE, "good")
    return lines


def _tone(item: FunctionDefinition) -> str:
    return {FunctionKind.MAIN: "main", FunctionKind.SHARED: "shared"}.get(item.kind, "stub")
