"""Access: whose each row is, and which roles see rows that are not theirs."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import attribute
from codex.common.documents.codegraph import CodeGraph
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Scope
from codex.common.documents.schema import (
    Cardinality,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)
from codex.common.documents.typetext import names_in
from codex.compiler.names import key_of, taken_names
from codex.compiler.source import Module, Rendered, docstring, indent, literal


def ownership_file(architecture: Architecture) -> Rendered | None:
    """`app/ownership.py`; None where there are no accounts."""
    database = architecture.database
    if database.account is None:
        return None
    module = Module(
        "app/ownership.py",
        "Whose each row is: the way from every table to the account, as a condition.",
        taken_names(architecture),
    )
    condition = f"{module.use('sqlalchemy', 'ColumnElement')}[bool]"
    owned = [table for table in database.tables if table.owner]
    for table in owned:
        text = _function(table, database, module, condition)
        module.add(f"table {table.name}", text)
    of_each = ", ".join(f"{table.model}: {function_name(table)}" for table in owned)
    model = module.use("app.columns", "TableModel")
    call = module.use("collections.abc", "Callable")
    module.add(
        "fixed",
        f"OWNED: dict[type[{model}], {call}[[int], {condition}]] = {{{of_each}}}",
    )
    sees = {table.model: all_roles(architecture, table) for table in owned}
    shown = ", ".join(
        f"{name}: frozenset({{{', '.join(literal(role) for role in roles)}}})"
        for name, roles in sees.items()
        if roles
    )
    module.add(
        "fixed",
        "# The roles that see every row, where a query does not say otherwise.\n"
        f"SEES_ALL: dict[type[{model}], frozenset[str]] = {{{shown}}}",
    )
    return module.render()


def function_name(table: DatabaseTable) -> str:
    """The function of the condition."""
    return f"{table.name}_of"


def _function(
    table: DatabaseTable, database: DatabaseSchema, module: Module, condition: str
) -> str:
    path = (table.owner or "").split(".")
    about = f"The {table.name.replace('_', ' ')} that belong to an account, by `{table.owner}`."
    body = _condition(table, path, database, module)
    lines = "\n".join([docstring(about, "    "), f"return {body}"])
    return f"def {function_name(table)}(user_id: int) -> {condition}:\n{indent(lines)}"


def _condition(
    table: DatabaseTable, path: list[str], database: DatabaseSchema, module: Module
) -> str:
    """What rows of `table` meet whose `path` leads to the account `user_id`."""
    module.imports.own("app.models", table.model)
    col = module.use("sqlmodel", "col")
    if len(path) == 1:
        return f"{col}({table.model}.{attribute(path[0])}) == user_id"
    select = module.use("sqlmodel", "select")
    step, rest = path[0], path[1:]
    relation = table.relation(step)
    if relation is None:
        other, relation = _inverse(table, step, database)
        if relation.cardinality is not Cardinality.MANY_TO_MANY:
            inner = _condition(other, rest, database, module)
            return (
                f"{col}({table.model}.id).in_("
                f"{select}({other.model}.{key_of(relation)}).where({inner}))"
            )
        return _through(table, other, relation, rest, database, module, inverse=True)
    target = _table(database, relation.target)
    if relation.cardinality is Cardinality.MANY_TO_MANY:
        return _through(table, target, relation, rest, database, module, inverse=False)
    # The account itself needs no query: its id is the reference.
    if rest == ["id"] and target.name == database.account:
        return f"{col}({table.model}.{key_of(relation)}) == user_id"
    found = _shortcut(target, rest, database)
    if found is not None:
        other, back, further = found
        inner = _condition(other, further, database, module)
        return (
            f"{col}({table.model}.{key_of(relation)}).in_("
            f"{select}({other.model}.{key_of(back)}).where({inner}))"
        )
    inner = _condition(target, rest, database, module)
    return (
        f"{col}({table.model}.{key_of(relation)}).in_({select}({target.model}.id).where({inner}))"
    )


def _shortcut(
    target: DatabaseTable, path: list[str], database: DatabaseSchema
) -> tuple[DatabaseTable, Relation, list[str]] | None:
    """Rows that refer back to the target hold its id themselves, so the target is not asked."""
    if len(path) < 2 or target.relation(path[0]) is not None:
        return None
    other, relation = _inverse(target, path[0], database)
    if relation.cardinality is Cardinality.MANY_TO_MANY:
        return None
    return other, relation, path[1:]


def _through(
    table: DatabaseTable,
    target: DatabaseTable,
    relation: Relation,
    rest: list[str],
    database: DatabaseSchema,
    module: Module,
    *,
    inverse: bool,
) -> str:
    """Over a link table: to the rows at its other side."""
    link = _table(database, relation.through or "")
    near, far = relation.through_source, relation.through_target
    if inverse:
        near, far = far, near
    near_column, far_column = _column(link, near), _column(link, far)
    module.imports.own("app.models", link.model)
    col, select = module.use("sqlmodel", "col"), module.use("sqlmodel", "select")
    if rest == ["id"] and target.name == database.account:
        inner = f"{col}({link.model}.{far_column}) == user_id"
    else:
        deeper = _condition(target, rest, database, module)
        inner = f"{col}({link.model}.{far_column}).in_({select}({target.model}.id).where({deeper}))"
    return f"{col}({table.model}.id).in_({select}({link.model}.{near_column}).where({inner}))"


def _table(database: DatabaseSchema, name: str) -> DatabaseTable:
    found = database.table(name)
    assert found is not None
    return found


def _column(table: DatabaseTable, relation: str | None) -> str:
    found = table.relation(relation or "")
    assert found is not None
    return key_of(found)


def _inverse(
    table: DatabaseTable, name: str, database: DatabaseSchema
) -> tuple[DatabaseTable, Relation]:
    for other in database.tables:
        for relation in other.relations:
            if relation.target == table.name and relation.inverse == name:
                return other, relation
    raise AssertionError(f"{table.name} has no way {name!r}")


def all_roles(architecture: Architecture, table: DatabaseTable) -> tuple[str, ...]:
    """The roles that see every row of `table`: those that a route to it reaches all rows with."""
    showing = [route for route in architecture.routes if _shows(route, table)]
    reading = [route for route in showing if route.method == "GET"] or showing
    grants = [grant for route in reading for grant in route.access]
    if any(not route.access for route in reading):
        return (SIGNED_IN,)
    everywhere = {grant.role for grant in grants if grant.scope is Scope.ALL}
    if PUBLIC in everywhere:
        return (PUBLIC,)
    return (SIGNED_IN,) if SIGNED_IN in everywhere else tuple(sorted(everywhere))


def _shows(route: CodeGraph, table: DatabaseTable) -> bool:
    if route.derived is not None:
        return route.derived.table == table.name
    return bool(route.response) and f"{table.model}Read" in names_in(route.response or "")
