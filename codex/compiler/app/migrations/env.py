"""Alembic's way in: runs the migrations on the connection that `app.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from app import models
from app.columns import TableModel

assert models, "importing the tables fills the metadata"


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
