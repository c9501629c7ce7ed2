"""Routes with a rule: changes of state, guarded changes, figures and computed lists."""

from __future__ import annotations

from codex.blueprint.naming import kebab, pascal, words
from codex.blueprint.planned import Context, Planned
from codex.blueprint.rules import Untranslatable
from codex.common.documents.architecture import ObjectType, TypeField
from codex.common.documents.codegraph import (
    Lock,
    QueryParameter,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Argument,
    Assignment,
    Caller,
    Change,
    Creation,
    Filter,
    Rule,
    Scope,
)
from codex.common.documents.schema import (
    PYTHON_TYPES,
    Column,
    ColumnType,
    DatabaseTable,
    Exposure,
)
from codex.common.documents.schema_checks import step_to
from codex.common.documents.specification import Operation, Verb

NUMERIC = (ColumnType.INTEGER, ColumnType.FLOAT)


def _unruled(operation: Operation, context: Context) -> RouteHeader:
    """What can be said of a route whose rule is not known: where it is, not what it takes."""
    table = context.table(operation.entity)
    name = operation.name or str(operation.verb)
    return RouteHeader(
        function_name=context.function(f"{name}_{context.singular(table)}"),
        module=context.module(table),
        method="POST" if operation.verb is Verb.ACTION else "GET",
        path=f"{context.item(table)}/{kebab(name)}"
        if operation.verb is Verb.ACTION
        else f"{context.collection(table, operation.parent)}/{kebab(name)}",
        summary=f"{words(name).capitalize()} {context.noun(table)}",
        access=operation.access,
        response=f"{table.model}Read"
        if operation.verb is Verb.ACTION
        else f"Page[{table.model}Read]",
    )


# ── changes ──────────────────────────────────────────────────────────────────────────────────


def action_route(operation: Operation, context: Context) -> Planned:
    """`POST /orders/{order_id}/cancel`: what a verb of its own does to one row."""
    header = _unruled(operation, context)
    if not isinstance(operation.rule, Change):
        return Planned(header=header, operation=operation)
    table = context.table(operation.entity)
    change = context.translation.change(operation.rule, operation)
    change, sent = _fed(change, context)
    fields = tuple(dict.fromkeys([*operation.fields, *sent]))
    updates: dict[str, object] = {"locks": _locks(change, table, context)}
    made = _created(change, context)
    if change.delete:
        updates |= {"response": None, "success": Success(status=204, kind=SuccessKind.EMPTY)}
    elif made is not None:
        updates["response"] = f"{made.model}Read"
        updates["success"] = Success(status=201, headers=context.location(made))
    if fields:
        updates["request"] = _request(header, fields, change, context)
    updates["raises"] = _raises(change)
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
    updates = {"derived": None, "locks": _locks(change, table, context), "raises": _raises(change)}
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


def _raises(change: Change) -> tuple[str, ...]:
    return tuple(dict.fromkeys(guard.error for guard in change.guards))


def _locks(change: Change, table: DatabaseTable, context: Context) -> tuple[Lock, ...]:
    """The rows whose state is checked: they stay as they are until the change is written."""
    if not change.guards:
        return ()
    locks: list[Lock] = []
    creates = any(item.take_body for item in change.create)
    for guard in change.guards:
        own = guard.argument is None
        if own and guard.table == table.name and not creates:
            locks.append(Lock(table=table.name, by=context.key(table)))
        elif own and guard.table == context.schema.account:
            locks.append(Lock(table=guard.table, by="user.id"))
        elif guard.argument is not None:
            locks.append(Lock(table=guard.table, by=f"body.{guard.argument}"))
    if change.lock and all(lock.table != change.lock for lock in locks):
        if change.lock == context.schema.account:
            locks.append(Lock(table=change.lock, by="user.id"))
        elif change.lock == table.name and not creates:
            locks.append(Lock(table=table.name, by=context.key(table)))
    if (change.assign or change.delete or change.take_body) and not creates:
        locks.append(Lock(table=table.name, by=context.key(table)))
    # One order for all routes, so that two of them never wait for each other.
    return tuple(sorted(dict.fromkeys(locks), key=lambda lock: (lock.table, lock.by)))


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


# ── figures and lists ────────────────────────────────────────────────────────────────────────


def figure_route(operation: Operation, context: Context) -> Planned:
    """`GET /orders/{order_id}/total`, `GET /tasks/count`, `GET /books/average-rating`."""
    return _reading(operation, context)


def query_route(operation: Operation, context: Context) -> Planned:
    """`GET /loans/overdue`, `GET /customers/top-by-revenue`."""
    return _reading(operation, context)


def _reading(operation: Operation, context: Context) -> Planned:
    table = context.table(operation.entity)
    if operation.rule is None:
        return Planned(header=_unruled(operation, context), operation=operation)
    rule = context.translation.rule(operation.rule, operation)
    if not isinstance(rule, Filter | Aggregate):
        raise Untranslatable(f"a {operation.verb} cannot follow a {rule.kind}")
    source = context.schema.table(rule.table)
    assert source is not None
    if _sees_own_rows(operation, source, context):
        rule = rule.model_copy(update={"visible": True})
    name = operation.name or str(operation.verb)
    arguments = _arguments(rule)
    key = context.key(table)
    above = context.collection(table, operation.parent)
    path = f"{context.item(table)}/{kebab(name)}" if key in arguments else f"{above}/{kebab(name)}"
    header = RouteHeader(
        function_name=context.function(_reading_name(operation, name, table, context)),
        module=context.module(table),
        method="GET",
        path=path,
        summary=_reading_summary(operation, name, table),
        access=operation.access,
        parameters=tuple(
            _query_parameter(item, rule, source, context)
            for item in arguments
            if f"{{{item}}}" not in path
        ),
        response=_response(rule, source, context),
    )
    return Planned(header=header, operation=operation, rule=rule)


def _reading_name(operation: Operation, name: str, table: DatabaseTable, context: Context) -> str:
    if operation.verb is Verb.QUERY:
        several = any(part in name.split("_") for part in ("by", "top", "most", "due", "with"))
        return f"list_{table.name}_{name}" if several else f"list_{name}_{table.name}"
    if name == "count" or name.startswith("count_"):
        return f"count_{table.name}{name.removeprefix('count')}"
    return f"get_{context.singular(table)}_{name}"


def _reading_summary(operation: Operation, name: str, table: DatabaseTable) -> str:
    if operation.verb is Verb.QUERY:
        return f"List {words(table.name)}: {words(name)}"
    return f"{words(name).capitalize()} of {words(table.name)}"


def _sees_own_rows(operation: Operation, source: DatabaseTable, context: Context) -> bool:
    """Whether only rows that the caller may see count: his own, by this grant or by the lists'."""
    if not source.owner:
        return False
    grants = list(operation.access)
    for requirement in context.specification.requirements:
        for other in requirement.operations:
            if other.entity == source.entity and other.verb in (Verb.LIST, Verb.GET):
                grants += other.access
    return any(grant.scope is Scope.OWN for grant in grants)


def _arguments(rule: Filter | Aggregate) -> list[str]:
    operands = [operand for condition in rule.where for operand in condition.operands]
    if rule.limit is not None:
        operands.append(rule.limit)
    names = [operand.name for operand in operands if isinstance(operand, Argument)]
    return list(dict.fromkeys(names))


def _query_parameter(
    name: str, rule: Filter | Aggregate, source: DatabaseTable, context: Context
) -> QueryParameter:
    argument = Argument(name=name)
    for condition in rule.where:
        if argument in condition.operands:
            column = column_at(source, condition.field, context)
            if column is not None:
                return QueryParameter(
                    name=name, type=column_type(column), description=column.description
                )
    return QueryParameter(name=name, type="int")


def column_at(table: DatabaseTable, path: str, context: Context) -> Column | None:
    """The column at the end of `path`."""
    *steps, last = path.split(".")
    for step in steps:
        target = step_to(table, step, context.schema)
        if target is None:
            return None
        table = target
    return table.column(last)


def column_type(column: Column) -> str:
    """The Python type of its values."""
    return column.enum or PYTHON_TYPES[column.type]


def _response(rule: Rule, source: DatabaseTable, context: Context) -> str:
    if isinstance(rule, Filter):
        read = f"{source.model}Read"
        return f"Page[{read}]" if rule.limit is None else f"Items[{read}]"
    assert isinstance(rule, Aggregate)
    value = figure_type(rule, source, context)
    if rule.group_by is None:
        return f"Value[{value}]"
    key = column_at(source, rule.group_by, context)
    kind = column_type(key) if key is not None else "str"
    # A group that exists has rows, but all of them may lack the value.
    return f"Groups[{kind + ' | None' if key is not None and key.nullable else kind}, {value}]"


def figure_type(rule: Aggregate, source: DatabaseTable, context: Context) -> str:
    """What an aggregate gives: a number, or none where there is nothing to look at."""
    if rule.function is AggregateFunction.COUNT:
        return "int"
    paths = [path for path in (rule.field, rule.times) if path]
    columns = [column_at(source, path, context) for path in paths]
    kinds = {column.type for column in columns if column is not None}
    computed = [c.type for c in source.computed if c.name in paths]
    if ColumnType.DECIMAL in kinds or "Decimal" in computed:
        kind = "Decimal"
    elif rule.function is AggregateFunction.AVERAGE:
        kind = "float"
    elif kinds <= {ColumnType.INTEGER} and not computed:
        kind = "int"
    elif kinds <= set(NUMERIC):
        kind = "float"
    else:
        column = next((c for c in columns if c is not None), None)
        kind = column_type(column) if column is not None else "float"
    return kind if rule.function is AggregateFunction.SUM else f"{kind} | None"
