"""Computed fields as expressions over a row, with one query for what belongs to all rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.common.documents.base import attribute
from codex.common.documents.rules import (
    Aggregate,
    Comparison,
    Condition,
    FieldValue,
    Formula,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    ComputedField,
    DatabaseTable,
    Relation,
)
from codex.compiler.aggregates import aggregate_value, zero_of
from codex.compiler.conditions import moment_of, value_literal
from codex.compiler.names import key_of
from codex.compiler.source import literal

if TYPE_CHECKING:
    from codex.compiler.reading import TableReader

_SYMBOLS = {
    Comparison.EQ: "==",
    Comparison.NE: "!=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}
_ARITHMETIC = {"add": " + ", "subtract": " - ", "multiply": " * ", "divide": " / "}


def value_of(reader: TableReader, computed: ComputedField) -> str:
    """The field's value for `row`, as an expression."""
    if computed.function:
        return _call(reader, computed)
    match computed.rule:
        case Formula() as formula:
            return _formula(reader, computed, formula)
        case Aggregate() as aggregate if aggregate.group_by is None:
            return aggregate_value(reader, computed, aggregate)
        case None:
            raise reader.refuse(computed, "it has neither a rule nor a function")
        case rule:
            raise reader.refuse(computed, f"a {rule.kind} is no value of one row")


def _call(reader: TableReader, computed: ComputedField) -> str:
    """A shared function over the row."""
    function = reader.architecture.function(computed.function or "")
    assert function is not None
    arguments: list[str] = []
    for parameter in function.parameters:
        match parameter.name:
            case _ if parameter.type == reader.table.model:
                value = "row"
            case "session" | "settings":
                value = parameter.name
            case "now":
                value = reader.now()
            case _ if parameter.default is not None:
                continue
            case _:
                raise reader.refuse(
                    computed,
                    f"function {function.name!r} takes {parameter.name!r}, which no row has",
                )
        arguments.append(f"{parameter.name}={value}" if parameter.keyword_only else value)
    alias = reader.plan.function_alias(reader.module, function.name)
    return f"{alias}.{function.name}({', '.join(arguments)})"


# Formulas: over the row itself, and the rows that it refers to.


def _formula(reader: TableReader, computed: ComputedField, formula: Formula) -> str:
    if formula.operation == "all":
        terms = [_condition(reader, computed, item) for item in formula.conditions]
        return " and ".join(terms) or "True"
    if formula.operation == "join":
        return _join(reader, computed, formula)
    places = [_operand(reader, computed, item) for item in formula.operands]
    if formula.operation == "days_between":
        if len(places) != 2:
            raise reader.refuse(computed, "days lie between two dates")
        (start, first), (end, last) = places
        text = f"({_day(end, last)} - {_day(start, first)}).days"
    else:
        kinds = {column.type for _, column in places if column}
        mixed = {ColumnType.DECIMAL, ColumnType.FLOAT} <= kinds
        texts = [f"float({text})" if mixed else text for text, _ in places]
        text = _ARITHMETIC[formula.operation].join(texts)
    return _unless_empty(reader, computed, formula.operands, text)


def _unless_empty(
    reader: TableReader, computed: ComputedField, operands: tuple[Operand, ...], text: str
) -> str:
    """`text`, but None (or zero, where None is no value) if an operand is empty."""
    empty = [
        place
        for operand in operands
        if isinstance(operand, FieldValue)
        for place, column in [_place(reader, computed, operand.path)]
        if _may_be_empty(place, column)
    ]
    if isinstance(computed.rule, Formula) and computed.rule.operation == "divide":
        empty += _divisors(reader, computed, operands)
    if not empty:
        return text
    otherwise = "None" if "None" in computed.type else zero_of(reader, computed)
    conditions = [item if " " in item else f"{item} is not None" for item in dict.fromkeys(empty)]
    return f"({text} if {' and '.join(conditions)} else {otherwise})"


def _divisors(
    reader: TableReader, computed: ComputedField, operands: tuple[Operand, ...]
) -> list[str]:
    """Nothing is divided by zero."""
    return [
        f"{place} != 0"
        for operand in operands[1:]
        if isinstance(operand, FieldValue)
        for place, _ in [_place(reader, computed, operand.path)]
    ]


def _join(reader: TableReader, computed: ComputedField, formula: Formula) -> str:
    """Texts one after the other; with a space between them, unless the rule writes some down."""
    parts: list[str] = []
    for operand in formula.operands:
        if isinstance(operand, Value):
            parts.append(literal(str(operand.value)))
            continue
        text, column = _operand(reader, computed, operand)
        plain = column is not None and column.type in (ColumnType.STRING, ColumnType.TEXT)
        if column is not None and _may_be_empty(text, column):
            text = f'{text} or ""'
        parts.append(text if plain else f"str({text})")
    if len(parts) == 1:
        return f"({parts[0]})" if " or " in parts[0] else parts[0]
    written = any(isinstance(operand, Value) for operand in formula.operands)
    return f"{literal('' if written else ' ')}.join([{', '.join(parts)}]).strip()"


def _condition(reader: TableReader, computed: ComputedField, condition: Condition) -> str:
    left, column = _place(reader, computed, condition.field)
    if condition.op is Comparison.IS_NULL:
        return f"{left} is None"
    if condition.op is Comparison.NOT_NULL:
        return f"{left} is not None"
    values = [_operand(reader, computed, item, column)[0] for item in condition.operands]
    guard = f"{left} is not None and " if _may_be_empty(left, column) else ""
    match condition.op:
        case Comparison.IN | Comparison.NOT_IN:
            word = "in" if condition.op is Comparison.IN else "not in"
            return f"{left} {word} ({', '.join(values)},)"
        case Comparison.CONTAINS:
            return f"{guard}{values[0]}.lower() in {left}.lower()"
        case Comparison.EQ | Comparison.NE:
            if values[0] in ("True", "False", "None"):
                word = "is" if condition.op is Comparison.EQ else "is not"
                return f"{left} {word} {values[0]}"
            return f"{left} {_SYMBOLS[condition.op]} {values[0]}"
        case _:
            return f"{guard}{left} {_SYMBOLS[condition.op]} {values[0]}"


def _operand(
    reader: TableReader, computed: ComputedField, operand: Operand, beside: Column | None = None
) -> tuple[str, Column | None]:
    """A value, and the column that it comes from."""
    match operand:
        case Value(value=value):
            return (
                value_literal(reader.place(), beside, value) if beside else literal(value)
            ), None
        case Named(name=name):
            return f"{reader.settings()}.{name}", None
        case FieldValue(path=path):
            return _place(reader, computed, path)
        case Now():
            kind = beside.type if beside else ColumnType.DATETIME
            return moment_of(reader.place(), operand, kind), None
        case _:
            raise reader.refuse(computed, f"a {operand.source} is not known when a row is read")


def _day(text: str, column: Column | None) -> str:
    """The day of a value, so that days and moments can be compared."""
    moment = column.type is ColumnType.DATETIME if column else not text.endswith(".date()")
    return f"{text}.date()" if moment else text


def _place(reader: TableReader, computed: ComputedField, path: str) -> tuple[str, Column]:
    """A field of the row, or of a row that it refers to."""
    *steps, last = path.split(".")
    table, text, source, empty = reader.table, "row", "rows", False
    for step in steps:
        relation = table.relation(step)
        if relation is None or relation.cardinality is Cardinality.MANY_TO_MANY:
            raise reader.refuse(computed, f"{step!r} does not lead from a row to one other row")
        target = reader.plan.table(relation.target)
        found = f"{step}_of" if source == "rows" else f"{source.removesuffix('_of')}_{step}_of"
        _look_up(reader, found, source, relation, target)
        column = table.column(relation.column or "")
        key = _member(text, relation.column or "", empty=empty)
        empty = empty or (column is not None and column.nullable)
        text = f"{found}.get({key} or 0)" if empty else f"{found}[{key}]"
        source, table = found, target
    relation = table.relation(last)
    column = table.column((relation.column or "") if relation else last)
    if column is None:
        raise reader.refuse(computed, f"table {table.name!r} has no column {last!r}")
    return _member(text, column.name, empty=empty), column


def _member(row: str, name: str, *, empty: bool) -> str:
    """A column of a row, which may not be there."""
    name = attribute(name)
    return f'getattr({row}, "{name}", None)' if empty else f"{row}.{name}"


def _may_be_empty(text: str, column: Column) -> bool:
    """Whether `_place` gave what may be None: an empty column, or one of a row that may lack."""
    return column.nullable or text.startswith("getattr(")


def _look_up(
    reader: TableReader, name: str, source: str, relation: Relation, target: DatabaseTable
) -> None:
    """One query for all rows of `target` that the rows of `source` refer to."""
    model = reader.model(target)
    col, select = reader.use("sqlmodel", "col"), reader.use("sqlmodel", "select")
    rows = "rows" if source == "rows" else f"{source}.values()"
    line = (
        f"{name} = {{item.id: item for item in session.exec({select}({model}).where("
        f"{col}({model}.id).in_({{item.{key_of(relation)} for item in {rows}}})))}}"
    )
    if line not in reader.before:
        reader.before.append(line)
