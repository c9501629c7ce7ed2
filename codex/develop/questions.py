"""Questions about a contract: the Architect's addition, which from then on belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codex.chains.architect import answer as answering
from codex.chains.chain import answer
from codex.common.documents.codegraph import Example
from codex.common.documents.specification import Requirement

if TYPE_CHECKING:
    from codex.develop.workshop import Work, Workshop


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
        requirements=requirements_of(shop, work.name),
        context=shop.closure(work.definition).text,
    )
    place = f"{work.spot}:{len(work.clarifications)}"
    reply = await answer(answering.CHAIN, inputs, shop.services, place=place)
    work.keys += reply.keys
    return Addition(reply.value.addition, reply.value.examples)


def requirements_of(shop: Workshop, name: str) -> tuple[Requirement, ...]:
    """The requirements that the routes of a function serve."""
    architecture = shop.architecture
    ids = {
        requirement
        for route in architecture.routes
        if any(item.name == name or name in item.calls for item in route.functions)
        for requirement in route.requirements
    }
    return tuple(item for item in architecture.specification.requirements if item.id in ids)
