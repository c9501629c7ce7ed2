"""Routes in the making: distinct operations, and what all drafts of one Architecture share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codex.blueprint.brief import Brief
from codex.blueprint.naming import (
    RESERVED_PATHS,
    Names,
    class_names,
    kebab,
    snake,
    words,
)
from codex.blueprint.rules import Translation
from codex.common.documents.architecture import Mend, ObjectType
from codex.common.documents.base import Part
from codex.common.documents.codegraph import RouteHeader
from codex.common.documents.rules import Grant, Rule, Scope
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from codex.common.documents.specification import Operation, Verb
from codex.common.english import with_article

READING = frozenset({Verb.LIST, Verb.GET, Verb.QUERY, Verb.FIGURE})
Key = tuple[str, str, str | None, str | None]


class Planned(Part):
    """A route without its functions, the operation behind it, and its rule over the database."""

    header: RouteHeader
    """The route."""
    operation: Operation | None = None
    """What it lets people do, where that is known in typed form."""
    rule: Rule | None = None
    """What exactly happens, in the words of the database."""

    def serving(self, requirements: tuple[str, ...]) -> Planned:
        """The same, known to serve `requirements`."""
        header = self.header.model_copy(update={"requirements": requirements})
        return self.model_copy(update={"header": header})


def merge_operations(
    specification: Brief,
) -> Iterator[tuple[Operation, tuple[str, ...]]]:
    """Each distinct operation with the requirements that ask for it, in order of mention."""
    merged: dict[Key, Operation] = {}
    wanted: dict[Key, list[str]] = {}
    for requirement in specification.requirements:
        for operation in requirement.operations:
            key = (operation.verb, operation.entity, operation.name, operation.parent)
            known = merged.get(key)
            merged[key] = operation if known is None else _merge(known, operation)
            wanted.setdefault(key, []).append(requirement.id)
    own = _own_grants(specification, merged.values())
    for key, operation in merged.items():
        # Whoever may list only his own must not see the others' in a figure or a query.
        open_ = operation.verb in READING and not operation.access
        access = own.get(operation.entity, ()) if open_ else operation.access
        yield operation.model_copy(update={"access": access}), tuple(dict.fromkeys(wanted[key]))


def _own_grants(
    specification: Brief, operations: Iterable[Operation]
) -> dict[str, tuple[Grant, ...]]:
    """For each owned entity the grants of its lists, where they reach one's own rows only."""
    owned = {entity.name for entity in specification.entities if entity.owner}
    found: dict[str, tuple[Grant, ...]] = {}
    for operation in operations:
        listing = operation.verb in (Verb.LIST, Verb.GET) and operation.entity in owned
        if listing and any(grant.scope is Scope.OWN for grant in operation.access):
            found.setdefault(operation.entity, operation.access)
    return found


def _merge(one: Operation, other: Operation) -> Operation:
    def both(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*getattr(one, name), *getattr(other, name)]))

    access: tuple[Grant, ...] = tuple(dict.fromkeys([*one.access, *other.access]))
    return one.model_copy(
        update={
            "access": access,
            "rule": one.rule or other.rule,
            **{name: both(name) for name in ("filters", "ranges", "search", "sorts", "fields")},
        }
    )


class Context:
    """The database and names that the drafts of one Architecture share."""

    def __init__(
        self, specification: Brief, schema: DatabaseSchema, modules: dict[str, str]
    ) -> None:
        self.specification = specification
        self.schema = schema
        self.translation = Translation(specification, schema)
        self.types: dict[str, ObjectType] = {}
        self.mends: list[Mend] = []
        self._modules = modules
        self._functions = Names()
        self._segments: dict[str, str] = {}
        self._classes = class_names()
        for table in schema.tables:
            for ending in ("", "Create", "Update", "Read"):
                self._classes.claim(f"{table.model}{ending}")
        for enum in schema.enums:
            self._classes.claim(enum.name)

    def table(self, entity: str) -> DatabaseTable:
        """The table that keeps `entity`."""
        return self.translation.table(entity)

    def module(self, table: DatabaseTable) -> str:
        """The module that the routes of `table` belong to."""
        return self._modules[table.name]

    def singular(self, table: DatabaseTable) -> str:
        """What one row is called: `order_item`."""
        return table.entity or snake(table.model)

    def noun(self, table: DatabaseTable) -> str:
        """`an order item`."""
        return with_article(words(self.singular(table)))

    def function(self, wanted: str) -> str:
        """A free name for a function."""
        return self._functions.claim(wanted[:60].rstrip("_"))

    def type_name(self, wanted: str) -> str:
        """A free name for an object type."""
        return self._classes.claim(wanted)

    def key(self, table: DatabaseTable) -> str:
        """The path parameter that names a row: `order_item_id`."""
        return f"{self.singular(table)}_id"

    def segment(self, table: DatabaseTable) -> str:
        """The collection's word in paths: `order-items`."""
        if table.name not in self._segments:
            word = kebab(table.name)
            if word in RESERVED_PATHS:
                self.mends.append(
                    Mend(
                        place=f"table {table.name}",
                        what=f"its path is /{word}-records, since every service has /{word}",
                    )
                )
                word = f"{word}-records"
            self._segments[table.name] = word
        return self._segments[table.name]

    def collection(self, table: DatabaseTable, parent: str | None = None) -> str:
        """`/order-items`, or `/orders/{order_id}/order-items` under a parent."""
        relation = table.relation(parent) if parent else None
        above = self.schema.table(relation.target) if relation else None
        if relation is None or above is None:
            return f"/{self.segment(table)}"
        ties = [item for item in table.relations if item.target == above.name]
        alone = len(ties) == 1 and above.name != table.name
        last = self.segment(table) if alone else kebab(relation.inverse or f"{parent}-{table.name}")
        return f"/{self.segment(above)}/{{{self.key(above)}}}/{last}"

    def item(self, table: DatabaseTable) -> str:
        """`/order-items/{order_item_id}`."""
        return f"/{self.segment(table)}/{{{self.key(table)}}}"

    def location(self, table: DatabaseTable) -> dict[str, str]:
        """Where a created row is found."""
        return {"Location": f"/{self.segment(table)}/{{id}}"}
