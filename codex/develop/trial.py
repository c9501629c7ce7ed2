"""One case of one function: what the sandbox is told, and what its observation means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.typetext import names_in, parse_type
from codex.compiler.rows import Rows, UnknownRow, complete_rows, reference_id
from codex.compiler.vocabulary import function_modules
from codex.develop.compare import TYPE, VALUE, difference, plain, short
from codex.develop.conformity import conforms
from codex.develop.numbering import numbered_apart

# The moment of an example that names none.
MOMENT = "2026-06-15T12:00:00Z"

UNSET = "its rows or arguments are refused:"
"""Says of a case that the contract is at fault, not the code."""


@dataclass(frozen=True)
class Case:
    """A case ready to be tried."""

    function: FunctionDefinition
    example: Example
    payload: Mapping[str, Any]
    rows: Rows

    @property
    def name(self) -> str:
        """What the case shows."""
        arguments = short(cast("JsonValue", self.example.args))
        return self.example.name or f"{self.function.name}({arguments})"


def closure_order(architecture: Architecture, name: str) -> list[FunctionDefinition]:
    """The function and all that it calls, callees first."""
    ordered: dict[str, FunctionDefinition] = {}

    def visit(each: str) -> None:
        found = architecture.function(each)
        if each in ordered or found is None or found in architecture.port_functions:
            return
        for callee in found.calls:
            visit(callee)
        ordered[each] = found

    visit(name)
    return list(ordered.values())


def make_case(
    architecture: Architecture,
    function: FunctionDefinition,
    told: Example,
    codes: Mapping[str, str],
    database_url: str = "",
) -> Case:
    """The case of the example `told`, with the code of the function and of all that it calls."""
    rows = complete_rows(architecture.database, *numbered_apart(architecture.database, told))
    example = rows.example
    watch = [architecture.database.table(name) for name in example.then]
    payload: dict[str, Any] = {
        "functions": payload_functions(
            architecture, closure_order(architecture, function.name), codes
        ),
        "call": function.name,
        "pure": is_pure(function, example),
        "rows": rows.as_payload(),
        "args": {
            name: _argument(value, rows, architecture)
            for name, value in _arguments(function, example).items()
        },
        "settings": {**needed_settings(architecture), **example.settings},
        "moment": str(example.args.get("now", MOMENT)),
        "watch": [table.model for table in watch if table is not None],
        "database_url": database_url,
    }
    return Case(function, told, payload, rows)


def is_pure(function: FunctionDefinition, example: Example) -> bool:
    """Whether the case needs no database."""
    needs = any(item.name in {"session", "files"} for item in function.parameters)
    return not example.given and not needs


def payload_functions(
    architecture: Architecture, order: Sequence[FunctionDefinition], codes: Mapping[str, str]
) -> list[dict[str, str]]:
    """Functions as the sandbox takes them."""
    modules = function_modules(architecture)
    return [
        {"name": item.name, "module": modules[item.name], "code": codes[item.name]}
        for item in order
    ]


def needed_settings(architecture: Architecture) -> dict[str, JsonValue]:
    """A value for each setting that has no default."""
    samples: dict[str, JsonValue] = {"int": 1, "float": 1.0, "Decimal": "1", "bool": False}
    return {
        setting.name: samples.get(setting.type, "example")
        for setting in architecture.settings
        if setting.default is None
    }


def _arguments(function: FunctionDefinition, example: Example) -> dict[str, JsonValue]:
    arguments = dict(example.args)
    if any(item.name == "now" for item in function.parameters):
        arguments.setdefault("now", MOMENT)
    return arguments


def _argument(value: JsonValue, rows: Rows, architecture: Architecture) -> JsonValue:
    """A reference to a row becomes something that the sandbox decodes by annotation."""
    if isinstance(value, list):
        return [_argument(item, rows, architecture) for item in value]
    if isinstance(value, dict):
        return {name: _fields(item, rows) for name, item in value.items()}
    match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
    table = architecture.database.table(match[1]) if match else None
    if table is None:
        return value
    return {"$row": [table.model, reference_id(value, rows)]}


def _fields(value: JsonValue, rows: Rows) -> JsonValue:
    """Inside an object a reference is the id of the row, however deep it stands."""
    if isinstance(value, list):
        return [_fields(item, rows) for item in value]
    if isinstance(value, dict):
        return {name: _fields(item, rows) for name, item in value.items()}
    return reference_id(value, rows)


def judge(case: Case, observed: Mapping[str, Any]) -> list[str]:
    """What the observation says against the function; nothing where the case holds."""
    example = case.example
    if "unset" in observed:
        return [f"{_intro(case)} {UNSET} {observed['unset']}."]
    if "broken" in observed:
        return [f"The code cannot be loaded: {observed['broken']}{_where(observed)}."]
    if "crashed" in observed:
        crash = f"crashed with {observed['crashed']}{_where(observed)}"
        return [f"{_intro(case)} it {outcome_of(example)}, but {crash}."]
    if "raised" in observed:
        if example.raises == observed["raised"]:
            return _rows_afterwards(case, observed)
        return [f"{_intro(case)} it {outcome_of(example)}, but it raised {observed['raised']}."]
    returned = cast("JsonValue", observed.get("returned"))
    if example.raises is not None:
        told = short(plain(returned))
        return [f"{_intro(case)} it {outcome_of(example)}, but it returned {told}."]
    found = difference(example.returns, returned, case.rows)
    if found:
        return [f"{_intro(case)} the returned value differs: {found}."]
    kind = case.function.return_type
    enums = {enum.name: list(enum.values) for enum in case.rows.database.enums}
    if not conforms(returned, parse_type(kind), enums):
        return [f"{_intro(case)} it returned {short(plain(returned))}, which is no {kind}."]
    return [
        *_left_behind(case, observed),
        *_never_stored(case, returned),
        *_rows_afterwards(case, observed),
    ]


def _intro(case: Case) -> str:
    given = short(
        cast("JsonValue", {name: list(rows) for name, rows in case.example.given.items()})
    )
    arguments = short(cast("JsonValue", case.example.args))
    settings = (
        f", settings {short(cast('JsonValue', case.example.settings))}"
        if case.example.settings
        else ""
    )
    return f"Case {case.name!r}: given rows {given}{_ids(case)}{settings}, called with {arguments},"


def impossible(
    architecture: Architecture, function: FunctionDefinition, example: Example, why: UnknownRow
) -> str:
    """What is said of a case that speaks of rows that it does not give."""
    case = Case(function, example, {}, Rows(architecture.database, example))
    return f"{_intro(case)} {UNSET} {why}."


def _ids(case: Case) -> str:
    """Which ids the given rows have, where they are not counted from 1."""
    first = {name: case.rows.first.get(name, 1) for name in case.example.given}
    told = [f"those of {name} from {number}" for name, number in first.items() if number > 1]
    return f" (ids: {', '.join(told)})" if told else ""


def outcome_of(example: Example) -> str:
    """How the example says that the call ends."""
    if example.raises:
        return f"must raise {example.raises}"
    return f"must return {short(example.returns)}"


def _where(observed: Mapping[str, Any]) -> str:
    frames: Sequence[str] = observed.get("traceback", ())
    return f" at {frames[-1]}" if frames else ""


def _left_behind(case: Case, observed: Mapping[str, Any]) -> list[str]:
    """What Python warns of: a file that nobody closed, a coroutine that nobody awaited."""
    return [
        f"{_intro(case)} something is left behind: {told}." for told in observed.get("left", ())
    ]


def _never_stored(case: Case, returned: JsonValue) -> list[str]:
    """A row that is returned by a function that writes its table, and has no id."""
    tables = [case.rows.database.table(name) for name in case.function.writes]
    named = {table.model for table in tables if table} & names_in(case.function.return_type)
    rows = returned if isinstance(returned, list) else [returned]
    for row in rows:
        if named and isinstance(row, dict) and row.get(TYPE) == "row":
            fields = cast("dict[str, JsonValue]", row[VALUE])
            if fields["id"] is None:
                return [f"{_intro(case)} it returned a row that was never added to the session."]
    return []


def _rows_afterwards(case: Case, observed: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    watched: Mapping[str, list[JsonValue]] = observed.get("rows", {})
    for name, expected in case.rows.example.then.items():
        table = case.rows.database.table(name)
        found = watched.get(table.model if table else "", [])
        told = difference(cast("JsonValue", list(expected)), cast("JsonValue", found), case.rows)
        if told:
            problems.append(f"{_intro(case)} the rows of {name} afterwards differ: {told}.")
    return problems
