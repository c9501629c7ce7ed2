"""Migrations: the first one of an Architecture, and the one from an Architecture to another."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.compiler.migration_text import (
    add_key,
    create_table,
    differs_by_dialect,
    late_keys,
    uses_json,
)
from codex.compiler.physical import stored_tables
from codex.compiler.source import Module, Rendered, indent

FOLDER = "app/migrations/versions"
FIRST = "0001"


def first_migration(architecture: Architecture) -> Rendered | None:
    """The migration that creates every table; None where there is none."""
    tables = stored_tables(architecture)
    if not tables:
        return None
    module = Module(f"{FOLDER}/{FIRST}_initial.py", f"Create every table.\n\nRevision: {FIRST}")
    module.imports.plain_as("sqlalchemy", "sa")
    module.use("alembic", "op")
    if uses_json(tables):
        module.use("sqlalchemy.dialects", "postgresql")
    if differs_by_dialect(tables):
        module.use("app.migrations.changes", "on_sqlite")
    module.add("fixed", _revision(FIRST, None))
    late = late_keys(tables)
    names = frozenset(key.name for keys in late.values() for key in keys)
    up = [line for table in tables for line in create_table(table, names)]
    up += [add_key(table, key) for table, keys in late.items() for key in keys]
    # In a circle no order is right; then the keys go first.
    down = [
        f'with op.batch_alter_table("{table}") as batch:\n'
        f'    batch.drop_constraint(op.f("{key.name}"), type_="foreignkey")'
        for table, keys in late.items()
        for key in keys
    ]
    down += [f'op.drop_table("{table.name}")' for table in reversed(tables)]
    module.add("fixed", _function("upgrade", "Create the tables.", up))
    module.add("fixed", _function("downgrade", "Drop the tables and all that is in them.", down))
    return module.render()


def _revision(revision: str, down_revision: str | None) -> str:
    before = f'"{down_revision}"' if down_revision else "None"
    return (
        f'revision = "{revision}"\ndown_revision: str | None = {before}\n'
        "branch_labels: None = None\ndepends_on: None = None"
    )


def _function(name: str, what: str, lines: list[str]) -> str:
    body = "\n".join(lines)
    return f'def {name}() -> None:\n    """{what}"""\n' + indent(body)
