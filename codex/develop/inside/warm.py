"""Does once, before any case forks, what each of them would do again: mappers, dialect, schema.

It is imported by the warm interpreter, with the compiled service on the path. Nothing that a model
wrote is there yet.
"""

from __future__ import annotations

import asyncio  # noqa: F401 cases of async functions find it imported

import app.models
from app.columns import TableModel
from app.database import Database
from sqlalchemy.orm import configure_mappers
from sqlmodel import select


def warm() -> None:
    """Read every table of an empty database in memory."""
    configure_mappers()
    database = Database("sqlite://")
    TableModel.metadata.create_all(database.engine)
    with database.transaction(write=True) as session:
        for model in vars(app.models).values():
            if isinstance(model, type) and hasattr(model, "__table__"):
                session.exec(select(model).where(model.id == 0)).first()
                session.get(model, 0)
    database.dispose()


warm()
