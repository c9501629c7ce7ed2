"""The least there is: one table, no accounts."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import DatabaseTable
from tests.architectures.build import column, crud, service, text

NOTES = DatabaseTable(
    name="notes",
    model="Note",
    description="Something to remember.",
    columns=(
        text("title", 200, min_length=1, description="What it is about."),
        column("body", "text", nullable=True, description="The note itself."),
        column("pinned", "boolean", default=False),
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    routes = crud(
        NOTES, filters=("pinned",), search=("title", "body"), sorts=("title", "created_at")
    )
    return service("notes", "Notes", (NOTES,), routes)
