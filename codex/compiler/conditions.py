"""Conditions of documents as SQLAlchemy expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.common.documents.base import attribute
from codex.common.documents.rules import (
    Argument,
    Caller,
    Comparison,
    Condition,
    FieldValue,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.schema import Cardinality, Column, ColumnType, DatabaseTable
from codex.compiler.names import enum_member
from codex.compiler.plan import refuse
from codex.compiler.source import literal

if TYPE_CHECKING:
    from codex.compiler.endpoint import Endpoint

_OPERATORS = {
    Comparison.EQ: "==",
    Comparison.NE: "!=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}


def expression(endpoint: Endpoint, table: DatabaseTable, condition: Condition) -> str:
    """`condition` on rows of `table`."""
    *steps, last = condition.field.split(".")
    return _along(endpoint, table, steps, last, condition)


def _along(
    endpoint: Endpoint, table: DatabaseTable, steps: list[str], last: str, condition: Condition
) -> str:
    model = endpoint.model(table)
    if not steps:
        return _comparison(endpoint, table, last, condition)
    target, many = _step(endpoint, table, steps[0])
    inner = _along(endpoint, target, steps[1:], last, condition)
    return (
        f"{endpoint.use('sqlmodel', 'col')}({model}.{attribute(steps[0], relation=True)})"
        f".{'any' if many else 'has'}({inner})"
    )


def _step(endpoint: Endpoint, table: DatabaseTable, name: str) -> tuple[DatabaseTable, bool]:
    relation = table.relation(name)
    if relation is not None:
        return endpoint.plan.table(relation.target), (
            relation.cardinality is Cardinality.MANY_TO_MANY
        )
    for other in endpoint.architecture.database.tables:
        for relation in other.relations:
            if relation.target == table.name and relation.inverse == name:
                return other, relation.cardinality is not Cardinality.ONE_TO_ONE
    raise refuse(endpoint.route, f"table {table.name!r} has no relation {name!r}")


def _comparison(endpoint: Endpoint, table: DatabaseTable, name: str, condition: Condition) -> str:
    relation = table.relation(name)
    column = table.column((relation.column or "") if relation else name)
    if column is None:
        raise refuse(endpoint.route, f"table {table.name!r} has no column {name!r}")
    col = endpoint.use("sqlmodel", "col")
    left = f"{col}({endpoint.model(table)}.{attribute(column.name)})"
    values = [_operand(endpoint, table, column, operand) for operand in condition.operands]
    match condition.op:
        case Comparison.IS_NULL:
            return f"{left}.is_(None)"
        case Comparison.NOT_NULL:
            return f"{left}.is_not(None)"
        case Comparison.IN:
            return f"{left}.in_([{', '.join(values)}])"
        case Comparison.NOT_IN:
            return f"{left}.not_in([{', '.join(values)}])"
        case Comparison.CONTAINS:
            return f"{left}.icontains({values[0]}, autoescape=True)"
        case _:
            if values[0] in {"True", "False", "None"}:
                negated = condition.op is Comparison.NE
                return f"{left}.{'is_not' if negated else 'is_'}({values[0]})"
            return f"{left} {_OPERATORS[condition.op]} {values[0]}"


def _operand(endpoint: Endpoint, table: DatabaseTable, column: Column, operand: Operand) -> str:
    match operand:
        case Value(value=value):
            return value_literal(endpoint, column, value)
        case Named(name=name):
            return f"{endpoint.settings()}.{name}"
        case FieldValue(path=path) if "." not in path and table.column(path):
            col = endpoint.use("sqlmodel", "col")
            return f"{col}({endpoint.model(table)}.{attribute(path)})"
        case Argument(name=name):
            return name
        case Caller():
            return f"{endpoint.user()}.id"
        case Now():
            return moment_of(endpoint, operand, column.type)
        case _:
            raise refuse(
                endpoint.route, f"the condition on {column.name!r} compares with a far field"
            )


def moment_of(endpoint: Endpoint, operand: Now, kind: ColumnType) -> str:
    """The moment of the request, moved as `operand` says, for a column of this kind."""
    moment = endpoint.now()
    amount = str(abs(operand.plus))
    later = operand.plus >= 0
    if operand.plus_parameter:
        amount, later = f"{endpoint.settings()}.{operand.plus_parameter}", not operand.minus
    if operand.plus or operand.plus_parameter:
        if operand.unit in {"months", "years"}:
            months = f"12 * {amount}" if operand.unit == "years" else amount
            sign = "" if later else "-"
            moment = f"{endpoint.use('app.clock', 'months_later')}({moment}, {sign}{months})"
        else:
            delta = f"{endpoint.use('datetime', 'timedelta')}({operand.unit}={amount})"
            moment = f"({moment} {'+' if later else '-'} {delta})"
    return f"{moment}.date()" if operand.date_only or kind is ColumnType.DATE else moment


def value_literal(endpoint: Endpoint, column: Column, value: object) -> str:
    """A JSON value as a literal of the column's Python type."""
    if value is None:
        return "None"
    match column.type:
        case ColumnType.ENUM:
            enum = endpoint.architecture.database.enum(column.enum or "")
            assert enum is not None
            endpoint.own("app.models", enum.name)
            return enum_member(enum, value)
        case ColumnType.DECIMAL:
            return f"{endpoint.use('decimal', 'Decimal')}({literal(str(value))})"
        case ColumnType.DATE if value == "today":
            return f"{endpoint.now()}.date()"
        case ColumnType.DATETIME if value == "now":
            return endpoint.now()
        case ColumnType.DATE | ColumnType.DATETIME | ColumnType.TIME:
            kind = endpoint.use("datetime", column.type.value)
            return f"{kind}.fromisoformat({literal(value)})"
        case ColumnType.UUID:
            return f"{endpoint.use('uuid', 'UUID')}({literal(value)})"
        case _:
            return literal(value)
