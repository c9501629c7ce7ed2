"""Runs inside a container of the service: stores a row of one table, or looks whether it is there.

`store [[MODEL, {column: value}], …]` answers `{MODEL: id}` of the first row that could be stored;
`find {MODEL: id}` answers the same for the rows that are there.
"""

import importlib
import json
import sys
from datetime import UTC, datetime
from typing import Any


def main(deed: str, told: str) -> None:
    """Do it and print the answer."""
    try:
        models = importlib.import_module("app.models")
        from app.database import Database
        from app.settings import Settings
    except ModuleNotFoundError:  # a service without a database
        print("{}")
        return
    database = Database(Settings().database_url)
    try:
        print(json.dumps({"store": store, "find": find}[deed](database, models, json.loads(told))))
    finally:
        database.dispose()


def store(database: Any, models: Any, rows: list[Any]) -> dict[str, int]:
    """The first row that the table's own rules accept."""
    for name, row in rows:
        model = getattr(models, name)
        now = datetime.now(UTC).isoformat()
        values = {key: now if value == "$now" else value for key, value in row.items()}
        try:
            with database.transaction(write=True) as session:
                made = model.model_validate(values)
                session.add(made)
                session.flush()
                return {name: made.id}
        except Exception as error:  # noqa: BLE001  a made-up row may break a rule; another table may take one
            print(f"{name}: {error}".splitlines()[0])
    return {}


def find(database: Any, models: Any, kept: dict[str, int]) -> dict[str, int]:
    """Which of them are there."""
    with database.transaction(write=False) as session:
        return {
            name: number
            for name, number in kept.items()
            if session.get(getattr(models, name), number) is not None
        }


main(*sys.argv[1:])
