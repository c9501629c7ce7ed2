"""Migrations: the first one of an Architecture, and the one from an Architecture to another."""

from __future__ import annotations

from dataclasses import dataclass, replace

from codex.common.documents.architecture import Architecture
from codex.compiler.migration_difference import Direction, Steps
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


@dataclass(frozen=True)
class Migration:
    """The migration from one Architecture to another."""

    rendered: Rendered
    losses: tuple[str, ...]
    """What has no place in the new tables; each is kept beside them, or dropped for good."""
    made_up: tuple[str, ...]
    """Columns whose older rows got a value that nobody named."""
    losses_back: tuple[str, ...]
    """What is lost on the way back."""


def migration(old: Architecture, new: Architecture, number: int = 2) -> Migration | None:
    """The migration from `old` to `new`, called by `number`; None where no table changes."""
    revision, before = f"{number:04}", f"{number - 1:04}"
    there = Direction(old, new, revision)
    change = there.change
    if not (change.created or change.removed or change.altered):
        return None
    up = there.write()
    down = Direction(new, old, revision, there).write()
    module = Module(f"{FOLDER}/{revision}_{_slug(there)}.py", _about(revision, before, up, down))
    module.imports.plain_as("sqlalchemy", "sa")
    module.use("alembic", "op")
    for helper in sorted(up.helpers | down.helpers):
        module.use("app.migrations.changes", helper)
    body = "\n".join((*up.lines, *down.lines))
    if "postgresql.JSONB" in body:
        module.use("sqlalchemy.dialects", "postgresql")
    if "on_sqlite()" in body:
        module.use("app.migrations.changes", "on_sqlite")
    module.add("fixed", _revision(revision, before))
    module.add("fixed", _function("upgrade", "Change the tables.", up.lines or ["pass"]))
    module.add("fixed", _function("downgrade", "Change them back.", down.lines or ["pass"]))
    rendered = module.render()
    if "sa." not in body:
        rendered = replace(
            rendered,
            text=rendered.text.replace("import sqlalchemy as sa\n", ""),
            elements=rendered.elements[1:],
        )
    return Migration(rendered, tuple(up.losses), tuple(up.made_up), tuple(down.losses))


def _slug(direction: Direction) -> str:
    """A few words for the file's name: the first table that changes."""
    change = direction.change
    if change.created:
        return f"add_{change.created[0].name}"
    if change.altered:
        return f"change_{change.altered[0].name}"
    return f"drop_{change.removed[0].name}"


def _about(revision: str, before: str, up: Steps, down: Steps) -> str:
    lines = ["Change the tables.", "", f"Revision: {revision}, after {before}"]
    for title, items in (
        ("LOSES, since the new tables have no place for it:", up.losses),
        ("MAKES UP values of older rows for:", up.made_up),
        ("Going back loses:", down.losses),
    ):
        if items:
            lines += ["", title, *(f"- {item}" for item in items)]
    return "\n".join(lines)


def _revision(revision: str, down_revision: str | None) -> str:
    before = f'"{down_revision}"' if down_revision else "None"
    return (
        f'revision = "{revision}"\ndown_revision: str | None = {before}\n'
        "branch_labels: None = None\ndepends_on: None = None"
    )


def _function(name: str, what: str, lines: list[str]) -> str:
    body = "\n".join(lines)
    return f'def {name}() -> None:\n    """{what}"""\n' + indent(body)
