"""One case of one function: what the sandbox is told, and what its observation means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.common.documents.schema import DatabaseSchema, DatabaseTable
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
    untouched: tuple[str, ...] = ()
    """Tables that hold rows, and that no contract here lets anybody write."""

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
    order = closure_order(architecture, function.name)
    untouched = untouched_tables(architecture.database, order, rows)
    watch = [architecture.database.table(name) for name in (*example.then, *untouched)]
    payload: dict[str, Any] = {
        "functions": payload_functions(architecture, order, codes),
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
    return Case(function, told, payload, rows, untouched)


def untouched_tables(
    database: DatabaseSchema, functions: Sequence[FunctionDefinition], rows: Rows
) -> tuple[str, ...]:
    """The tables with rows that `functions` do not write, and that nothing they do reaches."""
    written = {name for item in functions for name in item.writes}
    reached = set(written)
    while (
        more := {name for table in database.tables for name in _reached(table, reached)} - reached
    ):
        reached |= more
    told = rows.example.then
    return tuple(name for name in rows.tables if name not in reached and name not in told)


def _reached(table: DatabaseTable, written: Collection[str]) -> set[str]:
    """`table` and its ties, as far as a row that is written or deleted elsewhere changes them."""
    found = {item.through for item in table.relations if item.through and table.name in written}
    if any(item.target in written and item.on_delete != "restrict" for item in table.relations):
        found.add(table.name)
    return found


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
        *written_unasked(case, observed),
    ]


def _intro(case: Case) -> str:
    return f"Case {case.name!r}: {told_of(case)},"


def told_of(case: Case) -> str:
    """What a case is made of."""
    given = short(
        cast("JsonValue", {name: list(rows) for name, rows in case.example.given.items()})
    )
    arguments = short(cast("JsonValue", case.example.args))
    settings = (
        f", settings {short(cast('JsonValue', case.example.settings))}"
        if case.example.settings
        else ""
    )
    return f"given rows {given}{_ids(case)}{settings}, called with {arguments}"


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
    return [
        f"{_intro(case)} the rows of {name} afterwards differ: {told}."
        for name, expected in case.rows.example.then.items()
        if (told := _changed(case, observed, name, expected))
    ]


def written_unasked(case: Case, observed: Mapping[str, Any]) -> list[str]:
    """Rows that were given, and differ though no contract says that anybody writes them."""
    if "rows" not in observed:
        return []
    return [
        f"{_intro(case)} it changed rows of {name}, which its contract does not let it write: "
        f"{told}."
        for name in case.untouched
        if (told := _changed(case, observed, name, sorted(case.rows.tables[name], key=_id)))
    ]


def _changed(
    case: Case,
    observed: Mapping[str, Any],
    name: str,
    expected: Sequence[Mapping[str, JsonValue]],
) -> str | None:
    """How the rows of a table differ from what is expected of them."""
    table = case.rows.database.table(name)
    watched: Mapping[str, list[JsonValue]] = observed.get("rows", {})
    found = watched.get(table.model if table else "", [])
    return difference(cast("JsonValue", list(expected)), cast("JsonValue", found), case.rows)


def _id(row: Mapping[str, JsonValue]) -> int:
    return int(str(row["id"]))
