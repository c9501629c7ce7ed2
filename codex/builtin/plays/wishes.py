"""Values that meet conditions, as bodies and settings hold them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from codex.builtin.contracts.world import compare
from codex.builtin.plays.cast import CannotPlay, Cast, moment
from codex.common.documents.rules import (
    Argument,
    Caller,
    Comparison,
    Condition,
    Named,
    Now,
    Operand,
    Value,
)
from codex.common.documents.schema import Column, DatabaseTable

NEGATED = {
    Comparison.EQ: Comparison.NE,
    Comparison.NE: Comparison.EQ,
    Comparison.LT: Comparison.GE,
    Comparison.LE: Comparison.GT,
    Comparison.GT: Comparison.LE,
    Comparison.GE: Comparison.LT,
    Comparison.IN: Comparison.NOT_IN,
    Comparison.NOT_IN: Comparison.IN,
    Comparison.IS_NULL: Comparison.NOT_NULL,
    Comparison.NOT_NULL: Comparison.IS_NULL,
}
UNITS = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080, "months": 43200, "years": 525600}
UNKNOWN = object()


def negated(condition: Condition) -> Condition:
    """What holds when `condition` does not."""
    if condition.op not in NEGATED:
        raise CannotPlay(f"the opposite of {condition.op} is not one comparison")
    return condition.model_copy(update={"op": NEGATED[condition.op]})


@dataclass
class Wishes:
    """What conditions ask for, seen by one caller."""

    cast: Cast
    actor: str | None

    def met(self, condition: Condition, value: Any) -> bool:
        """Whether a value that is known meets a condition."""
        operands = [self.plain(operand) for operand in condition.operands]
        if any(operand is UNKNOWN for operand in operands):
            return value in [self.reference(operand) for operand in condition.operands]
        if isinstance(value, str) and value.startswith("$"):
            return condition.op is Comparison.NOT_NULL
        return compare(value, condition.op, operands)

    def plain(self, operand: Operand) -> Any:
        """The value of an operand that is written down, or of a setting's default."""
        match operand:
            case Value(value=value):
                return value
            case Named(name=name):
                found = next((s for s in self.cast.inputs.settings if s.name == name), None)
                return found.default if found else UNKNOWN
            case _:
                return UNKNOWN

    def reference(self, operand: Operand) -> str | None:
        """`$user.id`, `$course.id`: what an operand stands for in a body."""
        match operand:
            case Caller():
                return f"${self.actor or 'user'}.id"
            case Argument(name=name) if name.endswith("_id"):
                return f"${name.removesuffix('_id')}.id"
            case _:
                return None

    def meeting(self, column: Column, condition: Condition) -> Any:
        """A value that meets a condition, as a body holds it."""
        operand = condition.operands[0] if condition.operands else None
        if isinstance(operand, Now):
            return moment(column, self.offset(operand) + timedelta(days=_beside(condition.op)))
        if operand is not None and (reference := self.reference(operand)) is not None:
            return reference if condition.op is Comparison.EQ else UNKNOWN
        if condition.op is Comparison.IS_NULL:
            return None
        if condition.op is Comparison.NOT_NULL:
            return self.cast.value(self._table_of(column), column, self.actor)
        enum = self.cast.database.enum(column.enum or "")
        tried: list[Any] = [*(self.plain(o) for o in condition.operands)]
        for known in list(tried):
            if isinstance(known, bool):
                tried.append(not known)
            elif isinstance(known, int | float):
                tried += [known + 1, known - 1]
        tried += list(enum.values) if enum else [True, False]
        operands = [self.plain(o) for o in condition.operands]
        for value in tried:
            if (
                value is not UNKNOWN
                and UNKNOWN not in operands
                and compare(value, condition.op, operands)
            ):
                return value
        return UNKNOWN

    def _table_of(self, column: Column) -> DatabaseTable:
        for table in self.cast.database.tables:
            if column in table.columns:
                return table
        raise CannotPlay(f"{column.name} is in no table")

    def offset(self, operand: Now) -> timedelta:
        """How far from now a moment lies, with the settings' defaults."""
        units = operand.plus
        if operand.plus_parameter:
            default = self.plain(Named(name=operand.plus_parameter))
            if not isinstance(default, int):
                raise CannotPlay(f"the setting {operand.plus_parameter} is no whole number")
            units = -default if operand.minus else default
        return timedelta(minutes=units * UNITS[operand.unit])


def _beside(op: Comparison) -> int:
    """On which side of a moment a value lies that compares like this, in days."""
    match op:
        case Comparison.LT | Comparison.LE | Comparison.NE:
            return -1
        case Comparison.GT | Comparison.GE:
            return 1
        case _:
            return 0
