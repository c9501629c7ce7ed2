"""Turns a requirement's acceptance criteria into steps that code executes."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.planned import Planned
from codex.blueprint.play import PlayCheck, ScenarioPlan, Uncovered
from codex.chains.architect._told import told
from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.architecture import ErrorType, ObjectType, Setting
from codex.common.documents.base import Part
from codex.common.documents.codegraph import RouteHeader
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Requirement
from codex.common.services import Services


class ScenariosInputs(Part):
    """One requirement with the routes that serve it."""

    requirement: Requirement
    """The requirement with its criteria."""
    routes: tuple[Planned, ...] = ()
    """The routes that serve it."""
    others: tuple[Planned, ...] = ()
    """Other routes about the same things."""
    elsewhere: tuple[RouteHeader, ...] = ()
    """Routes about other things, which scenarios may need all the same."""
    database: DatabaseSchema
    """The tables behind them."""
    types: tuple[ObjectType, ...] = ()
    """The object types that they take and answer."""
    errors: tuple[ErrorType, ...] = ()
    """The errors that they may answer."""
    settings: tuple[Setting, ...] = ()
    """The settings that their rules read."""
    roles: tuple[str, ...] = ()
    """Who may act; besides these, `user` for any account, where accounts exist."""
    standing: tuple[ScenarioPlan, ...] = ()
    """Scenarios of criteria that have not changed, where the service stands already."""


class ScenariosAnswer(Part):
    """The scenarios of one requirement."""

    scenarios: tuple[ScenarioPlan, ...] = ()
    """Each shows one criterion or more."""
    uncovered: tuple[Uncovered, ...] = ()
    """Criteria that calls cannot show."""


SENTENCES = (
    Sentence(
        "not_shown", "No scenario shows {criterion}; write one, or say why not in `uncovered`."
    ),
    Sentence("no_criterion", "Scenario {name} shows {criterion}, which this requirement lacks."),
    Sentence("shows_nothing", "Scenario {name} names no criterion that it shows."),
    Sentence("no_call", "Scenario {name} makes no call whose answer is looked at."),
    Sentence(
        "no_actor", "Scenario {name}, step {number}: {role} is nobody; callers are: {actors}."
    ),
    Sentence(
        "no_expectation",
        "Scenario {name}, step {number} expects nothing; give `expect`, or `advance` alone.",
    ),
    Sentence("no_route", "Scenario {name}, step {number} calls {call}, which no route answers."),
    Sentence(
        "other_status",
        "Scenario {name}, step {number}: {call} answers {status} when all is well.",
    ),
    Sentence(
        "unknown_name",
        "Scenario {name}, step {number} names ${unknown}, which no step saved and no table "
        "is called.",
    ),
    Sentence(
        "unknown_field",
        "Scenario {name}, step {number} sends {field}, which {call} does not take; "
        "it takes {known}.",
    ),
)


def made(inputs: ScenariosInputs, output: ScenariosAnswer) -> tuple[ScenarioPlan, ...]:
    """The scenarios that stand, but for those whose criteria an answer shows anew, and its own."""
    anew = {name for item in output.scenarios for name in item.criteria}
    anew |= {item.criterion for item in output.uncovered}
    kept = (item for item in inputs.standing if not anew & {*item.criteria})
    return (*kept, *output.scenarios)


def check(inputs: ScenariosInputs, output: ScenariosAnswer) -> Iterator[Problem]:
    """Every criterion is shown or explained, every step makes sense."""
    headers = tuple(item.header for item in (*inputs.routes, *inputs.others))
    rules = PlayCheck(
        inputs.requirement, (*headers, *inputs.elsewhere), inputs.database, inputs.roles
    )
    yield from told(rules.check(made(inputs, output), output.uncovered), SENTENCES)


def narrow(inputs: ScenariosInputs) -> Narrowing:
    """The criteria that there are."""
    criteria = [criterion.id for criterion in inputs.requirement.criteria]
    return {"ScenarioPlan.criteria": criteria, "Uncovered.criterion": criteria}


CHAIN = Chain(
    name="architect/scenarios",
    purpose="Turns a requirement's acceptance criteria into steps that code executes.",
    inputs=ScenariosInputs,
    output=ScenariosAnswer,
    check=check,
    sentences=SENTENCES,
    narrow=narrow,
)


async def scenarios(inputs: ScenariosInputs, services: Services, *, place: str) -> ScenariosAnswer:
    """The scenarios of one requirement."""
    return await run(CHAIN, inputs, services, place=place)
