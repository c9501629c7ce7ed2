"""Further cases of a rule: the contract's own with more rows around, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from codex.builtin.contracts.evaluate import aggregated, filtered
from codex.builtin.contracts.operands import settings_of
from codex.builtin.contracts.rows import NoSuchRow, breaking, column_of, matching
from codex.builtin.contracts.world import World, as_json, compare, sample
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.rules import Aggregate, Change, Filter, Guard
from codex.common.documents.schema import Column, ColumnType, DatabaseSchema, DatabaseTable

# Numbers of samples that no case of the contract takes, and out of order.
SAMPLES = (9, 7)


def further(
    definition: FunctionDefinition, examples: Sequence[Example], schema: DatabaseSchema
) -> tuple[Example, ...]:
    """The cases that can be told for sure; none where the rule is of another kind."""
    return tuple(Further(definition, schema).cases(examples))


class Further:
    """Carries a function's rule out on rows that its contract's examples do not have."""

    def __init__(self, definition: FunctionDefinition, schema: DatabaseSchema) -> None:
        self.definition = definition
        self.schema = schema

    def cases(self, examples: Sequence[Example]) -> Iterator[Example]:
        """Each in turn; one whose rows cannot be made is left out."""
        rule = self.definition.rule
        for example in examples:
            # A row that the contract's tables do not hold, or a setting's default, is not known.
            with suppress(NoSuchRow, KeyError):
                match rule:
                    case Filter() | Aggregate() if example.given.get(rule.table):
                        yield self._more_rows(example, rule)
                    case Guard() if rule.count is not None:
                        yield self._more_counted(example, rule)
                    case Guard() if example.raises is None:
                        yield from self._each_condition(example, rule)
                    case Change() if example.then.get(rule.table) and example.raises is None:
                        yield self._bystander(example, rule)
                    case _:
                        pass

    # ── what is read ─────────────────────────────────────────────────────────────────────────

    def _more_rows(self, example: Example, rule: Filter | Aggregate) -> Example:
        """Every row once more, with other values of what is measured."""
        world = self._world(example, rule)
        for reference, number in zip(world.references(rule.table), SAMPLES, strict=False):
            self._twin(world, reference, number, _measured(rule))
        returns: JsonValue
        if isinstance(rule, Filter):
            _tell_apart(world, rule)
            returns = [{"id": found} for found in filtered(world, rule)]
        elif rule.group_by:
            returns = [[as_json(key), as_json(value)] for key, value in aggregated(world, rule)]
        else:
            returns = as_json(aggregated(world, rule))
        return self._example(example, world, "more rows of each kind", returns=returns)

    def _twin(self, world: World, reference: str, number: int, paths: tuple[str, ...]) -> str:
        """Another row like the one called `reference`, but for what is unique or measured."""
        table = world.table(reference.partition(":")[0])
        if any(item.kind == "unique" for item in table.constraints):
            raise NoSuchRow(f"a second row of {table.name} may be refused")
        values = {k: v for k, v in world.row(reference).items() if not _is_unique(table, k)}
        for path in paths:
            column = table.column(path)
            if column is not None and not world.row(reference).get(path, ""):
                continue  # what is missing stays so
            if column is not None and path in values and column.type is not ColumnType.ENUM:
                values[path] = sample(column, number, self.schema)
        return world.add(table.name, **values)

    # ── what is checked ──────────────────────────────────────────────────────────────────────

    def _more_counted(self, example: Example, guard: Guard) -> Example:
        """Rows beyond the limit where it refuses; rows that do not count where it does not."""
        assert guard.count is not None
        assert guard.limit is not None
        world = self._world(example, guard)
        subject = self._subject(example, guard.table)
        where = guard.count.where
        if example.raises:
            matching(world, guard.count.table, where, other=subject)
        else:
            for number in range(len(where)):
                with suppress(NoSuchRow):
                    breaking(world, guard.count.table, where, number, other=subject)
        counted = [
            found
            for found in world.references(guard.count.table)
            if all(world.holds(condition, found, subject) for condition in where)
        ]
        holds = compare(len(counted), guard.op, [world.operand(guard.limit, subject)])
        if holds == bool(example.raises):
            raise NoSuchRow("the rows around it decide otherwise")
        name = "beyond the limit" if example.raises else "other rows do not count"
        return self._example(example, world, name, raises=example.raises)

    def _each_condition(self, example: Example, guard: Guard) -> Iterator[Example]:
        """A row that meets every condition but one; the contract has the first of these."""
        parameter = self._parameter(example, guard.table)
        for number in range(1, len(guard.require)):
            world = self._world(example, guard)
            row = breaking(world, guard.table, guard.require, number)
            yield self._example(
                example,
                world,
                f"{guard.require[number].field} does not suit",
                raises=guard.error,
                args={**example.args, parameter: row},
            )

    # ── what is changed ──────────────────────────────────────────────────────────────────────

    def _bystander(self, example: Example, rule: Change) -> Example:
        """Another row of the table, which stays as it is."""
        if any(item.table == rule.table for item in rule.create):
            raise NoSuchRow("what is added comes after it")
        world = self._world(example, rule)
        subject = self._subject(example, rule.table)
        twin = self._twin(world, subject, SAMPLES[0], ())
        told = {name for row in example.then[rule.table] for name in row} - {"id"}
        stays = {k: as_json(v) for k, v in world.row(twin).items() if k in told or rule.delete}
        then = dict(example.then)
        then[rule.table] = (*then[rule.table], {"id": twin, **stays} if rule.delete else stays)
        return self._example(
            example, world, "another row stays as it is", returns=example.returns, then=then
        )

    # ── the case's world ─────────────────────────────────────────────────────────────────────

    def _world(self, example: Example, rule: Filter | Aggregate | Guard | Change) -> World:
        """The rows and arguments of an example, as rules are carried out on them."""
        for name in settings_of(rule):
            if name not in example.settings:
                raise KeyError(name)
        world = World(self.schema, {}, chosen=dict(example.settings))
        for name, rows in example.given.items():
            table = self.schema.table(name)
            world.rows[name] = [
                {
                    key: _read(table.column(key) if table else None, value)
                    for key, value in i.items()
                }
                for i in rows
            ]
        for name, value in example.args.items():
            values = value if isinstance(value, dict) else {name: value}
            for key, each in values.items():
                world.arguments[key] = self._argument(rule, key, each)
        caller = example.args.get("user")
        world.caller = caller if isinstance(caller, str) else None
        return world

    def _argument(
        self, rule: Filter | Aggregate | Guard | Change, name: str, value: JsonValue
    ) -> Any:
        """A value as the column that it is compared with holds it."""
        tables = [(rule.table, rule.where)] if isinstance(rule, Filter | Aggregate) else []
        if isinstance(rule, Guard) and rule.count is not None:
            tables = [(rule.count.table, rule.count.where)]
        for table, conditions in tables:
            for item in conditions:
                if any(getattr(operand, "name", "") == name for operand in item.operands):
                    found = self.schema.table(table)
                    assert found is not None
                    world = World(self.schema, {})
                    return _read(column_of(world, found, item.field), value)
        return value

    def _parameter(self, example: Example, table: str) -> str:
        """The parameter that hands in a row of `table`."""
        for name, value in example.args.items():
            match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
            if match and match[1] == table:
                return name
        raise NoSuchRow(f"no row of {table} is handed in")

    def _subject(self, example: Example, table: str) -> str:
        return str(example.args[self._parameter(example, table)])

    def _example(self, base: Example, world: World, name: str, **outcome: Any) -> Example:
        given = {
            table: tuple({key: as_json(value) for key, value in row.items()} for row in rows)
            for table, rows in world.rows.items()
        }
        found = base.model_copy(update={"returns": None, "raises": None, "then": {}})
        return found.model_copy(update={"name": name, "given": given, **outcome})


def _measured(rule: Filter | Aggregate) -> tuple[str, ...]:
    if isinstance(rule, Filter):
        return tuple(order.field for order in rule.order)
    return tuple(path for path in (rule.field, rule.times) if path)


def _tell_apart(world: World, rule: Filter) -> None:
    """Refuse rows whose order the rule does not tell."""
    keys = [
        tuple(str(next(world.values_at(found, order.field), None)) for order in rule.order)
        for found in filtered(world, rule.model_copy(update={"limit": None}))
    ]
    if rule.order and len(set(keys)) < len(keys):
        raise NoSuchRow("two rows are equal in what they are sorted by")


def _is_unique(table: DatabaseTable, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.unique


def _read(column: Column | None, value: JsonValue) -> Any:
    """A value of a document, as rows in memory hold it."""
    if column is None or not isinstance(value, str) or ROW_REFERENCE.match(value):
        return value
    match column.type:
        case ColumnType.DATE:
            return date.fromisoformat(value)
        case ColumnType.DATETIME:
            return datetime.fromisoformat(value)
        case ColumnType.DECIMAL:
            return Decimal(value)
        case _:
            return value
