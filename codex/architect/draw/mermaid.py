"""The same pictures as Mermaid, for places that draw it themselves."""

from __future__ import annotations

import re

from codex.blueprint.graph import call_graph
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.schema import Cardinality
from codex.common.documents.template import read_template

ENDS = {
    Cardinality.MANY_TO_ONE: "}o--||",
    Cardinality.ONE_TO_ONE: "|o--||",
    Cardinality.MANY_TO_MANY: "}o--o{",
}


def tables(architecture: Architecture) -> str:
    """The tables as an entity relationship diagram."""
    lines = ["erDiagram"]
    for table in architecture.database.tables:
        keys = {relation.column for relation in table.relations}
        lines.append(f"    {table.name} {{")
        lines.append("        integer id PK")
        for column in table.columns:
            mark = " FK" if column.name in keys else " UK" if column.unique else ""
            kind = column.enum or str(column.type)
            lines.append(f"        {kind} {column.name}{mark}")
        lines.append("    }")
    for table in architecture.database.tables:
        for relation in table.relations:
            end = ENDS[relation.cardinality]
            lines.append(f"    {table.name} {end} {relation.target} : {relation.name}")
    return "\n".join(lines) + "\n"


def routes(architecture: Architecture) -> str:
    """The modules with their routes."""
    lines = ["flowchart LR"]
    for module in architecture.modules:
        lines.append(f"    subgraph {module.name}")
        for route in architecture.routes:
            if route.module == module.name:
                open_, close = ("[", "]") if route.derived else ("([", "])")
                lines.append(f"        {route.function_name}{open_}{_text(route.api_route)}{close}")
        lines.append("    end")
    return "\n".join(lines) + "\n"


def graph(architecture: Architecture, route: CodeGraph) -> str:
    """The functions of one route."""
    lines = ["flowchart LR", f"    request[{_text(route.api_route)}] --> {route.function_name}"]
    if route.derived is not None:
        lines.append(
            f"    {route.function_name} --> {route.derived.table}[({route.derived.table})]"
        )
        return "\n".join(lines) + "\n"
    others = [*architecture.shared, *architecture.port_functions]
    flow = call_graph(read_template(route.template or ""), route.functions, others)
    for item in route.functions:
        lines += [f"    {item.name} --> {name}[({name})]" for name in item.writes]
        only_read = [name for name in item.reads if name not in item.writes]
        lines += [f"    {item.name} -.-> {name}[({name})]" for name in only_read]
    own = {item.name for item in route.functions}
    lines += [f"    {source} --> {target}" for source, target in flow.edges if source in own]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """In quotes, without what Mermaid reads as its own."""
    return '"' + re.sub(r'["#;]', " ", text).replace("{", "#123;").replace("}", "#125;") + '"'
