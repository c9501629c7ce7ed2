"""A module's routes: the draft stands; requirements without operations are served by the schema."""

from __future__ import annotations

from codex.blueprint.module_routes import RoutesPatch, ServedBySchema
from codex.chains.architect.routes import RoutesInputs
from codex.common.documents.specification import Requirement


def routes(inputs: RoutesInputs) -> RoutesPatch:
    """Nothing to change in the routes."""
    routed = {item for route in inputs.draft for item in route.requirements}
    return RoutesPatch(
        served_by_schema=tuple(
            ServedBySchema(requirement=item.id, part=_part(item, inputs))
            for item in inputs.requirements
            if item.id in inputs.answerable and item.id not in routed
        )
    )


def _part(requirement: Requirement, inputs: RoutesInputs) -> str:
    """What serves a requirement that asks for no operation."""
    accounts = requirement.feature.lower() in {"accounts", "account", "users", "access"}
    if accounts and inputs.brief.account is not None:
        return "accounts"
    for table in inputs.database.tables:
        if table.name.replace("_", " ") == requirement.feature.lower():
            return table.name
    return "service"
