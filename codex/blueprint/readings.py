"""Routes that only read: figures and computed lists."""

from __future__ import annotations

from codex.blueprint.columns import column_at, column_type
from codex.blueprint.naming import kebab, words
from codex.blueprint.planned import Context, Planned
from codex.blueprint.rules import Untranslatable
from codex.blueprint.unruled import unruled
from codex.common.documents.codegraph import (
    QueryParameter,
    RouteHeader,
)
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Filter,
    Rule,
    Scope,
    Value,
)
from codex.common.documents.schema import (
    ColumnType,
    DatabaseTable,
)
from codex.common.documents.specification import Operation, Verb

NUMERIC = (ColumnType.INTEGER, ColumnType.FLOAT)


# ── figures and lists ────────────────────────────────────────────────────────────────────────


def figure_route(operation: Operation, context: Context) -> Planned:
    """`GET /orders/{order_id}/total`, `GET /tasks/count`, `GET /books/average-rating`."""
    return _reading(operation, context)


def query_route(operation: Operation, context: Context) -> Planned:
    """`GET /loans/overdue`, `GET /customers/top-by-revenue`."""
    return _reading(operation, context)


def _reading(operation: Operation, context: Context) -> Planned:
    table = context.table(operation.entity)
    if operation.rule is None:
        return Planned(header=unruled(operation, context), operation=operation)
    rule = context.translation.rule(operation.rule, operation)
    if not isinstance(rule, Filter | Aggregate):
        raise Untranslatable(f"a {operation.verb} cannot follow a {rule.kind}")
    source = context.schema.table(rule.table)
    assert source is not None
    arguments = _arguments(rule)
    key = context.key(table)
    # Whoever may see the row of the path may see what is counted of it.
    of_a_visible_row = key in arguments and table.owner is not None
    if not of_a_visible_row and _sees_own_rows(operation, source, context):
        rule = rule.model_copy(update={"visible": True})
    name = operation.name or str(operation.verb)
    above = context.collection(table, operation.parent)
    path = f"{context.item(table)}/{kebab(name)}" if key in arguments else f"{above}/{kebab(name)}"
    header = RouteHeader(
        function_name=context.function(_reading_name(operation, name, table, context)),
        module=context.module(table),
        method="GET",
        path=path,
        summary=_reading_summary(operation, name, rule, context, one=key in arguments),
        access=operation.access,
        parameters=tuple(
            _query_parameter(item, rule, source, context)
            for item in arguments
            if f"{{{item}}}" not in path
        ),
        response=_response(rule, source, context),
    )
    return Planned(header=header, operation=operation, rule=rule)


def _reading_name(operation: Operation, name: str, table: DatabaseTable, context: Context) -> str:
    if operation.verb is Verb.QUERY:
        return f"list_{table.name}_{name}" if _is_telling(name) else f"list_{name}_{table.name}"
    if name == "count" or name.startswith("count_"):
        return f"count_{table.name}{name.removeprefix('count')}"
    return f"get_{context.singular(table)}_{name}"


def _reading_summary(
    operation: Operation, name: str, rule: Filter | Aggregate, context: Context, *, one: bool
) -> str:
    """`List overdue loans`, `Number of loans for each book`, `Average price of sold items`."""
    table = context.table(operation.entity)
    if operation.verb is Verb.QUERY:
        if _is_telling(name):
            return f"List {words(table.name)}: {words(name)}"
        return f"List {words(name)} {words(table.name)}"
    figure, _, group = name.partition("_by_")
    states = {o.value for c in rule.where for o in c.operands if isinstance(o, Value)}
    state = next((s for s in states if isinstance(s, str) and figure.endswith(f"_{s}")), "")
    figure = figure.removesuffix(f"_{state}") if state else figure
    what = "Number" if figure == "count" else words(figure).capitalize()
    of = context.noun(table) if one else f"{words(state)} {words(table.name)}".strip()
    return f"{what} of {of} for each {words(group)}" if group else f"{what} of {of}"


def _is_telling(name: str) -> bool:
    """Whether the name of a query tells how rows are chosen, rather than what they are."""
    return any(part in name.split("_") for part in ("by", "top", "most", "due", "with"))


def _sees_own_rows(operation: Operation, source: DatabaseTable, context: Context) -> bool:
    """Whether only rows that the caller may see count: his own, by this grant or by the lists'."""
    if not source.owner:
        return False
    grants = list(operation.access)
    for requirement in context.specification.requirements:
        for other in requirement.operations:
            if other.entity == source.entity and other.verb in (Verb.LIST, Verb.GET):
                grants += other.access
    return any(grant.scope is Scope.OWN for grant in grants)


def _arguments(rule: Filter | Aggregate) -> list[str]:
    operands = [operand for condition in rule.where for operand in condition.operands]
    if rule.limit is not None:
        operands.append(rule.limit)
    names = [operand.name for operand in operands if isinstance(operand, Argument)]
    return list(dict.fromkeys(names))


def _query_parameter(
    name: str, rule: Filter | Aggregate, source: DatabaseTable, context: Context
) -> QueryParameter:
    argument = Argument(name=name)
    for condition in rule.where:
        if argument in condition.operands:
            column = column_at(source, condition.field, context)
            if column is not None:
                return QueryParameter(
                    name=name, type=column_type(column), description=column.description
                )
    return QueryParameter(name=name, type="int")


def _response(rule: Rule, source: DatabaseTable, context: Context) -> str:
    if isinstance(rule, Filter):
        read = f"{source.model}Read"
        return f"Page[{read}]" if rule.limit is None else f"Items[{read}]"
    assert isinstance(rule, Aggregate)
    value = figure_type(rule, source, context)
    if rule.group_by is None:
        return f"Value[{value}]"
    key = column_at(source, rule.group_by, context)
    kind = column_type(key) if key is not None else "str"
    # A group that exists has rows, but all of them may lack the value.
    return f"Groups[{kind + ' | None' if key is not None and key.nullable else kind}, {value}]"


def figure_type(rule: Aggregate, source: DatabaseTable, context: Context) -> str:
    """What an aggregate gives: a number, or none where there is nothing to look at."""
    if rule.function is AggregateFunction.COUNT:
        return "int"
    paths = [path for path in (rule.field, rule.times) if path]
    columns = [column_at(source, path, context) for path in paths]
    kinds = {column.type for column in columns if column is not None}
    computed = [c.type for c in source.computed if c.name in paths]
    if ColumnType.DECIMAL in kinds or "Decimal" in computed:
        kind = "Decimal"
    elif rule.function is AggregateFunction.AVERAGE:
        kind = "float"
    elif kinds <= {ColumnType.INTEGER} and not computed:
        kind = "int"
    elif kinds <= set(NUMERIC):
        kind = "float"
    else:
        column = next((c for c in columns if c is not None), None)
        kind = column_type(column) if column is not None else "float"
    return kind if rule.function is AggregateFunction.SUM else f"{kind} | None"
