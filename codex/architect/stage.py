"""The stage: four questions deep, however many routes there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from codex.architect.inputs import Surface, module_inputs
from codex.architect.join import architecture_of, joined_routes
from codex.architect.questions import Questions, questions_of
from codex.architect.revise import Standing
from codex.architect.size import Size, size_of
from codex.blueprint.assemble import Assembled
from codex.blueprint.brief import Brief
from codex.blueprint.closure import settings_of
from codex.blueprint.database import Database, drafted
from codex.blueprint.join import Joined
from codex.blueprint.module_routes import RoutesPatch
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
    specification: Specification,
    *,
    services: Services,
    approve: Approve | None = None,
    previous: Architecture | None = None,
) -> Architecture:
    """How the service is built, complete enough that each function can be written on its own.

    With `previous`, the Architecture of an earlier form of the specification, only what rests on
    something that has changed is asked, each answer is a patch, and all else keeps its bytes.
    `approve` is shown the size and price of all that is planned before anything fans out; when it
    says no, the stage ends with `BudgetReached`, and what was answered so far is kept.
    """
    await services.events.append(StageStarted(stage="architect"))
    started = time.monotonic()
    joined = Joined()
    brief = Brief.of(specification)
    standing = Standing.of(previous, brief) if previous is not None else None
    surface = await _surface(brief, services, joined, standing)
    asked = questions_of(surface, standing)
    if approve is not None and not await approve(size_of(surface, asked, services)):
        raise BudgetReached(
            "What is planned was refused, so nothing more was asked.",
            "Raise the limit or shorten the request; what was answered is not asked again.",
        )
    drawn, played = await _both(_drawn(asked, services), _played(asked, services))
    result = architecture_of(specification, surface, drawn, played, joined, previous)
    seconds = round(time.monotonic() - started, 3)
    await services.events.append(StageFinished(stage="architect", seconds=seconds))
    return result


async def _surface(
    brief: Brief, services: Services, joined: Joined, standing: Standing | None
) -> Surface:
    """Database, modules, routes: three questions, each needing the answer before it."""
    schema = await _database(brief, services, standing)
    joined.mends += schema.mends
    plan = await _modules(brief, schema, services, standing)
    homes = {table: module.name for module in plan for table in module.tables}
    drafts = draft_routes(brief, schema.schema, homes)
    joined.mends += drafts.mends
    if standing is not None:
        surface = standing.rebased(drafts, brief, schema)
    else:
        surface = Surface(
            brief=brief,
            database=schema.schema,
            routes=drafts.routes,
            types=drafts.types,
            errors=patched(schema.errors, drafts.errors, lambda error: error.name),
            settings=settings_of(brief.parameters),
        )
    inputs = {f"routes:{item.name}": module_inputs(item, plan, surface) for item in plan}
    patches = await _patches(inputs, services, standing)
    parts = {
        Module(name=item.name, description=item.description): routes.made(*patch)
        for item, patch in zip(plan, patches, strict=True)
    }
    whole = joined_routes(surface, parts, joined)
    return standing.joined(whole, surface) if standing is not None else whole


async def _patches(
    inputs: dict[str, routes.RoutesInputs], services: Services, standing: Standing | None
) -> list[tuple[routes.RoutesInputs, RoutesPatch]]:
    """What must change in each module; where it stands, only those that something touches."""
    if standing is not None:
        inputs = {
            place: standing.routes_inputs(item, first=number == 0)
            for number, (place, item) in enumerate(inputs.items())
        }
    asked = {p: i for p, i in inputs.items() if standing is None or standing.touches(i)}
    answers = await fan_out(routes.CHAIN, asked, services)
    found = dict(zip(asked, answers, strict=True))
    return [(item, found.get(place, RoutesPatch())) for place, item in inputs.items()]


async def _database(brief: Brief, services: Services, standing: Standing | None) -> Database:
    if standing is not None:
        inputs = standing.database_inputs(brief)
    else:
        draft = drafted(brief)
        inputs = database.DatabaseInputs(
            brief=brief.without_quotes(), draft=draft.schema, errors=tuple(draft.errors)
        )
    if standing is not None and inputs is None:
        return standing.database
    assert inputs is not None
    patch = await run(database.CHAIN, inputs, services, place="database")
    return database.made(inputs, patch)


async def _modules(
    brief: Brief, schema: Database, services: Services, standing: Standing | None
) -> tuple[modules.ModulePlan, ...]:
    linked = {relation.through for table in schema.schema.tables for relation in table.relations}
    inputs = modules.ModulesInputs(
        title=brief.title,
        summary=brief.summary,
        features=brief.features,
        requirements=brief.without_quotes().requirements,
        tables=tuple(table for table in schema.schema.tables if table.name not in linked),
    )
    if standing is not None:
        inputs = inputs.model_copy(update={"standing": standing.placed(inputs)})
        if not any(modules.check(inputs, modules.ModulesAnswer(modules=()))):
            return modules.made(inputs, modules.ModulesAnswer(modules=()))
    return modules.made(inputs, await run(modules.CHAIN, inputs, services, place="modules"))


async def _drawn(asked: Questions, services: Services) -> list[Assembled]:
    """The functions of every route that needs some, all at once; first those that stand."""
    answers = await fan_out(code_graph.CHAIN, asked.graphs, services)
    made = [code_graph.made(i, o) for i, o in zip(asked.graphs.values(), answers, strict=True)]
    return [*map(Assembled, asked.kept_graphs), *made]


async def _played(asked: Questions, services: Services) -> list[Scenario]:
    """The scenarios of every requirement with criteria, all at once, in the requirements' order."""
    answers = await fan_out(scenarios.CHAIN, asked.plays, services)
    played = [
        scenario
        for inputs, answer in zip(asked.plays.values(), answers, strict=True)
        for scenario in as_scenarios(scenarios.made(inputs, answer), inputs.requirement)
    ]
    order = {item.id: number for number, item in enumerate(asked.requirements)}
    return sorted([*asked.kept_scenarios, *played], key=lambda item: order[item.requirement])


async def _both(one: Awaitable[A], other: Awaitable[B]) -> tuple[A, B]:
    """Both results; when one fails the other still ends, so that what it answered is kept."""
    first, second = await asyncio.gather(one, other, return_exceptions=True)
    for result in (first, second):
        if isinstance(result, BaseException):
            raise result
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    return first, second
