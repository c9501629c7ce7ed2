"""The Specification as the Architect's chains see it: agreed content, without its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from codex.common.documents.base import Part
from codex.common.documents.rules import PUBLIC, SIGNED_IN
from codex.common.documents.specification import (
    Assumption,
    Entity,
    Feature,
    OutOfScope,
    Parameter,
    Requirement,
    Role,
    Specification,
)


class Brief(Part):
    """What is to be built, as agreed."""

    title: str = ""
    """The service's name."""
    summary: str = ""
    """What it is for."""
    roles: tuple[Role, ...] = ()
    """The kinds of accounts."""
    features: tuple[Feature, ...] = ()
    """Groups of requirements."""
    entities: tuple[Entity, ...] = ()
    """What it keeps."""
    parameters: tuple[Parameter, ...] = ()
    """Every number of the request."""
    requirements: tuple[Requirement, ...] = ()
    """What it must do."""
    assumptions: tuple[Assumption, ...] = ()
    """What was decided without being asked for."""
    out_of_scope: tuple[OutOfScope, ...] = ()
    """What will not be built."""

    @classmethod
    def of(
        cls, specification: Specification | Brief, requirements: Iterable[str] | None = None
    ) -> Self:
        """The whole, or with `requirements` only."""
        values = {name: getattr(specification, name) for name in cls.model_fields}
        if requirements is not None:
            wanted = set(requirements)
            values["requirements"] = tuple(
                item for item in specification.requirements if item.id in wanted
            )
        return cls(**values)

    def without_quotes(self) -> Brief:
        """The same, with no words of the request: prompts that do not need them stay stable."""
        plain = tuple(item.model_copy(update={"quotes": ()}) for item in self.requirements)
        return self.model_copy(update={"requirements": plain})

    @property
    def account(self) -> Entity | None:
        """The entity whose members sign in."""
        return next((entity for entity in self.entities if entity.is_account), None)

    @property
    def role_names(self) -> frozenset[str]:
        """Every role that a grant may name."""
        return frozenset({role.name for role in self.roles} | {PUBLIC, SIGNED_IN})
