"""What every derived route begins with: the rows that its path names, and how they are found."""

from __future__ import annotations

from dataclasses import dataclass, field

from codex.common.documents.codegraph import CodeGraph, Derived
from codex.common.documents.schema import DatabaseTable, Relation
from codex.compiler.answers import Reader
from codex.compiler.conditions import expression
from codex.compiler.endpoint import Endpoint
from codex.compiler.names import key_of, row_name, snake
from codex.compiler.ownership import Ownership
from codex.compiler.plan import Plan, refuse
from codex.compiler.source import Module, literal


@dataclass
class DerivedBase:
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
