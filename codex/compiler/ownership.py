"""Whose rows a derived route reaches, and what a caller may tie a row to."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import DerivedOperation
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
    Relation,
)
from codex.compiler.endpoint import Endpoint
from codex.compiler.names import key_of
from codex.compiler.plan import refuse
from codex.compiler.source import literal
from codex.compiler.ties import Tie

_SENT = (Exposure.BOTH, Exposure.WRITE)


class Ownership:
    """What the grants of a route mean for the rows of its table."""

    def __init__(self, endpoint: Endpoint, table: DatabaseTable) -> None:
        self.endpoint = endpoint
        self.plan = endpoint.plan
        self.table = table
        self.account = self.plan.architecture.database.account
        self._expect_owner()

    def _expect_owner(self) -> None:
        """Refuse a route that reaches its caller's own rows where rows belong to nobody."""
        route, derived = self.endpoint.route, self.endpoint.route.derived
        if derived is None or derived.tied or derived.operation is DerivedOperation.CREATE:
            return
        parent = self.table.relation(derived.parent or "")
        owned = self.table.owner or (parent and self.plan.table(parent.target).owner)
        if self.endpoint.access.own_only and not owned:
            raise refuse(
                route,
                f"it reaches its caller's own rows, but rows of {self.table.name!r} belong to"
                " nobody",
            )

    # reading

    def query(self) -> str:
        """All rows that the caller reaches, as a Select."""
        model = self.endpoint.model(self.table)
        if self._restricted(self.table):
            visible = self.endpoint.use("app.access", "visible")
            return f"{visible}({model}, {self.endpoint.user()}{self._all_for()})"
        return f"{self.endpoint.use('sqlmodel', 'select')}({model})"

    def row_of(
        self, table: DatabaseTable, row_id: str, *, first_step: Relation | bool = False
    ) -> str:
        """The row of `table` with an id, or NotFound, as an expression."""
        del first_step
        model = self.endpoint.model(table)
        if self._restricted(table):
            get = self.endpoint.use("app.access", "get_visible")
            return f"{get}(session, {model}, {row_id}, {self.endpoint.user()}{self._all_for()})"
        get = self.endpoint.use("app.database", "get_or_404")
        return f"{get}(session, {model}, {row_id})"

    def _restricted(self, table: DatabaseTable) -> bool:
        return self.endpoint.access.own_only and table.owner is not None

    def _roles(self) -> str:
        roles = self.endpoint.access.all_for or ()
        return "{" + ", ".join(literal(role) for role in roles) + "}" if roles else "()"

    def _all_for(self) -> str:
        return f", all_for={self._roles()}"

    # writing

    def check_creation(self, given: AbstractSet[str]) -> list[str]:
        """Statements that refuse references to rows that are not there, or not the caller's."""
        self._expect_all_required(given)
        lines: list[str] = []
        for relation in self._sent_relations():
            column = self.table.column(relation.column or "")
            assert column is not None
            if column.name in given:
                continue
            sent = f"body.{attribute(column.name)}"
            check = self._check(relation, sent)
            if column.nullable or column.default is not None:
                lines += [
                    f"if {sent} is not None:",
                    *(f"    {line}" for line in check),
                ]
            else:
                lines += check
        return lines

    def check_changes(self) -> list[str]:
        """The same for what an update changes."""
        lines: list[str] = []
        allowed = self.endpoint.route.derived.fields if self.endpoint.route.derived else ()
        for relation in self._sent_relations():
            column = self.table.column(relation.column or "")
            assert column is not None
            if not column.changeable or (allowed and column.name not in allowed):
                continue
            key = literal(attribute(column.name))
            lines += [
                f"if changes.get({key}) is not None:",
                *(f"    {line}" for line in self._check(relation, f"changes[{key}]")),
            ]
        return lines

    def _sent_relations(self) -> list[Relation]:
        return [
            relation
            for relation in self.table.relations
            if relation.cardinality is not Cardinality.MANY_TO_MANY
            and (column := self.table.column(relation.column or "")) is not None
            and column.exposure in _SENT
        ]

    def _check(self, relation: Relation, value: str) -> list[str]:
        target = self.plan.table(relation.target)
        model = self.endpoint.model(target)
        field = literal(relation.column)
        lines: list[str] = []
        if self._owns_directly(relation):
            if self.endpoint.access.own_only:
                invalid = self.endpoint.use("app.errors", "Invalid")
                free = (
                    f"user.role not in {self._roles()} and " if self.endpoint.access.all_for else ""
                )
                lines = [
                    f"if {free}{value} != {self.endpoint.user()}.id:",
                    f'    raise {invalid}("This can only be you.", field={field})',
                ]
        elif self.endpoint.access.caller == "user" and target.owner and target.name != self.account:
            check = self.endpoint.use("app.access", "check_visible_reference")
            first = (self.table.owner or "").partition(".")[0] == relation.name
            all_for = self._all_for() if self.endpoint.access.own_only and first else ""
            user = self.endpoint.user()
            return [f"{check}(session, {model}, {value}, {field}, {user}{all_for})"]
        check = self.endpoint.use("app.queries", "check_reference")
        return [*lines, f"{check}(session, {model}, {value}, {field})"]

    def check_tied(self, tie: Tie) -> str:
        """A statement that refuses ids of others to tie the row to that are not there."""
        endpoint, model = self.endpoint, self.endpoint.model(tie.target)
        owned = tie.target.owner and tie.target.name != self.account
        if endpoint.access.caller == "user" and owned:
            query = f"{endpoint.use('app.access', 'visible')}({model}, {endpoint.user()})"
        else:
            query = f"{endpoint.use('sqlmodel', 'select')}({model})"
        check = endpoint.use("app.ties", "check_references")
        return f"{check}(session, {query}, {model}, body.{tie.field}, {literal(tie.field)})"

    def _owns_directly(self, relation: Relation) -> bool:
        return self.table.owner == relation.column and relation.target == self.account

    def owner_value(self, given: AbstractSet[str]) -> dict[str, str]:
        """Columns that say who made the row, and are not sent: their values."""
        values: dict[str, str] = {}
        for relation in self.table.relations:
            column = self.table.column(relation.column or "")
            if column is None or relation.target != self.account or column.name in given:
                continue
            owns = self._owns_directly(relation)
            caller = self.endpoint.access.caller
            if column.exposure in _SENT:
                if owns and caller == "user" and column.nullable and self.endpoint.access.own_only:
                    user = self.endpoint.user()
                    values[column.name] = f"body.{attribute(column.name)} or {user}.id"
            elif column.default is None and (owns or not column.nullable):
                if caller == "user":
                    values[column.name] = f"{self.endpoint.user()}.id"
                elif caller == "maybe" and column.nullable:
                    user = self.endpoint.user()
                    values[column.name] = f"{user}.id if {user} else None"
        return values

    def _expect_all_required(self, given: AbstractSet[str]) -> None:
        known = {*given, *self.owner_value(given)}
        for column in self.table.columns:
            if column.name not in known and not _may_be_left_out(column):
                raise refuse(
                    self.endpoint.route,
                    f"column {self.table.name}.{column.name} is required, is not sent, and has no"
                    " default",
                )

    def after_creation(self, row: str) -> list[str]:
        """Statements that tie the creator to the row, where the owner's path runs through ties."""
        step, _, rest = (self.table.owner or "").partition(".")
        if not rest or self.table.relation(step) or self.endpoint.access.caller != "user":
            return []
        for tie in self.plan.architecture.database.tables:
            for relation in tie.relations:
                if relation.target != self.table.name or relation.inverse != step:
                    continue
                known = {relation.column, rest}
                if "." in rest or any(
                    column.name not in known and not _has_default(column) for column in tie.columns
                ):
                    return []
                values = f"{key_of(relation)}={row}.id, {rest}={self.endpoint.user()}.id"
                return [
                    f"session.add({self.endpoint.model(tie)}({values}))",
                    "session.flush()",
                ]
        return []


def _has_default(column: Column) -> bool:
    return column.nullable or column.default is not None


def _may_be_left_out(column: Column) -> bool:
    is_sent = column.exposure in _SENT and column.type is not ColumnType.FILE
    return is_sent or _has_default(column)
