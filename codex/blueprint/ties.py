"""Routes for many to many: a tie is made, listed and undone beside the things that it ties."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.naming import kebab, singular, words
from codex.blueprint.planned import Context, Planned
from codex.common.documents.codegraph import (
    Derived,
    DerivedOperation,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import Argument, Condition, Filter, Grant, Order, Scope
from codex.common.documents.schema import Cardinality, DatabaseTable, Relation
from codex.common.documents.specification import Operation, Verb

Asked = tuple[Operation, tuple[str, ...]]


def tie_routes(asked: list[Asked], context: Context) -> Iterator[Planned]:
    """`POST` and `GET /posts/{post_id}/tags`, `DELETE /post-tags/{post_tag_id}`."""
    for table in context.schema.tables:
        own = [item for item in asked if item[0].entity == table.entity and not item[0].parent]
        writing = _first(own, Verb.UPDATE) or _first(own, Verb.CREATE)
        reading = _first(own, Verb.LIST) or _first(own, Verb.GET)
        for relation in table.relations:
            link = context.schema.table(relation.through or "")
            if relation.cardinality is not Cardinality.MANY_TO_MANY or link is None:
                continue
            if link.entity is not None:
                continue  # the tie is a thing of its own, with operations of its own
            if writing is not None:
                yield _made(table, relation, link, writing, context)
                yield _undone(table, link, writing, context)
            if reading is not None:
                yield _listed(table, relation, link, reading, context)
            listing = _first(own, Verb.LIST)
            if listing is not None and relation.name in listing[0].filters:
                yield _having(table, relation, listing, context)


def _first(asked: list[Asked], verb: Verb) -> Asked | None:
    return next((item for item in asked if item[0].verb is verb), None)


def _path(table: DatabaseTable, relation: Relation, context: Context) -> str:
    return f"{context.item(table)}/{kebab(relation.name)}"


def _name(table: DatabaseTable, relation: Relation, context: Context) -> str:
    return f"{context.singular(table)}_{singular(relation.name)}"


def _header(
    table: DatabaseTable,
    link: DatabaseTable,
    asked: Asked,
    context: Context,
    operation: DerivedOperation,
) -> dict[str, object]:
    parent = next((r.name for r in link.relations if r.target == table.name), None)
    by_path = operation is not DerivedOperation.DELETE
    access: tuple[Grant, ...] = asked[0].access
    return {
        "module": context.module(table),
        "requirements": asked[1],
        "access": access,
        "derived": Derived(
            operation=operation, table=link.name, parent=parent if by_path else None
        ),
    }


def _made(
    table: DatabaseTable, relation: Relation, link: DatabaseTable, asked: Asked, context: Context
) -> Planned:
    thing = words(singular(relation.name))
    header = RouteHeader.model_validate(
        {
            **_header(table, link, asked, context, DerivedOperation.CREATE),
            "function_name": context.function(f"add_{_name(table, relation, context)}"),
            "method": "POST",
            "path": _path(table, relation, context),
            "summary": f"Add a {thing} to {context.noun(table)}",
            "request": f"{link.model}Create",
            "response": f"{link.model}Read",
            "success": Success(status=201),
        }
    )
    return Planned(header=header)


def _undone(table: DatabaseTable, link: DatabaseTable, asked: Asked, context: Context) -> Planned:
    header = RouteHeader.model_validate(
        {
            **_header(table, link, asked, context, DerivedOperation.DELETE),
            "function_name": context.function(f"remove_{context.singular(link)}"),
            "method": "DELETE",
            "path": context.item(link),
            "summary": f"Remove {context.noun(link)}",
            "success": Success(status=204, kind=SuccessKind.EMPTY),
        }
    )
    return Planned(header=header)


def _listed(
    table: DatabaseTable, relation: Relation, link: DatabaseTable, asked: Asked, context: Context
) -> Planned:
    header = RouteHeader.model_validate(
        {
            **_header(table, link, asked, context, DerivedOperation.LIST),
            "function_name": context.function(f"list_{context.singular(table)}_{relation.name}"),
            "method": "GET",
            "path": _path(table, relation, context),
            "summary": f"List the {words(relation.name)} of {context.noun(table)}",
            "response": f"Page[{link.model}Read]",
        }
    )
    return Planned(header=header)


def _having(table: DatabaseTable, relation: Relation, asked: Asked, context: Context) -> Planned:
    """`GET /tags/{tag_id}/posts`: a list narrowed by what its rows are tied to."""
    target = context.schema.table(relation.target)
    assert target is not None
    key = context.key(target)
    tied = Condition(field=f"{relation.name}.id", operands=(Argument(name=key),))
    header = RouteHeader(
        function_name=context.function(f"list_{table.name}_of_{context.singular(target)}"),
        module=context.module(table),
        method="GET",
        path=f"{context.item(target)}/{context.segment(table)}",
        summary=f"List the {words(table.name)} with {context.noun(target)}",
        requirements=asked[1],
        access=asked[0].access,
        response=f"Page[{table.model}Read]",
    )
    own = bool(table.owner) and any(grant.scope is Scope.OWN for grant in header.access)
    rule = Filter(table=table.name, where=(tied,), order=(Order(field="id"),), visible=own)
    return Planned(header=header, rule=rule)
