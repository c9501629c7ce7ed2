"""Typed rules in the words of the database: entities become tables, relations become columns."""

from __future__ import annotations

from codex.blueprint.brief import Brief
from codex.blueprint.naming import pascal, snake, words
from codex.common.documents.architecture import ErrorType
from codex.common.documents.rules import (
    Aggregate,
    Assignment,
    Change,
    Comparison,
    Condition,
    Creation,
    FieldValue,
    Filter,
    Formula,
    Guard,
    Named,
    Operand,
    Order,
    Rule,
    Value,
)
from codex.common.documents.schema import Cardinality, DatabaseSchema, DatabaseTable
from codex.common.documents.schema_checks import step_to
from codex.common.documents.specification import Operation, Verb


class Untranslatable(ValueError):
    """A rule that names something which the database does not have."""


class Translation:
    """Turns rules of a Specification into rules over its database; errors are named on the way."""

    def __init__(self, specification: Brief, schema: DatabaseSchema) -> None:
        self.specification = specification
        self.schema = schema
        self.errors: dict[str, ErrorType] = {}

    # ── names ────────────────────────────────────────────────────────────────────────────────

    def table(self, entity: str) -> DatabaseTable:
        """The table that keeps `entity`."""
        for table in self.schema.tables:
            if table.entity == entity:
                return table
        if (table := self.schema.table(entity)) is not None:
            return table  # a model may have written the table's name already
        raise Untranslatable(f"no table keeps entity {entity!r}")

    def path(self, table: DatabaseTable, path: str) -> str:
        """`author_id` for `author`; `loans.returned_at` stays; `tags.id` for `tags`."""
        *steps, last = path.split(".")
        names: list[str] = []
        place = table
        for step in steps:
            names.append(step)
            target = step_to(place, step, self.schema)
            if target is None:
                raise Untranslatable(f"table {place.name!r} has no relation {step!r}")
            place = target
        return ".".join([*names, self.column(place, last)])

    def column(self, table: DatabaseTable, name: str) -> str:
        """The column of field or relation `name`."""
        relation = table.relation(name)
        if relation is not None:
            many = relation.cardinality is Cardinality.MANY_TO_MANY
            return f"{name}.id" if many else relation.column or name
        if table.column(name) or any(computed.name == name for computed in table.computed):
            return name
        if step_to(table, name, self.schema) is not None:
            return f"{name}.id"
        raise Untranslatable(f"table {table.name!r} has no column {name!r}")

    # ── parts ────────────────────────────────────────────────────────────────────────────────

    def operand(self, operand: Operand, row: DatabaseTable) -> Operand:
        """`operand`, its field read from `row`."""
        if isinstance(operand, FieldValue):
            return FieldValue(path=self.path(row, operand.path))
        return operand

    def condition(
        self, item: Condition, table: DatabaseTable, row: DatabaseTable | None = None
    ) -> Condition:
        """`item` over `table`; other fields are read from `row`, or from the same row."""
        return Condition(
            field=self.path(table, item.field),
            op=item.op,
            operands=tuple(self.operand(o, row or table) for o in item.operands),
        )

    def filter(
        self, rule: Filter, *, row: DatabaseTable | None = None, ordered: bool = True
    ) -> Filter:
        """`rule` over its table; rows in order of `id` where nothing else is said."""
        table = self.table(rule.table)
        order = tuple(
            Order(field=self.path(table, o.field), descending=o.descending) for o in rule.order
        )
        # A tie, or no order at all, would make the pages of a list overlap.
        by_id = () if not ordered or any(o.field == "id" for o in order) else (Order(field="id"),)
        return Filter(
            table=table.name,
            where=tuple(self.condition(c, table, row) for c in rule.where),
            order=(*order, *by_id),
            limit=rule.limit,
            visible=rule.visible,
        )

    def aggregate(self, rule: Aggregate) -> Aggregate:
        """`rule` over its table."""
        table = self.table(rule.table)
        return rule.model_copy(
            update={
                "table": table.name,
                "field": self.path(table, rule.field) if rule.field else None,
                "times": self.path(table, rule.times) if rule.times else None,
                "where": tuple(self.condition(c, table) for c in rule.where),
                "group_by": self.path(table, rule.group_by) if rule.group_by else None,
            }
        )

    def assignments(
        self, items: tuple[Assignment, ...], table: DatabaseTable, row: DatabaseTable
    ) -> tuple[Assignment, ...]:
        """Values for columns of `table`; fields are read from `row`."""
        return tuple(
            Assignment(field=self.column(table, a.field), operand=self.operand(a.operand, row))
            for a in items
        )

    def guard(self, rule: Guard, operation: Operation) -> Guard:
        """`rule` with the error that it raises."""
        table = self.table(rule.table)
        guard = rule.model_copy(
            update={
                "table": table.name,
                "require": tuple(self.condition(c, table) for c in rule.require),
                "count": self.filter(rule.count, row=table, ordered=False) if rule.count else None,
                "limit": self.operand(rule.limit, table) if rule.limit else None,
            }
        )
        name = self._error(guard, table, operation)
        return guard.model_copy(update={"error": name})

    def change(self, rule: Change, operation: Operation) -> Change:
        """`rule` over its tables."""
        table = self.table(rule.table)
        return Change(
            table=table.name,
            guards=tuple(self.guard(g, operation) for g in rule.guards),
            assign=self.assignments(rule.assign, table, table),
            create=tuple(self._creation(c, table) for c in rule.create),
            delete=rule.delete,
            lock=self.table(rule.lock).name if rule.lock else None,
            take_body=rule.take_body,
        )

    def _creation(self, creation: Creation, row: DatabaseTable) -> Creation:
        table = self.table(creation.table)
        return Creation(
            table=table.name,
            assign=self.assignments(creation.assign, table, row),
            take_body=creation.take_body,
        )

    def formula(self, rule: Formula) -> Formula:
        """`rule` over its table."""
        table = self.table(rule.table)
        return rule.model_copy(
            update={
                "table": table.name,
                "conditions": tuple(self.condition(c, table) for c in rule.conditions),
                "operands": tuple(self.operand(o, table) for o in rule.operands),
            }
        )

    def rule(self, rule: Rule, operation: Operation) -> Rule:
        """Any rule."""
        match rule:
            case Filter():
                return self.filter(rule)
            case Aggregate():
                return self.aggregate(rule)
            case Guard():
                return self.guard(rule, operation)
            case Change():
                return self.change(rule, operation)
            case Formula():
                return self.formula(rule)

    # ── errors ───────────────────────────────────────────────────────────────────────────────

    def _error(self, guard: Guard, table: DatabaseTable, operation: Operation) -> str:
        wanted = guard.error or error_name(guard, table, operation)
        title = guard.message or f"{words(snake(wanted)).capitalize()}."
        name, number = wanted, 1
        while name in self.errors and self.errors[name].title != title:
            number += 1
            name = f"{wanted}{number}"
        self.errors[name] = ErrorType(name=name, base="Conflict", code=snake(name), title=title)
        return name


def error_name(guard: Guard, table: DatabaseTable, operation: Operation) -> str:
    """What it means that `guard` does not hold: `OrderAlreadyShipped`, `LoanLimitReached`."""
    if guard.require:
        told = "And".join(_unmet(condition) for condition in guard.require[:2])
        return f"{table.model}{told}"
    if isinstance(guard.limit, Named) and guard.op in (Comparison.LT, Comparison.LE):
        return f"{pascal(guard.limit.name)}Reached"
    if isinstance(guard.limit, FieldValue) and guard.op in (Comparison.LT, Comparison.LE):
        return f"{table.model}{pascal(guard.limit.path.replace('.', '_'))}Reached"
    if guard.limit == Value(value=1) and guard.op is Comparison.LT:
        return f"{table.model}Taken"
    return f"{pascal(operation.name or operation.verb)}{table.model}Refused"


def _unmet(condition: Condition) -> str:
    """The state that breaks `condition`: `AlreadyShipped`, `NotPaid`."""
    field = condition.field.replace(".", "_")
    value = condition.operands[0] if condition.operands else None
    plain = value.value if isinstance(value, Value) else None
    moment = field.removesuffix("_at").removesuffix("_on").removesuffix("_date")
    match condition.op:
        case Comparison.NE if isinstance(plain, str):
            return f"Already{_word(plain)}"
        case Comparison.EQ if isinstance(plain, str):
            return f"Not{_word(plain)}"
        case Comparison.EQ | Comparison.NE if isinstance(plain, bool):
            wanted = plain if condition.op is Comparison.EQ else not plain
            return f"{'Not' if wanted else 'Already'}{pascal(field)}"
        case Comparison.IS_NULL:
            return f"Already{pascal(moment)}"
        case Comparison.NOT_NULL:
            return f"Not{pascal(moment)}"
        case _:
            return f"{pascal(field)}NotAllowed"


def _word(value: str) -> str:
    """A value of an enum as part of a class's name."""
    return pascal(
        "_".join("".join(c if c.isalnum() and c.isascii() else " " for c in value).split())
    )


def listed_columns(specification: Brief, table: DatabaseTable) -> list[str]:
    """The columns that lists of `table` are narrowed or sorted by, as asked for."""
    names: list[str] = []
    for requirement in specification.requirements:
        for operation in requirement.operations:
            if operation.entity == table.entity and operation.verb is Verb.LIST:
                names += [*operation.filters, *operation.ranges]
                names += [name.lstrip("-") for name in operation.sorts]
    columns = [r.column if (r := table.relation(name)) else name for name in names]
    return [name for name in columns if name and table.column(name)]


def created_columns(specification: Brief, table: DatabaseTable) -> set[str]:
    """The columns that every operation which makes a row of `table` sets itself."""
    sets: list[set[str]] = []
    for requirement in specification.requirements:
        for operation in requirement.operations:
            rule = operation.rule
            change = rule if isinstance(rule, Change) else None
            if operation.verb is Verb.CREATE and operation.entity == table.entity:
                sets.append({a.field for a in change.assign} if change else set())
            sets += [
                {a.field for a in creation.assign}
                for creation in (change.create if change else ())
                if creation.table in (table.entity, table.name)
            ]
    fields = set[str].intersection(*sets) if sets else set[str]()
    return {r.column if (r := table.relation(name)) and r.column else name for name in fields}
