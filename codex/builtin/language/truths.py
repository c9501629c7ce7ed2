"""What a condition says of a row, and its opposite."""

from __future__ import annotations

from dataclasses import dataclass

from codex.common.documents.rules import (
    Comparison,
    Condition,
    Guard,
    Now,
    Operand,
    Value,
)
from codex.common.documents.specification import EntityField, FieldType

_OPPOSITE = {
    Comparison.EQ: Comparison.NE, Comparison.NE: Comparison.EQ, Comparison.LT: Comparison.GE,
    Comparison.GE: Comparison.LT, Comparison.GT: Comparison.LE, Comparison.LE: Comparison.GT,
    Comparison.IS_NULL: Comparison.NOT_NULL, Comparison.NOT_NULL: Comparison.IS_NULL,
    Comparison.IN: Comparison.NOT_IN, Comparison.NOT_IN: Comparison.IN,
}  # fmt: skip


DATES = (FieldType.DATE, FieldType.DATETIME)


@dataclass(frozen=True)
class Reading:
    """What a condition says of a row, and of how many other rows."""

    conditions: tuple[Condition, ...] = ()
    guard: Guard | None = None
    """For "it has no comments": what is counted."""

    def negated(self) -> Reading | None:
        """The opposite, where there is a simple one."""
        if self.guard is not None:
            op = Comparison.GT if self.guard.op is Comparison.EQ else Comparison.EQ
            return Reading(guard=self.guard.model_copy(update={"op": op}))
        if len(self.conditions) != 1:
            return None
        only = self.conditions[0]
        if only.op is Comparison.EQ and only.operands == (Value(value=True),):
            return Reading((only.model_copy(update={"operands": (Value(value=False),)}),))
        if only.op is Comparison.EQ and only.operands == (Value(value=False),):
            return Reading((only.model_copy(update={"operands": (Value(value=True),)}),))
        return Reading((only.model_copy(update={"op": _OPPOSITE[only.op]}),))


def negate(condition: Condition) -> Condition:
    """The opposite of one condition."""
    opposite = Reading((condition,)).negated()
    assert opposite is not None
    return opposite.conditions[0]


def moment_now(item: EntityField) -> Now:
    """The day or the moment, as the field has it."""
    return Now(date_only=item.type is FieldType.DATE)


def compared(item: EntityField, op: Comparison, operand: Operand) -> Condition:
    """One comparison of a field."""
    return Condition(field=item.name, op=op, operands=(operand,))
