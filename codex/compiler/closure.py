"""The part of an Architecture that one function's contract names, as Python that can be read.

A prompt holds this and nothing else, so that a change elsewhere asks nothing anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    ObjectType,
    Setting,
    TypeField,
)
from codex.common.documents.base import Part, attribute
from codex.common.documents.codegraph import DerivedOperation, FunctionDefinition
from codex.common.documents.schema import (
    PYTHON_TYPES,
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
)
from codex.common.documents.typetext import names_in
from codex.compiler.bodies import changed_columns, sent_columns, shown_columns
from codex.compiler.names import enum_members
from codex.compiler.ties import sent_ties, ties_of

_LIBRARY: dict[str, str] = {
    "Session": (
        "class Session:  # of sqlmodel, synchronous; the wrapper commits\n"
        "    def exec(self, statement): ...  # .all() .first() .one() .one_or_none()\n"
        "    def get(self, entity: type[T], ident: int) -> T | None: ...\n"
        "    def add(self, row: object) -> None: ...\n"
        "    def delete(self, row: object) -> None: ...\n"
        "    def flush(self) -> None: ...  # gives new rows their id"
    ),
    "Select": "Select[Row]  # what select(Row) returns; the wrapper sorts out paging and runs it",
    "Paging": "class Paging:\n    limit: int\n    offset: int",
    "Page": "class Page[T]:\n    items: list[T]\n    total: int\n    limit: int\n    offset: int",
    "Files": (
        "class Files:\n"
        "    def save(self, upload: Upload) -> StoredFile: ...\n"
        "    def write(self, filename: str, media_type: str, content: bytes) -> StoredFile: ...\n"
        "    def get(self, key: str) -> StoredFile: ...\n"
        "    def read(self, key: str) -> bytes: ...\n"
        "    def delete(self, key: str) -> None: ..."
    ),
    "Upload": (
        "class Upload:\n    filename: str\n    media_type: str\n    size: int\n"
        "    def read(self) -> bytes: ..."
    ),
    "StoredFile": (
        "class StoredFile:\n    key: str\n    filename: str\n    media_type: str\n    size: int"
    ),
}
_FUNCTIONS = (
    "select, col, func, and_, or_, not_, case  # of sqlmodel; write col(Row.field) in conditions\n"
    "def lock(session: Session, row: type[T], id: int) -> T: ...  # locked; NotFound if missing\n"
    "def get_or_404(session: Session, row: type[T], id: int) -> T: ...  # NotFound if missing\n"
    "def day_of(session: Session, column): ...  # the day of a moment, in a query"
)
_VISIBLE = (
    "def visible(row: type[T], user: {account}) -> Select[T]: ...  # what the caller may see\n"
    "def get_visible(session: Session, row: type[T], id: int, user: {account}) -> T: ..."
)


class Closure(Part):
    """What a function's contract names, and what those names mean."""

    tables: str = ""
    """Enums and rows, as classes."""
    types: str = ""
    """Types of requests and answers, as classes."""
    errors: str = ""
    """The errors that it may raise."""
    settings: str = ""
    """The settings that it reads."""
    functions: str = ""
    """The functions that it calls: header and docstring."""
    library: str = ""
    """What the service itself offers and the contract makes use of."""
    database: DatabaseSchema = DatabaseSchema()
    """The same tables and enums as data, for a model that reads no text."""

    @property
    def text(self) -> str:
        """All of it to be read."""
        parts = (
            self.tables, self.types, self.errors, self.settings, self.functions, self.library
        )  # fmt: skip
        return "\n\n".join(part for part in parts if part)


def closure_of(architecture: Architecture, definition: FunctionDefinition) -> Closure:
    """What `definition` names, with all that this names in turn."""
    callees = [
        found for name in definition.calls if (found := architecture.function(name)) is not None
    ]
    names: set[str] = set()
    for item in (definition, *callees):
        names |= names_in(item.return_type)
        for parameter in item.parameters:
            names |= names_in(parameter.type)
    tables = {*definition.reads, *definition.writes}
    types = _types(architecture, names, tables)
    rows = [table for table in architecture.database.tables if table.name in tables]
    enums = _enums(architecture, rows, names)
    return Closure(
        tables="\n\n".join(
            [*(enum_text(item) for item in enums), *(table_text(architecture, it) for it in rows)]
        ),
        types="\n\n".join(types),
        errors="\n".join(_errors(architecture, definition)),
        settings="\n".join(
            setting_text(item) for item in architecture.settings if item.name in definition.settings
        ),
        functions="\n\n".join(function_text(item) for item in callees),
        library="\n".join(_library(architecture, names, bool(tables))),
        database=DatabaseSchema(
            tables=tuple(rows), enums=tuple(enums), account=architecture.database.account
        ),
    )


def _types(architecture: Architecture, names: set[str], tables: set[str]) -> list[str]:
    """Texts of the types that are named, adding what they name to `names` and `tables`."""
    texts: dict[str, str] = {}
    objects = {item.name: item for item in architecture.types}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop(0)
        if name in texts:
            continue
        if found := objects.get(name):
            texts[name] = object_text(found)
            inner = {*found.variants, *(n for field in found.fields for n in names_in(field.type))}
            waiting += sorted(inner - names)
            names |= inner
        elif table := architecture.database.model(name):
            tables.add(table.name)
        else:
            for end in ("Create", "Update", "Read"):
                table = architecture.database.model(name.removesuffix(end))
                if name.endswith(end) and table is not None:
                    texts[name] = compiled_type_text(architecture, table, end)
                    names |= {column.enum for column in table.columns if column.enum}
    return [texts[name] for name in sorted(texts)]


def _enums(
    architecture: Architecture, rows: Iterable[DatabaseTable], names: set[str]
) -> list[EnumType]:
    used = {column.enum for table in rows for column in table.columns if column.enum} | names
    return [enum for enum in architecture.database.enums if enum.name in used]


def _errors(architecture: Architecture, definition: FunctionDefinition) -> list[str]:
    return [error_text(item) for item in architecture.errors if item.name in definition.raises]


def _library(architecture: Architecture, names: set[str], has_tables: bool) -> list[str]:
    texts = [text for name, text in _LIBRARY.items() if name in names]
    if has_tables and "Session" in names:
        texts.append(_FUNCTIONS)
    account = architecture.database.table(architecture.database.account or "")
    if account is not None and account.model in names:
        texts.append(_VISIBLE.format(account=account.model))
    return texts


def enum_text(enum: EnumType) -> str:
    """An enum as a class."""
    members = "\n".join(f"    {name} = {value!r}" for name, value in enum_members(enum).items())
    return f"class {enum.name}(StrEnum):{_comment(enum.description)}\n{members}"


def table_text(architecture: Architecture, table: DatabaseTable) -> str:
    """A table's rows as a class, with relations, constraints and what they raise."""
    lines = [f"class {table.model}:  # rows of {table.name}. {table.description}".rstrip(". ")]
    targets = {relation.column: relation.target for relation in table.relations if relation.column}
    for column in table.all_columns:
        target = targets.get(column.name)
        note = f"refers to {target}.id" if target else ""
        lines.append(f"    {_column_text(column, note)}")
    for relation in table.relations:
        row = architecture.database.table(relation.target)
        if row is not None:
            many = relation.cardinality is Cardinality.MANY_TO_MANY
            name = attribute(relation.name, relation=True)
            key = table.column(relation.column) if relation.column else None
            one = f"{row.model} | None" if key is not None and key.nullable else row.model
            lines.append(f"    {name}: {f'list[{row.model}]' if many else one}")
    for constraint in table.constraints:
        what = ", ".join(constraint.columns) or constraint.description or constraint.name
        lines.append(f"    # {constraint.kind} ({what}): raises {constraint.error}")
    return "\n".join(lines)


def column_type(column: Column) -> str:
    """A column's type as a Python annotation."""
    plain = column.enum or "str" if column.type is ColumnType.ENUM else PYTHON_TYPES[column.type]
    return f"{plain} | None" if column.nullable else plain


def _column_text(column: Column, note: str = "") -> str:
    notes = [note] if note else []
    if column.default is not None:
        notes.append(f"default {json.dumps(column.default)}")
    if column.unique:
        notes.append(f"unique, else {column.error}" if column.error else "unique")
    notes += [f"scale {column.scale}"] if column.scale is not None else []
    notes += _bounds(column)
    notes += [f"format {column.format}"] if column.format else []
    if column.description:
        notes.append(column.description)
    name = attribute(column.name)
    if name != column.name:
        notes.insert(0, f"called {column.name} in requests and answers")
    return f"{name}: {column_type(column)}{_comment('; '.join(notes))}"


def _bounds(item: Column | TypeField) -> list[str]:
    """What narrows the values of a column, or of a field."""
    beyond = {"minimum": "more than", "maximum": "less than"}
    found: list[str] = []
    for name in ("minimum", "maximum", "min_length", "max_length"):
        value = getattr(item, name)
        if value is not None:
            exclusive = getattr(item, f"exclusive_{name}", False)
            found.append(f"{beyond[name] if exclusive else name} {value}")
    return found


def _comment(text: str) -> str:
    return f"  # {' '.join(text.split())}" if text else ""


def compiled_type_text(architecture: Architecture, table: DatabaseTable, end: str) -> str:
    """`BookCreate`, `BookUpdate` or `BookRead` as a class."""
    columns, ties = shown_columns(table), ties_of(architecture.database, table)
    if end == "Create":
        columns = sent_columns(architecture, table)
        ties = sent_ties(architecture, table, DerivedOperation.CREATE)
    if end == "Update":
        columns = changed_columns(architecture, table)
        ties = sent_ties(architecture, table, DerivedOperation.UPDATE)
    lines = [f"class {table.model}{end}:"]
    lines += [f"    {_column_text(column)}" for column in columns]
    lines += [f"    {tie.field}: list[int]{_comment(tie.description)}" for tie in ties]
    if end == "Update":
        # Their types say what may be sent; a comparison with None would be refused as needless.
        lines[0] += (
            '  # what was sent: model_dump(exclude_unset=True), or "name" in body.model_fields_set;'
            " anything else reads as None"
        )
    if end == "Read":
        lines += [f"    {attribute(item.name)}: {item.type}" for item in table.computed]
    return "\n".join(lines if len(lines) > 1 else [*lines, "    ..."])


def object_text(item: ObjectType) -> str:
    """An object type as a class, or a choice between some as an alias."""
    if item.variants:
        told = f"told apart by {item.discriminator}. {item.description}"
        return f"{item.name} = {' | '.join(item.variants)}{_comment(told)}"
    lines = [f"class {item.name}:{_comment(item.description)}"]
    for field in item.fields:
        default = f" = {field.default!r}" if field.optional else ""
        empty = field.optional and field.default is None and "None" not in field.type
        kind = f"{field.type} | None" if empty else field.type
        notes = [*_bounds(field), *([field.description] if field.description else [])]
        lines.append(f"    {attribute(field.name)}: {kind}{default}{_comment('; '.join(notes))}")
    return "\n".join(lines)


def error_text(error: ErrorType) -> str:
    """An error as the head of its class."""
    return f"class {error.name}({error.base}): ...{_comment(error.title)}"


def setting_text(setting: Setting) -> str:
    """A setting as an attribute of `settings`."""
    return f"settings.{setting.name}: {setting.type}{_comment(setting.description)}"


def function_text(definition: FunctionDefinition) -> str:
    """A function's header and docstring, without a body."""
    word = "async def" if definition.is_async else "def"
    raises = f"\n\n    Raises {', '.join(definition.raises)}." if definition.raises else ""
    return (
        f"{word} {definition.name}({definition.input_type}) -> {definition.return_type}:\n"
        f'    """{definition.description}{raises}\n    """'
    )
