"""Names in generated code: which are taken, which cannot be compiled, and what others become."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import NAME_LIMIT, attribute, is_reserved
from codex.common.documents.codegraph import CONTEXT
from codex.common.documents.schema import DatabaseTable, EnumType, Relation
from codex.common.errors import DocumentError
from codex.compiler.source import is_builtin

# Words that SQL reserves in Postgres or SQLite; quoting one too many does no harm.
SQL_WORDS = frozenset(
    """
    abort action add after all alter analyse analyze and any array as asc asymmetric attach
    authorization autoincrement before begin between binary both by cascade case cast check
    collate collation column commit concurrently conflict constraint create cross current
    current_catalog current_date current_role current_schema current_time current_timestamp
    current_user cursor database default deferrable deferred delete desc detach distinct do drop
    each else end escape except exclude exclusive exists explain fail false fetch filter first
    following for foreign freeze from full generated glob grant group groups having if ignore
    ilike immediate in index indexed initially inner insert instead intersect into is isnull join
    key last lateral leading left like limit localtime localtimestamp match materialized natural
    no not nothing notnull null nulls of offset on only or order others outer over overlaps
    partition placing plan pragma preceding primary query raise range recursive references regexp
    reindex release rename replace restrict returning right rollback row rows savepoint select
    session_user set similar some symmetric system_user table tablesample temp temporary then
    ties to trailing transaction trigger true unbounded union unique update user using vacuum
    values variadic verbose view virtual when where window with without
    """.split()  # noqa: SIM905 a word list reads better as words
)

# Tables that every service with accounts has, and the table of Alembic.
SERVICE_TABLES = frozenset({"alembic_version", "auth_sessions", "auth_failures"})
SERVICE_MODELS = frozenset({"AuthSession", "AuthFailure"})

# Room for `uq_` and the like before a table's name.
TABLE_NAME_LIMIT = NAME_LIMIT - 4


def taken_names(architecture: Architecture) -> frozenset[str]:
    """Every class that the service defines for the documents; imports must not hide one."""
    names = {enum.name for enum in architecture.database.enums}
    names |= {item.name for item in architecture.types}
    names |= {error.name for error in architecture.errors}
    for table in architecture.database.tables:
        names |= {table.model, *(f"{table.model}{end}" for end in ("Create", "Update", "Read"))}
    return frozenset(names)


def check_names(architecture: Architecture) -> None:
    """Refuse, by a `DocumentError` that names the elements, what cannot be compiled."""
    problems = [*_class_problems(architecture), *_problems(architecture)]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise DocumentError(f"{problems[0]}{more}", "Give it another name.")


def _class_problems(architecture: Architecture) -> Iterator[str]:
    """Classes of the documents that would hide what Python has itself."""
    classes = {
        **{enum.name: "enum" for enum in architecture.database.enums},
        **{item.name: "type" for item in architecture.types},
        **{error.name: "error" for error in architecture.errors},
        **{
            table.model: f"table {table.name!r} has class" for table in architecture.database.tables
        },
    }
    for name, what in classes.items():
        if is_builtin(name):
            yield f"{what} {name!r}, a name that Python uses itself"


def _problems(architecture: Architecture) -> Iterator[str]:
    modules: dict[str, str] = {}
    for table in architecture.database.tables:
        yield from _table_problems(table)
        other = modules.setdefault(model_module(table), table.name)
        if other != table.name:
            yield f"tables {other!r} and {table.name!r} have classes that differ in capitals only"


def _table_problems(table: DatabaseTable) -> Iterator[str]:
    me = f"table {table.name!r}"
    if table.name in SERVICE_TABLES or table.name.startswith("sqlite_"):
        yield f"{me} has the name of a table that every service has"
    if len(table.name) > TABLE_NAME_LIMIT:
        yield f"{me} has a name of more than {TABLE_NAME_LIMIT} characters"
    if table.model in SERVICE_MODELS:
        yield f"{me} has class {table.model!r}, a name that every service uses itself"


def member_names(table: DatabaseTable) -> list[str]:
    """Every attribute of the table's rows that the table itself defines."""
    names = [attribute(column.name) for column in table.all_columns]
    names += [attribute(relation.name, relation=True) for relation in table.relations]
    return names + [attribute(computed.name) for computed in table.computed]


def key_of(relation: Relation) -> str:
    """The attribute that holds the relation's foreign key."""
    assert relation.column is not None
    return attribute(relation.column)


def snake(name: str) -> str:
    """`order_item` for `OrderItem`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower()


def row_name(noun: str) -> str:
    """A variable that holds a row of what `noun` names: `class_row`, since Python has `class`."""
    return f"{noun}_row" if is_builtin(noun) or noun in CONTEXT else noun


# Modules of `app.models` and `app.types` that hold no table.
_OTHER_MODULES = frozenset({"enums", "auth", "objects"})


def model_module(table: DatabaseTable) -> str:
    """The module of `app.models` and `app.types` that holds the table's class."""
    name = snake(table.model)
    return f"{name}_" if is_reserved(name) or name in _OTHER_MODULES else name


# Letters that do not come apart into a plain one and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)


def enum_members(enum: EnumType) -> dict[str, str]:
    """The members of an enum's class with their values, in order."""
    members: dict[str, str] = {}
    for number, value in enumerate(enum.values, 1):
        # The table of Unicode 3.2 is the same in every Python.
        spelled = unicodedata.ucd_3_2_0.normalize("NFKD", value.translate(_LETTERS))
        plain = spelled.encode("ascii", "ignore").decode()
        name = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").upper()
        if not name:
            name = f"VALUE_{number}"
        elif name[0].isdigit():
            name = f"VALUE_{name}"
        while name in members or is_reserved(name):
            name = f"{name}_{number}"
        members[name] = value
    return members


def enum_member(enum: EnumType, value: object) -> str:
    """`OrderStatus.OPEN` for the value `open`."""
    return next(f"{enum.name}.{name}" for name, each in enum_members(enum).items() if each == value)


def shortened(name: str) -> str:
    """`name`, cut so that every database takes it, and still one of its kind."""
    if len(name) <= NAME_LIMIT:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: NAME_LIMIT - 9]}_{mark}"


def quoted(name: str) -> str:
    """A column's name as SQL text."""
    return f'"{name}"' if name in SQL_WORDS else name
