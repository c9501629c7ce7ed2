"""The error that each constraint of the database raises, for the service to look up."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable
from codex.compiler.names import taken_names
from codex.compiler.physical import stored_table
from codex.compiler.source import Module, Rendered, text_literal


def constraints_file(architecture: Architecture, tables: Iterable[DatabaseTable]) -> Rendered:
    """`app/constraints.py`."""
    module = Module(
        "app/constraints.py",
        "The error that each constraint of the database raises.",
        taken_names(architecture),
    )
    error = module.use("app.problems", "ServiceError")
    raised: list[str] = []
    columns: list[str] = []
    references: list[str] = []
    for table in tables:
        stored = stored_table(table, architecture.database)
        for item in (*stored.uniques, *stored.checks):
            if item.error:
                module.imports.own("app.errors", item.error)
                raised.append(f"{text_literal(item.name)}: {item.error}")
        for unique in stored.uniques:
            names = ", ".join(f"{table.name}.{name}" for name in unique.columns)
            columns.append(f"{text_literal(names)}: {text_literal(unique.name)}")
        references += [
            f"{text_literal(key.name)}: {text_literal(key.column)}" for key in stored.foreign_keys
        ]
    text = f"CONSTRAINTS: dict[str, type[{error}]] = {{{', '.join(raised)}}}"
    module.add("fixed", text)
    module.add(
        "fixed",
        "# SQLite names the columns of a broken unique constraint, not the constraint.\n"
        f"UNIQUE_COLUMNS: dict[str, str] = {{{', '.join(columns)}}}",
    )
    module.add(
        "fixed",
        "# The field that each foreign key stands for.\n"
        f"REFERENCES: dict[str, str] = {{{', '.join(references)}}}",
    )
    return module.render()
