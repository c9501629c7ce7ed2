"""Who plays in a scenario, and what bodies they send."""

from __future__ import annotations

from datetime import timedelta

from codex.blueprint.naming import snake
from codex.blueprint.planned import Planned
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import RouteHeader
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Scope
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
    Relation,
)
from codex.compiler.samples import sample

SENT = (Exposure.BOTH, Exposure.WRITE)
LATER = ("end", "finish", "until", "due", "close", "to_", "expire", "return")


class CannotPlay(ValueError):
    """Calls of this service cannot show it, or not in a way that this program can think of."""


class Cast:
    """The service as scenarios meet it."""

    def __init__(self, inputs: ScenariosInputs) -> None:
        self.inputs = inputs
        self.database = inputs.database
        self.routes: tuple[Planned, ...] = (*inputs.routes, *inputs.others)
        self.accounts = inputs.database.account is not None

    # ── callers ──────────────────────────────────────────────────────────────────────────────

    def actor(self, route: RouteHeader) -> str | None:
        """Somebody who may call the route; nobody where nobody signs in."""
        if not self.accounts:
            return None
        if not route.access:
            return SIGNED_IN
        own = [grant.role for grant in route.access if grant.scope is Scope.OWN]
        roles = own or [grant.role for grant in route.access]
        if PUBLIC in roles:
            return None
        return SIGNED_IN if SIGNED_IN in roles else roles[0]

    def allowed(self, route: RouteHeader, actor: str | None) -> str | None:
        """`actor`, where he may call the route; somebody who may otherwise."""
        if not self.accounts:
            return None
        roles = {grant.role for grant in route.access}
        role = actor.partition(":")[0] if actor else None
        if role is not None and (not roles or SIGNED_IN in roles or role in roles):
            return actor
        return self.actor(route)

    def outsider(self, route: RouteHeader) -> str:
        """Somebody who is signed in and may not call the route."""
        roles = {grant.role for grant in route.access}
        if not roles or roles & {SIGNED_IN, PUBLIC}:
            raise CannotPlay("everybody who is signed in may do this")
        for role in (SIGNED_IN, *self.inputs.roles):
            if role not in roles:
                return role
        raise CannotPlay("every role may do this")

    # ── tables and routes ────────────────────────────────────────────────────────────────────

    def table(self, name: str) -> DatabaseTable:
        """The table called `name`."""
        table = self.database.table(name)
        if table is None:
            raise CannotPlay(f"table {name} is not known here")
        return table

    def noun(self, table: DatabaseTable) -> str:
        """What one row is called in `$…`."""
        return table.entity or snake(table.model)

    def table_of_entity(self, entity: str) -> DatabaseTable:
        """The table that keeps an entity."""
        for table in self.database.tables:
            if table.entity == entity:
                return table
        raise CannotPlay(f"no table keeps {entity}")

    def relation_of(self, table: DatabaseTable, column: str) -> Relation | None:
        """The relation whose key a column is."""
        for relation in table.relations:
            if relation.column == column and relation.cardinality is not Cardinality.MANY_TO_MANY:
                return relation
        return None

    def creating(self, table: DatabaseTable) -> RouteHeader | None:
        """The route that makes a row from a body of its own type."""
        wanted = f"{table.model}Create"
        found = [r.header for r in self.routes if r.header.request == wanted]
        found = [header for header in found if header.method == "POST"]
        return min(found, key=lambda header: len(header.path_parameters), default=None)

    def showing(self, table: DatabaseTable) -> RouteHeader | None:
        """The route that shows one row."""
        for item in self.routes:
            derived = item.header.derived
            if derived and derived.table == table.name and str(derived.operation) == "get":
                return item.header
        return None

    # ── bodies ───────────────────────────────────────────────────────────────────────────────

    def body(
        self,
        table: DatabaseTable,
        actor: str | None,
        *,
        number: int = 1,
        values: dict[str, JsonValue] | None = None,
        without: tuple[str, ...] = (),
    ) -> dict[str, JsonValue]:
        """A complete body for a new row: everything required, `values` first."""
        body: dict[str, JsonValue] = {}
        given = values or {}
        for position, column in enumerate(table.columns):
            if column.exposure not in SENT or column.name in without:
                continue
            if column.name in given:
                body[column.name] = given[column.name]
            elif not column.nullable and column.default is None:
                body[column.name] = self.value(table, column, actor, number, position)
        return body | {tie.ids: given[tie.ids] for tie in table.relations if tie.ids in given}

    def value(
        self,
        table: DatabaseTable,
        column: Column,
        actor: str | None,
        number: int = 1,
        position: int = 0,
    ) -> JsonValue:
        """A value that callers may send for a column."""
        relation = self.relation_of(table, column.name)
        if relation is not None:
            if relation.target == self.database.account:
                return f"${actor or SIGNED_IN}.id"
            return f"${self.name(self.table(relation.target), number)}.id"
        if column.type in (ColumnType.DATE, ColumnType.DATETIME) and column.maximum is None:
            days = number + position + (30 if column.name.startswith(LATER) else 0)
            return moment(column, timedelta(days=days))
        if column.type is ColumnType.FILE:
            raise CannotPlay("a file must be sent")
        return sample(column, self.database, number)

    def name(self, table: DatabaseTable, number: int = 1) -> str:
        """`$book`, `$book_2`: rows that are there when they are named."""
        return self.noun(table) if number == 1 else f"{self.noun(table)}_{number}"

    def path(self, route: RouteHeader, rows: dict[str, str] | None = None) -> str:
        """The route's path with `$name.id` in the place of each parameter."""
        path = route.path
        for parameter in route.path_parameters:
            noun = parameter.removesuffix("_id")
            name = (rows or {}).get(noun, noun)
            path = path.replace(f"{{{parameter}}}", f"${name}.id")
        return path


def moment(column: Column, later: timedelta) -> str:
    """`$today+3 days`, `$now-1 day`: a moment on the scenario's own clock."""
    word = "today" if column.type is ColumnType.DATE else "now"
    minutes = int(later.total_seconds() // 60)
    if minutes == 0:
        return f"${word}"
    sign = "+" if minutes > 0 else "-"
    size = abs(minutes)
    if size % 1440 == 0:
        return f"${word}{sign}{size // 1440} day{'' if size == 1440 else 's'}"
    return f"${word}{sign}{size} minutes"
