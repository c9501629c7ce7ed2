"""What is put into the sandbox for a pair of Architectures, and what must be seen there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import ColumnType
from codex.compiler import compile_service, migrations
from codex.compiler.format import format_sources
from codex.compiler.migration_changes import schema_change
from codex.compiler.physical import StoredColumn, StoredTable, stored_tables

ROWS = 4


def tree(old: Architecture, new: Architecture) -> dict[str, str]:
    """The new service with the old one's first migration and the one between them."""
    service = compile_service(new)
    files = {item.path: item.content for item in service.files if item.path.startswith("app/")}
    files = {path: text for path, text in files.items() if "/versions/" not in path}
    for path in ("decimals.py", "columns.py", "database.py", "integrity.py", "migrate.py"):
        files.setdefault(f"app/{path}", _fixed(path))
    for name in ("env.py", "changes.py"):
        files.setdefault(f"app/migrations/{name}", _fixed(f"migrations/{name}"))
    first = migrations.first_migration(old)
    assert first is not None
    between = migrations.migration(old, new)
    assert between is not None
    versions = {item.path: item.text for item in (first, between.rendered)}
    files |= format_sources(versions, "[tool.ruff]\nline-length = 100\n")
    files["world.json"] = json.dumps(
        {
            "old": [table_spec(table) for table in stored_tables(old)],
            "new": [table_spec(table) for table in stored_tables(new)],
            "rows": rows(old),
        }
    )
    return files


def _fixed(path: str) -> str:
    from codex.compiler.fixed import source

    return source(path)


def table_spec(table: StoredTable) -> dict[str, Any]:
    """What the runner has to know of a table."""
    return {
        "name": table.name,
        "columns": [asdict(column) | {"type": column.type.value} for column in table.columns],
    }


def rows(architecture: Architecture) -> dict[str, list[dict[str, Any]]]:
    """Some rows of every table, with references to each other, and empty values."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in stored_tables(architecture):
        document = architecture.database.table(table.name)
        targets = {key.column: key.target for key in table.foreign_keys}
        alone = {item.columns[0] for item in table.uniques if len(item.columns) == 1}
        made: list[dict[str, Any]] = []
        for number in range(1, ROWS + 1):
            row: dict[str, Any] = {}
            for place, column in enumerate(table.columns):
                if column.name in targets:
                    late = targets[column.name] not in found
                    row[column.name] = None if late and column.nullable else number
                elif column.nullable and number % 2 == 0 and column.name not in alone:
                    row[column.name] = None
                else:
                    described = document.column(column.name) if document else None
                    least = described.minimum if described else None
                    row[column.name] = value(column, number, least, place)
            made.append(row)
        found[table.name] = made
    return found


def value(column: StoredColumn, number: int, least: object = None, place: int = 0) -> Any:
    """A value of the column, another one for each number."""
    if column.name == "id":
        return number
    base = int(float(str(least))) + 1 if isinstance(least, int | float) else number
    match column.type:
        case ColumnType.ENUM:
            return column.values[-(number % len(column.values)) - 1]
        case ColumnType.STRING | ColumnType.TEXT | ColumnType.FILE:
            return f"{number}ü '{column.name}'\n\"x\""[: column.length]
        case ColumnType.INTEGER:
            return base + number if isinstance(least, int | float) else number
        case ColumnType.DECIMAL:
            return f"{base + number}.{'123456789'[: column.scale or 0]}".rstrip(".")
        case ColumnType.FLOAT:
            return base + number + 0.25
        case ColumnType.BOOLEAN:
            return number % 2 == 1
        case ColumnType.DATE:
            return f"2024-02-{number + 20}"
        case ColumnType.DATETIME:
            return f"2024-02-{number + 20}T{place % 24:02}:30:00.123456+00:00"
        case ColumnType.TIME:
            return f"0{number}:30:00.500000"
        case ColumnType.UUID:
            return f"00000000-0000-4000-8000-{number:012d}"
        case ColumnType.JSON:
            return {"a": [number, None, "ü"]}


def problems(old: Architecture, new: Architecture, seen: dict[str, Any]) -> list[str]:
    """What is not as it must be."""
    found = [f"differs from the models: {item}" for item in seen["differences"]]
    found += [f"broken: {item}" for item in seen["broken"]]
    if seen["before"] != seen["back"]:
        found += [f"not restored: {item}" for item in _unequal(seen["before"], seen["back"])]
    if not seen["same_shape"]:
        found.append(f"the way back leaves another shape: {seen['shapes']}")
    if not seen["same_shape_again"]:
        found.append("the second way there leaves another shape")
    if seen["again"] != {name: len(table) for name, table in seen["there"].items()}:
        found.append("the second way there leaves other rows")
    found += [f"left over: {name}" for name in seen["left"]]
    between = migrations.migration(old, new)
    assert between is not None
    return found + _lost(old, new, seen, between.losses)


def _unequal(one: Any, other: Any, path: str = "") -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [
            line for key in keys for line in _unequal(one.get(key), other.get(key), f"{path}.{key}")
        ]
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]


def _lost(
    old: Architecture, new: Architecture, seen: dict[str, Any], losses: Sequence[str]
) -> list[str]:
    """Values that are gone or changed, and not named among the losses."""
    change = schema_change(old, new)
    told = " | ".join(losses)
    gone = {table.name for table in change.removed}
    altered = {table.old_name: table for table in change.altered}
    found: list[str] = []
    for table in stored_tables(old):
        before = seen["before"][table.name]
        if table.name in gone:
            if f"{table.name}, which" not in told:
                found.append(f"table {table.name} is lost and not told")
            continue
        item = altered.get(table.name)
        name = item.name if item else table.name
        after = seen["there"][name]
        if not set(before) <= set(after):
            found.append(f"rows of {name} are lost")
            continue
        removed = {column.name for column in item.removed} if item else set[str]()
        retyped = {each.new.name: each.lossy for each in item.retyped} if item else {}
        filled = {column.name for column in item.tightened} if item else set[str]()
        for column in table.columns:
            now = item.renamed.get(column.name, column.name) if item else column.name
            if now in removed or retyped.get(now):
                if f"{name}.{now}" not in told:
                    found.append(f"{name}.{now} is lost and not told")
                continue
            for number, row in before.items():
                was, is_now = row[column.name], after[number][now]
                if was is None and now in filled:
                    continue
                if now in retyped:
                    continue  # its own tests look at the values
                if was != is_now:
                    found.append(f"{name}.{now} of row {number}: {was!r} became {is_now!r}")
    return found
