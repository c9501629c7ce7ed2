"""Acceptance criteria of operations, from what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from codex.blueprint.naming import deed
from codex.builtin.language.names import article, spoken
from codex.common.documents.rules import PUBLIC, Aggregate, Change, Filter, Scope
from codex.common.documents.specification import (
    Criterion,
    CriterionCase,
    Entity,
    EntityField,
    FieldType,
    Operation,
    Verb,
)

Kind = tuple[str, str, str, CriterionCase]
_TEXTUAL = {FieldType.TEXT, FieldType.LONG_TEXT, FieldType.EMAIL, FieldType.URL}


@dataclass(frozen=True)
class Context:
    """What criteria need to know of the rest."""

    entities: dict[str, Entity]
    accounts: bool


def criteria(
    number: int, operations: Sequence[Operation], context: Context
) -> tuple[Criterion, ...]:
    """The criteria of requirement `number`, numbered."""
    found: list[Kind] = []
    for place, operation in enumerate(operations, 1):
        for item in _of(operation, place, context):
            if item[:3] not in [other[:3] for other in found]:
                found.append(item)
    return tuple(
        Criterion(id=f"R{number}.{index}", given=given, when=when, then=then, case=case)
        for index, (given, when, then, case) in enumerate(found, 1)
    )


def account_criteria(number: int) -> tuple[Criterion, ...]:
    """The criteria of signing up and in."""
    case = CriterionCase(kind="account", operation=0)
    return (
        Criterion(
            id=f"R{number}.1",
            given="nobody has signed up with this e-mail address",
            when="somebody signs up with it and a password, and logs in",
            then="the answer holds an access token, and /auth/me answers the account",
            case=case,
        ),
    )


def service_criteria(number: int) -> tuple[Criterion, ...]:
    """The criterion of a service as such."""
    return (
        Criterion(
            id=f"R{number}.1",
            given="the service runs",
            when="GET /health is called",
            then="the answer is 200",
            case=CriterionCase(kind="service", operation=0),
        ),
    )


def _of(operation: Operation, place: int, context: Context) -> Iterator[Kind]:
    entity = context.entities[operation.entity]
    one, many = spoken(entity.name), spoken(entity.plural)
    yield _done(operation, place, entity)
    if operation.verb is Verb.GET:
        yield (
            f"there is no {one} with this id",
            f"{article(one)} that is not there is read",
            "the answer is 404",
            CriterionCase(kind="missing", operation=place),
        )
    if operation.verb is Verb.CREATE:
        for field in entity.fields:
            yield from _field(field, entity, place)
    if operation.verb is Verb.LIST:
        yield from _narrowed(operation, place, many)
    if isinstance(operation.rule, Change):
        for index, guard in enumerate(operation.rule.guards, 1):
            yield (
                _lowered(guard.message.rstrip(".") or "its condition does not hold"),
                f"a caller asks to {_deed(operation, entity)}",
                "the answer is 409 and nothing is changed",
                CriterionCase(kind="refused", operation=place, guard=index),
            )
    if context.accounts:
        yield from _access(operation, place, entity)


def _deed(operation: Operation, entity: Entity) -> str:
    """What a caller asks for: `create a book`, `list the books`, `mark a book as lost`."""
    one, many, name = article(entity.name), spoken(entity.plural), operation.name or ""
    match operation.verb:
        case Verb.ACTION if name.startswith("mark_"):
            return f"mark {one} as {spoken(name.removeprefix('mark_'))}"
        case Verb.ACTION:
            return f"{deed(name)} {one}"
        case Verb.FIGURE | Verb.QUERY:
            return f"see “{spoken(name or 'figure')}” of the {many}"
        case Verb.LIST:
            return f"list the {many}"
        case Verb.GET:
            return f"see {one}"
        case _:
            return f"{'change' if operation.verb is Verb.UPDATE else operation.verb.value} {one}"


def _lowered(text: str) -> str:
    """A sentence as a part of another one."""
    return f"{text[:1].lower()}{text[1:]}"


def _done(operation: Operation, place: int, entity: Entity) -> Kind:
    """The operation does what it should."""
    one, many = spoken(entity.name), spoken(entity.plural)
    match operation.verb:
        case Verb.CREATE:
            given, when, then = (
                "what it refers to exists",
                f"{article(one)} is created{_with_required(entity)}",
                f"the answer is 201 and holds the {one} with its id",
            )
        case Verb.LIST:
            given, when, then = (
                f"there are {many}",
                f"the {many} are listed",
                "the answer is 200 and holds them with their total",
            )
        case Verb.GET:
            given, when, then = (
                f"there is {article(one)}",
                f"the {one} is read",
                f"the answer is 200 and holds the {one}",
            )
        case Verb.UPDATE:
            given, when, then = (
                f"there is {article(one)}",
                f"the {one} is changed",
                "the answer is 200 and holds the new values",
            )
        case Verb.DELETE:
            given, when, then = (
                f"there is {article(one)} that nothing refers to",
                f"the {one} is deleted",
                "the answer is 204, and reading it answers 404",
            )
        case Verb.ACTION:
            given, when, then = (
                f"there is {article(one)} and every condition holds",
                f"a caller asks to {_deed(operation, entity)}",
                f"the answer is {_outcome(operation, one)}",
            )
        case Verb.FIGURE | Verb.QUERY:
            given, when, then = (
                f"there are {many}",
                f"a caller asks to {_deed(operation, entity)}",
                f"the answer is 200 and holds {_figure(operation, many)}",
            )
    return given, when, then, CriterionCase(kind="done", operation=place)


def _with_required(entity: Entity) -> str:
    required = [
        spoken(field.name)
        for field in entity.fields
        if field.required and field.set_by == "client" and field.default is None
    ]
    return f" with {', '.join(required)}" if required else ""


def _outcome(operation: Operation, one: str) -> str:
    """What an action answers: the row that it makes, or the one that it changes."""
    if isinstance(operation.rule, Change) and operation.rule.create:
        return f"201 and holds the new {spoken(operation.rule.create[0].table)}"
    return f"200 and holds the {one} in its new state"


def _figure(operation: Operation, many: str) -> str:
    if not isinstance(operation.rule, Aggregate):
        return f"exactly the {many} that match"
    return "each group with its figure" if operation.rule.group_by else "the figure"


def _field(field: EntityField, entity: Entity, place: int) -> Iterator[Kind]:
    one, name = spoken(entity.name), spoken(field.name)
    if field.set_by == "server" or field.computed is not None:
        return
    case = CriterionCase(kind="invalid", operation=place, field=field.name)
    if field.unique or field.unique_with:
        scope = (
            f" and the same {', '.join(spoken(n) for n in field.unique_with)}"
            if field.unique_with
            else ""
        )
        yield (
            f"there is {article(one)} with this {name}{scope}",
            f"another {one} is created with the same {name}",
            "the answer is 409",
            CriterionCase(kind="duplicate", operation=place, field=field.name),
        )
    if field.required and field.default is None:
        yield (
            "nothing",
            f"{article(one)} is created without {name}",
            "the answer is 422 and names the field",
            case,
        )
    if field.minimum is not None or field.maximum is not None:
        low = (
            ""
            if field.minimum is None
            else f"{'more than' if field.exclusive_minimum else 'at least'} {field.minimum}"
        )
        high = (
            ""
            if field.maximum is None
            else f"{'less than' if field.exclusive_maximum else 'at most'} {field.maximum}"
        )
        both = " and ".join(part for part in (low, high) if part)
        yield (
            f"{name} must be {both}",
            f"{article(one)} is created with {name} that is not {both}",
            "the answer is 422 and names the field",
            case,
        )
    if field.max_length is not None:
        yield (
            f"{name} has at most {field.max_length} characters",
            f"{article(one)} is created with a longer {name}",
            "the answer is 422 and names the field",
            case,
        )
    if field.choices:
        yield (
            f"{name} is one of {', '.join(field.choices)}",
            f"{article(one)} is created with {article(name)} that is not one of them",
            "the answer is 422 and names the field",
            case,
        )


def _narrowed(operation: Operation, place: int, many: str) -> Iterator[Kind]:
    for name in dict.fromkeys((*operation.filters, *operation.ranges, *operation.search)):
        field = name.split(".", 1)[0]
        yield (
            f"there are {many} that differ in {spoken(name)}",
            f"the list is narrowed by {spoken(name)}",
            f"only the {many} that match are in the answer",
            CriterionCase(kind="narrowed", operation=place, field=field),
        )
    for name in operation.sorts:
        field = name.lstrip("-").split(".", 1)[0]
        yield (
            f"there are {many} that differ in {spoken(field)}",
            f"the list is sorted by {spoken(field)}",
            f"the {many} are in that order",
            CriterionCase(kind="narrowed", operation=place, field=field),
        )
    if isinstance(operation.rule, Filter):
        yield (
            f"there are {many} that meet the condition and others that do not",
            f"the {many} are listed",
            f"only the {many} that meet it are in the answer",
            CriterionCase(kind="narrowed", operation=place),
        )


def _access(operation: Operation, place: int, entity: Entity) -> Iterator[Kind]:
    if any(grant.role == PUBLIC for grant in operation.access):
        return
    asked = f"a caller asks to {_deed(operation, entity)}"
    yield (
        "nobody is signed in",
        asked,
        "the answer is 401",
        CriterionCase(kind="anonymous", operation=place),
    )
    roles = [grant.role for grant in operation.access]
    if roles and "user" not in roles:
        yield (
            "somebody without the role is signed in",
            asked,
            "the answer is 403",
            CriterionCase(kind="forbidden", operation=place),
        )
    if any(grant.scope is Scope.OWN for grant in operation.access) and operation.verb in {
        Verb.GET,
        Verb.UPDATE,
        Verb.DELETE,
    }:
        yield (
            f"the {spoken(entity.name)} belongs to somebody else",
            asked,
            "the answer is 404",
            CriterionCase(kind="foreign", operation=place),
        )
