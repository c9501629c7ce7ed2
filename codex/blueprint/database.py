"""The database of an Architecture: drafted, patched, completed, and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codex.blueprint.brief import Brief
from codex.blueprint.complete import Completion
from codex.blueprint.computed import with_computed
from codex.blueprint.finding import Finding, finding
from codex.blueprint.patches import SchemaPatch, apply_schema, patched
from codex.blueprint.tables import Draft, draft_tables
from codex.common.documents import schema_checks
from codex.common.documents.architecture import Architecture, ErrorType, Mend
from codex.common.documents.base import Violations
from codex.common.documents.schema import DatabaseSchema


@dataclass(frozen=True)
class Database:
    """A complete database, the errors that its constraints raise, and what code put right."""

    schema: DatabaseSchema
    errors: tuple[ErrorType, ...]
    mends: tuple[Mend, ...]


def drafted(specification: Brief) -> Draft:
    """What follows from the entities, computed fields included."""
    draft = draft_tables(specification)
    return Draft(with_computed(draft.schema, specification), draft.errors)


def completed(
    draft: DatabaseSchema,
    errors: tuple[ErrorType, ...],
    patch: SchemaPatch,
    specification: Brief,
) -> Database:
    """The draft with a patch and everything that is conventional."""
    schema = apply_schema(draft, patch)
    known = patched(errors, patch.errors, lambda error: error.name)
    completion = Completion(schema, known, specification)
    schema = completion.run()
    raised = {column.error for table in schema.tables for column in table.columns}
    raised |= {constraint.error for table in schema.tables for constraint in table.constraints}
    named = {error.name for error in patch.errors}
    kept = tuple(e for e in completion.errors.values() if e.name in raised | named)
    return Database(schema, kept, tuple(completion.mends))


def check_database(database: Database, specification: Brief) -> Iterator[Finding]:
    """Everything that is wrong with a database."""
    document = Architecture.model_construct(
        specification=specification,
        database=database.schema,
        errors=database.errors,
        routes=(),
    )
    found = Violations()
    schema_checks.check(document, found)
    for problem in found.found:
        yield finding("reference", problem=problem)
    kept = {table.entity for table in database.schema.tables}
    for entity in specification.entities:
        if entity.name not in kept:
            yield finding("entity_lost", entity=entity.name)
    names = {error.name for error in database.errors}
    if len(names) != len(database.errors):
        yield finding("reference", problem="two errors have one name")
