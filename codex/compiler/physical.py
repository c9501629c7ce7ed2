"""The database as it is stored: every column's SQL type and every constraint's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)
from codex.compiler.names import quoted, shortened
from codex.compiler.sql_text import decimal_size, sql_literal, terms_sql

STRING_LENGTH = 255
LENGTH_OF_FORMAT: Mapping[str | None, int] = {"email": 254, "url": 2048, None: STRING_LENGTH}
FILE_KEY_LENGTH = 300
ENUM_LENGTH = 50
ON_DELETE = {"cascade": "CASCADE", "set_null": "SET NULL", "restrict": None}


@dataclass(frozen=True)
class StoredColumn:
    """A column of the database."""

    name: str
    type: ColumnType
    nullable: bool
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    values: tuple[str, ...] = ()
    """For an enum: what may stand in it."""


@dataclass(frozen=True)
class ForeignKey:
    """A reference to the id of another table's row."""

    name: str
    column: str
    target: str
    on_delete: str | None


@dataclass(frozen=True)
class Unique:
    """Columns whose values stand together once; with a condition it is a partial index."""

    name: str
    columns: tuple[str, ...]
    where: str = ""
    sqlite_where: str = ""
    error: str | None = None
    of_column: bool = False
    """Whether it is said at the column itself."""


@dataclass(frozen=True)
class Check:
    """A condition that every row meets."""

    name: str
    sql: str
    sqlite_sql: str
    """The same over what SQLite stores: whole numbers for decimals."""
    error: str | None = None
    of_enum: str | None = None
    """The column whose enum it stands for."""


@dataclass(frozen=True)
class StoredIndex:
    """An index."""

    name: str
    columns: tuple[str, ...]
    of_column: bool = False


@dataclass(frozen=True)
class StoredTable:
    """A table of the database."""

    name: str
    columns: tuple[StoredColumn, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[StoredIndex, ...] = ()

    def column(self, name: str) -> StoredColumn | None:
        """The column called `name`."""
        return next((item for item in self.columns if item.name == name), None)


def service_tables(architecture: Architecture) -> tuple[DatabaseTable, ...]:
    """The document's tables, and those that accounts need."""
    database = architecture.database
    return (*database.tables, *(auth_tables(database.account) if database.account else ()))


def auth_tables(account: str) -> tuple[DatabaseTable, ...]:
    """Where it is kept who is signed in, and who failed to."""
    moment = ColumnType.DATETIME
    return (
        DatabaseTable(
            name="auth_sessions",
            model="AuthSession",
            description="A sign-in, until somebody logs out or a refresh token is used twice.",
            timestamps=False,
            columns=(
                Column(name="account_id", type=ColumnType.INTEGER),
                Column(
                    name="exchanges",
                    type=ColumnType.INTEGER,
                    default=0,
                    description="How often its refresh token was exchanged.",
                ),
                Column(
                    name="renewed_at", type=moment, description="When its tokens were given out."
                ),
                Column(name="revoked_at", type=moment, nullable=True),
            ),
            relations=(
                Relation(name="account", target=account, column="account_id", on_delete="cascade"),
            ),
        ),
        DatabaseTable(
            name="auth_failures",
            model="AuthFailure",
            description="How often somebody failed to log in lately.",
            timestamps=False,
            columns=(
                Column(name="who", type=ColumnType.STRING, max_length=64, unique=True),
                Column(name="count", type=ColumnType.INTEGER),
                Column(name="since", type=moment),
            ),
        ),
    )


def stored_tables(architecture: Architecture) -> tuple[StoredTable, ...]:
    """Every table, those that others refer to first where that is possible."""
    database = architecture.database
    return in_order([stored_table(table, database) for table in service_tables(architecture)])


def stored_table(table: DatabaseTable, database: DatabaseSchema) -> StoredTable:
    """The table as it is stored."""
    uniques = _uniques(table)
    foreign_keys = tuple(
        ForeignKey(
            shortened(f"fk_{table.name}_{relation.column}"),
            relation.column,
            relation.target,
            ON_DELETE[relation.on_delete],
        )
        for relation in table.relations
        if relation.cardinality is not Cardinality.MANY_TO_MANY and relation.column
    )
    return StoredTable(
        table.name,
        tuple(_stored_column(column, database) for column in table.all_columns),
        foreign_keys,
        tuple(uniques),
        tuple(_checks(table, database)),
        _indexes(table, [key.column for key in foreign_keys], uniques),
    )


def _uniques(table: DatabaseTable) -> list[Unique]:
    uniques = [
        Unique(
            shortened(f"uq_{table.name}_{column.name}"),
            (column.name,),
            error=column.error,
            of_column=True,
        )
        for column in table.columns
        if column.unique
    ]
    for constraint in table.constraints:
        if constraint.kind == "unique":
            name = shortened(f"uq_{table.name}_{constraint.name}")
            where, sqlite_where = terms_sql(constraint.where, table)
            uniques.append(Unique(name, constraint.columns, where, sqlite_where, constraint.error))
    return uniques


def _checks(table: DatabaseTable, database: DatabaseSchema) -> Iterator[Check]:
    for column in table.columns:
        enum = database.enum(column.enum or "")
        if enum is not None:
            name = shortened(f"ck_{table.name}_{column.name}")
            sql = f"{quoted(column.name)} IN ({', '.join(sql_literal(v) for v in enum.values)})"
            yield Check(name, sql, sql, of_enum=column.name)
    for constraint in table.constraints:
        if constraint.kind == "check":
            name = shortened(f"ck_{table.name}_{constraint.name}")
            yield Check(name, *terms_sql(constraint.check, table), constraint.error)


def _stored_column(column: Column, database: DatabaseSchema) -> StoredColumn:
    length = precision = scale = None
    values: tuple[str, ...] = ()
    match column.type:
        case ColumnType.STRING:
            length = column.max_length or LENGTH_OF_FORMAT[column.format]
        case ColumnType.FILE:
            length = FILE_KEY_LENGTH
        case ColumnType.ENUM:
            enum = database.enum(column.enum or "")
            values = enum.values if enum else ()
            length = max(ENUM_LENGTH, *(len(value) for value in values))
        case ColumnType.DECIMAL:
            precision, scale = decimal_size(column)
        case _:
            pass
    return StoredColumn(column.name, column.type, column.nullable, length, precision, scale, values)


def _indexes(
    table: DatabaseTable, references: list[str], uniques: list[Unique]
) -> tuple[StoredIndex, ...]:
    wanted = dict.fromkeys(index.columns for index in table.indexes)
    # What begins another index, or a unique constraint, needs none of its own.
    leading = {item.columns[0] for item in uniques if not item.where} | {"id"}
    leading |= {columns[0] for columns in wanted if len(columns) > 1}
    singles = dict.fromkeys((*references, *(item[0] for item in wanted if len(item) == 1)))
    return (
        *(
            StoredIndex(shortened(f"ix_{table.name}_{name}"), (name,), of_column=True)
            for name in singles
            if name not in leading
        ),
        *(
            StoredIndex(shortened(f"ix_{table.name}_{'_'.join(columns)}"), columns)
            for columns in wanted
            if len(columns) > 1
        ),
    )


def in_order(tables: list[StoredTable]) -> tuple[StoredTable, ...]:
    """`tables`, each after those that it refers to; tables of a circle in the given order."""
    placed: list[StoredTable] = []
    names: set[str] = set()
    waiting = list(tables)
    while waiting:
        free = [
            table
            for table in waiting
            if all(key.target in {*names, table.name} for key in table.foreign_keys)
        ]
        chosen = free[0] if free else waiting[0]
        waiting.remove(chosen)
        placed.append(chosen)
        names.add(chosen.name)
    return tuple(placed)
