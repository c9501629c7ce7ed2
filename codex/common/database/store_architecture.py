"""Architectures in the database: tables, routes, contracts and the rest, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from codex.common.database.rows import Layout, digest_of, from_text, in_order, numbered, to_text
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, FunctionDefinition
from codex.common.documents.schema import DatabaseSchema, DatabaseTable

if TYPE_CHECKING:
    from codex.common.database.bridge import Client, Unit

ARCHITECTURE = Layout(
    {"name": "name"},
    elsewhere=(
        *("specification", "database", "modules", "types", "errors", "settings"),
        *("scenarios", "routes", "shared", "ports"),
    ),
)
MODULE = Layout({"name": "name", "description": "description"})
OBJECT_TYPE = Layout({"name": "name", "description": "description"})
ERROR_TYPE = Layout({"name": "name", "base": "base", "code": "code", "title": "title"})
SETTING = Layout({"name": "name", "type": "type", "description": "description"})
SCENARIO = Layout({"name": "name", "requirement": "requirement"})
SCHEMA = Layout({"description": "description"}, elsewhere=("tables",))
CODE_GRAPH = Layout(
    {"function_name": "function_name", "template": "template", "module": "module"},
    elsewhere=("functions",),
)
DEFINITION = Layout(
    {
        "name": "name",
        "description": "description",
        "return_type": "return_type",
        "kind": "kind",
    }
)

_JOIN_TABLES = """
INSERT INTO "_DatabaseSchemaToDatabaseTable" ("A", "B")
SELECT $1::int, "id" FROM "DatabaseTable" WHERE "owner" = $2 AND "digest" = ANY($3::text[])
ON CONFLICT DO NOTHING
"""
_JOIN_RELATED = """
INSERT INTO "_RelatedTables" ("B", "A")
SELECT source."id", target."id" FROM unnest($2::text[], $3::text[]) AS pair (source, target)
JOIN "DatabaseTable" AS source ON source."owner" = $1 AND source."digest" = pair.source
JOIN "DatabaseTable" AS target ON target."owner" = $1 AND target."digest" = pair.target
ON CONFLICT DO NOTHING
"""


def contract_of(definition: FunctionDefinition) -> str:
    """The hash of a contract: functions of equal contracts can serve each other."""
    return digest_of("", definition.model_dump(mode="json"))


def schema_digest(owner: str, schema: DatabaseSchema) -> str:
    """What tells whether a schema is stored already."""
    return digest_of(owner, schema.model_dump(mode="json"))


def add_schema(unit: Unit, new: int, schema: DatabaseSchema, owner: str) -> None:
    """Add to `unit` what stores `schema` under the number `new`; equal tables are shared."""
    digests = {table.name: _table_digest(owner, table) for table in schema.tables}
    unit.databasetable.create_many(
        [
            {
                "owner": owner,
                "digest": digests[table.name],
                "name": table.name,
                "description": table.description,
                "definition": to_text(table.model_dump(mode="json")),
            }
            for table in schema.tables
        ],
        skip_duplicates=True,
    )
    row = SCHEMA.row(schema)
    row["details"] = to_text(
        {"order": [table.name for table in schema.tables], "rest": from_text(row["details"])}
    )
    row |= {"id": new, "owner": owner, "digest": schema_digest(owner, schema)}
    unit.databaseschema.create_many([row])  # pyright: ignore[reportArgumentType] built above
    unit.execute_raw(_JOIN_TABLES, new, owner, list(digests.values()))
    related = [
        (digests[table.name], digests[relation.target])
        for table in schema.tables
        for relation in table.relations
        if relation.target in digests
    ]
    sources, targets = [pair[0] for pair in related], [pair[1] for pair in related]
    unit.execute_raw(_JOIN_RELATED, owner, sources, targets)


def _table_digest(owner: str, table: DatabaseTable) -> str:
    return digest_of(owner, table.model_dump(mode="json"))


def _schema_part(row: Any) -> dict[str, Any]:
    details = from_text(row.details)
    tables = {table.name: from_text(table.definition) for table in row.tables}
    return {
        **details["rest"],
        "description": row.description,
        "tables": [tables[name] for name in details["order"]],
    }


def add_architecture(
    unit: Unit,
    doc: Architecture,
    *,
    new: int,
    graphs: Sequence[int],
    specification: int,
    schema: int,
    **identity: Any,
) -> None:
    """Add to `unit` what stores `doc` under the number `new`, its routes under `graphs`."""
    owner = identity["owner"]
    row: Any = ARCHITECTURE.row(doc)
    details = from_text(row["details"])
    # The functions of ports lie in rows; what remains of a port is a leaf.
    details["ports"] = [port.model_dump(mode="json", exclude={"functions"}) for port in doc.ports]
    row["details"] = to_text(details)
    row |= {"id": new, **identity}
    row |= {"specificationId": specification, "databaseSchemaId": schema}
    unit.architecture.create_many([row])
    mine = {"architectureId": new}
    unit.module.create_many(numbered([MODULE.row(p) for p in doc.modules], **mine))
    unit.objecttype.create_many(numbered([OBJECT_TYPE.row(p) for p in doc.types], **mine))
    unit.errortype.create_many(numbered([ERROR_TYPE.row(p) for p in doc.errors], **mine))
    unit.setting.create_many(numbered([SETTING.row(p) for p in doc.settings], **mine))
    unit.scenario.create_many(numbered([SCENARIO.row(p) for p in doc.scenarios], **mine))
    routes = numbered([_graph_row(p) for p in doc.routes], databaseSchemaId=schema, **mine)
    for graph, route in zip(graphs, routes, strict=True):
        route |= {"id": graph, "owner": owner}
    unit.codegraph.create_many(routes)
    mine["owner"] = owner
    definitions = numbered(_definition_rows(doc.shared), **mine)
    for port in doc.ports:
        definitions += numbered(_definition_rows(port.functions), port=port.name, **mine)
    for graph, route in zip(graphs, doc.routes, strict=True):
        definitions += numbered(_definition_rows(route.functions), codeGraphId=graph, **mine)
    unit.functiondefinition.create_many(definitions)


def _graph_row(route: CodeGraph) -> dict[str, Any]:
    names = [item.name for item in route.functions]
    edges = [[item.name, called] for item in route.functions for called in item.calls]
    graph = to_text({"nodes": names, "edges": edges})
    return {**CODE_GRAPH.row(route), "api_route": route.api_route, "graph": graph}


def _definition_rows(definitions: Sequence[FunctionDefinition]) -> list[dict[str, Any]]:
    return [
        {
            **DEFINITION.row(item),
            "input_type": item.input_type,
            "contract": contract_of(item),
        }
        for item in definitions
    ]


async def read_architecture(db: Client, number: int) -> tuple[dict[str, Any], int] | None:
    """What the Architecture of that number was made from, and the number of its Specification."""
    row = await db.architecture.find_unique(
        {"id": number},
        include={
            "databaseSchema": {"include": {"tables": True}},
            "modules": True,
            "types": True,
            "errors": True,
            "settings": True,
            "scenarios": True,
            "codeGraphs": True,
            "functionDefs": True,
        },
    )
    if row is None:
        return None
    by_graph: dict[int | None, list[Any]] = {}
    by_port: dict[str, list[Any]] = {}
    for one in in_order(row.functionDefs):
        if one.port is None:
            by_graph.setdefault(one.codeGraphId, []).append(DEFINITION.part(one))
        else:
            by_port.setdefault(one.port, []).append(DEFINITION.part(one))
    raw = ARCHITECTURE.part(
        row,
        database=_schema_part(row.databaseSchema),
        modules=[MODULE.part(one) for one in in_order(row.modules)],
        types=[OBJECT_TYPE.part(one) for one in in_order(row.types)],
        errors=[ERROR_TYPE.part(one) for one in in_order(row.errors)],
        settings=[SETTING.part(one) for one in in_order(row.settings)],
        scenarios=[SCENARIO.part(one) for one in in_order(row.scenarios)],
        shared=by_graph.get(None, []),
        routes=[
            CODE_GRAPH.part(one, functions=by_graph.get(one.id, []))
            for one in in_order(row.codeGraphs)
        ],
    )
    raw["ports"] = [{**port, "functions": by_port.get(port["name"], [])} for port in raw["ports"]]
    return raw, row.specificationId
