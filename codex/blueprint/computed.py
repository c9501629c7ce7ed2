"""Fields that follow from others: the Specification's rules, over the columns of the database."""

from __future__ import annotations

from codex.blueprint.brief import Brief
from codex.blueprint.columns import column_at, column_type
from codex.blueprint.planned import Context
from codex.blueprint.readings import figure_type
from codex.common.documents.rules import Aggregate, Filter, Formula, Rule
from codex.common.documents.schema import Column, ComputedField, DatabaseSchema, DatabaseTable
from codex.common.documents.specification import (
    EntityField,
    FieldType,
    Operation,
    Verb,
)

TYPES: dict[FieldType, str] = {
    FieldType.INTEGER: "int",
    FieldType.DECIMAL: "Decimal",
    FieldType.FLOAT: "float",
    FieldType.BOOLEAN: "bool",
    FieldType.DATE: "date",
    FieldType.DATETIME: "datetime",
    FieldType.TIME: "time",
}


def with_computed(schema: DatabaseSchema, specification: Brief) -> DatabaseSchema:
    """The tables with the computed fields of their entities."""
    context = Context(specification, schema, {})
    fields = {
        entity.plural: [item for item in entity.fields if item.computed is not None]
        for entity in specification.entities
    }

    def filled(table: DatabaseTable) -> DatabaseTable:
        computed = tuple(_computed(item, table, context) for item in fields.get(table.name, []))
        return table.model_copy(update={"computed": computed}) if computed else table

    return schema.model_copy(update={"tables": tuple(filled(table) for table in schema.tables)})


def _computed(item: EntityField, table: DatabaseTable, context: Context) -> ComputedField:
    assert item.computed is not None
    operation = Operation(verb=Verb.GET, entity=table.entity or table.name)
    rule = context.translation.rule(item.computed, operation)
    return ComputedField(
        name=item.name,
        type=_type(item, rule, table, context),
        description=item.description,
        rule=rule,
    )


def _type(item: EntityField, rule: Rule, table: DatabaseTable, context: Context) -> str:
    match rule:
        case Aggregate():
            source = context.schema.table(rule.table)
            return figure_type(rule, source, context) if source else "int"
        case Formula(operation="all"):
            return "bool"
        case Formula(operation="days_between"):
            kind = "int"
        case Formula(operation="join"):
            return "str"
        case Formula():
            kind = TYPES.get(item.type) or _arithmetic(rule, table, context)
        case Filter():
            return f"list[{context.translation.table(rule.table).model}Read]"
        case _:
            kind = TYPES.get(item.type, "str")
    return f"{kind} | None" if _may_lack(rule, table, context) else kind


def _columns(rule: Formula, table: DatabaseTable, context: Context) -> list[Column | None]:
    paths = [o.path for o in rule.operands if o.source == "field"]
    return [column_at(table, path, context) for path in paths]


def _arithmetic(rule: Formula, table: DatabaseTable, context: Context) -> str:
    kinds = {column_type(c) for c in _columns(rule, table, context) if c is not None}
    if "Decimal" in kinds:
        return "Decimal"
    return "float" if rule.operation == "divide" or "float" in kinds else "int"


def _may_lack(rule: Rule, table: DatabaseTable, context: Context) -> bool:
    """Whether something that it needs may be missing, so that the result is missing too."""
    if not isinstance(rule, Formula):
        return False
    return any(c is None or c.nullable for c in _columns(rule, table, context))
