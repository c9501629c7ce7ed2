"""Stored tables as the source of Alembic operations."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.schema import ColumnType
from codex.compiler.physical import (
    Check,
    ForeignKey,
    StoredColumn,
    StoredIndex,
    StoredTable,
    Unique,
)
from codex.compiler.source import text_literal
from codex.compiler.sql_text import sql_source

_PLAIN_TYPES = {
    ColumnType.INTEGER: "sa.BigInteger()",
    ColumnType.TEXT: "sa.String()",
    ColumnType.BOOLEAN: "sa.Boolean()",
    ColumnType.FLOAT: "sa.Float()",
    ColumnType.DATE: "sa.Date()",
    ColumnType.DATETIME: "sa.DateTime(timezone=True)",
    ColumnType.TIME: "sa.Time()",
    ColumnType.UUID: "sa.Uuid()",
    ColumnType.JSON: 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
}
ROW_ID = 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'


def sql_type(column: StoredColumn) -> str:
    """The column's type as SQLAlchemy source."""
    if column.name == "id":
        return ROW_ID
    if column.type is ColumnType.DECIMAL:
        numeric = f"sa.Numeric({column.precision}, {column.scale})"
        return f'{numeric}.with_variant(sa.BigInteger(), "sqlite")'
    if column.length is not None:
        return f"sa.String({column.length})"
    return _PLAIN_TYPES[column.type]


def column_text(column: StoredColumn, *, nullable: bool | None = None) -> str:
    """`sa.Column(...)`."""
    empty = column.nullable if nullable is None else nullable
    return f"sa.Column({text_literal(column.name)}, {sql_type(column)}, nullable={empty})"


def name_list(names: Iterable[str]) -> str:
    """`["a", "b"]`."""
    return "[" + ", ".join(text_literal(name) for name in names) + "]"


def foreign_key_text(key: ForeignKey) -> str:
    """`sa.ForeignKeyConstraint(...)`."""
    on_delete = f', ondelete="{key.on_delete}"' if key.on_delete else ""
    return (
        f'sa.ForeignKeyConstraint(["{key.column}"], ["{key.target}.id"], '
        f'name=op.f("{key.name}"){on_delete})'
    )


def check_sql(check: Check) -> str:
    """The condition as a source expression, by dialect where the two differ."""
    if check.sql == check.sqlite_sql:
        return sql_source(check.sql)
    return f"{sql_source(check.sqlite_sql)} if on_sqlite() else {sql_source(check.sql)}"


def check_text(check: Check) -> str:
    """`sa.CheckConstraint(...)`."""
    return f"sa.CheckConstraint({check_sql(check)}, name=op.f({text_literal(check.name)}))"


def unique_text(unique: Unique) -> str:
    """`sa.UniqueConstraint(...)`."""
    names = ", ".join(text_literal(name) for name in unique.columns)
    return f'sa.UniqueConstraint({names}, name=op.f("{unique.name}"))'


def index_arguments(item: StoredIndex | Unique) -> str:
    """What follows the table in `op.create_index`."""
    names = name_list(item.columns)
    if isinstance(item, StoredIndex):
        return names
    return (
        f"{names}, unique=True, postgresql_where=sa.text({sql_source(item.where)}), "
        f"sqlite_where=sa.text({sql_source(item.sqlite_where)})"
    )


def indexes_of(table: StoredTable) -> tuple[StoredIndex | Unique, ...]:
    """What is an index of its own: plain ones and partial unique ones."""
    return (*(item for item in table.uniques if item.where), *table.indexes)


def create_table(table: StoredTable, without: frozenset[str] = frozenset()) -> list[str]:
    """The statements that create `table` with its indexes, without the foreign keys `without`."""
    elements = [column_text(column) for column in table.columns]
    elements.append(f'sa.PrimaryKeyConstraint("id", name=op.f("pk_{table.name}"))')
    elements += [foreign_key_text(key) for key in table.foreign_keys if key.name not in without]
    elements += [unique_text(item) for item in table.uniques if not item.where]
    elements += [check_text(item) for item in table.checks]
    lines = [f'op.create_table("{table.name}", {", ".join(elements)},)']
    return lines + [create_index(table.name, item) for item in indexes_of(table)]


def create_index(table: str, item: StoredIndex | Unique) -> str:
    """The statement that creates an index."""
    return f'op.create_index(op.f("{item.name}"), "{table}", {index_arguments(item)})'


def uses_json(tables: Iterable[StoredTable]) -> bool:
    """Whether a column of `tables` holds JSON, whose type comes from the dialect."""
    return any(c.type is ColumnType.JSON for table in tables for c in table.columns)


def differs_by_dialect(tables: Iterable[StoredTable]) -> bool:
    """Whether a CHECK of `tables` is another one on SQLite."""
    return any(c.sql != c.sqlite_sql for table in tables for c in table.checks)


def late_keys(
    tables: Iterable[StoredTable], known: Iterable[str] = ()
) -> dict[str, list[ForeignKey]]:
    """Foreign keys of tables in a circle: they are added when all tables are there."""
    there = set(known)
    late: dict[str, list[ForeignKey]] = {}
    for table in tables:
        there.add(table.name)
        keys = [key for key in table.foreign_keys if key.target not in there]
        if keys:
            late[table.name] = keys
    return late


def add_key(table: str, key: ForeignKey) -> str:
    """The statement that adds a foreign key to a table that is there."""
    on_delete = f', ondelete="{key.on_delete}"' if key.on_delete else ""
    return (
        f'with op.batch_alter_table("{table}") as batch:\n'
        f'    batch.create_foreign_key(op.f("{key.name}"), "{key.target}", '
        f'["{key.column}"], ["id"]{on_delete})'
    )
