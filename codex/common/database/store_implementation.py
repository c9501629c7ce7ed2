"""Implementations and Applications in the database: functions, packages, routes and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex.common.database.rows import Layout, digest_of, from_text, in_order, numbered, to_text
from codex.common.database.store_architecture import contract_of
from codex.common.documents.application import Application
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.implementation import Function, Implementation, Package

if TYPE_CHECKING:
    from codex.common.database.bridge import Client, Unit

IMPLEMENTATION = Layout({}, elsewhere=("architecture", "functions"))
FUNCTION = Layout({"name": "name", "code": "code", "status": "status"}, elsewhere=("packages",))
APPLICATION = Layout(
    {"name": "name", "description": "description"},
    elsewhere=("implementation", "routes", "files", "lock", "source_map"),
)
ROUTE = Layout({"description": "description", "code": "code"})
FILE = Layout({"path": "path", "content": "content", "sha256": "sha256"})

_JOIN_PACKAGES = """
INSERT INTO "_FunctionsToPackage" ("A", "B")
SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING
"""
_POINT_DEFINITIONS = """
UPDATE "FunctionDefinition" SET "functionId" = pair.function
FROM unnest($2::text[], $3::text[]) AS pair (name, function)
WHERE "architectureId" = $1::int AND "port" IS NULL AND "FunctionDefinition"."name" = pair.name
"""
_JOIN_ROUTE_FUNCTIONS = """
INSERT INTO "_CompiledRouteToFunctions" ("A", "B")
SELECT route."id", pair.function
FROM unnest($1::int[], $2::text[], $3::text[]) AS pair (graph, digest, function)
JOIN "CompiledRoute" AS route
    ON route."codeGraphId" = pair.graph AND route."digest" = pair.digest
ON CONFLICT DO NOTHING
"""
_JOIN_ROUTES = """
INSERT INTO "_ApplicationToCompiledRoute" ("A", "B")
SELECT $1::int, route."id" FROM unnest($2::int[], $3::text[]) AS pair (graph, digest)
JOIN "CompiledRoute" AS route
    ON route."codeGraphId" = pair.graph AND route."digest" = pair.digest
ON CONFLICT DO NOTHING
"""


def function_id(owner: str, definition: FunctionDefinition, function: Function) -> str:
    """The id of the row of a Function; equal functions of one owner share it."""
    return digest_of(owner, contract_of(definition), function.model_dump(mode="json"))


def package_id(package: Package) -> str:
    """The id of the row of a Package."""
    return digest_of("", package.model_dump(mode="json"))


def add_implementation(
    unit: Unit, doc: Implementation, *, new: int, architecture: int, **identity: Any
) -> None:
    """Add to `unit` what stores `doc` under the number `new`; equal functions are shared."""
    owner = identity["owner"]
    row: Any = {"id": new, **identity, "architectureId": architecture, **IMPLEMENTATION.row(doc)}
    unit.implementation.create_many([row])
    definitions = {item.name: item for item in doc.architecture.functions}
    ids = [function_id(owner, definitions[item.name], item) for item in doc.functions]
    pairs = list(zip(ids, doc.functions, strict=True))
    packages = {package_id(p): p for item in doc.functions for p in item.packages}
    unit.package.create_many(
        [
            {"id": key, "packageName": p.name, "version": p.version, "specifier": p.specifier}
            for key, p in packages.items()
        ],
        skip_duplicates=True,
    )
    unit.functions.create_many(
        [_function_row(key, owner, definitions[item.name], item) for key, item in pairs],
        skip_duplicates=True,
    )
    imports = [(key, package_id(p)) for key, item in pairs for p in item.packages]
    unit.execute_raw(_JOIN_PACKAGES, [a for a, _ in imports], [b for _, b in imports])
    unit.implementedfunction.create_many(
        numbered([{"functionId": key} for key in ids], implementationId=new)
    )
    names = [item.name for item in doc.functions]
    unit.execute_raw(_POINT_DEFINITIONS, architecture, names, ids)


def _function_row(key: str, owner: str, definition: FunctionDefinition, function: Function) -> Any:
    row = FUNCTION.row(function)
    order = [package_id(package) for package in function.packages]
    row["details"] = to_text({"packages": order, "rest": from_text(row["details"])})
    return {
        **row,
        "id": key,
        "owner": owner,
        "description": definition.description,
        "input_type": definition.input_type,
        "return_type": definition.return_type,
        "contract": contract_of(definition),
    }


def function_part(row: Any) -> dict[str, Any]:
    """What the Function of a row was made from."""
    details = from_text(row.details)
    packages = {
        package.id: {
            "name": package.packageName,
            "version": package.version,
            "specifier": package.specifier,
        }
        for package in row.packages
    }
    return {
        **details["rest"],
        "name": row.name,
        "code": row.code,
        "status": row.status,
        "packages": [packages[key] for key in details["packages"]],
    }


async def read_implementation(db: Client, number: int) -> tuple[dict[str, Any], int] | None:
    """What the Implementation was made from, and the number of its Architecture."""
    row = await db.implementation.find_unique(
        {"id": number},
        include={"functions": {"include": {"function": {"include": {"packages": True}}}}},
    )
    if row is None:
        return None
    functions = [function_part(one.function) for one in in_order(row.functions)]
    return IMPLEMENTATION.part(row, functions=functions), row.architectureId


def add_application(
    unit: Unit,
    doc: Application,
    *,
    new: int,
    implementation: int,
    graphs: dict[str, int],
    **identity: Any,
) -> None:
    """Add to `unit` what stores `doc`, its routes compiled from `graphs`; equal ones are shared."""
    owner = identity["owner"]
    row: Any = {"id": new, **identity, "implementationId": implementation, **APPLICATION.row(doc)}
    order = [route.function_name for route in doc.routes]
    row["details"] = to_text({"routes": order, "rest": from_text(row["details"])})
    row["lock"] = to_text([item.model_dump(mode="json") for item in doc.lock])
    row["sourceMap"] = to_text([item.model_dump(mode="json") for item in doc.source_map])
    unit.application.create_many([row])
    unit.servicefile.create_many(
        numbered([FILE.row(item) for item in doc.files], applicationId=new)
    )
    definitions = {item.name: item for item in doc.implementation.architecture.functions}
    ids = {
        item.name: function_id(owner, definitions[item.name], item)
        for item in doc.implementation.functions
    }
    keys: list[int] = []
    digests: list[str] = []
    used: list[tuple[int, str, str]] = []
    rows: list[Any] = []
    for route in doc.routes:
        graph, behind = graphs[route.function_name], [ids[name] for name in route.functions]
        digest = digest_of(owner, route.model_dump(mode="json"), behind)
        rows.append({**ROUTE.row(route), "owner": owner, "digest": digest, "codeGraphId": graph})
        keys.append(graph)
        digests.append(digest)
        used += [(graph, digest, function) for function in behind]
    unit.compiledroute.create_many(rows, skip_duplicates=True)
    columns = [[item[place] for item in used] for place in range(3)]
    unit.execute_raw(_JOIN_ROUTE_FUNCTIONS, *columns)
    unit.execute_raw(_JOIN_ROUTES, new, keys, digests)


async def read_application(db: Client, number: int) -> tuple[dict[str, Any], int] | None:
    """What the Application was made from, and the number of its Implementation."""
    row = await db.application.find_unique(
        {"id": number}, include={"compiledRoutes": True, "files": True}
    )
    if row is None:
        return None
    details = from_text(row.details)
    parts = [ROUTE.part(one) for one in row.compiledRoutes or ()]
    routes = {part["function_name"]: part for part in parts}
    raw = {
        **details["rest"],
        "name": row.name,
        "description": row.description,
        "routes": [routes[name] for name in details["routes"]],
        "files": [FILE.part(one) for one in in_order(row.files)],
        "lock": from_text(row.lock),
        "source_map": from_text(row.sourceMap),
    }
    return raw, row.implementationId
