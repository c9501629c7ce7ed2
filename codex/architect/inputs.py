"""What each chain is handed: its own part, and the closure of what that part names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codex.blueprint import tell
from codex.blueprint.brief import Brief
from codex.blueprint.closure import (
    errors_named,
    restricted,
    settings_used,
    tables_of_rule,
    tables_of_types,
    types_named,
    with_related,
)
from codex.blueprint.planned import Planned
from codex.chains.architect.code_graph import CodeGraphInputs
from codex.chains.architect.modules import ModulePlan
from codex.chains.architect.routes import RoutesInputs
from codex.chains.architect.scenarios import ScenariosInputs
from codex.common.documents.architecture import ErrorType, Module, ObjectType, Setting
from codex.common.documents.codegraph import (
    FunctionDefinition,
    FunctionParameter,
    RouteHeader,
)
from codex.common.documents.rules import PUBLIC, SIGNED_IN, Scope
from codex.common.documents.schema import DatabaseSchema
from codex.common.documents.specification import Requirement
from codex.common.documents.template import main_parameters, main_return_type


@dataclass(frozen=True)
class Surface:
    """The service as its routes are known: all that functions and scenarios are drawn from."""

    brief: Brief
    database: DatabaseSchema
    routes: tuple[Planned, ...]
    types: tuple[ObjectType, ...]
    errors: tuple[ErrorType, ...]
    settings: tuple[Setting, ...]
    shared: tuple[FunctionDefinition, ...] = ()
    modules: tuple[Module, ...] = ()
    served: dict[str, str] = field(default_factory=dict[str, str])
    """Requirements that no route serves, with the part of the schema that does."""

    @property
    def drawn(self) -> tuple[Planned, ...]:
        """The routes that need functions."""
        return tuple(item for item in self.routes if item.header.derived is None)


def module_inputs(
    plan: ModulePlan, plans: tuple[ModulePlan, ...], drafted: Surface
) -> RoutesInputs:
    """One module with its drafted routes and what they are about."""
    database, brief = drafted.database, drafted.brief
    mine = [item.header for item in drafted.routes if item.header.module == plan.name]
    others = [item.header for item in drafted.routes if item.header.module != plan.name]
    rules = [item.rule for item in drafted.routes if item.header.module == plan.name]
    tables = set(plan.tables).union(*(tables_of_rule(rule) for rule in rules))
    tables |= tables_of_types(database, _texts(mine))
    raised = {error for header in mine for error in header.raises}
    schema = restricted(database, with_related(database, tables))
    here = {table.name for table in schema.tables}
    raised |= _constraint_errors(schema)
    about = {*plan.requirements, *(item for header in mine for item in header.requirements)}
    by_table = {name for each in plans for name in each.tables if each is not plan}
    return RoutesInputs(
        module=Module(name=plan.name, description=plan.description),
        brief=Brief.of(brief, about).without_quotes(),
        database=schema,
        others=tuple(table for table in database.tables if table.name not in here),
        draft=tuple(mine),
        known={
            item.header.function_name: tell.sentences(item.rule)
            for item in drafted.routes
            if item.rule and item.header.module == plan.name
        },
        types=types_named(drafted.types, _texts(mine)),
        errors=errors_named(drafted.errors, raised),
        settings=drafted.settings,
        elsewhere=tuple(h.api_route for h in others if _near(h, tables & by_table, database)),
        answerable=tuple(
            item
            for item in plan.requirements
            if not any(item in header.requirements for header in others)
        ),
    )


def _near(header: RouteHeader, tables: set[str], database: DatabaseSchema) -> bool:
    """Whether another module's route is about a table that this module speaks of too."""
    about = header.derived.table if header.derived else None
    return about in tables or bool(tables & tables_of_types(database, _texts([header])))


def _texts(headers: list[RouteHeader]) -> list[str | None]:
    return [text for header in headers for text in (header.request, header.response)]


def _signatures(items: tuple[FunctionDefinition, ...]) -> list[str]:
    """The types that callers of shared functions meet."""
    return [
        text
        for item in items
        for text in (item.return_type, *(parameter.type for parameter in item.parameters))
    ]


def _constraint_errors(database: DatabaseSchema) -> set[str]:
    named = {column.error for table in database.tables for column in table.columns if column.error}
    return named | {item.error for table in database.tables for item in table.constraints}


def graph_inputs(planned: Planned, surface: Surface) -> CodeGraphInputs:
    """One route with its own tables, types, errors and settings."""
    header, rule = planned.header, planned.rule
    tables = tables_of_rule(rule) | tables_of_types(surface.database, _texts([header]))
    tables |= {lock.table for lock in header.locks}
    requirements = _requirements(surface.brief, header.requirements)
    for requirement in requirements:
        tables |= _tables_of(requirement, surface)
    tables |= _to_owners(tables, surface.database)
    known = with_related(surface.database, tables)
    module_shared = tuple(item for item in surface.shared if _may_use(item, known, tables))
    # Examples of what calls them give rows of what they work on.
    known = known.union(*({*item.reads, *item.writes} for item in module_shared))
    schema = restricted(surface.database, known)
    settings = settings_used(surface.settings, rule) if rule else surface.settings
    return CodeGraphInputs(
        route=header,
        signature=_signature(header, schema),
        before=before(header, schema),
        requirements=requirements,
        tables=schema.tables,
        enums=schema.enums,
        account=schema.account,
        types=types_named(surface.types, [*_texts([header]), *_signatures(module_shared)]),
        errors=errors_named(
            surface.errors, {*header.raises, *(e for f in module_shared for e in f.raises)}
        ),
        settings=settings,
        shared=module_shared,
        rule=rule,
        known=tell.sentences(rule) if rule else (),
    )


def _requirements(brief: Brief, ids: tuple[str, ...]) -> tuple[Requirement, ...]:
    return tuple(
        item.model_copy(update={"quotes": ()}) for item in brief.requirements if item.id in ids
    )


def _may_use(item: FunctionDefinition, known: set[str], about: set[str]) -> bool:
    """Whether a shared function works on what the route is about, or on nothing else it knows."""
    used = {*item.reads, *item.writes}
    return used <= known or bool(used & about)


def _signature(header: RouteHeader, schema: DatabaseSchema) -> str:
    """The head of the main function, with everything that it may be handed."""
    parameters: tuple[FunctionParameter, ...] = main_parameters(header, schema)
    definition = FunctionDefinition.model_construct(parameters=parameters)
    returns = main_return_type(header, schema)
    return f"def {header.function_name}({definition.input_type}) -> {returns}:"


def before(header: RouteHeader, schema: DatabaseSchema) -> tuple[str, ...]:
    """What the wrapper has done when the main function is called."""
    said: list[str] = []
    grants = header.access
    if schema.account:
        roles = sorted({grant.role for grant in grants} - {PUBLIC})
        if any(grant.role == PUBLIC for grant in grants):
            said.append("Anybody may call; nobody was asked to sign in.")
        elif not grants or SIGNED_IN in roles:
            said.append("The caller is signed in; otherwise the answer was 401.")
        else:
            said.append(
                f"The caller is signed in and is one of {', '.join(roles)}; "
                "otherwise the answer was 401 or 403."
            )
        own = sorted({grant.role for grant in grants if grant.scope is Scope.OWN})
        if own and header.path_parameters:
            said.append(
                f"For {', '.join(own)}: the rows that the path names belong to the caller; "
                "otherwise the answer was 404."
            )
    if header.request:
        said.append(f"The body is a valid {header.request}; otherwise the answer was 422.")
    said += [f"The row of {lock.table} with id {lock.by} is locked." for lock in header.locks]
    said.append("A transaction is open; it is committed after the function, before the answer.")
    return tuple(said)


def scenario_inputs(requirement: Requirement, surface: Surface) -> ScenariosInputs:
    """One requirement with the routes that serve it and the tables behind them."""
    serving = [item for item in surface.routes if requirement.id in item.header.requirements]
    tables = set[str]()
    for item in serving:
        tables |= tables_of_rule(item.rule)
        tables |= tables_of_types(surface.database, _texts([item.header]))
        tables |= {item.header.derived.table} if item.header.derived else set()
    tables |= _tables_of(requirement, surface)
    known = _needed_for(tables, surface.database)
    makers = [
        item
        for item in surface.routes
        if item not in serving
        and (_about(item, known, surface.database) or _unseen(item, known, surface))
    ]
    schema = restricted(surface.database, known)
    shown = (*serving, *makers)
    elsewhere = tuple(item.header for item in surface.routes if item not in shown)
    rules = [item.rule for item in shown if item.rule]
    unruled = any(item.rule is None and item.header.derived is None for item in shown)
    return ScenariosInputs(
        requirement=requirement.model_copy(update={"quotes": ()}),
        routes=tuple(serving),
        others=tuple(makers),
        elsewhere=elsewhere,
        database=schema,
        types=types_named(
            surface.types,
            [
                *_texts([item.header for item in shown]),
                *(header.request for header in elsewhere),
            ],
        ),
        errors=errors_named(surface.errors, {e for i in serving for e in i.header.raises}),
        # Functions without a rule may read any setting.
        settings=surface.settings if unruled else settings_used(surface.settings, *rules),
        roles=tuple(role.name for role in surface.brief.roles),
    )


def _tables_of(requirement: Requirement, surface: Surface) -> set[str]:
    """The tables that keep what a requirement's operations are about, or its words name."""
    entities = {operation.entity for operation in requirement.operations}
    words = " ".join(
        [requirement.text, *(f"{c.given} {c.when} {c.then}" for c in requirement.criteria)]
    ).lower()
    for entity in surface.brief.entities:
        names = (entity.name.replace("_", " "), entity.plural.replace("_", " "))
        if any(re.search(rf"\b{re.escape(name)}\b", words) for name in names):
            entities.add(entity.name)
    return {table.name for table in surface.database.tables if table.entity in entities}


def _needed_for(tables: set[str], database: DatabaseSchema) -> set[str]:
    """`tables`, and all that must be there before a row of them can be made and seen."""
    found = set(tables)
    while True:
        more = with_related(database, found)
        more |= _to_owners(more, database)
        if more == found:
            return found
        found = more


def _to_owners(tables: set[str], database: DatabaseSchema) -> set[str]:
    """The tables on the way from rows of `tables` to the accounts that they belong to."""
    found: set[str] = set()
    for name in tables:
        step = table = database.table(name)
        for part in (table.owner or "").split(".") if table else ():
            relation = step.relation(part) if step else None
            back = _seen_from(step.name, part, database) if step and not relation else None
            target = relation.target if relation else back
            if target is None:
                break
            found.add(target)
            step = database.table(target)
    return found


def _seen_from(name: str, inverse: str, database: DatabaseSchema) -> str | None:
    """The table whose rows a row of table `name` has as `inverse`."""
    return next(
        (
            table.name
            for table in database.tables
            for relation in table.relations
            if relation.target == name and relation.inverse == inverse
        ),
        None,
    )


def _unseen(item: Planned, tables: set[str], surface: Surface) -> bool:
    """Whether a route about `tables` answers with nothing that tells so, such as a redirect."""
    header = item.header
    if header.derived is not None or tables_of_types(surface.database, _texts([header])):
        return False
    served = _requirements(surface.brief, header.requirements)
    return any(_tables_of(requirement, surface) & tables for requirement in served)


def _about(item: Planned, tables: set[str], database: DatabaseSchema) -> bool:
    """Whether a route makes, shows or changes rows of `tables`."""
    derived = item.header.derived
    if derived is not None:
        return derived.table in tables
    return bool(tables & tables_of_types(database, [item.header.response]))
