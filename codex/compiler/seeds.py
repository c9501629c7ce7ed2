"""Seeds: one account per role for local runs, with the rows that an account cannot do without."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import attribute
from codex.common.documents.schema import Cardinality, Column, ColumnType, DatabaseTable
from codex.common.errors import DocumentError
from codex.compiler.bodies import sent_columns
from codex.compiler.names import enum_members, row_name, snake, taken_names
from codex.compiler.source import Module, Rendered, indent, text_literal
from codex.compiler.sql_text import decimal_size


def seeds_file(architecture: Architecture, table: DatabaseTable) -> Rendered:
    """`app/seeds.py`."""
    return _Seeds(architecture, table).render()


class _Seeds:
    """Writes the module."""

    def __init__(self, architecture: Architecture, table: DatabaseTable) -> None:
        self.architecture = architecture
        self.table = table
        self.module = Module(
            "app/seeds.py",
            "Accounts to try the service with, one per role; for local runs only.",
            taken_names(architecture),
        )
        self.before: list[str] = []
        self.making: list[str] = []

    def render(self) -> Rendered:
        """The module."""
        use, own = self.module.use, self.module.imports.own
        model, body = self.table.model, f"{self.table.model}Create"
        own("app.models", model)
        own("app.types", body)
        create = use("app.accounts", "create_account")
        role = self.table.column("role")
        columns = [*sent_columns(self.architecture, self.table)]
        values = {"email": "email", "password": "password"}
        values |= self.values(self.table, [c for c in columns if c.name not in values])
        arguments = ", ".join(f"{name}={value}" for name, value in values.items())
        made = f"{create}(session, {body}({arguments}))"
        names, word, making = '("user",)', "role", [made]
        if role is not None and role.enum:
            own("app.models", role.enum)
            names, word = role.enum, "role.value"
            making = [f"user = {made}", "user.role = role", "session.add(user)"]
        loop = f"for role in {names}:"
        if any("number" in line for line in (*self.before, *making)):
            loop = f"for number, role in enumerate({names}, 1):"
        text = _TEMPLATE.format(
            database=use("app.database", "Database"),
            loop=loop,
            word=word,
            col=use("sqlmodel", "col"),
            select=use("sqlmodel", "select"),
            model=model,
            making=indent("\n".join([*self.before, *making]), " " * 16),
        )
        self.module.add("fixed", text)
        return self.module.render()

    def values(self, table: DatabaseTable, columns: list[Column]) -> dict[str, str]:
        """What every required column without a default gets."""
        wanted = [item for item in columns if not item.nullable and item.default is None]
        return {attribute(column.name): self.value(table, column) for column in wanted}

    def value(self, table: DatabaseTable, column: Column) -> str:
        """An expression of the column's type, another one for each role."""
        use = self.module.use
        match column.type:
            case ColumnType.ENUM:
                enum = self.architecture.database.enum(column.enum or "")
                assert enum is not None
                self.module.imports.own("app.models", enum.name)
                return f"{enum.name}.{next(iter(enum_members(enum)))}"
            case ColumnType.STRING | ColumnType.TEXT | ColumnType.FILE:
                return self.text(column)
            case ColumnType.BOOLEAN:
                return "False"
            case ColumnType.DATE | ColumnType.DATETIME:
                moment = {ColumnType.DATE: ("app.columns", "utc_today")}
                return f"{use(*moment.get(column.type, ('app.clock', 'utc_now')))}()"
            case ColumnType.TIME:
                return f"{use('datetime', 'time')}(12)"
            case ColumnType.UUID:
                return f"{use('uuid', 'uuid4')}()"
            case ColumnType.JSON:
                return "{}"
            case ColumnType.INTEGER:
                target = self.referred(table, column)
                return self.row_of(target) if target else self.number(column)
            case ColumnType.DECIMAL | ColumnType.FLOAT:
                return self.number(column)

    def number(self, column: Column) -> str:
        """A number within the column's bounds."""
        least = column.minimum if column.minimum is not None else column.maximum
        least = 1 if least is None else least
        if column.exclusive_minimum and column.minimum is not None:
            least = float(least) + 1 if column.type is ColumnType.FLOAT else int(float(least)) + 1
        if column.type is ColumnType.DECIMAL:
            decimal_size(column)
            return f"{self.module.use('decimal', 'Decimal')}({text_literal(str(least))})"
        if column.unique:
            return f"{least} + number"
        return str(int(least) if column.type is ColumnType.INTEGER else float(least))

    @staticmethod
    def text(column: Column) -> str:
        """A line within the column's bounds."""
        if column.format == "email":
            return 'f"{role}@example.com"'
        if column.format == "url":
            return 'f"https://example.com/{role}"'
        words = "str(role)"
        if column.min_length and column.min_length > 1:
            words = f'{words}.ljust({column.min_length}, "-")'
        return f"{words}[:{column.max_length}]" if (column.max_length or 100) < 30 else words

    def referred(self, table: DatabaseTable, column: Column) -> DatabaseTable | None:
        """The table whose row the column refers to."""
        for relation in table.relations:
            if (
                relation.column == column.name
                and relation.cardinality is not Cardinality.MANY_TO_MANY
            ):
                return self.architecture.database.table(relation.target)
        return None

    def row_of(self, table: DatabaseTable) -> str:
        """The id of a row of another table, which is added where there is none."""
        if table.name in self.making or table.name == self.table.name:
            raise DocumentError(
                f"table {self.table.name!r} is the account and cannot do without rows of "
                f"{table.name!r}, which cannot do without itself",
                "Let one of the references be empty.",
            )
        self.making.append(table.name)
        values = self.values(table, list(table.columns))
        self.making.pop()
        self.module.imports.own("app.models", table.model)
        select = self.module.use("sqlmodel", "select")
        name = row_name(snake(table.model))
        arguments = ", ".join(f"{key}={value}" for key, value in values.items())
        lines = [
            f"{name} = session.exec({select}({table.model})).first() or {table.model}({arguments})",
            f"session.add({name})",
            "session.flush()",
        ]
        if lines[0] not in self.before:
            self.before += lines
        return f"{name}.id"


_TEMPLATE = '''
def seed(database: {database}) -> list[tuple[str, str, str]]:
    """Add the accounts that are not there yet; e-mail address, password and role of each."""
    accounts: list[tuple[str, str, str]] = []
    {loop}
        email, password = f"{{role}}@example.com", f"{{role}}-password"
        accounts.append((email, password, {word}))
        with database.transaction(write=True) as session:
            known = {select}({model}).where({col}({model}.email) == email)
            if session.exec(known).first() is None:
{making}
    return accounts
'''
