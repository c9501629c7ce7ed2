"""Statements that alter a table, as text."""

from __future__ import annotations

from codex.common.documents.schema import ColumnType, DatabaseTable
from codex.compiler.migration_changes import OLD, TableChange
from codex.compiler.migration_steps import Steps
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


def expectations(steps: Steps, table: TableChange) -> None:
    """Calls that stop the migration where rows break what is about to hold."""
    name = text_literal(table.name)
    for check in table.come("checks"):
        assert isinstance(check, Check)
        if check.of_enum is None:
            text = steps.by_dialect(f"NOT ({check.sql})", f"NOT ({check.sqlite_sql})")
            steps.call("expect_none", name, text, text_literal(check.name))
    for unique in table.come("uniques"):
        assert isinstance(unique, Unique)
        where = steps.by_dialect(unique.where, unique.sqlite_where)
        rule = text_literal(unique.name)
        steps.call("expect_unique", name, name_list(unique.columns), where, rule)
    added = {column.name for column in table.added}
    for key in table.come("foreign_keys"):
        assert isinstance(key, ForeignKey)
        if key.column not in added:
            column = f'"{key.column}"'
            broken_key = f'{column} NOT IN (SELECT id FROM "{key.target}")'  # noqa: S608 names
            steps.call("expect_none", name, text_literal(broken_key), text_literal(key.name))


def batch(table: TableChange) -> list[str]:
    """Statements of a batch that make the old table the new one."""
    words = {"foreign_keys": "foreignkey", "uniques": "unique", "checks": "check"}
    lines = [
        f'batch.drop_constraint(op.f("{item.name}"), type_="{word}")'
        for kind, word in words.items()
        for item in table.gone(kind)
        if not (isinstance(item, Unique) and item.where)
    ]
    for column in (*table.removed, *(item.old for item in table.retyped)):
        ending = "" if column in table.removed else OLD
        lines.append(f'batch.drop_column("{column.name}{ending}")')
    for old, new in table.altered:
        lines.append(
            f'batch.alter_column("{new.name}", type_={sql_type(new)}, '
            f"existing_type={sql_type(old)})"
        )
    retyped = {item.new.name for item in table.retyped}
    for column in table.new.columns:
        if column in table.added or column.name in retyped:
            if not column.nullable:
                lines.append(nullable_text(column, nullable=False))
        elif column in table.tightened or column in table.loosened:
            lines.append(nullable_text(column, nullable=column.nullable))
    return lines + new_constraints(table)
