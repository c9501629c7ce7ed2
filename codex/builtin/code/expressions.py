"""Operands and conditions of rules as Python: in queries, and on rows that are at hand."""

from __future__ import annotations

from codex.common.documents.base import attribute
from codex.common.documents.codegraph import FunctionDefinition
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
from codex.common.documents.schema import Column, ColumnType, DatabaseSchema, DatabaseTable
from codex.common.documents.schema_checks import step_to
from codex.common.errors import NotInMyPower
from codex.compiler.names import enum_member
from codex.compiler.source import UNSEEN

SYMBOLS = {
    Comparison.EQ: "==",
    Comparison.NE: "!=",
    Comparison.LT: "<",
    Comparison.LE: "<=",
    Comparison.GT: ">",
    Comparison.GE: ">=",
}
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class Expressions:
    """Spells the parts of rules for one function."""

    def __init__(self, definition: FunctionDefinition, database: DatabaseSchema) -> None:
        self.definition = definition
        self.database = database
        self.parameters = {item.name: item for item in definition.parameters}

    # ── tables ───────────────────────────────────────────────────────────────────────────────

    def table(self, name: str) -> DatabaseTable:
        """The table called `name`."""
        table = self.database.table(name)
        if table is None:
            raise NotInMyPower(
                f"The contract of {self.definition.name} does not tell what {name} is.",
                "Choose a language model.",
            )
        return table

    def column(self, table: DatabaseTable, path: str) -> tuple[DatabaseTable, Column]:
        """The table and column at the end of `path`."""
        *steps, last = path.split(".")
        for step in steps:
            target = step_to(table, step, self.database)
            if target is None:
                raise NotInMyPower(f"{table.name} has no relation {step}.", "Add it.")
            table = target
        column = table.column(last)
        if column is None:
            raise NotInMyPower(f"{table.name} has no column {last}.", "Add it.")
        return table, column

    def is_many(self, table: DatabaseTable, step: str) -> bool:
        """Whether relation or inverse `step` leads to several rows."""
        relation = table.relation(step)
        if relation is not None:
            return relation.through is not None
        for other in self.database.tables:
            for tie in other.relations:
                if tie.target == table.name and tie.inverse == step:
                    return str(tie.cardinality) != "one_to_one"
        return False

    # ── operands ─────────────────────────────────────────────────────────────────────────────

    def operand(self, operand: Operand, column: Column, row: str = "", model: str = "") -> str:
        """What `column` is compared with, or set to; fields are read from `row` or `model`."""
        match operand:
            case Value(value=value):
                return self.literal(value, column)
            case Named(name=name):
                return f"settings.{name}"
            case FieldValue(path=path):
                return f"{row}.{dotted(path)}" if row else f"col({model}.{attribute(path)})"
            case Argument(name=name):
                return self.argument(name)
            case Caller():
                return "user.id"
            case Now():
                return self.moment(operand, column)

    def argument(self, name: str) -> str:
        """A parameter, or a field of the body."""
        if name in self.parameters or "body" not in self.parameters:
            return name
        return f"body.{attribute(name)}"

    def literal(self, value: object, column: Column) -> str:
        """A value as Python writes it for this column."""
        if value is None or isinstance(value, bool):
            return repr(value)
        enum = self.database.enum(column.enum or "")
        match column.type:
            case ColumnType.ENUM if enum is not None:
                return enum_member(enum, value)
            case ColumnType.DECIMAL:
                return f'Decimal("{value}")'
            case ColumnType.DATE | ColumnType.DATETIME if value in ("today", "now"):
                return "now.date()" if column.type is ColumnType.DATE else "now"
            case ColumnType.DATE | ColumnType.DATETIME | ColumnType.TIME:
                return f'{column.type.value}.fromisoformat("{value}")'
            case _:
                return quoted(value) if isinstance(value, str) else repr(value)

    def moment(self, operand: Now, column: Column | None = None) -> str:
        """`now.date() + timedelta(days=14)`."""
        dated = operand.date_only or (column is not None and column.type is ColumnType.DATE)
        sign, amount = "+", str(operand.plus)
        if operand.plus_parameter:
            sign, amount = "-" if operand.minus else "+", f"settings.{operand.plus_parameter}"
        elif operand.plus < 0:
            sign, amount = "-", str(-operand.plus)
        if not operand.plus and not operand.plus_parameter:
            return "now.date()" if dated else "now"
        if operand.unit in ("months", "years"):
            months = f"12 * {amount}" if operand.unit == "years" else amount
            months = f"-{months}" if sign == "-" else months
            text = f"months_later(now, {months})"
            return f"{text}.date()" if dated else text
        start = "now.date()" if dated and operand.unit in ("days", "weeks") else "now"
        text = f"{start} {sign} timedelta({operand.unit}={amount})"
        return f"({text}).date()" if dated and start == "now" else text

    # ── conditions in queries ────────────────────────────────────────────────────────────────

    def clause(self, condition: Condition, table: DatabaseTable, row: str = "") -> str:
        """`condition` on rows of `table` in a query; other fields are read from `row`."""
        *steps, _ = condition.field.split(".")
        end, column = self.column(table, condition.field)
        text = self._comparison(condition, end, column, row, table)
        place, along = table, list[tuple[str, str]]()
        for step in steps:
            word = "any" if self.is_many(place, step) else "has"
            along.append((f"col({place.model}.{attribute(step, relation=True)})", word))
            place = step_to(place, step, self.database) or place
        for left, word in reversed(along):
            text = f"{left}.{word}({text})"
        return text

    def _comparison(
        self,
        condition: Condition,
        end: DatabaseTable,
        column: Column,
        row: str,
        start: DatabaseTable,
    ) -> str:
        left = f"col({end.model}.{attribute(column.name)})"
        values = [self.operand(o, column, row, start.model) for o in condition.operands]
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
            case _ if values[0] in ("True", "False", "None"):
                word = "is_" if condition.op is Comparison.EQ else "is_not"
                return f"{left}.{word}({values[0]})"
            case _:
                return f"{left} {SYMBOLS[condition.op]} {values[0]}"

    # ── conditions on rows ───────────────────────────────────────────────────────────────────

    def broken(self, condition: Condition, table: DatabaseTable, row: str) -> str:
        """What is true of `row` when `condition` does not hold."""
        *steps, last = condition.field.split(".")
        _, column = self.column(table, condition.field)
        place = table
        for number, step in enumerate(steps):
            if self.is_many(place, step):
                inner = ".".join([*steps[number + 1 :], last])
                part = condition.model_copy(update={"field": inner})
                target = step_to(place, step, self.database) or place
                one = "item"
                way = ".".join([row, *(attribute(s, relation=True) for s in steps[: number + 1])])
                held = self.held(part, target, one)
                return f"not any({held} for {one} in {way})"
            place = step_to(place, step, self.database) or place
        left = f"{row}.{dotted(condition.field)}"
        return self._python(condition, column, left, row, broken=True)

    def held(self, condition: Condition, table: DatabaseTable, row: str) -> str:
        """What is true of `row` when `condition` holds."""
        _, column = self.column(table, condition.field)
        left = f"{row}.{dotted(condition.field)}"
        return self._python(condition, column, left, row, broken=False)

    def _python(
        self, condition: Condition, column: Column, left: str, row: str, *, broken: bool
    ) -> str:
        values = [self.operand(o, column, row) for o in condition.operands]
        op = condition.op
        if op in (Comparison.IS_NULL, Comparison.NOT_NULL):
            missing = (op is Comparison.IS_NULL) != broken
            return f"{left} is {'' if missing else 'not '}None"
        if op in (Comparison.IN, Comparison.NOT_IN):
            inside = (op is Comparison.IN) != broken
            return f"{left} {'' if inside else 'not '}in {{{', '.join(values)}}}"
        if op is Comparison.CONTAINS:
            text = f"{values[0]}.lower() {'not ' if broken else ''}in {left}.lower()"
            return f"{left} is None or {text}" if broken and column.nullable else text
        if values[0] in ("True", "False"):
            wanted = (values[0] == "True") == (op is Comparison.EQ)
            return left if wanted != broken else f"not {left}"
        symbol = OPPOSITE[SYMBOLS[op]] if broken else SYMBOLS[op]
        text = f"{left} {symbol} {values[0]}"
        if not column.nullable or op is Comparison.EQ:
            return text
        # Nothing is true of a missing value, as in the database.
        return f"{left} is None or {text}" if broken else f"{left} is not None and {text}"


def dotted(path: str) -> str:
    """A path of relations to a column, as attributes of a row."""
    *steps, last = path.split(".")
    return ".".join([*(attribute(step, relation=True) for step in steps), attribute(last)])


def quoted(text: str) -> str:
    """A string as ruff writes it: in double quotes where that needs no escapes."""
    plain = not any(mark in text for mark in '"\\') and UNSEEN.search(text) is None
    return f'"{text}"' if plain else repr(text)
