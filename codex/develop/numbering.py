"""Ids of a case's rows: no two tables have one in common, so that whoever mixes them up is seen.

An example counts the rows of each table from 1. Where every number in it that is an id can be told
from its place, the case gets other ids: what is `1` in one table is 1001 there and 3001 in another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.schema import DatabaseSchema
from codex.compiler.rows import references

APART = 1000
_ID = re.compile(r"^(.*?)_?ids?$")
# A number by itself: not part of a date, a decimal or a word.
_NUMBER = re.compile(r"(?<![\w.:-])[1-9][0-9]?(?![\w:-]|\.[0-9])")


def numbered_apart(database: DatabaseSchema, example: Example) -> tuple[Example, dict[str, int]]:
    """The example with ids that differ between tables, and the first id of each table.

    No table has a first id where an id could stand in a place that does not tell whose it is.
    """
    owners = _owners(database)
    if _says_more(dict(example.args), "", owners) or _mentions(example.returns):
        return example, {}
    first = {table.name: place * APART + 1 for place, table in enumerate(database.tables, 1)}
    moved = {
        "args": {name: _moved(value, name, owners, first) for name, value in example.args.items()},
        "given": _moved_rows(database, example.given, first),
        "then": _moved_rows(database, example.then, first),
    }
    return example.model_copy(update=moved), first


def same_row(wanted: int, observed: int, first: Mapping[str, int]) -> bool:
    """Whether `observed` is the id of a row that a bare number in an example may stand for."""
    return 0 < wanted < APART and any(observed == start + wanted - 1 for start in first.values())


def _owners(database: DatabaseSchema) -> dict[str, str]:
    """What stands before `_id` in a name, and the table that is meant, where that is clear."""
    found: dict[str, set[str]] = {}
    for table in database.tables:
        model = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", table.model).lower()
        found.setdefault(model, set()).add(table.name)
        for column, target in references(table).items():
            found.setdefault(column.removesuffix("_id"), set()).add(target)
    return {name: tables.pop() for name, tables in found.items() if len(tables) == 1}


def _says_more(value: JsonValue, name: str, owners: Mapping[str, str]) -> bool:
    """Whether a number may be an id, and its name does not tell of which table."""
    match value:
        case dict():
            return any(_says_more(item, key, owners) for key, item in value.items())
        case list():
            return any(_says_more(item, name, owners) for item in value)
        case bool():
            return False
        case int():
            found = _ID.match(name)
            return found[1] not in owners if found else name.removesuffix("s") in owners
        case _:
            return False


def _mentions(value: JsonValue) -> bool:
    """Whether a number stands where an id may be written into it: a text, the key of a mapping."""
    match value:
        case dict():
            return any(key.isdigit() or _mentions(item) for key, item in value.items())
        case list():
            return any(_mentions(item) for item in value)
        case str():
            return ROW_REFERENCE.match(value) is None and bool(_NUMBER.search(value))
        case _:
            return False


def _moved(
    value: JsonValue, name: str, owners: Mapping[str, str], first: Mapping[str, int]
) -> JsonValue:
    match value:
        case dict():
            return {key: _moved(item, key, owners, first) for key, item in value.items()}
        case list():
            return [_moved(item, name, owners, first) for item in value]
        case int() if not isinstance(value, bool) and (found := _ID.match(name)):
            return _later(value, first[owners[found[1]]])
        case _:
            return value


def _moved_rows(
    database: DatabaseSchema,
    tables: Mapping[str, tuple[dict[str, JsonValue], ...]],
    first: Mapping[str, int],
) -> dict[str, tuple[dict[str, JsonValue], ...]]:
    moved: dict[str, tuple[dict[str, JsonValue], ...]] = {}
    for name, rows in tables.items():
        table = database.table(name)
        targets = {"id": name, **(references(table) if table else {})}
        moved[name] = tuple(
            {
                column: _later(value, first[targets[column]]) if column in targets else value
                for column, value in row.items()
            }
            for row in rows
        )
    return moved


def _later(value: JsonValue, start: int) -> JsonValue:
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value < APART
    return start + value - 1 if is_id and isinstance(value, int) else value
