"""Draws the database: what the drafted tables lack for the requirements."""

from __future__ import annotations

from collections.abc import Iterator

from codex.blueprint.brief import Brief
from codex.blueprint.database import Database, check_database, completed
from codex.blueprint.patches import SchemaPatch
from codex.blueprint.revision import Revision
from codex.chains.architect._told import told
from codex.chains.contract import Chain
from codex.chains.runner import run
from codex.chains.schema import Narrowing
from codex.chains.sentence import Problem, Sentence
from codex.common.documents.architecture import ErrorType
from codex.common.documents.base import Part
from codex.common.documents.schema import DatabaseSchema
from codex.common.services import Services


class DatabaseInputs(Part):
    """The Specification, and the database as far as it follows from its entities."""

    brief: Brief
    """What the client wants."""
    draft: DatabaseSchema
    """The tables that the entities describe."""
    errors: tuple[ErrorType, ...] = ()
    """The errors that their constraints raise."""
    revision: Revision | None = None
    """Where the database stands already: what of the requirements has changed since."""


SENTENCES = (
    Sentence("reference", "{problem}."),
    Sentence(
        "entity_lost",
        "No table keeps the entity {entity}; keep its table, or say with `entity` which one does.",
    ),
)


def made(inputs: DatabaseInputs, output: SchemaPatch) -> Database:
    """The database that an answer describes, completed by convention."""
    return completed(inputs.draft, inputs.errors, output, inputs.brief)


def check(inputs: DatabaseInputs, output: SchemaPatch) -> Iterator[Problem]:
    """Everything that must hold of the database."""
    yield from told(check_database(made(inputs, output), inputs.brief), SENTENCES)


def narrow(inputs: DatabaseInputs) -> Narrowing:
    """The entities that tables keep."""
    return {"DatabaseTable.entity": sorted(e.name for e in inputs.brief.entities)}


CHAIN = Chain(
    name="architect/database",
    purpose="Draws the database: what the drafted tables lack for the requirements.",
    inputs=DatabaseInputs,
    output=SchemaPatch,
    check=check,
    sentences=SENTENCES,
    narrow=narrow,
    token_limit=40_000,
)


async def database(inputs: DatabaseInputs, services: Services, *, place: str) -> SchemaPatch:
    """What must change in the draft."""
    return await run(CHAIN, inputs, services, place=place)
