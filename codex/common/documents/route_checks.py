"""The cross-references of routes and their functions, each violation naming both ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex.common.documents import template as templates
from codex.common.documents.base import Violations
from codex.common.documents.codegraph import (
    CodeGraph,
    Derived,
    Example,
    FunctionDefinition,
    FunctionKind,
    SuccessKind,
)
from codex.common.documents.column_checks import can_be_set
from codex.common.documents.schema import DatabaseSchema, DatabaseTable

if TYPE_CHECKING:
    from codex.common.documents.architecture import Architecture

ROW_REFERENCE = re.compile(r"^([a-z][a-z0-9_]*):([1-9][0-9]*)$")


def check(document: Architecture, found: Violations) -> None:
    """Note every broken reference of the document's routes in `found`."""
    check_headers(document, found)
    for route in document.routes:
        found.expect(
            (route.derived is None) == (route.template is not None),
            f"route {route.api_route} needs either a template or what it is derived from",
        )
        if not route.derived:
            _template(document, route, found)


def check_headers(document: Architecture, found: Violations) -> None:
    """Note every broken reference of the routes themselves, their functions apart."""
    found.unique([route.api_route for route in document.routes], "routes", "the architecture")
    shapes = [re.sub(r"\{[^}]*\}", "{}", route.api_route) for route in document.routes]
    found.unique(shapes, "routes that differ in parameter names only,", "the architecture")
    for route in document.routes:
        _route(document, route, found)
        if route.derived:
            _derived(document, route, route.derived, found)


def _route(document: Architecture, route: CodeGraph, found: Violations) -> None:
    from codex.common.documents.architecture_checks import (
        SERVICE_ERRORS,
        expect_types,
        known_types,
    )

    me = f"route {route.api_route}"
    requirements = {item.id for item in document.specification.requirements}
    for name in route.requirements:
        found.expect(
            name in requirements,
            f"{me} serves requirement {name}, which the specification does not have",
        )
    found.expect(
        any(module.name == route.module for module in document.modules),
        f"{me} belongs to module {route.module!r}, which is not listed",
    )
    for grant in route.access:
        found.expect(
            grant.role in document.specification.role_names,
            f"{me} is granted to role {grant.role!r}, which the specification does not have",
        )
    known = known_types(document)
    for label, text in (("request", route.request), ("response", route.response)):
        if text:
            expect_types(text, known, f"{me} {label}", found)
    for parameter in route.parameters:
        expect_types(parameter.type, known, f"{me} parameter {parameter.name!r}", found)
    names = [*route.path_parameters, *(parameter.name for parameter in route.parameters)]
    found.unique(names, "parameters", me)
    for name in route.path_types:
        found.expect(
            name in route.path_parameters,
            f"{me} types path parameter {name!r}, which its path does not have",
        )
    errors = {error.name for error in document.errors} | SERVICE_ERRORS
    for name in route.raises:
        found.expect(name in errors, f"{me} raises {name!r}, which is not defined")
    found.expect(
        route.success.kind is SuccessKind.JSON or route.response is None,
        f"{me} answers {route.success.kind}, so it has no response type",
    )
    for lock in route.locks:
        found.expect(
            document.database.table(lock.table) is not None,
            f"{me} locks a row of {lock.table!r}, which is not defined",
        )
        first = lock.by.partition(".")[0]
        found.expect(
            first in {*names, "body", "user"},
            f"{me} locks by {lock.by!r}, but it has no parameter {first!r}",
        )


def _derived(document: Architecture, route: CodeGraph, derived: Derived, found: Violations) -> None:
    me = f"route {route.api_route}"
    found.expect(not route.functions, f"{me} is derived, so it has no functions")
    table = document.database.table(derived.table)
    found.expect(
        table is not None, f"{me} is derived from table {derived.table!r}, which is not defined"
    )
    if table is None:
        return
    if derived.parent is not None:
        found.expect(
            table.relation(derived.parent) is not None,
            f"{me} is under relation {derived.parent!r}, which table {table.name!r} does not have",
        )
    columns = {column.name for column in table.all_columns}
    columns |= {relation.name for relation in table.relations if relation.ids}
    if derived.tied:
        other = _other_side(me, document, table, derived, found)
        columns = {column.name for column in other.all_columns} if other else columns
    sort = {derived.default_sort.lstrip("-")} if derived.default_sort else set[str]()
    used = {*derived.filters, *derived.ranges, *derived.search, *derived.sorts, *sort}
    used |= {*derived.defaults, *derived.fields}
    for name in sorted(used - columns):
        found.expect(False, f"{me} uses column {name!r}, which table {table.name!r} does not have")
    for name, value in derived.defaults.items():
        column = table.column(name)
        enum = document.database.enum(column.enum or "") if column else None
        found.expect(
            column is None or can_be_set(column, value, enum),
            f"{me} sets column {name!r} to {value!r}, which it cannot be",
        )


def _other_side(
    me: str, document: Architecture, link: DatabaseTable, derived: Derived, found: Violations
) -> DatabaseTable | None:
    """The table that a route over ties speaks of."""
    far = [item for item in link.relations if item.name != derived.parent]
    found.expect(
        derived.parent is not None and len(link.relations) == 2 and len(far) == 1,
        f"{me} speaks of the other side of {link.name!r}, which needs a parent and two relations",
    )
    return document.database.table(far[0].target) if far else None


def _template(document: Architecture, route: CodeGraph, found: Violations) -> None:
    me = f"route {route.api_route}"
    if route.template is None:
        return
    mains = [item for item in route.functions if item.kind is FunctionKind.MAIN]
    found.expect(
        len(mains) == 1 and mains[0].name == route.function_name,
        f"{me} needs exactly one main function, called {route.function_name!r}",
    )
    template = templates.read_template(route.template)
    for problem in template.problems:
        found.expect(False, f"{me}: {problem}")
    written = {item.name: item for item in template.functions}
    defined = {item.name: item for item in route.functions}
    for name in sorted(written.keys() - defined.keys()):
        found.expect(False, f"{me}: its template holds {name!r}, which has no FunctionDefinition")
    for name in sorted(defined.keys() - written.keys()):
        found.expect(False, f"{me}: FunctionDefinition {name!r} does not stand in its template")
    for name in sorted(written.keys() & defined.keys()):
        for difference in templates.differences(written[name], defined[name]):
            found.expect(False, f"{me}: {difference}")
    if len(mains) == 1:
        _main(route, mains[0], document.database, found)


def _main(
    route: CodeGraph, main: FunctionDefinition, database: DatabaseSchema, found: Violations
) -> None:
    me = f"route {route.api_route}"
    used = tuple(item.name for item in main.parameters if item.keyword_only)
    wanted = templates.main_parameters(route, database, used)
    given = main.parameters
    same = len(wanted) == len(given) and all(
        templates.same_contract(here, there) for here, there in zip(given, wanted, strict=True)
    )
    computed = FunctionDefinition.model_construct(parameters=wanted).input_type
    found.expect(
        same, f"{me}: {main.name!r} takes ({main.input_type}), but the route gives ({computed})"
    )
    returns = templates.main_return_type(route, database)
    found.expect(
        templates.canonical(main.return_type) == templates.canonical(returns),
        f"{me}: {main.name!r} returns {main.return_type}, but the route answers from {returns}",
    )


def check_examples(document: Architecture, item: FunctionDefinition, found: Violations) -> None:
    """Note what the examples of `item` name and nothing defines."""
    settings = {setting.name for setting in document.settings}
    for number, example in enumerate(item.examples, 1):
        me = f"function {item.name!r} example {number}"
        parameters = {parameter.name for parameter in item.parameters}
        for name in sorted(example.args.keys() - parameters):
            found.expect(False, f"{me} has argument {name!r}, which the function does not take")
        for parameter in item.parameters:
            found.expect(
                parameter.name in example.args
                or parameter.default is not None
                or parameter.name in {"session", "settings", "files", "paging"},
                f"{me} has no argument {parameter.name!r}, which the function takes",
            )
        for name in sorted(example.settings.keys() - settings):
            found.expect(False, f"{me} has setting {name!r}, which is not defined")
        found.expect(
            example.raises is None
            or example.raises in {*item.raises, *_raised_below(document, item)},
            f"{me} raises {example.raises!r}, which the function does not declare",
        )
        _rows(document.database, example, me, found)


def _raised_below(document: Architecture, item: FunctionDefinition) -> set[str]:
    """The errors of everything that `item` calls."""
    seen: set[str] = set()
    raised: set[str] = set()
    waiting = [item.name]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        below = document.function(name)
        if below is not None:
            raised |= set(below.raises)
            waiting += below.calls
    return raised


def _rows(database: DatabaseSchema, example: Example, me: str, found: Violations) -> None:
    for part, tables in (("given", example.given), ("then", example.then)):
        for name, rows in tables.items():
            table = database.table(name)
            found.expect(
                table is not None, f"{me} {part} names table {name!r}, which is not defined"
            )
            columns = {column.name for column in table.all_columns} if table else set[str]()
            for row in rows if table else ():
                for column in sorted(row.keys() - columns):
                    found.expect(
                        False,
                        f"{me} {part} names column {column!r}, which table {name!r} does not have",
                    )
    for values in (
        example.args.values(),
        *(row.values() for rows in example.given.values() for row in rows),
    ):
        for value in values:
            match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
            if match and database.table(match[1]) is not None:
                found.expect(
                    int(match[2]) <= len(example.given.get(match[1], ())),
                    f"{me} refers to {value!r}, but so many rows are not given",
                )
