"""Generated cases of functions as tests of the service, each a call that a reader understands."""

from __future__ import annotations

from collections.abc import Iterable

from codex.common.documents.base import JsonValue
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.route_checks import ROW_REFERENCE
from codex.compiler.fixed import select, source
from codex.compiler.plan import Plan
from codex.compiler.rows import EARLIER, Rows, complete_rows, reference_id
from codex.compiler.source import Module, Rendered, docstring, indent, literal, sentence

# The moment of a case that names none.
MOMENT = "2026-06-15T12:00:00Z"
STAMPS = ("created_at", "updated_at")


def case_files(plan: Plan, present: frozenset[str]) -> dict[str, str]:
    """What the cases need, where a function has some."""
    if not any(True for _ in _cases(plan)):
        return {}
    return {"tests/cases.py": select(source("tests/cases.py"), present)}


def case_modules(plan: Plan) -> Iterable[Rendered]:
    """`tests/test_functions.py`, where a function has cases of its own."""
    text = "Cases of single functions, written from their contracts and not from their code."
    module = Module("tests/test_functions.py", text, plan.class_names)
    empty = True
    for definition, number, example in _cases(plan):
        empty = False
        module.add(f"function {definition.name}", _test(plan, module, definition, number, example))
    if not empty:
        module.imports.own("app.settings", "Settings")
        module.imports.own("tests.cases", "check")
        yield module.render()


def _cases(plan: Plan) -> Iterable[tuple[FunctionDefinition, int, Example]]:
    for definition in plan.architecture.functions:
        if plan.missing_below(definition.name):
            continue
        for number, test in enumerate(plan.functions[definition.name].tests, 1):
            if test.origin == "generated" and test.code.startswith("{"):
                yield definition, number, Example.model_validate_json(test.code)


def _test(
    plan: Plan, module: Module, definition: FunctionDefinition, number: int, example: Example
) -> str:
    rows = complete_rows(plan.architecture.database, example)
    alias = _alias(plan, module, definition.name)
    lines = [f"{alias}.{definition.name},"]
    given = [_row(module, item) for item in rows.as_payload()]
    if given:
        lines.append(f"rows=[{', '.join(given)}],")
    arguments = dict(example.args)
    if any(item.name == "now" for item in definition.parameters):
        arguments.setdefault("now", MOMENT)
    if arguments:
        spelled = [
            f"{literal(name)}: {_argument(module, plan, value, rows)}"
            for name, value in arguments.items()
        ]
        lines.append(f"args={{{', '.join(spelled)}}},")
    if example.settings:
        lines.append(f"changed={literal(example.settings)},")
    if example.raises is not None:
        lines.append(f"raises={_error(module, plan, example.raises)},")
    elif example.returns is not None:
        lines.append(f"returns={literal(_resolved(example.returns, rows))},")
    if example.then:
        after = [
            f"{_model(module, plan, name)}: {literal([_resolved(dict(row), rows) for row in some])}"
            for name, some in example.then.items()
        ]
        lines.append(f"then={{{', '.join(after)}}},")
    about = example.name or f"case {number} of {definition.name}"
    shown = docstring(sentence(f"{about[:1].upper()}{about[1:]}"), "    ")
    body = indent("\n".join(lines), " " * 8)
    head = f"def test_{definition.name}_{number}(settings: Settings) -> None:"
    return f"{head}\n    {shown}\n    check(\n        settings,\n{body}\n    )"


def _alias(plan: Plan, module: Module, name: str) -> str:
    """What the file of a function is called here, where those of all modules meet."""
    file = plan.assembly.place[name]
    alias = f"{file.name}_functions"
    module.imports.alias("app.functions", file.name, alias)
    return alias


def _row(module: Module, item: dict[str, JsonValue]) -> str:
    name = str(item["model"])
    module.imports.own("app.models", name)
    row = item["row"]
    assert isinstance(row, dict)
    # `tests/cases.py` says the same of every row that is silent about it.
    told = {key: value for key, value in row.items() if key not in STAMPS or value != EARLIER}
    return f"({name}, {literal(told)})"


def _model(module: Module, plan: Plan, table: str) -> str:
    found = plan.table(table).model
    module.imports.own("app.models", found)
    return found


def _error(module: Module, plan: Plan, name: str) -> str:
    place, _ = plan.vocabulary.imports.get(name, ("app.errors", name))
    module.imports.own(place, name)
    return name


def _argument(module: Module, plan: Plan, value: JsonValue, rows: Rows) -> str:
    """A value; a row is named by its table and id, since it is there only when the case runs."""
    if isinstance(value, list):
        return f"[{', '.join(_argument(module, plan, item, rows) for item in value)}]"
    match = ROW_REFERENCE.match(value) if isinstance(value, str) else None
    if match is not None and rows.database.table(match[1]) is not None:
        module.imports.own("tests.cases", "Row")
        return f"Row({_model(module, plan, match[1])}, {literal(reference_id(value, rows))})"
    return literal(_resolved(value, rows))


def _resolved(value: JsonValue, rows: Rows) -> JsonValue:
    match value:
        case dict():
            return {name: _resolved(item, rows) for name, item in value.items()}
        case list():
            return [_resolved(item, rows) for item in value]
        case _:
            return reference_id(value, rows)
