"""What a Specification is made of before codex adds the request and the interview."""

from __future__ import annotations

from pydantic import ValidationError

from codex.common.documents.base import Part, violations
from codex.common.documents.specification import (
    Assumption,
    Entity,
    Feature,
    InterviewQuestion,
    NotUnderstoodClause,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Specification,
)

_NAMING = frozenset({"verb", "entity", "name", "parent"})


def spelled_out(
    requirements: tuple[Requirement, ...], others: tuple[Requirement, ...] = ()
) -> tuple[Requirement, ...]:
    """`requirements` with each operation that is only named as it stands where it is written out.

    What several requirements share is so said once. `others` stand before them.
    """
    whole: dict[tuple[object, ...], Operation] = {}
    for item in (*others, *requirements):
        for operation in item.operations:
            if not _only_named(operation):
                whole.setdefault(_key(operation), operation)
    return tuple(
        item.model_copy(
            update={
                "operations": tuple(
                    whole.get(_key(each), each) if _only_named(each) else each
                    for each in item.operations
                )
            }
        )
        for item in requirements
    )


def _only_named(operation: Operation) -> bool:
    plain = Operation(verb=operation.verb, entity=operation.entity)
    return all(
        name in _NAMING or getattr(operation, name) == getattr(plain, name)
        for name in Operation.model_fields
    )


def _key(operation: Operation) -> tuple[object, ...]:
    return tuple(getattr(operation, name) for name in sorted(_NAMING))


class SpecificationDraft(Part):
    """What the client wants, as far as the request tells: every clause of it accounted for."""

    title: str
    """The service's name, in a few words."""
    summary: str
    """What it is for, in one or two sentences."""
    language: str = "en"
    """The request's language, as a code of two letters."""
    roles: tuple[Role, ...] = ()
    """Kinds of accounts with rights of their own; none where all accounts are equal."""
    features: tuple[Feature, ...] = ()
    """Groups of requirements."""
    entities: tuple[Entity, ...] = ()
    """The kinds of things that the service keeps."""
    parameters: tuple[Parameter, ...] = ()
    """Every number or choice that the request gives."""
    requirements: tuple[Requirement, ...] = ()
    """What the service must do."""
    assumptions: tuple[Assumption, ...] = ()
    """What was decided without being asked for."""
    out_of_scope: tuple[OutOfScope, ...] = ()
    """What is understood and will not be built, such as screens."""
    not_understood: tuple[NotUnderstoodClause, ...] = ()
    """What cannot be made sense of."""

    def specification(
        self,
        request: str,
        questions: tuple[InterviewQuestion, ...] = (),
        feedback: tuple[str, ...] = (),
    ) -> Specification:
        """The document; raises pydantic's ValidationError where references do not hold."""
        own = {name: getattr(self, name) for name in type(self).model_fields}
        own["requirements"] = spelled_out(self.requirements)
        return Specification(request=request, questions=questions, feedback=feedback, **own)

    def broken(
        self,
        request: str,
        questions: tuple[InterviewQuestion, ...] = (),
        feedback: tuple[str, ...] = (),
    ) -> list[str]:
        """Every reference that does not hold, one sentence each."""
        try:
            self.specification(request, questions, feedback)
        except ValidationError as error:
            return [part for line in violations(error) for part in line.split("; ") if part]
        return []
