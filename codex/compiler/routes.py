"""Derived routes: create, list, get, update and delete, straight from a table."""

from __future__ import annotations

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import CodeGraph, DerivedOperation
from codex.common.documents.schema import (
    ColumnType,
    Relation,
)
from codex.compiler.bodies import body_columns, body_type, checks_dates
from codex.compiler.conditions import value_literal
from codex.compiler.derived import DerivedBase
from codex.compiler.listing import Listing
from codex.compiler.plan import Plan
from codex.compiler.source import Module, literal
from codex.compiler.tied_routes import TiedRoute, tie_location
from codex.compiler.ties import Tie, body_ties


def derived_endpoint(plan: Plan, module: Module, route: CodeGraph, name: str) -> str:
    """The source of a derived route, called `name`."""
    if route.derived is not None and route.derived.tied:
        return TiedRoute(plan, module, route).spell(name)
    return DerivedRoute(plan, module, route).spell(name)


class DerivedRoute(DerivedBase):
    """The five operations."""

    def spell(self, name: str) -> str:
        """The endpoint's source."""
        match self.derived.operation:
            case DerivedOperation.LIST:
                return self._list(name)
            case DerivedOperation.GET:
                return self._get(name)
            case DerivedOperation.CREATE:
                return self._create(name)
            case DerivedOperation.UPDATE:
                return self._update(name)
            case DerivedOperation.DELETE:
                return self._delete(name)

    def _list(self, name: str) -> str:
        endpoint = self.endpoint
        parents, _ = self._path(item=False)
        exists = self._parents_exist(parents)
        always, own = self._conditions(parents)
        lines = [*exists, *self._narrowed(self.owns.query(), always, own)]
        listing = Listing(endpoint, self.derived, self.table)
        lines += listing.filters()
        lines += listing.search()
        endpoint.parameter("paging", endpoint.use("app.paging", "PagingDep"))
        endpoint.refuses("Invalid")
        lines = listing.in_order(lines)
        lines.append(f"return {self.reader.page('query')}")
        endpoint.inside(lines)
        return endpoint.spell(name, f"{endpoint.use('app.paging', 'Page')}[{self.reader.type}]")

    def _get(self, name: str) -> str:
        parents, row_id = self._path(item=True)
        self.endpoint.inside([*self._found(parents, row_id), f"return {self.reader.one(self.row)}"])
        return self.endpoint.spell(name, self.reader.type)

    def _delete(self, name: str) -> str:
        self.endpoint.writes = True
        parents, row_id = self._path(item=True)
        self.endpoint.status(204)
        lines = [*self._found(parents, row_id), f"session.delete({self.row})"]
        stored = [item.name for item in self.table.columns if item.type is ColumnType.FILE]
        files = self.endpoint.files() if stored else ""
        lines += [f"{files}.delete({self.row}.{attribute(column)})" for column in stored]
        if self._blockers():
            self.endpoint.refuses("Conflict")
        self.endpoint.inside(lines)
        return self.endpoint.spell(name, "None")

    def _blockers(self) -> bool:
        return any(
            relation.target == self.table.name and relation.on_delete == "restrict"
            for other in self.plan.architecture.database.tables
            for relation in other.relations
        )

    def _constraint_errors(self) -> list[str]:
        errors = [column.error for column in self.table.columns if column.unique and column.error]
        errors += [constraint.error for constraint in self.table.constraints]
        if any(column.unique and not column.error for column in self.table.columns):
            errors.append("Conflict")
        return list(dict.fromkeys(errors))

    def _body(self) -> None:
        self.endpoint.parameter("body", self.endpoint.own("app.types", self.body_type))
        self.endpoint.refuses("Invalid", *self._constraint_errors())

    @property
    def body_type(self) -> str:
        """The type of the body."""
        return body_type(self.plan.architecture, self.route)

    def _dates(self) -> list[str]:
        """A statement that refuses dates which the moment does not allow."""
        if not checks_dates(self.plan.architecture, self.body_type):
            return []
        return [f"body.check_dates({self.endpoint.now()})"]

    def _create(self, name: str) -> str:
        endpoint = self.endpoint
        endpoint.writes = True
        parents, _ = self._path(item=False)
        self._body()
        endpoint.status(201)
        given = {relation.column or "": local for relation, local in parents[:1]}
        for column_name, value in self.derived.defaults.items():
            column = self.table.column(column_name)
            assert column is not None
            given[column_name] = value_literal(endpoint, column, value)
        lines = [*self._dates(), *self._parents_exist(parents)]
        lines += self.owns.check_creation(set(given))
        given |= self.owns.owner_value(set(given))
        sent = {item.name for item in body_columns(self.plan.architecture, self.route)}
        ties = body_ties(self.plan.architecture, self.route)
        lines += [self.owns.check_tied(tie) for tie in ties]
        hidden = sorted({*(sent & given.keys()), *(tie.field for tie in ties)})
        exclude = "{" + ", ".join(literal(attribute(item)) for item in hidden) + "}"
        without = f"exclude={exclude}, " if hidden else ""
        dumped = f"body.model_dump({without}exclude_unset=True)"
        values = "".join(f", {attribute(column)}={value}" for column, value in given.items())
        lines += [
            f"{self.row} = {self.model}(**{dumped}{values})",
            f"session.add({self.row})",
            "session.flush()",
            *(self._tied(tie) for tie in ties),
            *self.owns.after_creation(self.row),
        ]
        endpoint.response()
        lines += [
            f'response.headers["Location"] = {self._location(parents)}',
            f"return {self.reader.one(self.row)}",
        ]
        endpoint.inside(lines)
        return endpoint.spell(name, self.reader.type)

    def _tied(self, tie: Tie) -> str:
        """A statement that ties the row to what the body names."""
        link, other = self.endpoint.model(tie.link), self.endpoint.local(tie.far)
        values = f"{tie.near}={self.row}.id, {tie.far}={other}"
        return f"session.add_all({link}({values}) for {other} in body.{tie.field})"

    def _location(self, parents: list[tuple[Relation, str]]) -> str:
        """Where the new row is found, as an f-string."""
        tied = tie_location(self.plan, self.route, self.row)
        if tied is not None:
            return tied
        for route in self.plan.architecture.routes:
            derived = route.derived
            if (
                derived is not None
                and derived.operation is DerivedOperation.GET
                and derived.table == self.table.name
                and len(route.path_parameters) == 1
            ):
                parameter = "{" + route.path_parameters[0] + "}"
                return f'f"{route.path.replace(parameter, f"{{{self.row}.id}}")}"'
        path = self.route.path
        for name, (_, local) in zip(reversed(self.route.path_parameters), parents, strict=False):
            path = path.replace("{" + name + "}", "{" + local + "}")
        return f'f"{path}/{{{self.row}.id}}"'

    def _update(self, name: str) -> str:
        endpoint = self.endpoint
        endpoint.writes = True
        parents, row_id = self._path(item=True)
        self._body()
        lines = [*self._dates(), *self._found(parents, row_id)]
        ties = body_ties(self.plan.architecture, self.route)
        exclude = ", ".join(literal(tie.field) for tie in ties)
        without = f"exclude={{{exclude}}}, " if ties else ""
        changes, checks = f"body.model_dump({without}exclude_unset=True)", self.owns.check_changes()
        if checks:
            lines += [f"changes = {changes}", *checks]
            changes = "changes"
        lines += [
            f"{self.row}.sqlmodel_update({changes})",
            f"session.add({self.row})",
            *(line for tie in ties for line in self._tied_anew(tie)),
            "session.flush()",
            f"return {self.reader.one(self.row)}",
        ]
        endpoint.inside(lines)
        return endpoint.spell(name, self.reader.type)

    def _tied_anew(self, tie: Tie) -> list[str]:
        """Statements that tie the row to what the body names, and to nothing else."""
        col, delete = self.endpoint.use("sqlmodel", "col"), self.endpoint.use("sqlmodel", "delete")
        link = self.endpoint.model(tie.link)
        mine = f"{col}({link}.{tie.near}) == {self.row}.id"
        return [
            f"if {literal(tie.field)} in body.model_fields_set:",
            f"    {self.owns.check_tied(tie)}",
            f"    session.exec({delete}({link}).where({mine}))",
            f"    {self._tied(tie)}",
        ]
