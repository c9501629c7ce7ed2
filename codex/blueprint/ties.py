"""Routes for many to many: a tie is made and undone, and what is tied is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codex.blueprint.listed import default_sorts, known_columns, usual_filters
from codex.blueprint.naming import kebab, singular, words
from codex.blueprint.planned import Context, Planned
from codex.common.documents.codegraph import (
    Derived,
    DerivedOperation,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import Grant
from codex.common.documents.schema import Cardinality, DatabaseTable, Relation
from codex.common.documents.schema_checks import is_bare
from codex.common.documents.specification import Operation, Verb

Asked = tuple[Operation, tuple[str, ...]]


def tie_routes(asked: list[Asked], context: Context) -> Iterator[Planned]:
    """`POST` and `GET /posts/{post_id}/tags`, `DELETE /posts/{post_id}/tags/{tag_id}`.

    Where a tie holds more than the two rows, it is listed itself, and has a path of its own.
    """
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
            drawing = _Drawing(table, relation, link, context)
            if writing is not None:
                yield drawing.made(writing)
                yield drawing.undone(writing)
            if reading is not None:
                yield drawing.listed(reading)
            listing = _first(own, Verb.LIST)
            if listing is not None and relation.name in listing[0].filters:
                yield drawing.having(listing)


def _first(asked: list[Asked], verb: Verb) -> Asked | None:
    return next((item for item in asked if item[0].verb is verb), None)


@dataclass(frozen=True)
class _Drawing:
    """The routes of one relation."""

    table: DatabaseTable
    relation: Relation
    link: DatabaseTable
    context: Context

    @property
    def bare(self) -> bool:
        """Whether the tie says no more than which two rows are tied."""
        return is_bare(self.link)

    @property
    def target(self) -> DatabaseTable:
        """The table at the other side."""
        found = self.context.schema.table(self.relation.target)
        assert found is not None
        return found

    @property
    def path(self) -> str:
        """`/posts/{post_id}/tags`."""
        return f"{self.context.item(self.table)}/{kebab(self.relation.name)}"

    @property
    def noun(self) -> str:
        """`post_tag`."""
        return f"{self.context.singular(self.table)}_{singular(self.relation.name)}"

    def route(
        self, asked: Asked, operation: DerivedOperation, more: dict[str, object], parent: str | None
    ) -> Planned:
        """A route over the ties."""
        derived = Derived(operation=operation, table=self.link.name, parent=parent)
        header: dict[str, object] = {
            "module": self.context.module(self.table),
            "requirements": asked[1],
            "access": asked[0].access,
            "derived": derived,
        }
        return Planned(header=RouteHeader.model_validate({**header, **more}))

    def other_side(
        self, target: DatabaseTable, parent: str | None, path_key: str, asked: Asked
    ) -> Derived:
        """A list of the rows of `target` at the other side of the ties."""
        access: tuple[Grant, ...] = asked[0].access
        return Derived(
            operation=DerivedOperation.LIST,
            table=self.link.name,
            parent=parent,
            tied=True,
            filters=known_columns(target, usual_filters(target, access), without=path_key),
            sorts=known_columns(target, default_sorts(target)),
        )

    def made(self, asked: Asked) -> Planned:
        """`POST /posts/{post_id}/tags`."""
        thing = words(singular(self.relation.name))
        more: dict[str, object] = {
            "function_name": self.context.function(f"add_{self.noun}"),
            "method": "POST",
            "path": self.path,
            "summary": f"Add a {thing} to {self.context.noun(self.table)}",
            "request": f"{self.link.model}Create",
            "response": f"{self.link.model}Read",
            "success": Success(status=201),
        }
        return self.route(asked, DerivedOperation.CREATE, more, self.relation.through_source)

    def undone(self, asked: Asked) -> Planned:
        """`DELETE /posts/{post_id}/tags/{tag_id}`."""
        more: dict[str, object] = {
            "function_name": self.context.function(f"remove_{self.noun}"),
            "method": "DELETE",
            "success": Success(status=204, kind=SuccessKind.EMPTY),
        }
        if not self.bare:
            path, summary = self.context.item(self.link), f"Remove {self.context.noun(self.link)}"
            more |= {"path": path, "summary": summary}
            return self.route(asked, DerivedOperation.DELETE, more, None)
        far = self.link.relation(self.relation.through_target or "")
        assert far is not None
        thing = words(singular(self.relation.name))
        more |= {
            "path": f"{self.path}/{{{far.column}}}",
            "summary": f"Take a {thing} from {self.context.noun(self.table)}",
            "derived": Derived(
                operation=DerivedOperation.DELETE,
                table=self.link.name,
                parent=self.relation.through_source,
                tied=True,
            ),
        }
        return self.route(asked, DerivedOperation.DELETE, more, None)

    def listed(self, asked: Asked) -> Planned:
        """`GET /posts/{post_id}/tags`."""
        more: dict[str, object] = {
            "function_name": self.context.function(
                f"list_{self.context.singular(self.table)}_{self.relation.name}"
            ),
            "method": "GET",
            "path": self.path,
            "summary": f"List the {words(self.relation.name)} of {self.context.noun(self.table)}",
            "response": f"Page[{(self.target if self.bare else self.link).model}Read]",
        }
        source = self.relation.through_source
        if self.bare:
            more["derived"] = self.other_side(
                self.target, source, self.context.key(self.table), asked
            )
        return self.route(asked, DerivedOperation.LIST, more, source)

    def having(self, asked: Asked) -> Planned:
        """`GET /tags/{tag_id}/posts`: a list narrowed by what its rows are tied to."""
        context, key = self.context, self.context.key(self.target)
        more: dict[str, object] = {
            "function_name": context.function(
                f"list_{self.table.name}_of_{context.singular(self.target)}"
            ),
            "method": "GET",
            "path": f"{context.item(self.target)}/{context.segment(self.table)}",
            "summary": f"List the {words(self.table.name)} with {context.noun(self.target)}",
            "response": f"Page[{self.table.model}Read]",
            "derived": self.other_side(self.table, self.relation.through_target, key, asked),
        }
        return self.route(asked, DerivedOperation.LIST, more, None)
