"""Computed fields that count or sum other rows: one grouped query for all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.common.documents.base import attribute
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Comparison,
    Condition,
    FieldValue,
)
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    ComputedField,
    DatabaseTable,
    Relation,
)
from codex.common.documents.typetext import names_in
from codex.compiler.conditions import expression
from codex.compiler.names import key_of
from codex.compiler.source import literal
from codex.compiler.sql_text import decimal_size

if TYPE_CHECKING:
    from codex.compiler.reading import TableReader

_FUNCTIONS = {
    AggregateFunction.COUNT: "count",
    AggregateFunction.SUM: "sum",
    AggregateFunction.AVERAGE: "avg",
    AggregateFunction.MINIMUM: "min",
    AggregateFunction.MAXIMUM: "max",
}


def zero_of(reader: TableReader, computed: ComputedField, scale: int = 0) -> str:
    """Nothing, in the type of the field."""
    names = names_in(computed.type)
    if "Decimal" in names:
        zero = f"0.{'0' * scale}" if scale else "0"
        return f"{reader.use('decimal', 'Decimal')}({literal(zero)})"
    return "0.0" if "float" in names else '""' if "str" in names else "0"


def aggregate_value(reader: TableReader, computed: ComputedField, rule: Aggregate) -> str:
    """The value of one row; the query for all of them goes before."""
    counted = reader.plan.table(rule.table)
    model = reader.model(counted)
    col, select = reader.use("sqlmodel", "col"), reader.use("sqlmodel", "select")
    function = f"{reader.use('sqlmodel', 'func')}.{_FUNCTIONS[rule.function]}"
    joins: list[str] = []
    where = list(rule.where)
    key = _tie(reader, computed, counted, where, joins)
    value, scale = f"{function}()", 0
    if rule.function is not AggregateFunction.COUNT:
        if rule.field is None:
            raise reader.refuse(computed, f"nothing is said of what {rule.function} is taken")
        paths = [path for path in (rule.field, rule.times) if path]
        fields = [_far(reader, computed, counted, path, joins) for path in paths]
        value = f"{function}({' * '.join(text for text, _ in fields)})"
        scale = sum(
            decimal_size(column)[1] for _, column in fields if column.type is ColumnType.DECIMAL
        )
    conditions = [f"{key}.in_([row.id for row in rows])"]
    conditions += [expression(reader.place(), counted, item) for item in where]
    query = (
        f"{select}({key}, {value}).select_from({model})" if joins else f"{select}({key}, {value})"
    )
    query += "".join(joins) + f".where({', '.join(conditions)}).group_by({key})"
    del col
    name = attribute(computed.name)
    reader.before.append(f"{name} = dict(session.exec({query}).all())")
    empty = rule.function not in (AggregateFunction.COUNT, AggregateFunction.SUM)
    zero = "None" if empty and "None" in computed.type else zero_of(reader, computed, scale)
    return f"{name}.get(row.id)" if zero == "None" else f"{name}.get(row.id, {zero})"


def _tie(
    reader: TableReader,
    computed: ComputedField,
    counted: DatabaseTable,
    where: list[Condition],
    joins: list[str],
) -> str:
    """The column that says which row the counted ones belong to."""
    col = reader.use("sqlmodel", "col")
    ties = [
        relation
        for relation in counted.relations
        if relation.target == reader.table.name and relation.column
    ]
    named = [item for item in where if _is_tie(item, ties)]
    if named:
        where.remove(named[0])
        ties = [tie for tie in ties if named[0].field in (tie.column, tie.name)]
    if len(ties) == 1:
        return f"{col}({reader.model(counted)}.{key_of(ties[0])})"
    if ties:
        raise reader.refuse(computed, f"{counted.name!r} refers to it in more than one way")
    return _link(reader, computed, counted, joins)


def _is_tie(condition: Condition, ties: list[Relation]) -> bool:
    names = {name for tie in ties for name in (tie.column, tie.name)}
    return (
        condition.op is Comparison.EQ
        and condition.field in names
        and condition.operands == (FieldValue(path="id"),)
    )


def _link(
    reader: TableReader, computed: ComputedField, counted: DatabaseTable, joins: list[str]
) -> str:
    """The same over a table of ties."""
    col = reader.use("sqlmodel", "col")
    for one, other in ((reader.table, counted), (counted, reader.table)):
        for relation in one.relations:
            if relation.target != other.name or not relation.through:
                continue
            link = reader.plan.table(relation.through)
            sides = [
                link.relation(relation.through_source or ""),
                link.relation(relation.through_target or ""),
            ]
            near, far = sides if one is reader.table else reversed(sides)
            assert near is not None
            assert far is not None
            model = reader.model(link)
            joins.append(
                f".join({model}, {col}({model}.{key_of(far)}) == {reader.model(counted)}.id)"
            )
            return f"{col}({model}.{key_of(near)})"
    raise reader.refuse(computed, f"nothing ties {counted.name!r} to it")


def _far(
    reader: TableReader,
    computed: ComputedField,
    table: DatabaseTable,
    path: str,
    joins: list[str],
) -> tuple[str, Column]:
    """A column of the counted rows, or of rows that they refer to."""
    col = reader.use("sqlmodel", "col")
    *steps, last = path.split(".")
    for step in steps:
        relation = table.relation(step)
        if relation is None or relation.cardinality is Cardinality.MANY_TO_MANY:
            raise reader.refuse(computed, f"{step!r} does not lead from a row to one other row")
        target = reader.plan.table(relation.target)
        join = (
            f".join({reader.model(target)}, "
            f"{col}({reader.model(table)}.{key_of(relation)}) == {reader.model(target)}.id)"
        )
        if join not in joins:
            joins.append(join)
        table = target
    column = table.column(last)
    if column is None:
        raise reader.refuse(computed, f"table {table.name!r} has no column {last!r}")
    return f"{col}({reader.model(table)}.{attribute(last)})", column
