"""The stage: four questions deep, however many routes there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from codex.architect.inputs import Surface, graph_inputs, module_inputs, scenario_inputs
from codex.architect.join import architecture_of, joined_routes
from codex.architect.size import Size, size_of
from codex.blueprint.assemble import Assembled
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
from codex.common.documents.scenario import Scenario
from codex.common.documents.specification import Specification
from codex.common.errors import BudgetReached
from codex.common.events import StageFinished, StageStarted
from codex.common.services import Services

A = TypeVar("A")
B = TypeVar("B")

Approve = Callable[[Size], Awaitable[bool]]
"""Is shown what is planned, and says whether to go on."""


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
    surface = await _surface(Brief.of(specification), services, joined)
    if approve is not None and not await approve(size_of(surface, services)):
        raise BudgetReached(
            "What is planned was refused, so nothing more was asked.",
            "Raise the limit or shorten the request; what was answered is not asked again.",
        )
    drawn, played = await _both(_drawn(surface, services), _played(surface, services))
    result = architecture_of(specification, surface, drawn, played, joined)
    seconds = round(time.monotonic() - started, 3)
    await services.events.append(StageFinished(stage="architect", seconds=seconds))
    return result


async def _surface(brief: Brief, services: Services, joined: Joined) -> Surface:
    """Database, modules, routes: three questions, each needing the answer before it."""
    schema = await _database(brief, services)
    joined.mends += schema.mends
    plan = await _modules(brief, schema, services)
    homes = {table: module.name for module in plan for table in module.tables}
    drafts = draft_routes(brief, schema.schema, homes)
    joined.mends += drafts.mends
    surface = Surface(
        brief=brief,
        database=schema.schema,
        routes=drafts.routes,
        types=drafts.types,
        errors=patched(schema.errors, drafts.errors, lambda error: error.name),
        settings=settings_of(brief.parameters),
    )
    inputs = {f"routes:{item.name}": module_inputs(item, plan, surface) for item in plan}
    patches = await fan_out(routes.CHAIN, inputs, services)
    parts = {
        Module(name=item.name, description=item.description): routes.made(asked, patch)
        for item, asked, patch in zip(plan, inputs.values(), patches, strict=True)
    }
    return joined_routes(surface, parts, joined)


async def _database(brief: Brief, services: Services) -> Database:
    draft = drafted(brief)
    inputs = database.DatabaseInputs(
        brief=brief.without_quotes(), draft=draft.schema, errors=tuple(draft.errors)
    )
    patch = await run(database.CHAIN, inputs, services, place="database")
    return database.made(inputs, patch)


async def _modules(
    brief: Brief, schema: Database, services: Services
) -> tuple[modules.ModulePlan, ...]:
    linked = {relation.through for table in schema.schema.tables for relation in table.relations}
    inputs = modules.ModulesInputs(
        title=brief.title,
        summary=brief.summary,
        features=brief.features,
        requirements=brief.without_quotes().requirements,
        tables=tuple(table for table in schema.schema.tables if table.name not in linked),
    )
    return (await run(modules.CHAIN, inputs, services, place="modules")).modules


async def _drawn(surface: Surface, services: Services) -> list[Assembled]:
    """The functions of every route that needs some, all at once."""
    inputs = {
        f"code_graph:{item.header.function_name}": graph_inputs(item, surface)
        for item in surface.drawn
    }
    answers = await fan_out(code_graph.CHAIN, inputs, services)
    return [code_graph.made(i, o) for i, o in zip(inputs.values(), answers, strict=True)]


async def _played(surface: Surface, services: Services) -> list[Scenario]:
    """The scenarios of every requirement with criteria, all at once."""
    inputs = {
        f"scenarios:{item.id}": scenario_inputs(item, surface)
        for item in surface.brief.requirements
        if item.criteria
    }
    answers = await fan_out(scenarios.CHAIN, inputs, services)
    return [
        scenario
        for asked, answer in zip(inputs.values(), answers, strict=True)
        for scenario in as_scenarios(answer.scenarios, asked.requirement)
    ]


async def _both(one: Awaitable[A], other: Awaitable[B]) -> tuple[A, B]:
    """Both results; when one fails the other still ends, so that what it answered is kept."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    for result in (first, second):
        if isinstance(result, BaseException):
            raise result
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    return first, second
