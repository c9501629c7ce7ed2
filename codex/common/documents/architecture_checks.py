"""The cross-references of an Architecture, each violation naming both ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codex.common.documents import route_checks, schema_checks
from codex.common.documents.base import Violations
from codex.common.documents.typetext import STANDARD, names_in

if TYPE_CHECKING:
    from codex.common.documents.architecture import Architecture

# What every generated service defines itself.
SERVICE_ERRORS = frozenset({"NotFound", "Conflict", "Invalid", "Forbidden", "Gone", "Unauthorized"})


def check(document: Architecture, found: Violations) -> None:
    """Note every broken reference of `document` in `found`."""
    schema_checks.check(document, found)
    check_parts(document, found)
    _settings(document, found)
    route_checks.check(document, found)
    _scenarios(document, found)
    _coverage(document, found)


def check_parts(document: Architecture, found: Violations) -> None:
    """Note what is broken in names, types and the contracts of functions."""
    _names(document, found)
    _types(document, found)
    _functions(document, found)


def known_types(document: Architecture) -> frozenset[str]:
    """Every name that a type expression of the document may mention."""
    names: set[str] = set(STANDARD)
    for table in document.database.tables:
        names |= {table.model} | {f"{table.model}{end}" for end in ("Create", "Update", "Read")}
    names |= {enum.name for enum in document.database.enums}
    names |= {item.name for item in document.types}
    return frozenset(names)


def _names(document: Architecture, found: Violations) -> None:
    where = "the architecture"
    found.unique([module.name for module in document.modules], "modules", where)
    found.unique([setting.name for setting in document.settings], "settings", where)
    found.unique([error.code for error in document.errors], "error codes", where)
    found.unique([port.name for port in document.ports], "ports", where)
    found.unique([job.name for job in document.jobs], "jobs", where)
    classes = [enum.name for enum in document.database.enums]
    classes += [item.name for item in document.types]
    classes += [error.name for error in document.errors]
    for table in document.database.tables:
        classes += [table.model, *(f"{table.model}{end}" for end in ("Create", "Update", "Read"))]
    found.unique(classes, "classes", where)
    for name in classes:
        found.expect(
            name not in STANDARD | SERVICE_ERRORS,
            f"class {name!r} has the name of something that every service has",
        )
    functions = [item.name for item in (*document.functions, *document.port_functions)]
    functions += [route.function_name for route in document.routes if route.derived]
    found.unique(functions, "functions", where)


def _types(document: Architecture, found: Violations) -> None:
    known = known_types(document)
    objects = {item.name: item for item in document.types}
    for item in document.types:
        me = f"type {item.name!r}"
        found.expect(
            bool(item.fields) != bool(item.variants), f"{me} needs either fields or variants"
        )
        found.unique([field.name for field in item.fields], "fields", me)
        for field in item.fields:
            expect_types(field.type, known, f"{me} field {field.name!r}", found)
        found.expect(
            bool(item.variants) == bool(item.discriminator),
            f"{me}: variants and a discriminator go together",
        )
        for variant in item.variants:
            other = objects.get(variant)
            found.expect(other is not None, f"{me} has variant {variant!r}, which is not defined")
            if other is not None and item.discriminator:
                marks = [field for field in other.fields if field.name == item.discriminator]
                found.expect(
                    marks and marks[0].type.startswith("Literal["),
                    f"{me} tells variants apart by {item.discriminator!r}, "
                    f"which is no Literal field of {variant!r}",
                )


def expect_types(text: str, known: frozenset[str], me: str, found: Violations) -> None:
    """Note each name in the type `text` that nothing defines."""
    for name in sorted(names_in(text) - known):
        found.expect(False, f"{me} is of type {text!r}, but {name!r} is not defined")


def _settings(document: Architecture, found: Violations) -> None:
    parameters = {item.name for item in document.specification.parameters}
    assumptions = {item.id for item in document.specification.assumptions}
    for setting in document.settings:
        me = f"setting {setting.name!r}"
        found.expect(
            setting.parameter is None or setting.parameter in parameters,
            f"{me} stands for parameter {setting.parameter!r}, "
            "which the specification does not have",
        )
        found.expect(
            setting.assumption is None or setting.assumption in assumptions,
            f"{me} stands for assumption {setting.assumption!r}, "
            "which the specification does not have",
        )


def _functions(document: Architecture, found: Violations) -> None:
    known = known_types(document)
    names = {item.name for item in (*document.functions, *document.port_functions)}
    errors = {error.name for error in document.errors}
    settings = {setting.name for setting in document.settings}
    tables = {table.name for table in document.database.tables}
    for item in (*document.port_functions, *document.functions):
        me = f"function {item.name!r}"
        found.unique([parameter.name for parameter in item.parameters], "parameters", me)
        for parameter in item.parameters:
            expect_types(parameter.type, known, f"{me} parameter {parameter.name!r}", found)
        expect_types(item.return_type, known, f"{me} return value", found)
        for call in item.calls:
            found.expect(call in names, f"{me} calls {call!r}, which is not defined")
        for error in item.raises:
            found.expect(
                error in errors | SERVICE_ERRORS, f"{me} raises {error!r}, which is not defined"
            )
        for name in item.settings:
            found.expect(name in settings, f"{me} reads setting {name!r}, which is not defined")
        for name in (*item.reads, *item.writes):
            found.expect(name in tables, f"{me} uses table {name!r}, which is not defined")
        route_checks.check_examples(document, item, found)
    for job in document.jobs:
        found.expect(
            any(item.name == job.function for item in document.shared),
            f"job {job.name!r} runs function {job.function!r}, which is not shared",
        )
    for table in document.database.tables:
        for computed in table.computed:
            me = f"computed field {table.name}.{computed.name}"
            expect_types(computed.type, known, me, found)
            found.expect(
                computed.function is None
                or any(item.name == computed.function for item in document.shared),
                f"{me} is computed by {computed.function!r}, which is not shared",
            )


def _scenarios(document: Architecture, found: Violations) -> None:
    requirements = {item.id: item for item in document.specification.requirements}
    roles = document.specification.role_names
    routes = [(route.method, _pattern(route.path)) for route in document.routes]
    for scenario in document.scenarios:
        me = f"scenario {scenario.name!r}"
        requirement = requirements.get(scenario.requirement)
        found.expect(
            requirement is not None,
            f"{me} shows requirement {scenario.requirement}, which the specification does not have",
        )
        criteria = {item.id for item in requirement.criteria} if requirement else set[str]()
        for criterion in scenario.criteria:
            found.expect(
                criterion in criteria,
                f"{me} shows criterion {criterion}, which requirement {scenario.requirement} "
                "does not have",
            )
        for number, step in enumerate(scenario.steps, 1):
            if step.actor is not None:
                role = step.actor.partition(":")[0]
                found.expect(
                    role in roles, f"{me} step {number} is done as {role!r}, which is no role"
                )
            path = step.path.partition("?")[0]
            found.expect(
                step.expect is None
                or path.startswith("/auth/")
                or path in ("/health", "/ready")
                or any(step.method == verb and pattern.match(path) for verb, pattern in routes)
                or step.expect.status in (404, 405),
                f"{me} step {number} calls {step.method} {path}, which no route answers",
            )


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z0-9_]+\}", path)
    return re.compile("[^/]+".join(re.escape(part) for part in parts) + r"\Z")


def _coverage(document: Architecture, found: Violations) -> None:
    requirements = {item.id for item in document.specification.requirements}
    criteria = {item.id for each in document.specification.requirements for item in each.criteria}
    for name in document.uncovered:
        found.expect(
            name in criteria,
            f"the architecture lists criterion {name} as uncovered, "
            "which the specification does not have",
        )
    for name in document.served_by_schema:
        found.expect(
            name in requirements,
            f"the architecture serves requirement {name} by its schema, "
            "which the specification does not have",
        )
