"""Routes over ties of many to many: the rows at the other side, listed, and a tie undone."""

from __future__ import annotations

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import CodeGraph, DerivedOperation
from codex.common.documents.schema import DatabaseTable
from codex.compiler.answers import Reader
from codex.compiler.endpoint import Endpoint
from codex.compiler.listing import Listing
from codex.compiler.names import key_of
from codex.compiler.ownership import Ownership
from codex.compiler.plan import Plan, refuse
from codex.compiler.source import Module
from codex.compiler.ties import sides


class TiedRoute:
    """`GET /bookmarks/{bookmark_id}/tags`, or `DELETE /bookmarks/{bookmark_id}/tags/{tag_id}`."""

    def __init__(self, plan: Plan, module: Module, route: CodeGraph) -> None:
        assert route.derived is not None
        self.plan, self.route, self.derived = plan, route, route.derived
        self.endpoint = Endpoint(plan, route, module)
        self.link = plan.table(self.derived.table)
        self.sides = sides(self.link, self.derived)
        self.ids = [
            self.endpoint.path(name, route.path_types.get(name, "int"))
            for name in route.path_parameters
        ]
        wanted = 1 if self.derived.operation is DerivedOperation.LIST else 2
        if len(self.ids) != wanted:
            raise refuse(route, f"its path names {len(self.ids)} rows, not {wanted}")

    def spell(self, name: str) -> str:
        """The endpoint's source."""
        match self.derived.operation:
            case DerivedOperation.LIST:
                return self._list(name)
            case DerivedOperation.DELETE:
                return self._delete(name)
            case operation:
                raise refuse(self.route, f"no {operation} speaks of the other side of a tie")

    def _near_row(self) -> str:
        """Statement that answers 404 where the row that the path begins with is not there."""
        near = self.plan.table(self.sides.near.target)
        return Ownership(self.endpoint, near).row_of(near, self.ids[0])

    def _rows(self, table: DatabaseTable) -> str:
        """The rows at the other side that the caller may see; of accounts all that are tied."""
        if table.name == self.plan.architecture.database.account:
            return f"{self.endpoint.use('sqlmodel', 'select')}({self.endpoint.model(table)})"
        return Ownership(self.endpoint, table).query()

    def _list(self, name: str) -> str:
        endpoint, table = self.endpoint, self.plan.table(self.sides.far.target)
        col, select = endpoint.use("sqlmodel", "col"), endpoint.use("sqlmodel", "select")
        link, model = endpoint.model(self.link), endpoint.model(table)
        near, far = key_of(self.sides.near), key_of(self.sides.far)
        listing = Listing(endpoint, self.derived, table)
        lines = [
            self._near_row(),
            f"tied = {select}({link}.{far}).where({col}({link}.{near}) == {self.ids[0]})",
            f"query = {self._rows(table)}.where({col}({model}.id).in_(tied))",
            *listing.filters(),
            *listing.search(),
        ]
        endpoint.parameter("paging", endpoint.use("app.paging", "PagingDep"))
        endpoint.refuses("Invalid")
        reader = Reader(endpoint, table)
        endpoint.inside([*listing.in_order(lines), f"return {reader.page('query')}"])
        return endpoint.spell(name, f"{endpoint.use('app.paging', 'Page')}[{reader.type}]")

    def _delete(self, name: str) -> str:
        endpoint = self.endpoint
        endpoint.writes = True
        endpoint.status(204)
        col, select = endpoint.use("sqlmodel", "col"), endpoint.use("sqlmodel", "select")
        one, link = endpoint.use("app.queries", "one_or_404"), endpoint.model(self.link)
        keys = (key_of(self.sides.near), key_of(self.sides.far))
        where = ", ".join(
            f"{col}({link}.{key}) == {row_id}" for key, row_id in zip(keys, self.ids, strict=True)
        )
        lines = [
            self._near_row(),
            f"query = {select}({link}).where({where})",
            f"session.delete({one}(session, query))",
        ]
        endpoint.inside(lines)
        return endpoint.spell(name, "None")


def tie_location(plan: Plan, route: CodeGraph, row: str) -> str | None:
    """Where a tie that `route` makes is found, as an f-string; None where no path names it."""
    made = route.derived
    for other in plan.architecture.routes:
        derived = other.derived
        if (
            made is not None
            and derived is not None
            and derived.tied
            and derived.operation is DerivedOperation.DELETE
            and (derived.table, derived.parent) == (made.table, made.parent)
        ):
            link = sides(plan.table(derived.table), derived)
            values = (link.near.column, link.far.column)
            path = other.path
            for name, column in zip(other.path_parameters, values, strict=True):
                path = path.replace("{" + name + "}", f"{{{row}.{attribute(column or '')}}}")
            return f'f"{path}"'
    return None
