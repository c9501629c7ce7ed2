"""Routes with a rule: changes of state, guarded changes, figures and computed lists."""

from __future__ import annotations

from codex.blueprint.columns import column_at, column_type
from codex.blueprint.naming import pascal, words
from codex.blueprint.planned import Context, Planned
from codex.blueprint.unruled import unruled
from codex.common.documents.architecture import ObjectType, TypeField
from codex.common.documents.codegraph import (
    Lock,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import (
    Argument,
    Assignment,
    Caller,
    Change,
    Creation,
)
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
)
from codex.common.documents.specification import Operation, Verb

NUMERIC = (ColumnType.INTEGER, ColumnType.FLOAT)


# ── changes ──────────────────────────────────────────────────────────────────────────────────


def action_route(operation: Operation, context: Context) -> Planned:
    """`POST /orders/{order_id}/cancel`: what a verb of its own does to one row."""
    header = unruled(operation, context)
    if not isinstance(operation.rule, Change):
        return Planned(header=header, operation=operation)
    table = context.table(operation.entity)
    change = context.translation.change(operation.rule, operation)
    change, sent = _fed(change, context)
    fields = tuple(dict.fromkeys([*operation.fields, *sent]))
    updates: dict[str, object] = {"locks": locks(change, table, context)}
    made = _created(change, context)
    if change.delete:
        updates |= {"response": None, "success": Success(status=204, kind=SuccessKind.EMPTY)}
    elif made is not None:
        updates["response"] = f"{made.model}Read"
        updates["success"] = Success(status=201, headers=context.location(made))
    if fields:
        updates["request"] = _request(header, fields, change, context)
    updates["raises"] = raises(change)
    return Planned(header=header.model_copy(update=updates), operation=operation, rule=change)


def change_route(operation: Operation, context: Context, header: RouteHeader) -> Planned:
    """A create, update or delete with guards or values of its own."""
    assert isinstance(operation.rule, Change)
    table = context.table(operation.entity)
    change = context.translation.change(operation.rule, operation)
    if operation.verb is Verb.CREATE:
        own = _owner_assignment(table, change)
        change = change.model_copy(
            update={
                "assign": (),
                "create": (
                    Creation(table=table.name, assign=(*change.assign, *own), take_body=True),
                    *change.create,
                ),
            }
        )
    elif operation.verb is Verb.UPDATE:
        change = change.model_copy(update={"take_body": True})
    else:
        change = change.model_copy(update={"delete": True})
    updates = {"derived": None, "locks": locks(change, table, context), "raises": raises(change)}
    return Planned(header=header.model_copy(update=updates), operation=operation, rule=change)


def _owner_assignment(table: DatabaseTable, change: Change) -> tuple[Assignment, ...]:
    """The caller as owner of the row that is made, unless it is said otherwise."""
    owner = table.owner or ""
    if not owner or "." in owner or owner == "id":
        return ()
    if any(item.field == owner for item in change.assign):
        return ()
    return (Assignment(field=owner, operand=Caller()),)


def _created(change: Change, context: Context) -> DatabaseTable | None:
    """The table of the row that is answered: the one that is added, where nothing else changes."""
    if len(change.create) != 1 or change.assign or change.take_body:
        return None
    return context.schema.table(change.create[0].table)


def raises(change: Change) -> tuple[str, ...]:
    """The errors of its guards."""
    return tuple(dict.fromkeys(guard.error for guard in change.guards))


def locks(change: Change, table: DatabaseTable, context: Context) -> tuple[Lock, ...]:
    """The rows whose state is checked: they stay as they are until the change is written."""
    if not change.guards:
        return ()
    found: list[Lock] = []
    creates = any(item.take_body for item in change.create)
    for guard in change.guards:
        own = guard.argument is None
        if own and guard.table == table.name and not creates:
            found.append(Lock(table=table.name, by=context.key(table)))
        elif own and guard.table == context.schema.account:
            found.append(Lock(table=guard.table, by="user.id"))
        elif guard.argument is not None:
            found.append(Lock(table=guard.table, by=f"body.{guard.argument}"))
    if change.lock and all(lock.table != change.lock for lock in found):
        if change.lock == context.schema.account:
            found.append(Lock(table=change.lock, by="user.id"))
        elif change.lock == table.name and not creates:
            found.append(Lock(table=table.name, by=context.key(table)))
    if (change.assign or change.delete or change.take_body) and not creates:
        found.append(Lock(table=table.name, by=context.key(table)))
    # One order for all routes, so that two of them never wait for each other.
    return tuple(sorted(dict.fromkeys(found), key=lambda lock: (lock.table, lock.by)))


def _fed(change: Change, context: Context) -> tuple[Change, list[str]]:
    """The change with every column of a new row given a value: what is left is sent.

    A default stands where there is one; what may be missing may be left out of the body too.
    """
    sent: list[str] = []
    creations: list[Creation] = []
    for creation in change.create:
        table = context.schema.table(creation.table)
        assigned = {item.field for item in creation.assign}
        missing = [
            column.name
            for column in (table.columns if table and not creation.take_body else ())
            if column.default is None
            and column.exposure in (Exposure.BOTH, Exposure.WRITE)
            and column.name not in assigned
        ]
        more = tuple(Assignment(field=name, operand=Argument(name=name)) for name in missing)
        creations.append(creation.model_copy(update={"assign": (*creation.assign, *more)}))
        sent += missing
    return change.model_copy(update={"create": tuple(creations)}), sent


def _request(header: RouteHeader, sent: tuple[str, ...], change: Change, context: Context) -> str:
    """The body's type, with the fields that the operation takes."""
    name = context.type_name(f"{pascal(header.function_name)}Request")
    fields = [_request_field(item, change, context) for item in sent]
    context.types[name] = ObjectType(
        name=name, description=f"What {words(header.function_name)} takes.", fields=tuple(fields)
    )
    return name


def _request_field(name: str, change: Change, context: Context) -> TypeField:
    own = context.schema.table(change.table)
    column = _column_of_argument(name, change, context) or (own.column(name) if own else None)
    if column is None:
        kind = "int" if name.endswith("_id") else "str"
        return TypeField(name=name, type=kind)
    kind = column_type(column)
    return TypeField(
        name=name,
        type=f"{kind} | None" if column.nullable else kind,
        description=column.description,
        optional=column.nullable or column.default is not None,
        minimum=column.minimum,
        maximum=column.maximum,
        min_length=column.min_length,
        max_length=column.max_length,
    )


def _column_of_argument(name: str, change: Change, context: Context) -> Column | None:
    """The column that argument `name` is stored in or compared with."""
    argument = Argument(name=name)
    places = [(change.table, change.assign), *((c.table, c.assign) for c in change.create)]
    for table_name, assign in places:
        table = context.schema.table(table_name)
        for item in assign:
            if item.operand == argument and table is not None:
                return table.column(item.field)
    for guard in change.guards:
        where = guard.count.where if guard.count else ()
        table = context.schema.table(guard.count.table if guard.count else guard.table)
        for condition in (*where, *guard.require):
            if argument in condition.operands and table is not None:
                return column_at(table, condition.field, context)
    return None
