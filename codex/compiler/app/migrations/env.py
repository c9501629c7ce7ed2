"""Alembic's way in: runs the migrations on the connection that `app.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

import app.models  # noqa: F401 fills the metadata
from app.columns import TableModel


def run() -> None:
    """Run the migrations in the transaction that is open."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=TableModel.metadata,
        transactional_ddl=True,
        compare_type=True,
    )
    context.run_migrations()


run()
