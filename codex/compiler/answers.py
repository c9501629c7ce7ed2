"""How rows become answers: one row, a list of rows, a page of a query."""

from __future__ import annotations

from dataclasses import dataclass

from codex.common.documents.schema import DatabaseTable
from codex.compiler.endpoint import Endpoint
from codex.compiler.reading import Reading, reading


@dataclass(frozen=True)
class Reader:
    """Turns rows of one table into its read type, inside of one endpoint."""

    endpoint: Endpoint
    table: DatabaseTable

    @property
    def type(self) -> str:
        """The read type."""
        return self.endpoint.own("app.types", f"{self.table.model}Read")

    @property
    def _reading(self) -> Reading:
        return reading(self.endpoint.architecture, self.table)

    def _more(self) -> str:
        given = {"now": self.endpoint.now, "settings": self.endpoint.settings}
        needs = [name for name in given if name in self._reading.needs]
        return "".join(f", {name}={given[name]()}" for name in needs)

    def one(self, row: str) -> str:
        """`row` as its read type."""
        if self._reading.plain:
            return f"{self.type}.model_validate({row})"
        read = self.endpoint.use("app.reading", self._reading.one)
        return f"{read}({row}, session{self._more()})"

    def many(self, rows: str) -> str:
        """`rows` as a list of the read type."""
        if self._reading.plain:
            return f"[{self.type}.model_validate(row) for row in {rows}]"
        read = self.endpoint.use("app.reading", self._reading.many)
        return f"{read}({rows}, session{self._more()})"

    def page(self, query: str) -> str:
        """One page of `query`."""
        if self._reading.plain:
            paginate = self.endpoint.use("app.paging", "paginate")
            return f"{paginate}(session, {query}, paging, {self.type})"
        paginate = self.endpoint.use("app.paging", "paginate_with")
        return f"{paginate}(session, {query}, paging, lambda rows: {self.many('rows')})"
