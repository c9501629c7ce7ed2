"""Bodies that read: queries and figures."""

from __future__ import annotations

from codex.blueprint.naming import snake
from codex.builtin.code.expressions import Expressions
from codex.common.documents.base import attribute
from codex.common.documents.codegraph import FunctionDefinition
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Filter,
    Operand,
)
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
)
from codex.common.documents.typetext import outer_and_inner
from codex.common.errors import NotInMyPower
from codex.compiler.names import key_of, row_name

WIDTH = 96  # of a line inside a function


class Queries:
    """What all bodies share, and those that read."""

    def __init__(self, definition: FunctionDefinition, database: DatabaseSchema) -> None:
        self.definition = definition
        self.database = database
        self.say = Expressions(definition, database)
        self.parameters = {item.name: item for item in definition.parameters}

    def local(self, table: DatabaseTable) -> str:
        """A name for a row that the function reads itself."""
        return row_name(table.entity or snake(table.model))

    def start(self, table: DatabaseTable, *, visible: bool) -> str:
        """Where a query over rows of `table` begins."""
        if visible and "user" in self.parameters:
            return f"visible({table.model}, user)"
        return f"select({table.model})"

    def query(self, start: str, *steps: str) -> list[str]:
        """A query, on one line where it fits, a step on each otherwise."""
        steps = tuple(step for step in steps if step)
        line = start + "".join(steps)
        if len(line) <= WIDTH - 8:
            return [line]
        return ["(", f"    {start}", *(f"    {step}" for step in steps), ")"]

    def where(self, clauses: list[str]) -> str:
        """`.where(…)`, or nothing."""
        return f".where({', '.join(clauses)})" if clauses else ""

    def filter(self, rule: Filter) -> list[str]:
        """Rows in their order: as a query, or read where they are limited."""
        table = self.say.table(rule.table)
        clauses = [self.say.clause(c, table) for c in rule.where]
        orders = [
            f"col({table.model}.{attribute(o.field)}){'.desc()' if o.descending else ''}"
            for o in rule.order
        ]
        order = f".order_by({', '.join(orders)})" if orders else ""
        limit = f".limit({self.limit(rule.limit)})" if rule.limit is not None else ""
        made = self.query(
            self.start(table, visible=rule.visible), self.where(clauses), order, limit
        )
        if "session" not in self.parameters:
            return _returned(made)
        return [*assigned("query", made), "return list(session.exec(query).all())"]

    def limit(self, operand: Operand | None) -> str:
        """How many at the most."""
        assert operand is not None
        number = Column(name="limit", type=ColumnType.INTEGER)
        return self.say.operand(operand, number)

    def aggregate(self, rule: Aggregate) -> list[str]:
        """One figure, or one for each group."""
        table = self.say.table(rule.table)
        clauses = [self.say.clause(c, table) for c in rule.where]
        if rule.visible and "user" in self.parameters:
            clauses = [f"is_visible({table.model}, user)", *clauses]
        figure = self.figure(rule, table)
        if rule.group_by is not None:
            return self.groups(rule, table, figure, clauses)
        joins = self.joins(rule, table)
        counts = rule.function is AggregateFunction.COUNT
        # What is counted or joined from must be said, unless a column of it says so.
        source = f".select_from({table.model})" if counts or joins else ""
        made = self.query(f"select({figure})", source, *joins, self.where(clauses))
        found = assigned("query", made)
        return [*found, *self.result(rule)]

    def figure(self, rule: Aggregate, table: DatabaseTable) -> str:
        """`func.sum(col(OrderItem.price) * col(OrderItem.quantity))`."""
        if rule.function is AggregateFunction.COUNT:
            return "func.count()"
        word = {"average": "avg", "minimum": "min", "maximum": "max"}.get(rule.function, "sum")
        paths = [path for path in (rule.field, rule.times) if path]
        return f"func.{word}({' * '.join(self.col(table, path) for path in paths)})"

    def col(self, table: DatabaseTable, path: str) -> str:
        """The column at the end of `path`, to be joined to."""
        end, column = self.say.column(table, path)
        return f"col({end.model}.{attribute(column.name)})"

    def joins(self, rule: Aggregate, table: DatabaseTable) -> list[str]:
        """Joins along the relations of what is summed and grouped."""
        steps: dict[str, str] = {}
        for path in (rule.field, rule.times, rule.group_by):
            way, place = "", table
            for step in (path or "").split(".")[:-1]:
                way = f"{way}.{step}"
                steps[way] = f".join({self.relation(place, step)})"
                place, _ = self.say.column(table, f"{way[1:]}.id")
        return list(steps.values())

    def relation(self, table: DatabaseTable, step: str) -> str:
        """What a query joins along."""
        relation = table.relation(step)
        if relation is None or relation.cardinality is Cardinality.MANY_TO_MANY:
            raise NotInMyPower(
                f"{self.definition.name} would count over several rows of {step} at once.",
                "Choose a language model.",
            )
        target = self.say.table(relation.target)
        return f"{target.model}, col({table.model}.{key_of(relation)}) == col({target.model}.id)"

    def result(self, rule: Aggregate) -> list[str]:
        """What the query's one row comes to, in the type that the contract promises."""
        kind = self.definition.return_type
        match rule.function:
            case AggregateFunction.COUNT:
                return ["return session.exec(query).one()"]
            case AggregateFunction.SUM:
                zero = {"int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(kind, "0")
                return [f"return session.exec(query).one() or {zero}"]
            case AggregateFunction.AVERAGE if "float" in kind:
                return [
                    "average = session.exec(query).one()",
                    "return None if average is None else float(average)",
                ]
            case _:
                return ["return session.exec(query).one()"]

    def may_be_nothing(self, rule: Aggregate, table: DatabaseTable) -> bool:
        """Whether a group may have rows and no figure."""
        if rule.field is None or rule.function is AggregateFunction.COUNT:
            return False
        return self.say.column(table, rule.field)[1].nullable

    def groups(
        self, rule: Aggregate, table: DatabaseTable, figure: str, clauses: list[str]
    ) -> list[str]:
        """A figure for each group, in the order that the contract tells."""
        assert rule.group_by is not None
        key = self.col(table, rule.group_by)
        way = "desc" if rule.descending else "asc"
        # Databases do not agree on where nothing stands among figures.
        last = ".nulls_last()" if self.may_be_nothing(rule, table) else ""
        limit = f".limit({self.limit(rule.limit)})" if rule.limit is not None else ""
        joins = self.joins(rule, table)
        made = self.query(
            f"select({key}, {figure})",
            f".select_from({table.model})" if joins else "",
            *joins,
            self.where(clauses),
            f".group_by({key})",
            f".order_by({figure}.{way}(){last}, {key})",
            limit,
        )
        _, inner = outer_and_inner(self.definition.return_type)
        value = (inner or "").rstrip("]").rpartition(",")[2].strip()
        shown = {"float": "float(figure)", "float | None": None}.get(value, "figure")
        if value == "float | None":
            shown = "None if figure is None else float(figure)"
        if rule.function is AggregateFunction.SUM:
            zero = {"int": "0", "float": "0.0", "Decimal": "Decimal(0)"}.get(value, "0")
            shown = f"figure or {zero}"
        return [
            *assigned("query", made),
            f"return [(key, {shown}) for key, figure in session.exec(query).all()]",
        ]


def assigned(name: str, made: list[str]) -> list[str]:
    """A query put into a variable."""
    return [f"{name} = {made[0]}", *made[1:]]


def _returned(made: list[str]) -> list[str]:
    """A query given back."""
    return [f"return {made[0]}", *made[1:]]
