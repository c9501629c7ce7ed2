"""The database: the draft stands, since it follows from the entities."""

from __future__ import annotations

from codex.blueprint.patches import SchemaPatch
from codex.chains.architect.database import DatabaseInputs


def database(inputs: DatabaseInputs) -> SchemaPatch:  # noqa: ARG001 the draft says it all
    """Nothing to change."""
    return SchemaPatch()
