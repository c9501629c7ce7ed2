"""Rows to fill a compiled service with: enough of them, each different, for every table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import Cardinality, ColumnType, DatabaseTable
from codex.compiler.samples import sample

ENOUGH = 2000


def specimens(
    architecture: Architecture, samples: Mapping[str, Any]
) -> dict[str, list[dict[str, Any]]]:
    """For each table rows by column; `{"ref": table}` stands for the id of a row of that table.

    `samples` has values for columns of a table whose constraints plain ones would break.
    """
    return {
        table.name: [
            {**_row(architecture, table, number), **samples.get(table.name, {})}
            for number in range(1, ENOUGH + 1)
        ]
        for table in architecture.database.tables
    }


def _row(architecture: Architecture, table: DatabaseTable, number: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    references = {
        relation.column: relation.target
        for relation in table.relations
        if relation.cardinality is not Cardinality.MANY_TO_MANY
    }
    for column in table.columns:
        if column.name in references:
            if not column.nullable:
                values[column.name] = {"ref": references[column.name]}
        elif column.type is ColumnType.FILE and column.nullable:
            continue
        elif column.default is None or column.type is ColumnType.STRING:
            values[column.name] = sample(column, architecture.database, number)
    return values
