"""What the tests of the Design stage share."""

from __future__ import annotations

from typing import Any, cast

from codex.builtin import BuiltinModel
from codex.chains.offline import Offline
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.rules import Grant
from codex.common.documents.specification import (
    Criterion,
    Entity,
    EntityField,
    Feature,
    NotUnderstoodClause,
    Operation,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Verb,
)
from codex.common.model.base import Model
from codex.common.services import Services

REQUEST = "Members borrow up to 5 books. Only librarians add books. Make it pretty."


def services(model: Model | None = None) -> Any:
    """Services in memory, with the built-in model unless another is given."""
    return cast("Services", Offline(model or BuiltinModel()))


def draft(**changes: Any) -> SpecificationDraft:
    """A sound draft of `REQUEST`, with `changes`."""
    criterion = Criterion(id="R1.1", given="a member", when="it borrows", then="the answer is 201")
    values: dict[str, Any] = {
        "title": "Library",
        "summary": "A library.",
        "roles": (Role(name="librarian", description="Adds books."),),
        "features": (Feature(name="Lending"), Feature(name="Books")),
        "entities": (
            Entity(
                name="member",
                plural="members",
                is_account=True,
                fields=(EntityField(name="email"),),
            ),
            Entity(name="book", plural="books", fields=(EntityField(name="title"),)),
        ),
        "parameters": (
            Parameter(name="loan_limit", value=5, quote="Members borrow up to 5 books."),
        ),
        "requirements": (
            Requirement(
                id="R1",
                feature="Lending",
                text="A member must be able to borrow up to loan_limit books.",
                quotes=("Members borrow up to 5 books.",),
                criteria=(criterion,),
                operations=(Operation(verb=Verb.ACTION, entity="book", name="borrow"),),
            ),
            Requirement(
                id="R2",
                feature="Books",
                text="Only librarians must be able to add books.",
                quotes=("Only librarians add books.",),
                criteria=(criterion.model_copy(update={"id": "R2.1"}),),
                operations=(
                    Operation(verb=Verb.CREATE, entity="book", access=(Grant(role="librarian"),)),
                ),
            ),
        ),
        "out_of_scope": (OutOfScope(quote="Make it pretty.", reason="Screens."),),
    }
    return SpecificationDraft.model_validate(values | changes)


__all__ = ["REQUEST", "NotUnderstoodClause", "draft", "services"]
