"""What one route, module or requirement needs to know of the rest: small and stable prompts."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.architecture import ErrorType, ObjectType, Setting
from codex.common.documents.rules import Aggregate, Change, Filter, Rule
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Parameter
from codex.common.documents.specification_checks import names_of_parameters
from codex.common.documents.typetext import names_in

SETTING_TYPES = {"integer": "int", "decimal": "Decimal", "boolean": "bool", "text": "str"}


def settings_of(parameters: Iterable[Parameter]) -> tuple[Setting, ...]:
    """The settings behind parameters: whoever runs the service may change each number."""
    return tuple(
        Setting(
            name=item.name,
            type=SETTING_TYPES[item.type],  # pyright: ignore[reportArgumentType] one of the five
            default=str(item.value) if item.type == "decimal" else item.value,
            parameter=item.name,
            description=item.description or item.quote,
        )
        for item in parameters
    )


def with_related(database: DatabaseSchema, names: Iterable[str]) -> set[str]:
    """`names`, the tables that they point to, and the links between them."""
    wanted = set(names)
    for table in database.tables:
        if table.name in wanted:
            for relation in table.relations:
                wanted |= {relation.target} | ({relation.through} if relation.through else set())
    return wanted


def restricted(database: DatabaseSchema, names: set[str]) -> DatabaseSchema:
    """Those tables of `database`, the account's included, and the enums that they use."""
    if database.account:
        names = names | {database.account}
    tables = tuple(table for table in database.tables if table.name in names)
    enums = {column.enum for table in tables for column in table.columns}
    return database.model_copy(
        update={
            "tables": tables,
            "enums": tuple(enum for enum in database.enums if enum.name in enums),
        }
    )


def tables_of_types(database: DatabaseSchema, texts: Iterable[str | None]) -> set[str]:
    """The tables whose rows or types some type expressions name."""
    found: set[str] = set()
    for text in texts:
        for name in names_in(text) if text else ():
            for ending in ("", "Create", "Update", "Read"):
                table = database.model(name.removesuffix(ending)) if name.endswith(ending) else None
                if table is not None:
                    found.add(table.name)
    return found


def tables_of_rule(rule: Rule | None) -> set[str]:
    """The tables that a rule names."""
    match rule:
        case Change():
            found = {rule.table, *(creation.table for creation in rule.create)}
            for guard in rule.guards:
                found |= {guard.table} | ({guard.count.table} if guard.count else set())
            return found
        case Filter() | Aggregate():
            return {rule.table}
        case _:
            return set()


def types_named(types: Iterable[ObjectType], texts: Iterable[str | None]) -> tuple[ObjectType, ...]:
    """The object types that type expressions name, and those that they are made of."""
    by_name = {item.name: item for item in types}
    wanted: list[str] = []
    waiting = [name for text in texts if text for name in sorted(names_in(text))]
    while waiting:
        name = waiting.pop(0)
        if name in wanted or name not in by_name:
            continue
        wanted.append(name)
        item = by_name[name]
        waiting += [n for field in item.fields for n in sorted(names_in(field.type))]
        waiting += list(item.variants)
    return tuple(item for name, item in by_name.items() if name in wanted)


def settings_used(settings: Iterable[Setting], *rules: object) -> tuple[Setting, ...]:
    """The settings that some rules read."""
    names: set[str] = set()
    for rule in rules:
        names |= names_of_parameters(rule)
    return tuple(item for item in settings if item.name in names)


def errors_named(errors: Iterable[ErrorType], names: Iterable[str]) -> tuple[ErrorType, ...]:
    """Those errors, in their order."""
    wanted = set(names)
    return tuple(item for item in errors if item.name in wanted)
