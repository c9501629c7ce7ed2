"""What can be said of a route whose rule is not known."""

from __future__ import annotations

from codex.blueprint.naming import deed, kebab, words
from codex.blueprint.planned import Context
from codex.common.documents.codegraph import (
    RouteHeader,
)
from codex.common.documents.schema import (
    ColumnType,
)
from codex.common.documents.specification import Operation, Verb

NUMERIC = (ColumnType.INTEGER, ColumnType.FLOAT)


def unruled(operation: Operation, context: Context) -> RouteHeader:
    """What can be said of a route whose rule is not known: where it is, not what it takes."""
    table = context.table(operation.entity)
    name = operation.name or str(operation.verb)
    return RouteHeader(
        function_name=context.function(f"{name}_{context.singular(table)}"),
        module=context.module(table),
        method="POST" if operation.verb is Verb.ACTION else "GET",
        path=f"{context.item(table)}/{kebab(name)}"
        if operation.verb is Verb.ACTION
        else f"{context.collection(table, operation.parent)}/{kebab(name)}",
        summary=_summary(operation, name, context),
        access=operation.access,
        response=f"{table.model}Read"
        if operation.verb is Verb.ACTION
        else f"Page[{table.model}Read]",
    )


def _summary(operation: Operation, name: str, context: Context) -> str:
    """`Cancel an order`, `Total of orders`, `List overdue loans`: only an action is a deed."""
    table = context.table(operation.entity)
    if operation.verb is Verb.ACTION:
        return f"{deed(name).capitalize()} {context.noun(table)}"
    if operation.verb is Verb.FIGURE:
        return f"{words(name).capitalize()} of {words(table.name)}"
    return f"List {words(name)} of {words(table.name)}"
