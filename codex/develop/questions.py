"""Questions about a contract: the Architect's addition, which from then on belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex.chains.architect import answer as answering
from codex.chains.chain import answer
from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, Example
from codex.common.documents.specification import Requirement
from codex.compiler.prerequisites import route_of

if TYPE_CHECKING:
    from codex.develop.work import Work
    from codex.develop.workshop import Workshop


@dataclass(frozen=True)
class Addition:
    """What the Architect adds to a contract."""

    text: str
    examples: tuple[Example, ...] = ()


async def ask_architect(shop: Workshop, work: Work, question: str) -> Addition:
    """The Architect's answer to a question about one function."""
    definition = work.definition.model_copy(update={"examples": tuple(work.examples)})
    inputs = answering.AnswerInputs(
        definition=definition,
        question=question,
        earlier=tuple(work.clarifications),
        requirements=requirements_of(shop.architecture, work.name),
        context=shop.closure(work.definition).text,
    )
    place = f"{work.spot}:{len(work.clarifications)}"
    reply = await answer(answering.CHAIN, inputs, shop.services, place=place)
    work.keys += reply.keys
    return Addition(reply.value.addition, reply.value.examples)


def requirements_of(architecture: Architecture, name: str) -> tuple[Requirement, ...]:
    """The requirements that the routes of a function serve."""
    ids = {
        requirement
        for route in _routes_of(architecture, name)
        for requirement in route.requirements
    }
    return tuple(item for item in architecture.specification.requirements if item.id in ids)


def criteria_of(architecture: Architecture, name: str) -> tuple[str, ...]:
    """The acceptance criteria that calls of a function's own routes show, as sentences.

    A requirement that keeps a thing is served by five routes; what is said of the other four tells
    the tester of one function nothing.
    """
    mine = _routes_of(architecture, name)
    shown = {item for each in architecture.scenarios for item in each.criteria}
    about = {
        item
        for each in architecture.scenarios
        if any(route_of(architecture, step.method, step.path) in mine for step in each.steps)
        for item in each.criteria
    }
    return tuple(
        f"Given {item.given}, when {item.when}, then {item.then}."
        for requirement in requirements_of(architecture, name)
        for item in requirement.criteria
        if item.id in about or item.id not in shown
    )


def _routes_of(architecture: Architecture, name: str) -> list[CodeGraph]:
    return [
        route
        for route in architecture.routes
        if any(item.name == name or name in item.calls for item in route.functions)
    ]
