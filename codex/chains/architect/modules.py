"""Parts the service into modules: which tables and requirements belong together."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.patches import patched
from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.base import Part, SnakeName
from codex.common.documents.schema import DatabaseTable
from codex.common.documents.specification import Feature, Requirement
from codex.common.services import Services


class ModulePlan(Part):
    """A module: routes that one developer would keep in one file."""

    name: SnakeName
    """In the plural where it is about things: `books`, `lending`."""
    description: str
    """What it does, in one sentence."""
    tables: tuple[str, ...] = ()
    """The tables whose routes it holds."""
    requirements: tuple[str, ...] = ()
    """The requirements that it is answerable for."""


class ModulesInputs(Part):
    """What there is to be parted."""

    title: str
    """The service's name."""
    summary: str
    """What it is for."""
    features: tuple[Feature, ...] = ()
    """Its features."""
    requirements: tuple[Requirement, ...] = ()
    """Its requirements, each of one feature."""
    tables: tuple[DatabaseTable, ...] = ()
    """Its tables, without those that only tie two others."""
    standing: tuple[ModulePlan, ...] = ()
    """The modules as they are, where the service stands already."""


class ModulesAnswer(Part):
    """The modules, in the order in which a reader should meet them."""

    modules: tuple[ModulePlan, ...]
    """At least one."""


SENTENCES = (
    Sentence("none", "There is no module; every service has at least one."),
    Sentence("two_modules", "Two modules are named {name}; give each a name of its own."),
    Sentence("no_table", "Module {module} holds the table {table}, which does not exist."),
    Sentence("table_lost", "No module holds the table {table}; give it to one."),
    Sentence("table_twice", "The table {table} is in {modules}; leave it in one."),
    Sentence(
        "no_requirement", "Module {module} has requirement {requirement}, which is not there."
    ),
    Sentence("requirement_lost", "No module is answerable for requirement {requirement}."),
    Sentence("requirement_twice", "Requirement {requirement} is in {modules}; leave it in one."),
)
_S = {sentence.name: sentence for sentence in SENTENCES}


def made(inputs: ModulesInputs, output: ModulesAnswer) -> tuple[ModulePlan, ...]:
    """The modules that an answer describes: over those that stand, it names only what differs."""
    if not inputs.standing:
        return output.modules
    moved = {name for item in output.modules for name in (*item.tables, *item.requirements)}

    def left(item: ModulePlan) -> ModulePlan:
        return item.model_copy(
            update={
                "tables": tuple(name for name in item.tables if name not in moved),
                "requirements": tuple(name for name in item.requirements if name not in moved),
            }
        )

    merged = patched(map(left, inputs.standing), output.modules, lambda item: item.name)
    return tuple(item for item in merged if item.tables or item.requirements)


def check(inputs: ModulesInputs, output: ModulesAnswer) -> Iterator[Problem]:
    """Every table and every requirement is in exactly one module."""
    modules = made(inputs, output)
    if not modules:
        yield _S["none"]()
    names = [module.name for module in output.modules]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _S["two_modules"](name=name)
    tables = [table.name for table in inputs.tables]
    requirements = [item.id for item in inputs.requirements]
    for number, module in enumerate(output.modules):
        for table in sorted(set(module.tables) - set(tables)):
            yield _S["no_table"](module=module.name, table=table, at=("modules", number, "tables"))
        for item in sorted(set(module.requirements) - set(requirements)):
            at = ("modules", number, "requirements")
            yield _S["no_requirement"](module=module.name, requirement=item, at=at)
    for table in tables:
        holders = [module.name for module in modules if table in module.tables]
        if not holders:
            yield _S["table_lost"](table=table)
        elif len(holders) > 1:
            yield _S["table_twice"](table=table, modules=holders)
    for item in requirements:
        holders = [module.name for module in modules if item in module.requirements]
        if not holders:
            yield _S["requirement_lost"](requirement=item)
        elif len(holders) > 1:
            yield _S["requirement_twice"](requirement=item, modules=holders)


def narrow(inputs: ModulesInputs) -> Narrowing:
    """The tables and requirements that exist."""
    return {
        "ModulePlan.tables": sorted(table.name for table in inputs.tables),
        "ModulePlan.requirements": [item.id for item in inputs.requirements],
    }


CHAIN = Chain(
    name="architect/modules",
    purpose="Parts the service into modules: which tables and requirements belong together.",
    inputs=ModulesInputs,
    output=ModulesAnswer,
    check=check,
    sentences=SENTENCES,
    narrow=narrow,
)


async def modules(inputs: ModulesInputs, services: Services, *, place: str) -> ModulesAnswer:
    """The modules of the service."""
    return await run(CHAIN, inputs, services, place=place)
