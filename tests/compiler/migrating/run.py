"""Runs inside of a service's tree: migrates there and back with rows in place."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from warnings import catch_warnings, simplefilter

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from app import models
from app.columns import JSON_VALUE, TableModel, UtcDateTime
from app.database import Database
from app.decimals import ExactDecimal
from app.migrate import downgrade, upgrade

assert models
TYPES: dict[str, Any] = {
    "integer": sa.BigInteger(),
    "boolean": sa.Boolean(),
    "float": sa.Float(),
    "date": sa.Date(),
    "datetime": UtcDateTime(),
    "time": sa.Time(),
    "uuid": sa.Uuid(),
    "json": JSON_VALUE,
}
READ: dict[str, Any] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.fromisoformat(text).astimezone(UTC),
    "time": time.fromisoformat,
    "uuid": UUID,
}


def typed(spec: dict[str, Any]) -> sa.Table:
    """A table that reads and writes Python's values."""
    columns = [
        sa.Column(
            item["name"],
            ExactDecimal(item["precision"], item["scale"])
            if item["type"] == "decimal"
            else TYPES.get(item["type"], sa.String()),
            primary_key=item["name"] == "id",
        )
        for item in spec["columns"]
    ]
    return sa.Table(spec["name"], sa.MetaData(), *columns)


def insert(connection: sa.Connection, spec: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Add the rows."""
    kinds = {item["name"]: item["type"] for item in spec["columns"]}
    values = [
        {
            name: value if value is None else READ.get(kinds[name], lambda item: item)(value)
            for name, value in row.items()
        }
        for row in rows
    ]
    for value in values:
        connection.execute(sa.insert(typed(spec)).values(value))
    if connection.dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('\"{spec['name']}\"', 'id')"
        connection.exec_driver_sql(f"SELECT setval({sequence}, {len(values)})")


def snapshot(database: Database, specs: list[dict[str, Any]]) -> dict[str, Any]:
    """Every row as text that can be compared."""
    found: dict[str, Any] = {}
    with database.engine.connect() as connection:
        for spec in specs:
            table = typed(spec)
            rows = connection.execute(sa.select(table).order_by(table.c.id)).mappings().all()
            found[spec["name"]] = {
                str(row["id"]): {name: spelled(value) for name, value in row.items()}
                for row in rows
            }
    return found


def spelled(value: Any) -> Any:
    """A value as JSON."""
    if value is None or isinstance(value, bool | int | float | str | dict | list):
        return value
    return value.isoformat() if isinstance(value, date | time) else str(value)


def shape(database: Database) -> dict[str, Any]:
    """Tables with their columns, constraints and indexes, as the database tells them."""
    inspector = sa.inspect(database.engine)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if name == "alembic_version":
            continue
        found[name] = {
            "columns": sorted(
                f"{item['name']} {item['type']!r} {item['nullable']}"
                for item in inspector.get_columns(name)
            ),
            "unique": sorted(
                f"{item['name']} {sorted(item['column_names'])}"
                for item in inspector.get_unique_constraints(name)
            ),
            "foreign": sorted(
                f"{item['name']} {item['constrained_columns']} {item['referred_table']}"
                f" {item['options']}"
                for item in inspector.get_foreign_keys(name)
            ),
            "check": sorted(str(item["name"]) for item in inspector.get_check_constraints(name)),
            "index": sorted(
                f"{item['name']} {item['column_names']} {item['unique']}"
                for item in inspector.get_indexes(name)
            ),
            "key": str(inspector.get_pk_constraint(name)["name"]),
        }
    return found


def differences(database: Database) -> list[str]:
    """How the database differs from the models."""
    with database.engine.connect() as connection, catch_warnings():
        simplefilter("ignore")  # tables in a circle cannot be sorted
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, TableModel.metadata)
    return [repr(item)[:300] for item in found if "kept_" not in repr(item)]


def broken(database: Database) -> list[str]:
    """Rows that refer to nothing, where the database tells."""
    if database.engine.dialect.name != "sqlite":
        return []
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        turned_on = connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one()
    return [str(tuple(row)) for row in rows] + ([] if turned_on else ["foreign keys are off"])


def main(url: str) -> None:
    """There and back, and there again."""
    world = json.loads(Path("world.json").read_text())
    database = Database(url)
    old, new = world["old"], world["new"]
    upgrade(database, "0001")
    with database.engine.begin() as connection:
        for spec in old:
            insert(connection, spec, world["rows"][spec["name"]])
    before, before_shape = snapshot(database, old), shape(database)
    upgrade(database)
    there, there_shape = snapshot(database, new), shape(database)
    seen = {"differences": differences(database), "broken": broken(database)}
    downgrade(database, "0001")
    back, back_shape = snapshot(database, old), shape(database)
    seen["broken"] += broken(database)
    upgrade(database)
    again = {name: len(rows) for name, rows in snapshot(database, new).items()}
    again_shape = shape(database)
    downgrade(database, "base")
    seen |= {
        "before": before,
        "there": there,
        "back": back,
        "again": again,
        "same_shape": before_shape == back_shape,
        "shapes": [] if before_shape == back_shape else [before_shape, back_shape],
        "same_shape_again": there_shape == again_shape,
        "left": sorted(shape(database)),
    }
    database.dispose()
    print("RESULT " + json.dumps(seen))


main(sys.argv[1])
