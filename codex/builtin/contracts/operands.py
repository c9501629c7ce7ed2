"""What a rule needs to be carried out: arguments, rows, settings, the caller, the moment."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from codex.common.documents.rules import (
    Aggregate,
    Argument,
    Caller,
    Change,
    Creation,
    FieldValue,
    Filter,
    Guard,
    Named,
    Now,
    Operand,
)
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
from codex.common.documents.schema_checks import step_to

OPERANDS = (Argument, Caller, FieldValue, Named, Now)


def operands_of(part: object) -> Iterator[Operand]:
    """Every operand in a rule, however deep, in order."""
    if isinstance(part, OPERANDS):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from operands_of(getattr(part, name))
    elif isinstance(part, tuple):
        for item in part:  # pyright: ignore[reportUnknownVariableType] any part of a rule
            yield from operands_of(item)  # pyright: ignore[reportUnknownArgumentType] as above


def arguments_of(part: object) -> list[str]:
    """The arguments that it names, in order."""
    found = [operand.name for operand in operands_of(part) if isinstance(operand, Argument)]
    return list(dict.fromkeys(found))


def settings_of(part: object) -> list[str]:
    """The settings that it reads, in order."""
    found: list[str] = []
    for operand in operands_of(part):
        if isinstance(operand, Named):
            found.append(operand.name)
        elif isinstance(operand, Now) and operand.plus_parameter:
            found.append(operand.plus_parameter)
    return list(dict.fromkeys(found))


def context_of(part: object, *, accounts: bool, visible: bool = False) -> list[str]:
    """What of the context it needs, besides the session."""
    operands = list(operands_of(part))
    needs: list[str] = []
    unless = isinstance(part, Guard) and bool(part.unless_role)
    if accounts and (visible or unless or any(isinstance(o, Caller) for o in operands)):
        needs.append("user")
    if any(isinstance(operand, Now) for operand in operands):
        needs.append("now")
    if settings_of(part):
        needs.append("settings")
    return needs


def reads_fields(part: object) -> bool:
    """Whether it reads fields of the row that it is about."""
    return any(isinstance(operand, FieldValue) for operand in operands_of(part))


def paths_of(part: object) -> Iterator[tuple[str, str]]:
    """Each path in a rule with the table that it starts from."""
    match part:
        case Filter():
            for condition in part.where:
                yield part.table, condition.field
            for order in part.order:
                yield part.table, order.field
        case Aggregate():
            for path in (part.field, part.times, part.group_by):
                if path:
                    yield part.table, path
            for condition in part.where:
                yield part.table, condition.field
        case Guard():
            for condition in part.require:
                yield part.table, condition.field
            if part.count:
                yield from paths_of(part.count)
        case _:
            return


def tables_read(part: object, schema: DatabaseSchema) -> list[str]:
    """The tables that carrying it out looks into."""
    found: list[str] = []
    match part:
        case Filter() | Aggregate() | Guard():
            found.append(part.table)
            if isinstance(part, Guard) and part.count:
                found.append(part.count.table)
        case _:
            pass
    for start, path in paths_of(part):
        found += _along(schema.table(start), path, schema)
    return list(dict.fromkeys(found))


def _along(table: DatabaseTable | None, path: str, schema: DatabaseSchema) -> list[str]:
    found: list[str] = []
    for step in path.split(".")[:-1]:
        if table is None:
            break
        relation = table.relation(step)
        if relation is not None and relation.through:
            found.append(relation.through)
        table = step_to(table, step, schema)
        if table is not None:
            found.append(table.name)
    return found


def tables_written(part: Change | Creation) -> list[str]:
    """The tables that carrying it out changes."""
    if isinstance(part, Creation):
        return [part.table]
    own = [part.table] if part.assign or part.delete or part.take_body else []
    return list(dict.fromkeys([*own, *(creation.table for creation in part.create)]))
