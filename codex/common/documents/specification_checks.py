"""The cross-references of a Specification, each violation naming both ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex.common.documents.base import Violations
from codex.common.documents.rules import Named, Now, Rule

if TYPE_CHECKING:
    from codex.common.documents.specification import Entity, Specification


def squeeze(text: str) -> str:
    """`text` with every run of white space as one space, as quotes are compared."""
    return re.sub(r"\s+", " ", text).strip()


def check(document: Specification, found: Violations) -> None:
    """Note every broken reference of `document` in `found`."""
    _names(document, found)
    _requirements(document, found)
    _entities(document, found)
    _quotes(document, found)
    _assumptions(document, found)


def _names(document: Specification, found: Violations) -> None:
    where = "the specification"
    found.unique([role.name for role in document.roles], "roles", where)
    found.unique([feature.name for feature in document.features], "features", where)
    found.unique([entity.name for entity in document.entities], "entities", where)
    found.unique([entity.plural for entity in document.entities], "entity plurals", where)
    found.unique([parameter.name for parameter in document.parameters], "parameters", where)
    found.unique([item.id for item in document.requirements], "requirements", where)
    found.unique([question.id for question in document.questions], "questions", where)
    found.unique([assumption.id for assumption in document.assumptions], "assumptions", where)
    accounts = [entity.name for entity in document.entities if entity.is_account]
    found.expect(len(accounts) <= 1, f"more than one entity signs in: {', '.join(accounts)}")
    for role in document.roles:
        found.expect(
            role.name not in {"public", "user"} or document.account is not None,
            f"role {role.name!r} exists, but no entity is the account",
        )


def _requirements(document: Specification, found: Violations) -> None:
    features = {feature.name for feature in document.features}
    entities = {entity.name: entity for entity in document.entities}
    roles = document.role_names
    for item in document.requirements:
        me = f"requirement {item.id}"
        found.expect(
            item.feature in features,
            f"{me} belongs to feature {item.feature!r}, which is not listed",
        )
        found.unique([criterion.id for criterion in item.criteria], "criteria", me)
        for criterion in item.criteria:
            found.expect(
                criterion.id.startswith(f"{item.id}."),
                f"{me} holds criterion {criterion.id}, whose id names another requirement",
            )
            found.expect(
                criterion.case is None or criterion.case.operation <= len(item.operations),
                f"criterion {criterion.id} tries operation "
                f"{criterion.case.operation if criterion.case else 0}, but {me} has "
                f"{len(item.operations)}",
            )
        for operation in item.operations:
            found.expect(
                operation.entity in entities,
                f"{me} has an operation on entity {operation.entity!r}, which is not defined",
            )
            for grant in operation.access:
                found.expect(
                    grant.role in roles, f"{me} names role {grant.role!r}, which is not defined"
                )
            if operation.rule is not None:
                _parameters_of(operation.rule, document, me, found)


def _parameters_of(rule: Rule, document: Specification, me: str, found: Violations) -> None:
    known = {parameter.name for parameter in document.parameters}
    for name in sorted(names_of_parameters(rule)):
        found.expect(name in known, f"{me} uses parameter {name!r}, which is not defined")


def names_of_parameters(rule: object) -> set[str]:
    """Every parameter that a rule mentions, however deep."""
    from pydantic import BaseModel

    if isinstance(rule, Named):
        return {rule.name}
    names: set[str] = set()
    if isinstance(rule, Now) and rule.plus_parameter:
        names.add(rule.plus_parameter)
    if isinstance(rule, BaseModel):
        for name in type(rule).model_fields:
            names |= names_of_parameters(getattr(rule, name))
    elif isinstance(rule, tuple):
        for part in rule:  # pyright: ignore[reportUnknownVariableType] any rule part
            names |= names_of_parameters(part)  # pyright: ignore[reportUnknownArgumentType] as above
    return names


def _entities(document: Specification, found: Violations) -> None:
    names = {entity.name for entity in document.entities}
    for entity in document.entities:
        me = f"entity {entity.name!r}"
        members = [field.name for field in entity.fields]
        members += [relation.name for relation in entity.relations]
        found.unique(members, "fields or relations", me)
        for field in entity.fields:
            _field(entity, field.name, members, field.unique_with, found)
            found.expect(
                (field.type == "choice") == bool(field.choices),
                f"{me} field {field.name!r}: choices and the type `choice` go together",
            )
            found.unique(list(field.choices), "choices", f"{me} field {field.name!r}")
        for relation in entity.relations:
            _field(entity, relation.name, members, relation.unique_with, found)
            found.expect(
                relation.target in names,
                f"{me} relation {relation.name!r} points to {relation.target!r}, "
                "which is not defined",
            )


def _field(
    entity: Entity, name: str, members: list[str], unique_with: tuple[str, ...], found: Violations
) -> None:
    me = f"entity {entity.name!r} field {name!r}"
    for other in unique_with:
        found.expect(other in members, f"{me} is unique with {other!r}, which is not defined")


def _quotes(document: Specification, found: Violations) -> None:
    sources = [squeeze(text) for text in (document.request, *document.feedback)]
    sources += [squeeze(item.answer) for item in document.questions if item.answer]
    quoted = [
        (f"requirement {item.id}", quote) for item in document.requirements for quote in item.quotes
    ]
    quoted += [
        (f"parameter {item.name!r}", item.quote) for item in document.parameters if item.quote
    ]
    quoted += [("an item out of scope", item.quote) for item in document.out_of_scope]
    quoted += [("an item not understood", item.quote) for item in document.not_understood]
    for me, quote in quoted:
        text = squeeze(quote)
        found.expect(
            text and any(text in source for source in sources),
            f"{me} quotes {_short(quote)!r}, which the request does not say",
        )


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"


def _assumptions(document: Specification, found: Violations) -> None:
    questions = {question.id for question in document.questions}
    for assumption in document.assumptions:
        found.expect(
            assumption.question is None or assumption.question in questions,
            f"assumption {assumption.id} answers question {assumption.question}, "
            "which is not listed",
        )
