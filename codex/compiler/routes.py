"""Derived routes: create, list, get, update and delete, straight from a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import CodeGraph, Derived, DerivedOperation
from codex.common.documents.schema import (
    ColumnType,
    DatabaseTable,
    Relation,
)
from codex.compiler.answers import Reader
from codex.compiler.bodies import body_columns, body_type, checks_dates
from codex.compiler.conditions import expression, value_literal
from codex.compiler.endpoint import Endpoint
from codex.compiler.listing import Listing
from codex.compiler.names import key_of, row_name, snake
from codex.compiler.ownership import Ownership
from codex.compiler.plan import Plan, refuse
from codex.compiler.source import Module, literal


def derived_endpoint(plan: Plan, module: Module, route: CodeGraph, name: str) -> str:
    """The source of a derived route, called `name`."""
    return DerivedRoute(plan, module, route).spell(name)


@dataclass
class DerivedRoute:
    """One derived route in the making."""

    plan: Plan
    module: Module
    route: CodeGraph
    derived: Derived = field(init=False)
    table: DatabaseTable = field(init=False)
    endpoint: Endpoint = field(init=False)

    def __post_init__(self) -> None:
        assert self.route.derived is not None
        self.derived = self.route.derived
        self.table = self.plan.table(self.derived.table)
        self.endpoint = Endpoint(self.plan, self.route, self.module)
        self.owns = Ownership(self.endpoint, self.table)
        self.model = self.endpoint.model(self.table)
        self.row = self.endpoint.local(row_name(snake(self.table.model)))

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

    # the path

    def _path(self, *, item: bool) -> tuple[list[tuple[Relation, str]], str]:
        """The relations that the path names with their parameters, nearest first, and the row's."""
        names = list(self.route.path_parameters)
        locals_ = [
            self.endpoint.path(name, self.route.path_types.get(name, "int")) for name in names
        ]
        row_id = locals_.pop() if item and locals_ else ""
        if item and not row_id:
            raise refuse(self.route, "its path names no row")
        parents: list[tuple[Relation, str]] = []
        table = self.table
        for number, (name, local) in enumerate(reversed(list(zip(names, locals_, strict=False)))):
            relation = self._parent(table, name, nearest=number == 0)
            parents.append((relation, local))
            table = self.plan.table(relation.target)
        return parents, row_id

    def _parent(self, table: DatabaseTable, name: str, *, nearest: bool) -> Relation:
        if nearest and self.derived.parent:
            relation = table.relation(self.derived.parent)
            if relation is not None and relation.column is not None:
                return relation
        for relation in table.relations:
            if relation.column == name or (
                relation.column and f"{snake(self.plan.table(relation.target).model)}_id" == name
            ):
                return relation
        raise refuse(self.route, f"table {table.name!r} has no relation for the parameter {name!r}")

    def _parents_exist(self, parents: list[tuple[Relation, str]]) -> list[str]:
        """Statements that answer 404 where the path names a parent that is not there."""
        lines: list[str] = []
        for number, (relation, local) in enumerate(parents):
            target = self.plan.table(relation.target)
            call = self.owns.row_of(target, local, first_step=number == 0 and relation)
            if number + 1 < len(parents):
                above, above_id = parents[number + 1]
                variable = self.endpoint.local(row_name(snake(target.model)))
                error = self.endpoint.own("app.errors", "NotFound")
                lines += [
                    f"{variable} = {call}",
                    f"if {variable}.{key_of(above)} != {above_id}:",
                    f"    raise {error}",
                ]
            else:
                lines.append(call)
        return lines

    def _conditions(self, parents: list[tuple[Relation, str]]) -> tuple[list[str], list[str]]:
        """Conditions on the row for every caller, and those that some roles are free of."""
        col = self.endpoint.use("sqlmodel", "col") if parents else ""
        always = [f"{col}({self.model}.{key_of(item)}) == {local}" for item, local in parents[:1]]
        own = [expression(self.endpoint, self.table, item) for item in self.derived.where]
        if self.derived.where_unless and self.endpoint.access.known:
            return always, own
        return always + own, []

    def _narrowed(self, query: str, always: list[str], own: list[str]) -> list[str]:
        """`query = …` with the conditions."""
        where = f".where({', '.join(always)})" if always else ""
        lines = [f"query = {query}{where}"]
        if own:
            user = self.endpoint.user()
            roles = (
                "{" + ", ".join(literal(role) for role in sorted(self.derived.where_unless)) + "}"
            )
            anybody = f"{user} is None or " if self.endpoint.access.caller == "maybe" else ""
            lines += [
                f"if {anybody}{user}.role not in {roles}:",
                f"    query = query.where({', '.join(own)})",
            ]
        return lines

    def _found(self, parents: list[tuple[Relation, str]], row_id: str) -> list[str]:
        """Statements that find the row of the path, or answer 404."""
        always, own = self._conditions(parents)
        higher = self._parents_exist(parents) if len(parents) > 1 else []
        if not always and not own:
            return [*higher, f"{self.row} = {self.owns.row_of(self.table, row_id)}"]
        col = self.endpoint.use("sqlmodel", "col")
        one = self.endpoint.use("app.queries", "one_or_404")
        always = [f"{col}({self.model}.id) == {row_id}", *always]
        lines = self._narrowed(self.owns.query(), always, own)
        return [*higher, *lines, f"{self.row} = {one}(session, query)"]

    # the answer

    @property
    def reader(self) -> Reader:
        """What turns rows into answers."""
        return Reader(self.endpoint, self.table)

    # the operations

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
        ordered, sort = endpoint.use("app.queries", "ordered"), listing.sort()
        lines.append(f"query = {ordered}(query, {self.model}, {sort})")
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
        hidden = sorted(sent & given.keys())
        exclude = "{" + ", ".join(literal(attribute(item)) for item in hidden) + "}"
        without = f"exclude={exclude}, " if hidden else ""
        dumped = f"body.model_dump({without}exclude_unset=True)"
        values = "".join(f", {attribute(column)}={value}" for column, value in given.items())
        lines += [
            f"{self.row} = {self.model}(**{dumped}{values})",
            f"session.add({self.row})",
            "session.flush()",
            *self.owns.after_creation(self.row),
        ]
        endpoint.response()
        lines += [
            f'response.headers["Location"] = {self._location(parents)}',
            f"return {self.reader.one(self.row)}",
        ]
        endpoint.inside(lines)
        return endpoint.spell(name, self.reader.type)

    def _location(self, parents: list[tuple[Relation, str]]) -> str:
        """Where the new row is found, as an f-string."""
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
        lines.append("changes = body.model_dump(exclude_unset=True)")
        lines += self.owns.check_changes()
        lines += [
            f"{self.row}.sqlmodel_update(changes)",
            f"session.add({self.row})",
            "session.flush()",
            f"return {self.reader.one(self.row)}",
        ]
        endpoint.inside(lines)
        return endpoint.spell(name, self.reader.type)
