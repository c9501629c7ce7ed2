"""Which columns the bodies of requests and the answers hold, and what their types are called."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.codegraph import CodeGraph, DerivedOperation
from codex.common.documents.schema import Column, ColumnType, DatabaseTable, Exposure
from codex.compiler.ties import body_ties, sent_ties

MOMENT_WORDS = ("now", "today")


_SENT = (Exposure.BOTH, Exposure.WRITE)


_SHOWN = (Exposure.BOTH, Exposure.READ)


def sent_columns(architecture: Architecture, table: DatabaseTable) -> tuple[Column, ...]:
    """The columns of XCreate: what callers send, but never what says who they are."""
    account = architecture.database.account
    return tuple(
        column
        for column in table.columns
        if column.exposure in _SENT
        and column.type is not ColumnType.FILE
        and not (table.name == account and column.name in ("role", "password_hash"))
    )


def shown_columns(table: DatabaseTable) -> tuple[Column, ...]:
    """The columns of XRead."""
    return tuple(column for column in table.all_columns if column.exposure in _SHOWN)


def checks_dates(architecture: Architecture, type_name: str) -> bool:
    """Whether the type has `check_dates(now)`, because a bound of it moves with time."""
    for table in architecture.database.tables:
        if type_name == f"{table.model}Create":
            return any(is_moving(column) for column in sent_columns(architecture, table))
        if type_name == f"{table.model}Update":
            return any(is_moving(column) for column in changed_columns(architecture, table))
    for route in architecture.routes:
        if route.derived is not None and body_type(architecture, route) == type_name:
            return any(is_moving(column) for column in body_columns(architecture, route))
    return False


def changed_columns(architecture: Architecture, table: DatabaseTable) -> tuple[Column, ...]:
    """The columns of XUpdate."""
    return tuple(column for column in sent_columns(architecture, table) if column.changeable)


def body_columns(architecture: Architecture, route: CodeGraph) -> tuple[Column, ...]:
    """What the body of a derived route holds: what path and route do not say themselves."""
    derived = route.derived
    table = architecture.database.table(derived.table) if derived else None
    if derived is None or table is None:
        return ()
    if derived.operation is DerivedOperation.UPDATE:
        changed = changed_columns(architecture, table)
        return tuple(item for item in changed if not derived.fields or item.name in derived.fields)
    parent = table.relation(derived.parent or "")
    said = {*derived.defaults, *([parent.column] if parent else [])}
    return tuple(item for item in sent_columns(architecture, table) if item.name not in said)


def body_type(architecture: Architecture, route: CodeGraph) -> str:
    """The class of a derived route's body: XCreate, XUpdate, or one that holds less."""
    derived = route.derived
    table = architecture.database.table(derived.table) if derived else None
    if derived is None or table is None:
        return route.request or ""
    columns = body_columns(architecture, route)
    if derived.operation is DerivedOperation.CREATE:
        whole, name = sent_columns(architecture, table), f"{table.model}Create"
    else:
        whole, name = changed_columns(architecture, table), f"{table.model}Update"
    ties, all_ties = (
        body_ties(architecture, route),
        sent_ties(architecture, table, derived.operation),
    )
    if (columns, ties) == (whole, all_ties):
        return name
    return "".join(part.capitalize() for part in route.function_name.split("_")) + "Body"


def own_bodies(architecture: Architecture, table: DatabaseTable) -> list[tuple[str, CodeGraph]]:
    """The derived routes of `table` whose body has a class of its own."""
    usual = {f"{table.model}Create", f"{table.model}Update"}
    return [
        (name, route)
        for route in architecture.routes
        if route.derived is not None
        and route.derived.table == table.name
        and route.derived.operation in (DerivedOperation.CREATE, DerivedOperation.UPDATE)
        and (name := body_type(architecture, route)) not in usual
    ]


def is_moving(column: Column) -> bool:
    """Whether a bound of the column moves with time."""
    return column.type in (ColumnType.DATE, ColumnType.DATETIME) and bool(
        {column.minimum, column.maximum} & {*MOMENT_WORDS}
    )
