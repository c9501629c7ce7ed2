"""To whom rows belong: the ways from tables to the account."""

from __future__ import annotations

from codex.blueprint.brief import Brief
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.schema_checks import step_to
from codex.common.documents.specification import Entity


def with_owners(schema: DatabaseSchema, specification: Brief) -> DatabaseSchema:
    """The schema with the owner of each table, ties included."""
    owners = {
        entity.plural: "id" if entity.is_account else owner_path(entity.owner, entity, schema)
        for entity in specification.entities
        if entity.owner or entity.is_account
    }
    for table in schema.tables:
        for relation in table.relations:
            owner = owners.get(table.name)
            if relation.through and relation.through_source and owner:
                # A tie belongs to whoever the thing belongs to from which it is made.
                owners[relation.through] = f"{relation.through_source}.{owner}"
    tables = tuple(
        table.model_copy(update={"owner": owners.get(table.name)}) for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def owner_path(owner: str | None, entity: Entity, schema: DatabaseSchema) -> str | None:
    """`project.user_id` for the relations `project.user` that lead to the account."""
    table = schema.table(entity.plural)
    if owner is None or table is None:
        return None
    *steps, last = owner.split(".")
    for step in steps:
        table = step_to(table, step, schema) if table is not None else None
    relation = table.relation(last) if table is not None else None
    if relation is None or relation.column is None:
        return f"{owner}.id"
    return ".".join([*steps, relation.column])
