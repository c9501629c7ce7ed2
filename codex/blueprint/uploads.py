"""Routes for file columns: a row is made first, its file is sent and fetched beside it."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.actions import locks, raises
from codex.blueprint.naming import kebab, words
from codex.blueprint.planned import Context, Planned
from codex.common.documents.codegraph import RouteHeader, Success, SuccessKind
from codex.common.documents.rules import Argument, Assignment, Change, FieldValue, Formula, Guard
from codex.common.documents.schema import Column, ColumnType, DatabaseTable
from codex.common.documents.specification import Operation, Verb

Asked = tuple[Operation, tuple[str, ...]]


def upload_routes(asked: list[Asked], context: Context) -> Iterator[Planned]:
    """`PUT` and `GET /photos/{photo_id}/image` for each file column of a table that is written."""
    for table in context.schema.tables:
        own = [item for item in asked if item[0].entity == table.entity]
        writing = _first(own, Verb.UPDATE) or _first(own, Verb.CREATE)
        reading = _first(own, Verb.GET) or _first(own, Verb.LIST)
        for column in table.columns:
            if column.type is ColumnType.FILE and writing is not None:
                yield _sent(column, table, writing, context)
            if column.type is ColumnType.FILE and reading is not None:
                yield _fetched(column, table, reading, context)


def _first(asked: list[Asked], verb: Verb) -> Asked | None:
    return next((item for item in asked if item[0].verb is verb and not item[0].parent), None)


def _sent(column: Column, table: DatabaseTable, asked: Asked, context: Context) -> Planned:
    operation, requirements = asked
    header = RouteHeader(
        function_name=context.function(f"upload_{context.singular(table)}_{column.name}"),
        module=context.module(table),
        method="PUT",
        path=f"{context.item(table)}/{kebab(column.name)}",
        summary=f"Send the {words(column.name)} of {context.noun(table)}",
        requirements=requirements,
        access=operation.access,
        request="Upload",
        response=f"{table.model}Read",
    )
    guards: tuple[Guard, ...] = ()
    if operation.verb is Verb.UPDATE and isinstance(operation.rule, Change):
        # To send another file is a change like the others.
        guards = context.translation.change(operation.rule, operation).guards
    rule = Change(
        table=table.name,
        guards=guards,
        assign=(Assignment(field=column.name, operand=Argument(name="body")),),
    )
    updates = {"locks": locks(rule, table, context), "raises": raises(rule)}
    return Planned(header=header.model_copy(update=updates), rule=rule)


def _fetched(column: Column, table: DatabaseTable, asked: Asked, context: Context) -> Planned:
    operation, requirements = asked
    header = RouteHeader(
        function_name=context.function(f"download_{context.singular(table)}_{column.name}"),
        module=context.module(table),
        method="GET",
        path=f"{context.item(table)}/{kebab(column.name)}",
        summary=f"Fetch the {words(column.name)} of {context.noun(table)}",
        requirements=requirements,
        access=operation.access,
        success=Success(kind=SuccessKind.FILE),
    )
    rule = Formula(table=table.name, operation="join", operands=(FieldValue(path=column.name),))
    return Planned(header=header, rule=rule)
