"""What all kinds of scenarios share: the route that is tried, its table, a field to change."""

from __future__ import annotations

from codex.blueprint.planned import Planned
from codex.builtin.plays.cast import SENT, CannotPlay, Cast
from codex.builtin.plays.making import Making
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.schema import Column, ColumnType, DatabaseTable
from codex.common.documents.specification import CriterionCase, Operation


class Plays:
    """The requirement whose criteria are shown, and the service as scenarios meet it."""

    def __init__(self, inputs: ScenariosInputs) -> None:
        self.inputs = inputs
        self.cast = Cast(inputs)

    def route_of(self, case: CriterionCase) -> Planned:
        """The route of the operation that a case tries."""
        operations = self.inputs.requirement.operations
        if not 1 <= case.operation <= len(operations):
            raise CannotPlay("it tries no operation")
        wanted = _key(operations[case.operation - 1])
        for item in self.cast.routes:
            if item.operation is not None and _key(item.operation) == wanted:
                return item
        raise CannotPlay("no route does this")

    def table_of(self, planned: Planned) -> DatabaseTable:
        """The table of the thing that it is done to."""
        assert planned.operation is not None
        return self.cast.table_of_entity(planned.operation.entity)

    def making(self, planned: Planned) -> Making:
        """The steps of somebody who may call the route."""
        return Making(self.cast, self.cast.actor(planned.header))

    def changeable(self, planned: Planned, table: DatabaseTable) -> Column:
        """A plain column that callers may change."""
        derived = planned.header.derived
        fields = derived.fields if derived else ()
        for column in table.columns:
            plain = self.cast.relation_of(table, column.name) is None
            sent = column.exposure in SENT and column.changeable
            simple = column.type not in (ColumnType.FILE, ColumnType.ENUM, ColumnType.JSON)
            if sent and plain and simple and (not fields or column.name in fields):
                return column
        raise CannotPlay("no plain field can be changed")


def _key(operation: Operation) -> tuple[str, str, str | None, str | None]:
    return (operation.verb, operation.entity, operation.name, operation.parent)
