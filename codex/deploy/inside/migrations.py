"""Migrations up, down, and up again; what is left after each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from world import TEMPLATE, read


def run(order: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Walk the whole way on the database of the job; keep an up-to-date one for the other jobs."""
    if not read("architecture.json")["database"]["tables"]:
        return {"problems": [], "tables": 0}
    from app.columns import TableModel
    from app.database import Database
    from app.migrate import downgrade, upgrade
    from sqlalchemy import inspect

    __import__("app.models")
    url = job.get("url") or order["url"].replace("NAME", job["name"])
    wanted = {name: _columns(table) for name, table in TableModel.metadata.tables.items()}
    problems: list[dict[str, Any]] = []
    database = Database(url)
    try:
        for number, step in enumerate(("up", "down", "up again")):
            if step == "down":
                downgrade(database, "base")
            else:
                upgrade(database)
            seen = inspect(database.engine)
            there = {
                name: {column["name"] for column in seen.get_columns(name)}
                for name in seen.get_table_names()
                if name != "alembic_version"
            }
            expected = {} if number == 1 else wanted
            lines = _differences(expected, there)
            problems += [{"message": f"after {step}: {line}"} for line in lines]
            if number == 0 and url.startswith("sqlite"):
                database.dispose()
                shutil.copy(url.removeprefix("sqlite:///"), TEMPLATE)
                Path(f"{TEMPLATE}-wal").unlink(missing_ok=True)
    finally:
        database.dispose()
    return {"problems": problems, "tables": len(wanted)}


def _columns(table: Any) -> set[str]:
    return {column.name for column in table.columns}


def _differences(expected: dict[str, set[str]], there: dict[str, set[str]]) -> list[str]:
    lines = [f"the table {name} is missing" for name in sorted(expected.keys() - there.keys())]
    lines += [f"the table {name} is there" for name in sorted(there.keys() - expected.keys())]
    for name in sorted(expected.keys() & there.keys()):
        if odd := expected[name] ^ there[name]:
            lines.append(f"the columns of {name} differ: {', '.join(sorted(odd))}")
    return lines
