"""What migrations share."""

from alembic import op


def on_sqlite() -> bool:
    """Whether the database is SQLite."""
    return op.get_context().dialect.name == "sqlite"
