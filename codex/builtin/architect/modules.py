"""Modules: one for each thing that stands on its own, with what only exists as part of it."""

from __future__ import annotations

from codex.blueprint.naming import words
from codex.chains.architect.modules import ModulePlan, ModulesAnswer, ModulesInputs
from codex.common.documents.schema import DatabaseTable


def modules(inputs: ModulesInputs) -> ModulesAnswer:
    """Tables are kept with the table that they are part of; requirements follow their table."""
    homes = {table.name: home(table, inputs.tables) for table in inputs.tables}
    roots = [table for table in inputs.tables if homes[table.name] == table.name]
    entities = {table.entity: table.name for table in inputs.tables if table.entity}
    members: dict[str, list[str]] = {root.name: [] for root in roots}
    for table in inputs.tables:
        members[homes[table.name]].append(table.name)
    wanted: dict[str, list[str]] = {root.name: [] for root in roots}
    first = roots[0].name if roots else "service"
    if not roots:
        wanted[first], members[first] = [], []
    for requirement in inputs.requirements:
        operation = next((o for o in requirement.operations if o.entity in entities), None)
        place = homes[entities[operation.entity]] if operation else first
        wanted[place].append(requirement.id)
    return ModulesAnswer(
        modules=tuple(
            ModulePlan(
                name=name,
                description=f"{words(', '.join(tables)).capitalize() or inputs.title}.",
                tables=tuple(tables),
                requirements=tuple(wanted[name]),
            )
            for name, tables in members.items()
        )
    )


def home(table: DatabaseTable, tables: tuple[DatabaseTable, ...]) -> str:
    """The table that it is part of: it goes when that one goes, and cannot be without it."""
    known = {item.name: item for item in tables}
    seen = {table.name}
    while True:
        parents = [
            relation.target
            for relation in table.relations
            if relation.on_delete == "cascade"
            and relation.target in known
            and relation.target not in seen
            and (column := table.column(relation.column or "")) is not None
            and not column.nullable
        ]
        if len(parents) != 1:
            return table.name
        table = known[parents[0]]
        seen.add(table.name)
