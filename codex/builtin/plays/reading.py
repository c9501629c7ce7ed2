"""Scenarios of lists and figures: rows that count, rows that do not, and what is answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from codex.blueprint.planned import Planned
from codex.builtin.plays.cast import SENT, CannotPlay, Cast
from codex.builtin.plays.making import Making
from codex.builtin.plays.wishes import negated
from codex.common.documents.base import JsonValue
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Condition,
    Filter,
)
from codex.common.documents.schema import Column, ColumnType, DatabaseTable, Relation
from codex.compiler.samples import sample


class Readings:
    """Shows what computed lists, figures and narrowed lists answer."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def show(self, making: Making, planned: Planned) -> None:
        """A figure or a computed list over a few rows."""
        rule = planned.rule
        match rule:
            case Filter():
                self._listed(making, planned, rule)
            case Aggregate():
                self._figure(making, planned, rule)
            case _:
                raise CannotPlay("what it answers is not known in typed form")

    def _listed(self, making: Making, planned: Planned, rule: Filter) -> None:
        table = self.cast.table(rule.table)
        name = making.row(table, rule.where)
        expect: dict[str, JsonValue] = {"items": [{"id": f"${name}.id"}]}
        if rule.limit is None:
            expect["total"] = 1
        making.call(planned.header, query=self._query(rule), expect=expect)

    def _query(self, rule: Filter | Aggregate) -> dict[str, JsonValue]:
        del rule
        return {}

    def _figure(self, making: Making, planned: Planned, rule: Aggregate) -> None:
        table = self.cast.table(rule.table)
        numbers: list[tuple[Decimal, Decimal]] = []
        where, values = self._tied(making, planned, rule, table)
        group: JsonValue = None
        if rule.group_by is not None:
            group = self._group(table, rule.group_by, making)
            values[rule.group_by] = group
        # An action may refuse a second row of the same kind, so one must do there.
        positions = (1, 2) if self.cast.creating(table) is not None else (1,)
        for position in positions:
            sent = dict(values)
            value = self._number(table, rule.field, position, sent)
            times = (
                self._number(table, rule.times, position + 1, sent) if rule.times else Decimal(1)
            )
            numbers.append((value, times))
            making.row(table, where, sent, refs=position)
        figure = _computed(rule.function, [value * times for value, times in numbers])
        expect: JsonValue = (
            {"items": [{"key": group, "value": figure}]} if rule.group_by else {"value": figure}
        )
        making.call(planned.header, expect=expect)

    def _tied(
        self, making: Making, planned: Planned, rule: Aggregate, table: DatabaseTable
    ) -> tuple[tuple[Condition, ...], dict[str, JsonValue]]:
        """Conditions on the rows themselves, and the columns that tie them to the path's row."""
        values: dict[str, JsonValue] = {}
        left: list[Condition] = []
        for condition in rule.where:
            operand = condition.operands[0] if condition.operands else None
            if isinstance(operand, Argument):
                if operand.name not in planned.header.path_parameters:
                    raise CannotPlay("it depends on a query parameter")
                values[condition.field] = f"${operand.name.removesuffix('_id')}.id"
            else:
                left.append(condition)
        del making, table
        return tuple(left), values

    def _group(self, table: DatabaseTable, path: str, making: Making) -> JsonValue:
        column = table.column(path)
        if column is None or column.exposure not in SENT:
            raise CannotPlay("callers do not send what is grouped by")
        return self.cast.value(table, column, making.actor)

    def _number(
        self, table: DatabaseTable, path: str | None, number: int, sent: dict[str, JsonValue]
    ) -> Decimal:
        """A number for the row, sent in its body."""
        if path is None:
            return Decimal(1)
        column = table.column(path)
        if column is None or column.exposure not in SENT:
            raise CannotPlay("callers do not send what is computed with")
        if column.type not in (ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.FLOAT):
            raise CannotPlay("what is computed with is no number")
        value = sample(column, self.cast.database, number)
        sent[path] = value
        return Decimal(str(value))

    # ── narrowed lists ───────────────────────────────────────────────────────────────────────

    def narrow(self, making: Making, planned: Planned, field: str | None) -> None:
        """A list that shows one of two rows."""
        derived = planned.header.derived
        if derived is None or str(derived.operation) != "list":
            rule = planned.rule
            if isinstance(rule, Filter):
                self._conditions(making, planned, rule.where)
                return
            raise CannotPlay("it is not a list")
        table = self.cast.table(derived.table)
        if field is None:
            self._conditions(making, planned, derived.where)
            return
        relation = table.relation(field)
        if relation is not None and relation.ids and field in derived.filters:
            self._tied_rows(making, planned, table, relation)
            return
        column = table.column(relation.column or "" if relation else field)
        if column is None:
            raise CannotPlay(f"the list is not narrowed by {field}")
        if column.name in derived.search:
            self._search(making, planned, table, column)
        elif column.name in derived.filters:
            self._filtered(making, planned, table, column)
        elif column.name in derived.ranges:
            self._ranged(making, planned, table, column)
        elif column.name in derived.sorts:
            self._sorted(making, planned, table, column)
        else:
            raise CannotPlay(f"the list is not narrowed by {field}")

    def _tied_rows(
        self, making: Making, planned: Planned, table: DatabaseTable, relation: Relation
    ) -> None:
        """Of two rows one is tied to another row, whose id is asked for."""
        making_route, link = self.cast.creating(table), self.cast.table(relation.through or "")
        far = link.relation(relation.through_target or "")
        if making_route is None or making_route.derived is None or far is None:
            raise CannotPlay("callers do not tie rows when they make them")
        other = f"${self.cast.noun(self.cast.table(relation.target))}.id"
        derived = planned.header.derived
        where = derived.where if derived else ()
        making.row(table, where, refs=1)
        name = making.row(table, where, {relation.ids or "": [other]}, refs=2)
        expect: JsonValue = {"items": [{"id": f"${name}.id"}], "total": 1}
        making.call(planned.header, query={far.column or "": other}, expect=expect)

    def _conditions(self, making: Making, planned: Planned, where: tuple[Condition, ...]) -> None:
        if not where:
            raise CannotPlay("the list shows everything")
        derived = planned.header.derived
        rule = planned.rule
        name_of = derived.table if derived else rule.table if isinstance(rule, Filter) else ""
        table = self.cast.table(name_of)
        making.row(table, (negated(where[0]), *where[1:]), refs=1)
        name = making.row(table, where, refs=2)
        making.call(planned.header, expect={"items": [{"id": f"${name}.id"}], "total": 1})

    def _two(
        self,
        making: Making,
        planned: Planned,
        table: DatabaseTable,
        column: Column,
        values: list[Any],
    ) -> tuple[str, str]:
        if column.exposure not in SENT:
            raise CannotPlay("callers do not send this field")
        one, two = self._rows(making, planned, table, column.name, values)
        return one, two

    def _rows(
        self,
        making: Making,
        planned: Planned,
        table: DatabaseTable,
        name: str = "",
        values: list[Any] | None = None,
    ) -> list[str]:
        """Two rows that the list shows, under one parent where the path names one."""
        derived = planned.header.derived
        where = derived.where if derived else ()
        above: dict[str, JsonValue] = {}
        relation = table.relation(derived.parent) if derived and derived.parent else None
        if relation is not None and relation.column:
            noun = planned.header.path_parameters[0].removesuffix("_id")
            above[relation.column] = f"${noun}.id"
        rows: list[str] = []
        for number in (1, 2):
            sent = dict(above)
            if values is not None:
                sent[name] = values[number - 1]
            rows.append(making.row(table, where, sent, refs=number))
        return rows

    def _pair(self, table: DatabaseTable, column: Column, making: Making) -> list[Any]:
        enum = self.cast.database.enum(column.enum or "")
        if enum is not None:
            if len(enum.values) < 2:
                raise CannotPlay("there is one choice only")
            return list(enum.values[:2])
        if column.type is ColumnType.BOOLEAN:
            return [True, False]
        values = [self.cast.value(table, column, making.actor, n) for n in (1, 2)]
        if values[0] == values[1]:
            raise CannotPlay("no two values are known")
        return values

    def _search(
        self, making: Making, planned: Planned, table: DatabaseTable, column: Column
    ) -> None:
        texts = ["needle", "hay"]
        if column.max_length is not None and column.max_length < 6:
            raise CannotPlay("the texts are too short to be searched")
        one, _ = self._two(making, planned, table, column, texts)
        making.call(
            planned.header,
            query={"q": "needle"},
            expect={"items": [{"id": f"${one}.id"}], "total": 1},
        )

    def _filtered(
        self, making: Making, planned: Planned, table: DatabaseTable, column: Column
    ) -> None:
        values = self._pair(table, column, making)
        one, _ = self._two(making, planned, table, column, values)
        shown = str(values[0]).lower() if isinstance(values[0], bool) else values[0]
        making.call(
            planned.header,
            query={column.name: shown},
            expect={"items": [{"id": f"${one}.id"}], "total": 1},
        )

    def _ranged(
        self, making: Making, planned: Planned, table: DatabaseTable, column: Column
    ) -> None:
        values = self._pair(table, column, making)
        _, two = self._two(making, planned, table, column, values)
        making.call(
            planned.header,
            query={f"min_{column.name}": values[1]},
            expect={"items": [{"id": f"${two}.id"}], "total": 1},
        )

    def _sorted(
        self, making: Making, planned: Planned, table: DatabaseTable, column: Column
    ) -> None:
        if column.name in {"created_at", "updated_at", "id"}:
            one, two = self._rows(making, planned, table)
            key = "id"
        else:
            one, two = self._two(making, planned, table, column, self._pair(table, column, making))
            key = column.name
        making.call(
            planned.header,
            query={"sort": f"-{key}"},
            expect={"items": [{"id": f"${two}.id"}, {"id": f"${one}.id"}]},
        )


def _computed(function: AggregateFunction, values: list[Decimal]) -> JsonValue:
    match function:
        case AggregateFunction.COUNT:
            return len(values)
        case AggregateFunction.SUM:
            found = sum(values, Decimal(0))
        case AggregateFunction.AVERAGE:
            found = sum(values, Decimal(0)) / len(values)
        case AggregateFunction.MINIMUM:
            found = min(values)
        case AggregateFunction.MAXIMUM:
            found = max(values)
    return int(found) if found == found.to_integral_value() else str(found)
