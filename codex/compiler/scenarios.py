"""Scenarios as the tests of the service, each step a line that a reader understands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from codex.common.documents.architecture import Architecture
from codex.common.documents.base import JsonValue
from codex.common.documents.scenario import Scenario, Step
from codex.common.documents.schema import ColumnType
from codex.compiler.plan import Plan
from codex.compiler.prerequisites import Row, completed, route_of
from codex.compiler.samples import sample
from codex.compiler.source import FIXED, Module, Rendered, docstring, indent, literal, sentence


def scenario_files(plan: Plan) -> Iterable[Rendered]:
    """`tests/test_scenarios.py`, and the people that play in it."""
    if plan.architecture.database.account:
        yield _people(plan)
    if not plan.architecture.scenarios:
        return
    module = Module(
        "tests/test_scenarios.py", "The scenarios of the specification.", plan.class_names
    )
    module.imports.own("tests.play", "Play")
    for name, places in scenario_tests(plan.architecture).items():
        played = [plan.architecture.scenarios[place] for place in places]
        module.add(f"scenario {played[0].name}", _test(plan, module, played, name))
    yield module.render()


def scenario_tests(architecture: Architecture) -> dict[str, list[int]]:
    """Each test by its name, with the places of the scenarios that it plays.

    Scenarios with the same steps, which show criteria of several requirements, are one test.
    """
    same: dict[str, str] = {}
    tests: dict[str, list[int]] = {}
    for place, scenario in enumerate(architecture.scenarios):
        steps = "\n".join(step.model_dump_json() for step in scenario.steps)
        if steps not in same:
            wanted = name = _test_name(scenario)
            number = 2
            while name in tests:
                name, number = f"{wanted}_{number}", number + 1
            same[steps], tests[name] = name, []
        tests[same[steps]].append(place)
    return tests


def _test_name(scenario: Scenario) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", scenario.name.lower()).strip("_")[:80].rstrip("_")
    return f"test_{scenario.requirement.lower()}_{words}".rstrip("_")


def _test(plan: Plan, module: Module, played: Sequence[Scenario], name: str) -> str:
    scenario = played[0]
    steps = completed(plan.architecture, scenario)
    missing = sorted(
        {
            item
            for step in steps
            if isinstance(step, Step) and step.expect is not None
            for route in [route_of(plan.architecture, step.method, step.path)]
            if route is not None and route.main is not None
            for item in plan.missing_below(route.main.name)
        }
    )
    criteria = [name for item in played for name in item.criteria]
    shown = f" ({', '.join(criteria)})" if criteria else ""
    about = f"{scenario.name[:1].upper()}{scenario.name[1:]}{shown}"
    lines = [docstring(sentence(about), "    ")]
    lines += [_spelled(module, step) for step in steps]
    mark = ""
    if missing:
        pytest = module.imports.plain("pytest")
        reason = literal(f"{', '.join(missing)}: not implemented")
        mark = f"@{pytest}.mark.skip(reason={reason})\n"
    body = "\n".join(lines[1:])
    return f"{mark}def {name}(play: Play) -> None:\n    {lines[0]}\n{indent(body)}"


def _spelled(module: Module, step: Step | Row) -> str:
    if isinstance(step, Row):
        module.imports.own("app.models", step.table.model)
        return f"play.put({step.table.model}, {literal(step.values)}, save={literal(step.save)})"
    lines: list[str] = []
    if step.advance:
        lines.append(f"play.advance({literal(step.advance)})")
    if step.expect is not None:
        arguments = [literal(step.actor), literal(step.method), literal(step.path)]
        wanted: list[tuple[str, JsonValue]] = [
            ("query", dict(step.query) or None),
            ("sent", dict(step.headers) or None),
            ("json", step.body),
            ("upload", dict(step.upload) or None),
            ("status", step.expect.status),
            ("expect", step.expect.body),
            ("headers", dict(step.expect.headers) or None),
            ("save", dict(step.save) or None),
        ]
        arguments += [f"{name}={literal(value)}" for name, value in wanted if value is not None]
        call = f"play.call({', '.join(arguments)})"
        if step.times > 1:
            turns = f"for turn in range(1, {step.times + 1}):"
            call = f'{turns}\n    play.saved["turn"] = turn\n    {call}'
        lines.append(call)
    return "\n".join(lines)


def _people(plan: Plan) -> Rendered:
    """`tests/people.py`: accounts for the roles that scenarios are played by."""
    architecture = plan.architecture
    account = plan.table(architecture.database.account or "")
    module = Module("tests/people.py", "Accounts for callers by role.", plan.class_names)
    module.imports.own("app.models", account.model)
    fastapi, moment = module.use("fastapi", "FastAPI"), module.use("datetime", "datetime")
    any_type = module.use("pydantic", "JsonValue")
    opened = module.use("app.accounts", "open_session")
    roles = [role.name for role in architecture.specification.roles]
    names = ", ".join(literal(name) for name in ["user", *roles])
    module.add(FIXED, f"ROLES = frozenset({{{names}}})")
    values: list[str] = []
    for column in account.columns:
        if column.name == "email":
            values.append('email=f"{role}{number}@example.com"')
        elif column.name == "password_hash":
            values.append('password_hash="!"')
        elif column.name == "role":
            module.imports.own("app.models", column.enum or "")
            default = literal(column.default if column.default is not None else roles[0])
            values.append(f'role={column.enum}(role if role != "user" else {default})')
        elif not column.nullable and column.default is None:
            value = sample(column, architecture.database)
            if isinstance(value, str) and column.type in (ColumnType.STRING, ColumnType.TEXT):
                values.append(f'{column.name}=f"{value.removesuffix("1")}{{number}}"')
            else:
                values.append(f"{column.name}={_python(module, column.type, value)}")
    module.add(
        FIXED,
        f'''def account_of(app: {fastapi}, actor: str) -> dict[str, {any_type}]:
    """The account of `member` or `member:2`, made in the database."""
    role, _, number = actor.partition(":")
    number = number or "1"
    with app.state.database.transaction(write=True) as session:
        account = {account.model}({", ".join(values)})
        session.add(account)
        session.flush()
        return account.model_dump(mode="json", exclude={{"password_hash"}})


def token_of(app: {fastapi}, account_id: int, now: {moment}) -> str:
    """An access token that is valid at the moment."""
    with app.state.database.transaction(write=True) as session:
        account = session.get({account.model}, account_id)
        assert account is not None
        return {opened}(session, account, app.state.settings, now).access_token''',
    )
    return module.render()


def _python(module: Module, kind: ColumnType, value: JsonValue) -> str:
    match kind:
        case ColumnType.DECIMAL:
            return f"{module.use('decimal', 'Decimal')}({literal(value)})"
        case ColumnType.DATE:
            return f"{module.use('datetime', 'date')}(1990, 1, 1)"
        case ColumnType.DATETIME:
            module.use("datetime", "UTC")
            return f"{module.use('datetime', 'datetime')}(1990, 1, 1, tzinfo=UTC)"
        case _:
            return literal(value)
