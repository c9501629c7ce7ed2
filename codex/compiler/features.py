"""What a service needs beyond answering requests: the regions and files that it gets."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.schema import ColumnType
from codex.compiler.accounts import account_features
from codex.compiler.fixed import DATABASE, DECIMALS, FILES, JOBS, PORTS, TIES


def features(architecture: Architecture) -> frozenset[str]:
    """What the service needs beyond answering requests."""
    found: set[str] = set()
    if architecture.database.tables or _uses(architecture, "session"):
        found.add(DATABASE)
    found |= account_features(architecture)
    columns = [column for table in architecture.database.tables for column in table.columns]
    if any(column.type is ColumnType.DECIMAL for column in columns):
        found.add(DECIMALS)
    if any(column.type is ColumnType.FILE for column in columns) or _uses(architecture, "files"):
        found.add(FILES)
    if any(
        route.request == "Upload" or route.success.kind == "file" for route in architecture.routes
    ):
        found.add(FILES)
    if any(item.ids for table in architecture.database.tables for item in table.relations):
        found.add(TIES)
    if architecture.jobs:
        found.add(JOBS)
    if architecture.ports:
        found.add(PORTS)
    return frozenset(found)


def _uses(architecture: Architecture, name: str) -> bool:
    return any(
        parameter.name == name for item in architecture.functions for parameter in item.parameters
    )
