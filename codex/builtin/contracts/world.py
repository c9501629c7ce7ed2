"""A few rows in memory on which rules can be tried, so that examples tell the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from codex.common.documents.architecture import Setting
from codex.common.documents.base import JsonValue
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
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
)

# A day in the middle of a month in the middle of a year, so that nothing turns over unseen.
MOMENT = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
Row = dict[str, Any]


@dataclass
class World:
    """Given rows by table, and what a rule may ask for besides."""

    schema: DatabaseSchema
    settings: Mapping[str, Setting]
    rows: dict[str, list[Row]] = field(default_factory=dict[str, list[Row]])
    chosen: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """Settings that differ from their defaults."""
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    caller: str | None = None

    # ── rows ─────────────────────────────────────────────────────────────────────────────────

    def add(self, table: str, **values: Any) -> str:
        """A row, named as examples name it: `loans:1`."""
        rows = self.rows.setdefault(table, [])
        rows.append(dict(values))
        return f"{table}:{len(rows)}"

    def row(self, reference: str) -> Row:
        """The row of that name."""
        table, _, number = reference.partition(":")
        return self.rows[table][int(number) - 1]

    def references(self, table: str) -> list[str]:
        """The rows of `table`, by name."""
        return [f"{table}:{number}" for number in range(1, len(self.rows.get(table, [])) + 1)]

    def table(self, name: str) -> DatabaseTable:
        """The table called `name`."""
        table = self.schema.table(name)
        if table is None:
            raise KeyError(name)
        return table

    # ── reading ──────────────────────────────────────────────────────────────────────────────

    def values_at(self, reference: str, path: str) -> Iterator[Any]:
        """The values at the end of `path`, one for each row that it leads to."""
        name, _, rest = path.partition(".")
        table = self.table(reference.partition(":")[0])
        if not rest:
            yield reference if name == "id" else self.row(reference).get(name)
            return
        for target in self.followed(table, reference, name):
            yield from self.values_at(target, rest)

    def followed(self, table: DatabaseTable, reference: str, name: str) -> list[str]:
        """The rows that relation or inverse `name` leads to."""
        relation = table.relation(name)
        if relation is not None and relation.column:
            target = self.row(reference).get(relation.column)
            return [target] if target else []
        for other in self.schema.tables:
            for tie in other.relations:
                if tie.target == table.name and tie.inverse == name and tie.column:
                    return [
                        found
                        for found in self.references(other.name)
                        if self.row(found).get(tie.column) == reference
                    ]
        if relation is not None and relation.cardinality is Cardinality.MANY_TO_MANY:
            link = self.table(relation.through or "")
            here = link.relation(relation.through_source or "")
            there = link.relation(relation.through_target or "")
            if here and there and here.column and there.column:
                return [
                    self.row(found)[there.column]
                    for found in self.references(link.name)
                    if self.row(found).get(here.column) == reference
                ]
        return []

    def operand(self, operand: Operand, reference: str | None) -> Any:
        """What an operand is worth here; fields are read from row `reference`."""
        match operand:
            case Value(value=value):
                return value
            case Named(name=name):
                return self.setting(name)
            case FieldValue(path=path):
                return next(self.values_at(reference, path), None) if reference else None
            case Argument(name=name):
                return self.arguments.get(name)
            case Now():
                return self.moment(operand)
            case Caller():
                return self.caller

    def setting(self, name: str) -> Any:
        """The value of a setting, as chosen or by default."""
        if name in self.chosen:
            return self.chosen[name]
        return self.settings[name].default if name in self.settings else None

    def moment(self, operand: Now) -> date | datetime:
        """The moment that `operand` means, with the clock at `MOMENT`."""
        units = operand.plus
        if operand.plus_parameter:
            units = int(self.setting(operand.plus_parameter) or 0)
            units = -units if operand.minus else units
        moved = shift(MOMENT, units, operand.unit)
        return moved.date() if operand.date_only else moved

    def holds(self, condition: Condition, reference: str, other: str | None = None) -> bool:
        """Whether `condition` holds of a row; fields in operands are read from row `other`."""
        operands = [self.operand(o, other or reference) for o in condition.operands]
        values = list(self.values_at(reference, condition.field))
        return any(compare(value, condition.op, operands) for value in values)


def shift(moment: datetime, units: int, unit: str) -> datetime:
    """`moment`, so many units later."""
    if unit in {"months", "years"}:
        months = moment.year * 12 + moment.month - 1 + units * (12 if unit == "years" else 1)
        return moment.replace(year=months // 12, month=months % 12 + 1)
    return moment + timedelta(**{unit: units})


def compare(value: Any, op: Comparison, operands: list[Any]) -> bool:
    """One comparison, as the database makes it: nothing is true of a missing value."""
    if op is Comparison.IS_NULL:
        return value is None
    if op is Comparison.NOT_NULL:
        return value is not None
    if op in (Comparison.IN, Comparison.NOT_IN):
        return value is not None and (value in operands) == (op is Comparison.IN)
    if value is None or not operands or operands[0] is None:
        return False
    left, right = comparable(value), comparable(operands[0])
    match op:
        case Comparison.EQ:
            return left == right
        case Comparison.NE:
            return left != right
        case Comparison.LT:
            return left < right
        case Comparison.LE:
            return left <= right
        case Comparison.GT:
            return left > right
        case Comparison.GE:
            return left >= right
        case _:
            return str(right).lower() in str(left).lower()


def comparable(value: Any) -> Any:
    """Numbers as exact numbers, moments as moments, whatever they are written as."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value


def as_json(value: Any) -> JsonValue:
    """A value as documents hold it: dates in ISO 8601, decimals as texts."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value


def sample(column: Column, number: int = 1, schema: DatabaseSchema | None = None) -> Any:
    """A value that the column takes; another for another number."""
    match column.type:
        case ColumnType.INTEGER:
            return _within(column, number)
        case ColumnType.DECIMAL:
            return Decimal(_within(column, 10 * number)).quantize(
                Decimal(1).scaleb(-(column.scale or 2))
            )
        case ColumnType.FLOAT:
            return (
                float(_within(column, number)) + 0.5
                if column.maximum is None
                else float(_within(column, number))
            )
        case ColumnType.BOOLEAN:
            return number % 2 == 1
        case ColumnType.DATE:
            return (MOMENT + timedelta(days=number)).date()
        case ColumnType.DATETIME:
            return MOMENT + timedelta(days=number)
        case ColumnType.TIME:
            return f"{8 + number % 12:02d}:00:00"
        case ColumnType.ENUM:
            enum = schema.enum(column.enum or "") if schema else None
            return enum.values[(number - 1) % len(enum.values)] if enum else None
        case ColumnType.JSON:
            return {"number": number}
        case ColumnType.UUID:
            return f"00000000-0000-4000-8000-{number:012d}"
        case _:
            return _text(column, number)


def _within(column: Column, number: int) -> int:
    """The whole number nearest to `number` that the column's bounds allow."""
    low = _whole(column.minimum)
    high = _whole(column.maximum)
    if low is not None:
        low += 1 if column.exclusive_minimum else 0
        number = max(number, low + number - 1)
    if high is not None:
        number = min(number, high - (1 if column.exclusive_maximum else 0))
    return number


def _whole(bound: float | str | None) -> int | None:
    try:
        return None if bound is None else int(Decimal(str(bound)))
    except ArithmeticError:
        return None  # `today` and the like bound dates, not numbers


def _text(column: Column, number: int) -> str:
    if column.format == "email":
        return f"person{number}@example.com"
    if column.format == "url":
        return f"https://example.com/{number}"
    text = f"{column.name.replace('_', ' ').capitalize()} {number}"
    if column.max_length and len(text) > column.max_length:
        text = str(number).rjust(min(column.max_length, 3), "x")[-column.max_length :]
    return text.ljust(column.min_length or 0, "x")
