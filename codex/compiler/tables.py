"""Tables: SQLModel classes for the rows of each, enums, and the errors of their constraints."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import attribute
from codex.common.documents.schema import (
    PYTHON_TYPES,
    Column,
    ColumnType,
    DatabaseTable,
    EnumType,
    Relation,
)
from codex.compiler.constraints import constraints_file
from codex.compiler.names import (
    enum_member,
    enum_members,
    member_names,
    model_module,
    taken_names,
)
from codex.compiler.physical import (
    StoredTable,
    Unique,
    service_tables,
    stored_table,
)
from codex.compiler.source import (
    Module,
    Rendered,
    docstring,
    indent,
    literal,
    sentence,
    text_literal,
)
from codex.compiler.sql_text import decimal_size, sql_source
from codex.compiler.table_relations import TableRelations

# Where the names that annotations mention come from.
MODULE_OF_TYPE = {
    "Decimal": "decimal",
    "date": "datetime",
    "datetime": "datetime",
    "time": "datetime",
    "UUID": "uuid",
    "JsonValue": "pydantic",
    "Any": "typing",
}


# What `now` and `today` call, by what the column stores.
MOMENTS = {
    ColumnType.DATE: ("app.columns", "utc_today"),
    ColumnType.DATETIME: ("app.clock", "utc_now"),
}


def model_files(architecture: Architecture) -> tuple[Rendered, ...]:
    """`app/models/`, and `app/constraints.py` with the error of each constraint."""
    if not architecture.database.tables:
        return ()
    tables = service_tables(architecture)
    inverses = _inverses(tables)
    files = [_package(architecture, tables)]
    if architecture.database.enums:
        files.append(_enums(architecture))
    files += [
        _TableModule(architecture, table, inverses.get(table.name, [])).render() for table in tables
    ]
    return (*files, constraints_file(architecture, tables))


def _package(architecture: Architecture, tables: Iterable[DatabaseTable]) -> Rendered:
    module = Module("app/models/__init__.py", "The tables of the service and their enums.")
    names: list[str] = []
    for enum in architecture.database.enums:
        module.imports.own("app.models.enums", enum.name)
        names.append(enum.name)
    for table in tables:
        module.imports.own(f"app.models.{model_module(table)}", table.model)
        names.append(table.model)
    module.add("fixed", f"__all__ = [{', '.join(text_literal(name) for name in sorted(names))}]")
    return module.render()


def _enums(architecture: Architecture) -> Rendered:
    module = Module("app/models/enums.py", "Closed sets of values.", taken_names(architecture))
    base = module.use("enum", "StrEnum")
    for enum in architecture.database.enums:
        module.add(f"enum {enum.name}", _enum_class(enum, base))
    return module.render()


def _enum_class(enum: EnumType, base: str) -> str:
    text = enum.description or f"One of {len(enum.values)} values."
    members = [f"{name} = {text_literal(value)}" for name, value in enum_members(enum).items()]
    return f"class {enum.name}({base}):\n" + indent(
        docstring(sentence(text), "    ") + "\n\n" + "\n".join(members)
    )


def _inverses(tables: Iterable[DatabaseTable]) -> dict[str, list[tuple[DatabaseTable, Relation]]]:
    """For each table: the relations of others (or its own) that it sees from the other side."""
    found: dict[str, list[tuple[DatabaseTable, Relation]]] = {}
    for table in tables:
        for relation in table.relations:
            if relation.inverse:
                found.setdefault(relation.target, []).append((table, relation))
    return found


class _TableModule:
    """Writes the module of one table."""

    def __init__(
        self,
        architecture: Architecture,
        table: DatabaseTable,
        inverses: list[tuple[DatabaseTable, Relation]],
    ) -> None:
        self.database = architecture.database
        self.tables = {item.name: item for item in service_tables(architecture)}
        self.table = table
        self.inverses = inverses
        self.stored: StoredTable = stored_table(table, architecture.database)
        path = f"app/models/{model_module(table)}.py"
        what = sentence(table.description) or f"The table of {table.name.replace('_', ' ')}."
        self.what = what
        self.module = Module(
            path, f"The table `{table.name}`.", taken_names(architecture) | {table.model}
        )
        # In a class body, members hide what the module imports.
        self.members = frozenset(member_names(table)) | {
            attribute(relation.inverse, relation=True)
            for _, relation in inverses
            if relation.inverse
        }

    def use(self, module: str, name: str) -> str:
        """The name by which an import is known inside the class."""
        return self.module.use(module, name, self.members)

    def render(self) -> Rendered:
        """The module."""
        base = "TimestampedModel" if self.table.timestamps else "TableModel"
        parts = [
            docstring(self.what, "    ") + "\n",
            f"__tablename__ = {text_literal(self.table.name)}",
            *self.table_arguments(),
            "",
            *(line for column in self.table.columns for line in self.described(column)),
        ]
        ties = TableRelations(self.table, self.tables, self.use)
        relations = [
            *(ties.relation(item) for item in self.table.relations),
            *(ties.inverse(*item) for item in self.inverses),
        ]
        if relations:
            parts += ["", *relations]
        base = self.use("app.columns", base)
        body = indent("\n".join(parts).rstrip())
        text = f"class {self.table.model}({base}, table=True):\n{body}"
        if ties.others:
            checking = self.module.use("typing", "TYPE_CHECKING")
            lines = [
                f"from {module} import {name}"
                for name, module in sorted(ties.others.items(), key=lambda item: (item[1], item[0]))
            ]
            self.module.add("fixed", f"if {checking}:\n" + indent("\n".join(lines)))
        self.module.add(f"table {self.table.name}", text)
        return self.module.render()

    def described(self, column: Column) -> list[str]:
        """One column, with its description below it."""
        about = sentence(column.description)
        return [self.column(column), docstring(about, "    ")] if about else [self.column(column)]

    def column(self, column: Column) -> str:
        """One column with what it stores."""
        annotation = self.annotation(column)
        name = attribute(column.name)
        arguments = self.default(column)
        arguments += self.sql_type(column)
        key = next((k for k in self.stored.foreign_keys if k.column == column.name), None)
        if key is not None and self.by_convention("fk", column.name):
            arguments.append(f'foreign_key="{key.target}.id"')
            if key.on_delete:
                arguments.append(f'ondelete="{key.on_delete}"')
        if column.unique and self.by_convention("uq", column.name):
            arguments.append("unique=True")
        if any(i.of_column and i.columns == (column.name,) for i in self.stored.indexes) and (
            self.by_convention("ix", column.name)
        ):
            arguments.append("index=True")
        if name != column.name:
            arguments.append(f'sa_column_kwargs={{"name": "{column.name}"}}')
        plain = len(arguments) == 1 and arguments[0].startswith("default=")
        if plain:
            return f"{name}: {annotation} = {arguments[0].removeprefix('default=')}"
        if not arguments:
            return f"{name}: {annotation}"
        return f"{name}: {annotation} = {self.use('sqlmodel', 'Field')}({', '.join(arguments)})"

    def by_convention(self, kind: str, column: str) -> bool:
        """Whether the naming convention gives the constraint's name, or it must be cut short."""
        return len(f"{kind}_{self.table.name}_{column}") <= 63

    def annotation(self, column: Column) -> str:
        """The column's Python type."""
        if column.enum:
            self.module.imports.own("app.models.enums", column.enum)
            name = column.enum
        else:
            plain = "Any" if column.type is ColumnType.JSON else PYTHON_TYPES[column.type]
            name = self.use(MODULE_OF_TYPE.get(plain, "builtins"), plain)
        return f"{name} | None" if column.nullable else name

    def default(self, column: Column) -> list[str]:
        """The default, where there is one."""
        if column.default is None:
            return ["default=None"] if column.nullable else []
        if column.default in ("now", "today") and column.type in MOMENTS:
            return [f"default_factory={self.use(*MOMENTS[column.type])}"]
        value = default_text(column, self.use, self.database.enum(column.enum or ""))
        if column.type is ColumnType.JSON and isinstance(column.default, list | dict):
            kind = self.use("builtins", type(column.default).__name__)
            return [f"default_factory={factory(column.default, value, kind)}"]
        return [f"default={value}"]

    def sql_type(self, column: Column) -> list[str]:
        """What the column stores, where the annotation does not tell."""
        match column.type:
            case ColumnType.INTEGER:
                return [f"sa_type={self.use('sqlalchemy', 'BigInteger')}"]
            case ColumnType.STRING | ColumnType.FILE:
                stored = self.stored.column(column.name)
                return [f"max_length={stored.length if stored else None}"]
            case ColumnType.DECIMAL:
                precision, scale = decimal_size(column)
                return [f"sa_type={self.use('app.decimals', 'ExactDecimal')}({precision}, {scale})"]
            case ColumnType.DATETIME:
                return [f"sa_type={self.use('app.columns', 'UtcDateTime')}"]
            case ColumnType.JSON:
                return [
                    f"sa_type={self.use('app.columns', 'JSON_VALUE')}",
                    *(["nullable=False"] if not column.nullable else []),
                ]
            case ColumnType.ENUM:
                by_value = self.use("app.columns", "by_value")
                name = text_literal(column.name)
                if not self.by_convention("ck", column.name):
                    conv = self.use("sqlalchemy.sql.elements", "conv")
                    check = next(c for c in self.stored.checks if c.of_enum == column.name)
                    name = f"{conv}({text_literal(check.name)})"
                return [f"sa_type={by_value}({column.enum}, {name})"]
            case _:
                return []

    def table_arguments(self) -> list[str]:
        """Constraints and indexes that no single column says."""
        lines: list[str] = []
        for key in self.stored.foreign_keys:
            if not self.by_convention("fk", key.column):
                constraint = self.use("sqlalchemy", "ForeignKeyConstraint")
                on_delete = f', ondelete="{key.on_delete}"' if key.on_delete else ""
                columns = f'["{key.column}"], ["{key.target}.id"]'
                lines.append(f'{constraint}({columns}, name="{key.name}"{on_delete})')
        lines += [
            self.unique(item)
            for item in self.stored.uniques
            if not (item.of_column and self.by_convention("uq", item.columns[0]))
        ]
        for check in self.stored.checks:
            if check.of_enum is None:
                lines += self.check(check.name, check.sql, check.sqlite_sql)
        for index in self.stored.indexes:
            if not (index.of_column and self.by_convention("ix", index.columns[0])):
                names = ", ".join(text_literal(name) for name in index.columns)
                lines.append(f'{self.use("sqlalchemy", "Index")}("{index.name}", {names})')
        return [f"__table_args__ = ({', '.join(lines)},)"] if lines else []

    def unique(self, item: Unique) -> str:
        """A unique constraint, or a partial index where it has a condition."""
        names = ", ".join(text_literal(name) for name in item.columns)
        if not item.where:
            return f'{self.use("sqlalchemy", "UniqueConstraint")}({names}, name="{item.name}")'
        text = self.use("sqlalchemy", "text")
        return (
            f'{self.use("sqlalchemy", "Index")}("{item.name}", {names}, unique=True, '
            f"postgresql_where={text}({sql_source(item.where)}), "
            f"sqlite_where={text}({sql_source(item.sqlite_where)}))"
        )

    def check(self, name: str, sql: str, sqlite_sql: str) -> list[str]:
        """A CHECK constraint; two where SQLite stores something else."""
        constraint = self.use("sqlalchemy", "CheckConstraint")
        short = name.removeprefix(f"ck_{self.table.name}_")
        label = text_literal(short)
        if not self.by_convention("ck", short):
            label = f"{self.use('sqlalchemy.sql.elements', 'conv')}({text_literal(name)})"
        if sql == sqlite_sql:
            return [f"{constraint}({sql_source(sql)}, name={label})"]
        return [
            f'{constraint}({sql_source(text)}, name={label}).ddl_if(dialect="{dialect}")'
            for text, dialect in ((sql, "postgresql"), (sqlite_sql, "sqlite"))
        ]


def factory(value: object, text: str, kind: str) -> str:
    """What makes a new list or object each time; `kind` makes an empty one."""
    return f"lambda: {text}" if value else kind


def default_text(column: Column, use: Callable[[str, str], str], enum: EnumType | None) -> str:
    """The default as Python source."""
    value = column.default
    match column.type:
        case ColumnType.ENUM:
            assert enum is not None
            return enum_member(enum, value)
        case ColumnType.DECIMAL:
            return f"{use('decimal', 'Decimal')}({text_literal(str(value))})"
        case ColumnType.DATE | ColumnType.DATETIME | ColumnType.TIME:
            kind = PYTHON_TYPES[column.type]
            return f"{use('datetime', kind)}.fromisoformat({text_literal(str(value))})"
        case ColumnType.UUID:
            return f"{use('uuid', 'UUID')}({text_literal(str(value))})"
        case ColumnType.FLOAT if isinstance(value, int) and not isinstance(value, bool):
            return repr(float(value))
        case _:
            return literal(value)
