"""What a derived list can be narrowed, searched and sorted by."""

from __future__ import annotations

from collections.abc import Container

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import Derived
from codex.common.documents.schema import (
    PYTHON_TYPES,
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
)
from codex.compiler.endpoint import Endpoint
from codex.compiler.plan import PARAMETER_TYPES, refuse
from codex.compiler.source import literal
from codex.compiler.sql_text import decimal_size
from codex.compiler.ties import Tie, ties_of

# The query parameters that every list has; a column of such a name cannot be one too.
_LIST_PARAMETERS = frozenset({"limit", "offset", "sort", "q"})

_FILTER_TYPES = {
    **{
        kind: PARAMETER_TYPES[text]
        for kind, text in PYTHON_TYPES.items()
        if text in PARAMETER_TYPES
    },
    ColumnType.BOOLEAN: ("builtins", "bool"),
}
_RANGES_OVER = frozenset(_FILTER_TYPES) - {ColumnType.BOOLEAN, ColumnType.UUID, ColumnType.FILE}
_SEARCHED = (ColumnType.STRING, ColumnType.TEXT)


class Listing:
    """The query parameters of one list, with the statements that heed them."""

    def __init__(self, endpoint: Endpoint, derived: Derived, table: DatabaseTable) -> None:
        self.endpoint = endpoint
        self.derived = derived
        self.table = table
        self.model = endpoint.model(table)

    def _column(self, name: str, kinds: Container[ColumnType], what: str) -> Column:
        column = self.table.column(name)
        assert column is not None
        if column.exposure in (Exposure.WRITE, Exposure.NONE):
            raise refuse(
                self.endpoint.route, f"column {name!r} is not shown, so it cannot be {what}"
            )
        if column.type is ColumnType.ENUM and what == "narrowed by":
            return column
        if column.type not in kinds:
            raise refuse(
                self.endpoint.route, f"column {name!r} is {column.type}, so it cannot be {what}"
            )
        return column

    def filters(self) -> list[str]:
        """Statements for equal values and for ranges."""
        endpoint = self.endpoint
        lines: list[str] = []
        ties = {tie.name: tie for tie in ties_of(endpoint.architecture.database, self.table)}
        columns = [name for name in self.derived.filters if name not in ties]
        wanted = [(name, name, "==", "") for name in columns]
        for name in self.derived.ranges:
            wanted += [
                (f"min_{name}", name, ">=", "At least this: "),
                (f"max_{name}", name, "<=", "At most this: "),
            ]
        seen: set[str] = set(_LIST_PARAMETERS)
        for parameter, name, operator, prefix in wanted:
            self._expect_new(parameter, seen)
            kinds = _FILTER_TYPES if operator == "==" else _RANGES_OVER
            column = self._column(name, kinds, "narrowed by" if operator == "==" else "a range")
            description = f"{prefix}{column.description}" if column.description else ""
            kind = f"{self._filter_type(column)} | None"
            local = endpoint.query(parameter, kind, description, options=self._digits(column))
            left = f"{endpoint.use('sqlmodel', 'col')}({self.model}.{attribute(name)})"
            lines += [
                f"if {local} is not None:",
                f"    query = query.where({left} {operator} {local})",
            ]
        for name in self.derived.filters:
            if name in ties:
                lines += self._tied(ties[name], seen)
        return lines

    def _tied(self, tie: Tie, seen: set[str]) -> list[str]:
        """Statements for only those rows that are tied to one other row."""
        endpoint = self.endpoint
        self._expect_new(tie.parameter, seen)
        kind = f"{endpoint.use('app.queries', 'Integer')} | None"
        about = f"Only what is tied to one of the {tie.target.name.replace('_', ' ')}: its id."
        local = endpoint.query(tie.parameter, kind, about)
        col, select = endpoint.use("sqlmodel", "col"), endpoint.use("sqlmodel", "select")
        link = endpoint.model(tie.link)
        tied = f"{select}({link}.{tie.near}).where({col}({link}.{tie.far}) == {local})"
        return [
            f"if {local} is not None:",
            f"    query = query.where({col}({self.model}.id).in_({tied}))",
        ]

    def _expect_new(self, parameter: str, seen: set[str]) -> None:
        if parameter in seen:
            raise refuse(
                self.endpoint.route, f"two of its query parameters are called {parameter!r}"
            )
        seen.add(parameter)

    @staticmethod
    def _digits(column: Column) -> tuple[str, ...]:
        """How many digits a decimal may have to be comparable with the column."""
        if column.type is not ColumnType.DECIMAL:
            return ()
        precision, scale = decimal_size(column)
        return (f"max_digits={precision}", f"decimal_places={scale}")

    def _filter_type(self, column: Column) -> str:
        if column.type is ColumnType.ENUM:
            return self.endpoint.own("app.models", column.enum or "")
        module, name = _FILTER_TYPES[column.type]
        return self.endpoint.use(module, name)

    def search(self) -> list[str]:
        """Statements for the text search."""
        if not self.derived.search:
            return []
        endpoint = self.endpoint
        columns = [self._column(name, _SEARCHED, "searched").name for name in self.derived.search]
        endpoint.parameter("q", endpoint.use("app.queries", "SearchText"), "None")
        within = ", ".join(f"{self.model}.{attribute(name)}" for name in columns)
        matches = endpoint.use("app.queries", "matches")
        return ["if q:", f"    query = query.where({matches}(q, {within}))"]

    def in_order(self, lines: list[str]) -> list[str]:
        """The statements that make `query`, and the one that sorts it; one where that does."""
        ordered = self.endpoint.use("app.queries", "ordered")
        query, before = "query", lines
        if lines and lines[-1].startswith("query = "):
            query, before = lines[-1].removeprefix("query = "), lines[:-1]
        return [*before, f"query = {ordered}({query}, {self.model}, {self.sort()})"]

    def sort(self) -> str:
        """What the list is sorted by, as an expression."""
        default = self.derived.default_sort or "id"
        for name in {*self.derived.sorts, default.lstrip("-")}:
            column = self.table.column(name)
            assert column is not None
            if column.exposure in (Exposure.WRITE, Exposure.NONE):
                raise refuse(
                    self.endpoint.route, f"column {name!r} is not shown, so nothing is sorted by it"
                )
        if not self.derived.sorts:
            return literal(default)
        choices = [text for name in self.derived.sorts for text in (name, f"-{name}")]
        if default not in choices:
            choices.insert(0, default)
        annotated, choice = (
            self.endpoint.use("typing", "Annotated"),
            self.endpoint.use("typing", "Literal"),
        )
        query = self.endpoint.use("fastapi", "Query")
        spelled = ", ".join(literal(text) for text in choices)
        about = "The field to sort by; downwards with a leading `-`."
        self.endpoint.parameter(
            "sort",
            f"{annotated}[{choice}[{spelled}], {query}(description={literal(about)})]",
            literal(default),
        )
        return "sort"
