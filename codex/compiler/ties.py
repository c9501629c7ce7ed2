"""Many to many: what the ids of tied rows are called, and the routes that speak of them."""

from __future__ import annotations

from dataclasses import dataclass

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, Derived, DerivedOperation
from codex.common.documents.schema import DatabaseSchema, DatabaseTable, Relation
from codex.compiler.names import key_of


@dataclass(frozen=True)
class Tie:
    """A relation of many to many whose ids stand in bodies and answers."""

    name: str
    """The relation: `tags`."""
    field: str
    """What the ids of the tied rows are called: `tag_ids`."""
    link: DatabaseTable
    """The table of the ties."""
    target: DatabaseTable
    """The table at the other side."""
    near: str
    """The attribute of a tie that holds the id of this row: `bookmark_id`."""
    far: str
    """The one that holds the id of the other row: `tag_id`."""

    @property
    def parameter(self) -> str:
        """The query parameter that narrows a list by one tied row."""
        return self.far

    @property
    def description(self) -> str:
        """What the field holds."""
        return f"The ids of its {self.name.replace('_', ' ')}."


def ties_of(database: DatabaseSchema, table: DatabaseTable) -> tuple[Tie, ...]:
    """The ties of `table` that bodies and answers hold."""
    return tuple(_tie(database, relation) for relation in table.relations if relation.ids)


def _tie(database: DatabaseSchema, relation: Relation) -> Tie:
    link, target = database.table(relation.through or ""), database.table(relation.target)
    assert link is not None
    assert target is not None
    near, far = (
        link.relation(name or "") for name in (relation.through_source, relation.through_target)
    )
    assert near is not None
    assert far is not None
    return Tie(relation.name, relation.ids or "", link, target, key_of(near), key_of(far))


def sent_ties(
    architecture: Architecture, table: DatabaseTable, operation: DerivedOperation
) -> tuple[Tie, ...]:
    """The ties that XCreate or XUpdate holds: none where a function takes the body.

    Only compiled routes make the ties that are sent.
    """
    ties = ties_of(architecture.database, table)
    name = f"{table.model}{'Create' if operation is DerivedOperation.CREATE else 'Update'}"
    by_function = any(
        route.request == name for route in architecture.routes if route.derived is None
    )
    return () if by_function else ties


def body_ties(architecture: Architecture, route: CodeGraph) -> tuple[Tie, ...]:
    """The ties that the body of a derived route holds."""
    derived = route.derived
    table = architecture.database.table(derived.table) if derived else None
    if derived is None or table is None:
        return ()
    ties = sent_ties(architecture, table, derived.operation)
    if derived.operation is DerivedOperation.UPDATE and derived.fields:
        return tuple(tie for tie in ties if tie.name in derived.fields)
    return ties


@dataclass(frozen=True)
class Sides:
    """The two sides of a table of ties, seen from a route's path."""

    near: Relation
    """The relation whose row the path names first."""
    far: Relation
    """The one to the rows that the route speaks of."""


def sides(link: DatabaseTable, derived: Derived) -> Sides:
    """Both relations of `link`, the parent's first."""
    near = next(item for item in link.relations if item.name == derived.parent)
    far = next(item for item in link.relations if item.name != derived.parent)
    return Sides(near, far)
