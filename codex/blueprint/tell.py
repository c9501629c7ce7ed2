"""Says in English what a rule does, precisely enough to write it from the words alone."""

from __future__ import annotations

from codex.blueprint.naming import singular, words
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Assignment,
    Caller,
    Change,
    Comparison,
    Condition,
    Creation,
    FieldValue,
    Filter,
    Guard,
    Named,
    Now,
    Operand,
    Rule,
    Value,
)

COMPARED = {
    Comparison.EQ: "is",
    Comparison.NE: "is not",
    Comparison.LT: "is less than",
    Comparison.LE: "is at most",
    Comparison.GT: "is more than",
    Comparison.GE: "is at least",
    Comparison.IN: "is one of",
    Comparison.NOT_IN: "is none of",
    Comparison.IS_NULL: "is not set",
    Comparison.NOT_NULL: "is set",
    Comparison.CONTAINS: "contains",
}
FIGURES = {
    AggregateFunction.COUNT: "the number",
    AggregateFunction.SUM: "the sum",
    AggregateFunction.AVERAGE: "the average",
    AggregateFunction.MINIMUM: "the least",
    AggregateFunction.MAXIMUM: "the greatest",
}


def operand(item: Operand, row: str = "row") -> str:
    """`the setting loan_limit`, `now`, `the user`."""
    match item:
        case Value(value=bool(value)):
            return "true" if value else "false"
        case Value(value=value):
            return "nothing" if value is None else repr(value)
        case Named(name=name):
            return f"the setting `{name}`"
        case FieldValue(path=path):
            return f"the `{path}` of the {row}"
        case Argument(name=name):
            return f"`{name}`"
        case Caller():
            return "the user"
        case Now():
            return _moment(item)


def _moment(item: Now) -> str:
    base = "today" if item.date_only else "now"
    if item.plus_parameter:
        sign = "minus" if item.minus else "plus"
        return f"{base} {sign} the setting `{item.plus_parameter}` in {item.unit}"
    if item.plus:
        return f"{base} {'plus' if item.plus > 0 else 'minus'} {abs(item.plus)} {item.unit}"
    return base


def condition(item: Condition, row: str = "row") -> str:
    """`status` is not 'shipped'."""
    right = " or ".join(operand(o, row) for o in item.operands)
    return f"`{item.field}` {COMPARED[item.op]}{' ' + right if right else ''}"


def conditions(items: tuple[Condition, ...], row: str = "row") -> str:
    """All of them, joined by "and"."""
    return " and ".join(condition(item, row) for item in items)


def filter_rule(rule: Filter) -> str:
    """The rows that a filter gives, in their order."""
    what = f"the {words(rule.table)}"
    if rule.visible:
        what += " that the user may see"
    if rule.where:
        what += f" whose {conditions(rule.where, 'same row')}"
    order = ", ".join(f"`{o.field}`{' descending' if o.descending else ''}" for o in rule.order)
    limit = f", at most {operand(rule.limit)}" if rule.limit else ""
    return f"{what}, ordered by {order}{limit}" if order else f"{what}{limit}"


def aggregate_rule(rule: Aggregate) -> str:
    """The figure that an aggregate gives."""
    of = f" of `{rule.field}`" if rule.field else ""
    of += f" times `{rule.times}`" if rule.times else ""
    rows = f" over the {words(rule.table)}" if rule.field else f" of the {words(rule.table)}"
    if rule.visible:
        rows += " that the user may see"
    if rule.where:
        rows += f" whose {conditions(rule.where, 'same row')}"
    told = f"{FIGURES[rule.function]}{of}{rows}"
    if rule.group_by:
        order = "largest" if rule.descending else "smallest"
        told += f", for each `{rule.group_by}`, the {order} figure first, then by `{rule.group_by}`"
        told += f", at most {operand(rule.limit)} of them" if rule.limit else ""
    return told


def guard_rule(rule: Guard, row: str) -> str:
    """What must hold, and what is raised otherwise."""
    if rule.count is not None and rule.limit is not None:
        what = f"the number of {words(rule.count.table)}"
        if rule.count.where:
            what += f" whose {conditions(rule.count.where, row)}"
        held = f"{what} {COMPARED[rule.op]} {operand(rule.limit, row)}"
        if rule.op is Comparison.LT and rule.limit == Value(value=1) and not rule.unless_role:
            return f"Raise {rule.error} if there are {what.removeprefix('the number of ')}."
    else:
        held = f"the {row}'s {conditions(rule.require, row)}"
    unless = f" or the user is {' or '.join(rule.unless_role)}" if rule.unless_role else ""
    return f"Raise {rule.error} unless {held}{unless}."


def assignments(items: tuple[Assignment, ...], row: str) -> str:
    """`returned_at` to now, and so on."""
    return " and ".join(f"`{a.field}` to {operand(a.operand, row)}" for a in items)


def creation(item: Creation, row: str) -> str:
    """The row that is added."""
    what = f"Add a row to {words(item.table)}"
    parts = ["the values of `body`"] if item.take_body else []
    parts += [f"`{a.field}` as {operand(a.operand, row)}" for a in item.assign]
    return f"{what} with {' and '.join(parts)}, and return it." if parts else f"{what}."


def change(item: Change, row: str) -> str:
    """What is set on the row."""
    sets = assignments(item.assign, row)
    if item.take_body:
        told = f"Set every field that `body` sends on the {row}"
        return f"{told}, and {sets}, and return it." if sets else f"{told}, and return it."
    if item.delete:
        return f"Delete the {row}."
    if item.assign and item.assign[0].operand == Argument(name="body"):  # an uploaded file
        kept = f"Keep `body` as the {row}'s `{item.assign[0].field}`"
        return f"{kept}, delete the file that it replaces, and return the {row}."
    return f"Set {sets} on the {row}, and return it."


def sentences(rule: Rule) -> tuple[str, ...]:
    """Everything that a rule does, in the order in which it is done."""
    match rule:
        case Filter():
            return (f"Gives {filter_rule(rule)}.",)
        case Aggregate():
            return (f"Gives {aggregate_rule(rule)}.",)
        case Guard():
            return (guard_rule(rule, words(singular(rule.table))),)
        case Change():
            row = words(singular(rule.table))
            told = [guard_rule(guard, row_of(guard)) for guard in rule.guards]
            told += [creation(item, row) for item in rule.create]
            if rule.assign or rule.take_body or rule.delete:
                told.append(change(rule, row))
            return tuple(told)
        case _:
            return ()


def row_of(guard: Guard) -> str:
    """What the row is called that a guard looks at."""
    return words(singular(guard.table))
