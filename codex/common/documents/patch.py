"""A revision of a Specification: only what changes is named, everything else keeps its bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pydantic import ValidationError

from codex.common.documents.base import Part, violations
from codex.common.documents.draft import spelled_out
from codex.common.documents.specification import (
    Assumption,
    ChangeNote,
    Entity,
    Feature,
    NotUnderstoodClause,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Specification,
)

T = TypeVar("T", bound=Part)


class SpecificationPatch(Part):
    """What changes: whole elements in their new form, and the names of those that go."""

    title: str | None = None
    """The new title; null to keep it."""
    summary: str | None = None
    """The new summary; null to keep it."""
    roles: tuple[Role, ...] = ()
    """New roles, and changed ones under their old names."""
    features: tuple[Feature, ...] = ()
    """New features, and changed ones under their old names."""
    entities: tuple[Entity, ...] = ()
    """New entities, and changed ones under their old names, complete."""
    parameters: tuple[Parameter, ...] = ()
    """New parameters, and changed ones under their old names."""
    requirements: tuple[Requirement, ...] = ()
    """New requirements with the next free ids, and changed ones under their old ids, complete."""
    assumptions: tuple[Assumption, ...] = ()
    """New assumptions with the next free ids, and changed ones under their old ids."""
    out_of_scope: tuple[OutOfScope, ...] = ()
    """What the feedback asks for and will not be built."""
    not_understood: tuple[NotUnderstoodClause, ...] = ()
    """What of the feedback cannot be made sense of."""
    settled: tuple[str, ...] = ()
    """Quotes of items out of scope or not understood that no longer are."""
    remove: tuple[str, ...] = ()
    """What goes, as `requirement R3`, `entity book`, `parameter loan_limit`, `role admin`,
    `feature Loans`, `assumption A2`."""


# Where a revised Specification remembers the highest requirement number that it ever had.
LAST = "last_requirement"
KINDS = ("role", "feature", "entity", "parameter", "requirement", "assumption")


def apply(document: Specification, patch: SpecificationPatch, feedback: str) -> Specification:
    """`document` with `patch`; raises pydantic's ValidationError where references then break."""
    gone = set(patch.remove)
    changed = {item.id for item in patch.requirements}
    kept = tuple(item for item in document.requirements if item.id not in changed)
    fresh = spelled_out(patch.requirements, kept)
    requirements = _merged(document.requirements, fresh, _id, "requirement", gone)
    used = {item.feature for item in requirements}
    features = _merged(document.features, patch.features, _name, "feature", gone)
    settled = set(patch.settled)
    values = {name: getattr(document, name) for name in type(document).model_fields}
    values |= {
        "title": patch.title or document.title,
        "summary": patch.summary or document.summary,
        "feedback": (*document.feedback, feedback),
        "roles": _merged(document.roles, patch.roles, _name, "role", gone),
        # A feature that lost its last requirement goes with it.
        "features": tuple(item for item in features if item.name in used),
        "entities": _merged(document.entities, patch.entities, _name, "entity", gone),
        "parameters": _merged(document.parameters, patch.parameters, _name, "parameter", gone),
        "requirements": requirements,
        "assumptions": _merged(document.assumptions, patch.assumptions, _id, "assumption", gone),
        "out_of_scope": tuple(
            item
            for item in (*document.out_of_scope, *patch.out_of_scope)
            if item.quote not in settled
        ),
        "not_understood": tuple(
            item
            for item in (*document.not_understood, *patch.not_understood)
            if item.quote not in settled
        ),
        "changes": (),
        "notes": {**document.notes, LAST: next_number(document, patch.requirements) - 1},
    }
    revised = Specification.model_validate(values)
    return revised.model_copy(update={"changes": tuple(differences(document, revised))})


def next_number(document: Specification, added: tuple[Requirement, ...] = ()) -> int:
    """The number of the next requirement: one that never stood for another."""
    last = document.notes.get(LAST, 0)
    used = [int(item.id[1:]) for item in (*document.requirements, *added)]
    return max([last if isinstance(last, int) else 0, *used]) + 1


def broken(document: Specification, patch: SpecificationPatch, feedback: str) -> list[str]:
    """Every reference that does not hold after `patch`, one sentence each."""
    try:
        apply(document, patch, feedback)
    except ValidationError as error:
        return [part for line in violations(error) for part in line.split("; ") if part]
    return []


def differences(before: Specification, after: Specification) -> Iterable[ChangeNote]:
    """What was added, changed and removed, element by element."""
    for kind in KINDS:
        old, new = elements(before, kind), elements(after, kind)
        for key in [*old, *[key for key in new if key not in old]]:
            name = f"{kind} {key}"
            if key not in new:
                yield ChangeNote(element=name, change="removed")
            elif key not in old:
                yield ChangeNote(element=name, change="added")
            elif old[key] != new[key]:
                yield ChangeNote(element=name, change="changed")
    for word in ("title", "summary"):
        if getattr(before, word) != getattr(after, word):
            yield ChangeNote(element=word, change="changed")


def elements(document: Specification, kind: str) -> dict[str, Part]:
    """The elements of one kind by name or id."""
    plural = "entities" if kind == "entity" else f"{kind}s"
    return {_key(item): item for item in getattr(document, plural)}


def _key(item: Part) -> str:
    return str(getattr(item, "id", "") or getattr(item, "name", ""))


def _id(item: Part) -> str:
    return str(getattr(item, "id", ""))


def _name(item: Part) -> str:
    return str(getattr(item, "name", ""))


def _merged(
    old: tuple[T, ...], new: tuple[T, ...], key: Callable[[Part], str], kind: str, gone: set[str]
) -> tuple[T, ...]:
    """`old` with `new` put in place or behind, without what is gone."""
    fresh = {key(item): item for item in new}
    kept = [fresh.pop(key(item), item) for item in old if f"{kind} {key(item)}" not in gone]
    return (*kept, *fresh.values())
