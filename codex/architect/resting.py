"""What a part of an Architecture that stands rests on: while that is the same, the part is kept."""

from __future__ import annotations

from codex.blueprint.closure import errors_named, tables_of_types, types_named
from codex.blueprint.play import ScenarioPlan, route_of
from codex.chains.architect.code_graph import CodeGraphInputs
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.architecture import ObjectType
from codex.common.documents.codegraph import CodeGraph, RouteHeader
from codex.common.documents.schema import DatabaseSchema


def graph_rests_on(asked: CodeGraphInputs, graph: CodeGraph) -> CodeGraphInputs:
    """The question of a CodeGraph with what its functions make use of, and not all on offer."""
    called = {name for item in graph.functions for name in item.calls}
    shared = tuple(item for item in asked.shared if item.name in called)
    functions = (*graph.functions, *shared)
    texts = [asked.route.request, asked.route.response]
    for item in functions:
        texts += [item.return_type, *(parameter.type for parameter in item.parameters)]
    named = {lock.table for lock in graph.locks}
    named |= tables_of_types(DatabaseSchema(tables=asked.tables), texts)
    settings, raised = set[str](), {*graph.raises}
    for item in functions:
        named |= {*item.reads, *item.writes}
        settings |= {*item.settings, *(name for each in item.examples for name in each.settings)}
        raised |= {*item.raises}
    tables = tuple(table for table in asked.tables if table.name in named)
    enums = {column.enum for table in tables for column in table.columns}
    return asked.model_copy(
        update={
            "tables": tables,
            "enums": tuple(item for item in asked.enums if item.name in enums),
            "types": types_named(asked.types, texts),
            "errors": errors_named(asked.errors, raised),
            "settings": tuple(item for item in asked.settings if item.name in settings),
            "shared": shared,
        }
    )


def scenarios_rest_on(
    asked: ScenariosInputs, plans: tuple[ScenarioPlan, ...]
) -> tuple[ScenariosInputs, list[RouteHeader], tuple[ObjectType, ...]]:
    """What scenarios rest on: routes that do not serve the requirement only where steps call them.

    Which other requirements a route serves is nothing to them.
    """
    headers = [item.header for item in (*asked.routes, *asked.others)] + list(asked.elsewhere)
    called = [found for p in plans for step in p.steps if (found := route_of(step, headers))]
    shown = [item.header for item in asked.routes] + called
    types = types_named(asked.types, [text for h in shown for text in (h.request, h.response)])
    alone = {"requirements": ()}
    core = asked.model_copy(
        update={
            "routes": tuple(item.serving(()) for item in asked.routes),
            "others": (),
            "elsewhere": (),
            "types": (),
        }
    )
    return core, [header.model_copy(update=alone) for header in called], types
