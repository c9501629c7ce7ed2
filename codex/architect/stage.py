"""The stage: five steps, each as deep as one call, however many routes there are."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable

from codex.architect.inputs import Surface, graph_inputs, module_inputs, scenario_inputs
from codex.architect.join import architecture_of, joined_routes
from codex.architect.size import Size, size_of
from codex.blueprint.brief import Brief
from codex.blueprint.closure import settings_of
from codex.blueprint.database import Database, drafted
from codex.blueprint.join import Joined
from codex.blueprint.patches import patched
from codex.blueprint.play import as_scenarios
from codex.blueprint.routes import draft_routes
from codex.chains.architect import code_graph, database, modules, routes, scenarios
from codex.chains.fan_out import fan_out
from codex.chains.runner import run
from codex.common.documents.architecture import Architecture, Module
from codex.common.documents.specification import Specification
from codex.common.errors import BudgetReached
from codex.common.events import StageFinished, StageStarted
from codex.common.services import Services

Approve = Callable[[Size], Awaitable[bool]]


async def architect(
    specification: Specification, *, services: Services, approve: Approve | None = None
) -> Architecture:
    """How the service is built, complete enough that each function can be written on its own.

    `approve` is shown the size and price of all that is planned before anything fans out; when it
    says no, the stage ends with `BudgetReached`, and what was answered so far is kept.
    """
    await services.events.append(StageStarted(stage="architect"))
    started = time.monotonic()
    joined = Joined()
    surface, served = await _surface(specification, services, joined)
    if approve is not None and not await approve(size_of(surface, services)):
        raise BudgetReached(
            "What is planned was refused, so nothing more was asked.",
            "Raise the limit or shorten the request; what was answered is kept and not asked again.",
        )
    drawn, shown = await _drawn(surface, services)
    name = re.sub(r"[^a-z0-9]+", "_", specification.title.lower()).strip("_")
    result = architecture_of(
        specification,
        surface,
        drawn,
        shown,
        served,
        joined,
        re.sub(r"^[^a-z]+", "", name)[:40].rstrip("_") or "service",
    )
    seconds = round(time.monotonic() - started, 3)
    await services.events.append(StageFinished(stage="architect", seconds=seconds))
    return result


async def _surface(
    specification: Specification, services: Services, joined: Joined
) -> tuple[Surface, dict[str, str]]:
    """Database, modules and routes: three questions deep."""
    brief = Brief.of(specification)
    schema = await _database(brief, services)
    joined.mends += schema.mends
    linked = {relation.through for table in schema.schema.tables for relation in table.relations}
    plan = await run(
        modules.CHAIN,
        modules.ModulesInputs(
            title=brief.title,
            summary=brief.summary,
            features=brief.features,
            requirements=brief.without_quotes().requirements,
            tables=tuple(table for table in schema.schema.tables if table.name not in linked),
        ),
        services,
        place="modules",
    )
    homes = {table: module.name for module in plan.modules for table in module.tables}
    drafts = draft_routes(brief, schema.schema, homes)
    joined.mends += drafts.mends
    errors = patched(schema.errors, drafts.errors, lambda error: error.name)
    settings = settings_of(brief.parameters)
    declared = (drafts.types, errors, settings)
    inputs = {
        f"routes:{item.name}": module_inputs(
            item, plan.modules, brief, schema.schema, drafts.routes, declared
        )
        for item in plan.modules
    }
    patches = await fan_out(routes.CHAIN, inputs, services)
    parts = [routes.made(i, o) for i, o in zip(inputs.values(), patches, strict=True)]
    served = {k: v for part in parts for k, v in part.served.items()}
    named = tuple(Module(name=item.name, description=item.description) for item in plan.modules)
    surface = joined_routes(brief, schema, named, parts, drafts.routes, settings, joined)
    return surface, served


async def _database(brief: Brief, services: Services) -> Database:
    draft = drafted(brief)
    inputs = database.DatabaseInputs(
        brief=brief.without_quotes(), draft=draft.schema, errors=tuple(draft.errors)
    )
    patch = await run(database.CHAIN, inputs, services, place="database")
    return database.made(inputs, patch)


async def _drawn(surface: Surface, services: Services) -> tuple[list, list]:
    """Functions and scenarios, all at once: one question deep."""
    graphs = {
        f"code_graph:{item.header.function_name}": graph_inputs(item, surface)
        for item in surface.drawn
    }
    plays = {
        f"scenarios:{item.id}": scenario_inputs(item, surface)
        for item in surface.brief.requirements
        if item.criteria
    }
    answers, played = await both(
        fan_out(code_graph.CHAIN, graphs, services), fan_out(scenarios.CHAIN, plays, services)
    )
    made = [code_graph.made(i, o) for i, o in zip(graphs.values(), answers, strict=True)]
    told = [
        scenario
        for inputs, output in zip(plays.values(), played, strict=True)
        for scenario in as_scenarios(output.scenarios, inputs.requirement)
    ]
    return made, told


async def both(one: Awaitable, other: Awaitable) -> tuple:
    """Both results; when one fails the other still ends, so that what it answered is kept."""
    results = await asyncio.gather(one, other, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return tuple(results)
