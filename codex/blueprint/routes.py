"""Routes that follow from the Specification's operations, by the conventions of the API."""

from __future__ import annotations

from dataclasses import dataclass

from codex.blueprint.actions import action_route, change_route
from codex.blueprint.brief import Brief
from codex.blueprint.listed import default_sorts, known_columns, tie_filters, usual_filters
from codex.blueprint.naming import words
from codex.blueprint.planned import Context, Planned, merge_operations
from codex.blueprint.readings import figure_route, query_route
from codex.blueprint.ties import tie_routes
from codex.blueprint.uploads import upload_routes
from codex.common.documents.architecture import ErrorType, Mend, ObjectType
from codex.common.documents.codegraph import (
    Derived,
    DerivedOperation,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import Change, Condition, Filter
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from codex.common.documents.specification import Operation, Verb


@dataclass(frozen=True)
class RouteDrafts:
    """The routes that typed operations describe, with the types and errors that they need."""

    routes: tuple[Planned, ...]
    types: tuple[ObjectType, ...]
    errors: tuple[ErrorType, ...]
    mends: tuple[Mend, ...]


def draft_routes(
    specification: Brief, schema: DatabaseSchema, modules: dict[str, str]
) -> RouteDrafts:
    """One route for each distinct operation; `modules` tells each table's module."""
    context = Context(specification, schema, modules)
    planned: list[Planned] = []
    asked = list(merge_operations(specification))
    for operation, requirements in asked:
        planned.append(_route(operation, context).serving(requirements))
    planned += upload_routes(asked, context)
    planned += tie_routes(asked, context)
    return RouteDrafts(
        tuple(planned),
        tuple(context.types.values()),
        tuple(context.translation.errors.values()),
        tuple(context.mends),
    )


def _route(operation: Operation, context: Context) -> Planned:
    match operation.verb:
        case Verb.ACTION:
            return action_route(operation, context)
        case Verb.FIGURE:
            return figure_route(operation, context)
        case Verb.QUERY:
            return query_route(operation, context)
        case Verb.CREATE | Verb.UPDATE | Verb.DELETE if isinstance(operation.rule, Change):
            return change_route(operation, context, _derived(operation, context).header)
        case _:
            return _derived(operation, context)


def _derived(operation: Operation, context: Context) -> Planned:
    """A route that is compiled with no call at all."""
    table = context.table(operation.entity)
    one, many = context.singular(table), words(table.name)
    collection, item = context.collection(table, operation.parent), context.item(table)
    read = f"{table.model}Read"
    derived = _details(operation, table, context)
    under = f"_of_{operation.parent}" if operation.parent else ""
    noun = context.noun(table)
    made: dict[str, object]
    match operation.verb:
        case Verb.CREATE:
            made = {
                "function_name": context.function(f"create_{one}{under}"),
                "method": "POST",
                "path": collection,
                "summary": f"Create {noun}",
                "request": f"{table.model}Create",
                "response": read,
                "success": Success(status=201, headers=context.location(table)),
            }
        case Verb.LIST:
            made = {
                "function_name": context.function(f"list_{table.name}{under}"),
                "method": "GET",
                "path": collection,
                "summary": f"List {many}",
                "response": f"Page[{read}]",
            }
        case Verb.UPDATE:
            made = {
                "function_name": context.function(f"update_{one}"),
                "method": "PATCH",
                "path": item,
                "summary": f"Change {noun}",
                "request": f"{table.model}Update",
                "response": read,
            }
        case Verb.DELETE:
            made = {
                "function_name": context.function(f"delete_{one}"),
                "method": "DELETE",
                "path": item,
                "summary": f"Delete {noun}",
                "success": Success(status=204, kind=SuccessKind.EMPTY),
            }
        case _:
            made = {
                "function_name": context.function(f"get_{one}"),
                "method": "GET",
                "path": item,
                "summary": f"Show {noun}",
                "response": read,
            }
    header = RouteHeader.model_validate(
        {**made, "module": context.module(table), "access": operation.access, "derived": derived}
    )
    return Planned(header=header, operation=operation)


def _details(operation: Operation, table: DatabaseTable, context: Context) -> Derived:
    kind = DerivedOperation(str(operation.verb))
    parent = operation.parent if operation.parent and table.relation(operation.parent) else None
    where: tuple[Condition, ...] = ()
    if isinstance(operation.rule, Filter):
        where = context.translation.filter(operation.rule).where
    if kind is not DerivedOperation.LIST:
        named = [context.translation.column(table, name) for name in operation.fields]
        tied = {relation.name for relation in table.relations if relation.ids}
        # What is neither a column nor a tie needs functions, which the Architect gives the route.
        fields = tuple(name for name in named if table.column(name) or name in tied)
        update = kind is DerivedOperation.UPDATE
        return Derived(
            operation=kind,
            table=table.name,
            parent=parent,
            where=where,
            fields=fields if update else (),
        )
    parent_key = relation.column if parent and (relation := table.relation(parent)) else None
    default = next((name for name in operation.sorts if name.startswith("-")), None)
    if default is None and isinstance(operation.rule, Filter) and operation.rule.order:
        first = operation.rule.order[0]
        default = f"{'-' if first.descending else ''}{first.field}"
    asked = [_column(table, name) for name in operation.filters]
    usual = usual_filters(table, operation.access)
    # Ties come last, and only those whose rows the path does not name already.
    filters = [*(n for n in asked if table.column(n)), *usual, *tie_filters(table, parent)]
    sorts = [_column(table, name.lstrip("-")) for name in operation.sorts]
    if default:
        sorts.append(_column(table, default.lstrip("-")))
    return Derived(
        operation=kind,
        table=table.name,
        parent=parent,
        filters=known_columns(table, filters, without=parent_key),
        ranges=known_columns(table, [_column(table, name) for name in operation.ranges]),
        search=known_columns(table, list(operation.search)),
        sorts=known_columns(table, [*sorts, *default_sorts(table)]),
        default_sort=_sort(table, default),
        where=where,
    )


def _sort(table: DatabaseTable, default: str | None) -> str | None:
    if default is None:
        return None
    column = _column(table, default.lstrip("-"))
    return f"-{column}" if default.startswith("-") else column


def _column(table: DatabaseTable, name: str) -> str:
    relation = table.relation(name)
    return relation.column if relation is not None and relation.column else name
