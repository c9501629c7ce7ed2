"""Statements that alter a table, as text."""

from __future__ import annotations

from codex.common.documents.schema import ColumnType, DatabaseTable
from codex.compiler.migration_changes import TableChange
from codex.compiler.migration_text import check_sql, name_list, sql_type
from codex.compiler.names import snake
from codex.compiler.physical import Check, ForeignKey, StoredColumn, Unique
from codex.compiler.source import literal, text_literal


def new_constraints(table: TableChange) -> list[str]:
    """Statements of a batch that add what the table had not before."""
    lines: list[str] = []
    for key in table.come("foreign_keys"):
        assert isinstance(key, ForeignKey)
        on_delete = f', ondelete="{key.on_delete}"' if key.on_delete else ""
        lines.append(
            f'batch.create_foreign_key(op.f("{key.name}"), "{key.target}", '
            f'["{key.column}"], ["id"]{on_delete})'
        )
    for item in table.come("uniques"):
        if isinstance(item, Unique) and not item.where:
            names = name_list(item.columns)
            lines.append(f'batch.create_unique_constraint(op.f("{item.name}"), {names})')
    for item in table.come("checks"):
        assert isinstance(item, Check)
        lines.append(f'batch.create_check_constraint(op.f("{item.name}"), {check_sql(item)})')
    return lines


def row_of(table: DatabaseTable) -> str:
    """The variable with the id of a placeholder."""
    return f"{snake(table.model)}row_of"


def nullable_text(column: StoredColumn, *, nullable: bool) -> str:
    """The statement of a batch that lets a column be empty, or no longer."""
    return (
        f'batch.alter_column("{column.name}", nullable={nullable}, '
        f"existing_type={sql_type(column)})"
    )


def drop_key(table: str, key: ForeignKey) -> str:
    """A batch that drops one foreign key."""
    return (
        f'with op.batch_alter_table("{table}") as batch:\n'
        f'    batch.drop_constraint(op.f("{key.name}"), type_="foreignkey")'
    )


def stored_text(column: StoredColumn) -> str:
    """`Stored(...)`: what a column holds, for a conversion."""
    arguments = [text_literal(column.type.value)]
    if column.type is ColumnType.DECIMAL:
        arguments += [f"precision={column.precision}", f"scale={column.scale}"]
    elif column.values:
        arguments.append(f"values={literal(column.values)}")
    elif column.length:
        arguments.append(f"length={column.length}")
    return f"Stored({', '.join(arguments)})"
