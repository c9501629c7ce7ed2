"""The cross-references of a database schema, each violation naming both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex.common.documents.base import Violations
from codex.common.documents.column_checks import check_column, check_term
from codex.common.documents.schema import (
    Cardinality,
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)

if TYPE_CHECKING:
    from codex.common.documents.architecture import Architecture


def check(document: Architecture, found: Violations) -> None:
    """Note every broken reference of the document's database in `found`."""
    database = document.database
    found.unique([table.name for table in database.tables], "tables", "the database")
    found.unique([enum.name for enum in database.enums], "enums", "the database")
    errors = {error.name for error in document.errors}
    for enum in database.enums:
        found.unique(list(enum.values), "values", f"enum {enum.name!r}")
    for table in database.tables:
        _members(table, found)
        for column in table.columns:
            _column(table, column, database, errors, found)
        for relation in table.relations:
            _relation(table, relation, database, found)
        _constraints(table, errors, found)
        if table.owner:
            _owner(table, database, found)
    _inverses(database, found)
    _account(document, found)
    entities = {entity.name for entity in document.specification.entities}
    for table in database.tables:
        found.expect(
            table.entity is None or table.entity in entities,
            f"table {table.name!r} keeps entity {table.entity!r}, "
            "which the specification does not have",
        )


def _members(table: DatabaseTable, found: Violations) -> None:
    names = [column.name for column in table.all_columns]
    names += [relation.name for relation in table.relations]
    names += [computed.name for computed in table.computed]
    names += [relation.ids for relation in table.relations if relation.ids]
    found.unique(names, "columns, relations or computed fields", f"table {table.name!r}")


def _column(
    table: DatabaseTable,
    column: Column,
    database: DatabaseSchema,
    errors: set[str],
    found: Violations,
) -> None:
    me = f"column {table.name}.{column.name}"
    if column.type is ColumnType.ENUM:
        enum = database.enum(column.enum or "")
        found.expect(enum is not None, f"{me} is of enum {column.enum!r}, which is not defined")
        if enum is not None and column.default is not None:
            found.expect(
                column.default in enum.values,
                f"{me} has default {column.default!r}, which enum {enum.name!r} does not have",
            )
    else:
        found.expect(
            column.enum is None, f"{me} names enum {column.enum!r} but is of type {column.type}"
        )
    check_column(column, me, found)
    found.expect(
        column.error is None or column.error in errors,
        f"{me} raises {column.error!r}, which is not defined",
    )


def _relation(
    table: DatabaseTable, relation: Relation, database: DatabaseSchema, found: Violations
) -> None:
    me = f"relation {table.name}.{relation.name}"
    found.expect(
        database.table(relation.target) is not None,
        f"{me} points to table {relation.target!r}, which is not defined",
    )
    if relation.cardinality is Cardinality.MANY_TO_MANY:
        _link(me, table, relation, database, found)
        return
    column = table.column(relation.column or "")
    found.expect(
        column is not None and column.name != "id",
        f"{me} uses column {relation.column!r}, which {table.name!r} does not have",
    )
    if column is not None:
        found.expect(
            column.type is ColumnType.INTEGER,
            f"{me} uses column {column.name!r}, which is {column.type} and not integer",
        )
        found.expect(
            relation.on_delete != "set_null" or column.nullable,
            f"{me} is cleared on delete, but column {column.name!r} is required",
        )
        found.expect(
            relation.cardinality is not Cardinality.ONE_TO_ONE or column.unique,
            f"{me} is one to one, but column {column.name!r} is not unique",
        )


def _link(
    me: str,
    table: DatabaseTable,
    relation: Relation,
    database: DatabaseSchema,
    found: Violations,
) -> None:
    link = database.table(relation.through or "")
    found.expect(
        link is not None, f"{me} goes through table {relation.through!r}, which is not defined"
    )
    if link is None:
        return
    for name, target in (
        (relation.through_source, table.name),
        (relation.through_target, relation.target),
    ):
        side = link.relation(name or "")
        found.expect(
            side is not None and side.target == target,
            f"{me} goes through {link.name!r}, which has no relation {name!r} to {target!r}",
        )
    found.expect(
        relation.ids is None or is_bare(link),
        f"{me} is written as {relation.ids!r}, but rows of {link.name!r} hold more than a tie",
    )


def is_bare(link: DatabaseTable) -> bool:
    """Whether a row of `link` says no more than which two rows are tied."""
    keys = {relation.column for relation in link.relations}
    return (
        len(link.relations) == len(keys) == 2
        and {column.name for column in link.columns} == keys
        and not link.timestamps
        and not link.computed
    )


def _constraints(table: DatabaseTable, errors: set[str], found: Violations) -> None:
    columns = {column.name for column in table.all_columns}
    found.unique(
        [constraint.name for constraint in table.constraints],
        "constraints",
        f"table {table.name!r}",
    )
    for constraint in table.constraints:
        me = f"constraint {table.name}.{constraint.name}"
        found.expect(
            constraint.error in errors, f"{me} raises {constraint.error!r}, which is not defined"
        )
        found.expect(
            bool(constraint.columns) == (constraint.kind == "unique")
            and bool(constraint.check) == (constraint.kind == "check"),
            f"{me}: unique needs columns, check needs terms",
        )
        used = set(constraint.columns)
        for term in (*constraint.where, *constraint.check):
            used |= {term.column} | ({term.other.column} if term.other.column else set[str]())
            check_term(term, table, me, found)
        for name in sorted(used - columns):
            found.expect(False, f"{me} uses column {name!r}, which the table does not have")
    for index in table.indexes:
        for name in index.columns:
            found.expect(
                name in columns,
                f"an index of table {table.name!r} uses column {name!r}, "
                "which the table does not have",
            )


def _owner(table: DatabaseTable, database: DatabaseSchema, found: Violations) -> None:
    me = f"table {table.name!r}"
    found.expect(
        owner_column(table, database) is not None,
        f"{me} belongs to {table.owner!r}, which is no way to the account"
        f" table {database.account!r}",
    )


def owner_column(table: DatabaseTable, database: DatabaseSchema) -> Column | None:
    """The last column of the owner's path, where that path leads to the account."""
    *steps, last = (table.owner or "").split(".")
    place = table
    for step in steps:
        target = step_to(place, step, database)
        if target is None:
            return None
        place = target
    if last == "id" and place.name == database.account:
        return place.column("id")
    for relation in place.relations:
        if relation.column == last and relation.target == database.account:
            return place.column(last)
    return None


def step_to(table: DatabaseTable, name: str, database: DatabaseSchema) -> DatabaseTable | None:
    """The table that relation or inverse `name` leads to from `table`."""
    relation = table.relation(name)
    if relation is not None:
        return database.table(relation.target)
    for other in database.tables:
        for candidate in other.relations:
            if candidate.target == table.name and candidate.inverse == name:
                return other
    return None


def _inverses(database: DatabaseSchema, found: Violations) -> None:
    for table in database.tables:
        own = {column.name for column in table.all_columns}
        own |= {relation.name for relation in table.relations}
        own |= {computed.name for computed in table.computed}
        seen: dict[str, str] = {}
        for other in database.tables:
            for relation in other.relations:
                if relation.target != table.name or relation.inverse is None:
                    continue
                me = f"relation {other.name}.{relation.name}"
                found.expect(
                    relation.inverse not in own,
                    f"{me} is {relation.inverse!r} seen from {table.name!r}, "
                    "which has one of that name",
                )
                found.expect(
                    relation.inverse not in seen,
                    f"{me} and relation {seen.get(relation.inverse)} are both "
                    f"{relation.inverse!r} seen from {table.name!r}",
                )
                seen[relation.inverse] = f"{other.name}.{relation.name}"


def _account(document: Architecture, found: Violations) -> None:
    database = document.database
    if database.account is None:
        for route in document.routes:
            for grant in route.access:
                found.expect(
                    grant.role == "public",
                    f"route {route.api_route} is granted to {grant.role!r}, "
                    "but no table is the account",
                )
        return
    table = database.table(database.account)
    found.expect(
        table is not None, f"the account table is {database.account!r}, which is not defined"
    )
    if table is None:
        return
    email, password = table.column("email"), table.column("password_hash")
    found.expect(
        email is not None and email.unique and not email.nullable,
        f"account table {table.name!r} needs a required, unique column 'email'",
    )
    found.expect(
        password is not None and password.exposure == "none",
        f"account table {table.name!r} needs a column 'password_hash' with exposure none",
    )
    if document.specification.roles:
        role = table.column("role")
        enum = database.enum(role.enum or "") if role is not None else None
        found.expect(
            enum is not None
            and set(enum.values) >= {item.name for item in document.specification.roles},
            f"account table {table.name!r} needs a column 'role' of an enum with every role of"
            " the specification",
        )
