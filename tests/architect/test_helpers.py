"""What shared helpers are handed, and what questions are told of tables and other routes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from codex.architect.inputs import Surface, graph_inputs, module_inputs, scenario_inputs
from codex.blueprint.brief import Brief
from codex.blueprint.helpers import with_context
from codex.blueprint.planned import Context, Planned
from codex.blueprint.unruled import unruled
from codex.chains.architect.modules import ModulePlan
from codex.chains.architect.routes import CHAIN, RoutesPatch, check
from codex.chains.prompt import render
from codex.common.documents.architecture import Setting
from codex.common.documents.codegraph import (
    Example,
    FunctionDefinition,
    FunctionKind,
    FunctionParameter,
    RouteHeader,
    Success,
    SuccessKind,
)
from codex.common.documents.schema import (
    Column,
    ColumnType,
    DatabaseSchema,
    DatabaseTable,
    Relation,
)
from codex.common.documents.specification import (
    Criterion,
    Entity,
    Operation,
    Requirement,
    Verb,
)
from codex.common.model.base import Mode
from tests.architect.conftest import TEMPLATES

LINKS = DatabaseTable(
    name="links",
    model="Link",
    entity="link",
    columns=(Column(name="code", type=ColumnType.STRING),),
)
CLICKS = DatabaseTable(
    name="clicks",
    model="Click",
    entity="click",
    columns=(Column(name="link_id", type=ColumnType.INTEGER),),
    relations=(Relation(name="link", target="links", column="link_id"),),
)
USERS = DatabaseTable(name="users", model="User", entity="user")
DATABASE = DatabaseSchema(tables=(LINKS, CLICKS, USERS), account="users")


def test_a_helper_is_handed_what_its_tables_settings_and_callees_need() -> None:
    counting = FunctionDefinition(
        name="count_links",
        description="How many links.",
        parameters=(FunctionParameter(name="owner_id", type="int"),),
        reads=("links",),
    )
    guarding = FunctionDefinition(
        name="refuse_too_many",
        description="Raises at the limit.",
        parameters=(
            FunctionParameter(name="now", type="datetime", description="When."),
            FunctionParameter(name="owner_id", type="int"),
        ),
        calls=("count_links",),
        settings=("limit",),
    )
    (first, second), mends = with_context((counting, guarding), DATABASE)
    assert first.input_type == "owner_id: int, *, session: Session"
    assert second.input_type == (
        "owner_id: int, *, session: Session, now: datetime, settings: Settings"
    )
    assert {item.kind for item in (first, second)} == {FunctionKind.SHARED}
    assert [mend.place for mend in mends] == ["shared count_links", "shared refuse_too_many"]
    again, none = with_context((first, second), DATABASE)
    assert (again, none) == ((first, second), [])


def surface() -> Surface:
    """A redirect that counts clicks, and a list of links."""
    opening = Requirement(
        id="R1",
        feature="Opening",
        text="Every opening must add one click to the link.",
        criteria=(Criterion(id="R1.1", given="a link", when="it is opened", then="302"),),
        operations=(Operation(verb=Verb.ACTION, entity="link", name="open"),),
    )
    counting = Requirement(
        id="R2",
        feature="Opening",
        text="The number of clicks must be shown.",
        criteria=(Criterion(id="R2.1", given="a click", when="asked", then="it is 1"),),
        operations=(Operation(verb=Verb.FIGURE, entity="click", name="count"),),
    )
    brief = Brief.model_construct(
        title="Links",
        summary="",
        roles=(),
        features=(),
        entities=tuple(
            Entity(name=name, plural=f"{name}s", is_account=name == "user")
            for name in ("link", "click", "user")
        ),
        parameters=(),
        requirements=(opening, counting),
        assumptions=(),
    )
    routes = (
        RouteHeader(
            function_name="open_link",
            module="links",
            method="GET",
            path="/r/{code}",
            requirements=("R1",),
            success=Success(status=302, kind=SuccessKind.REDIRECT),
        ),
        RouteHeader(
            function_name="count_clicks",
            module="links",
            method="GET",
            path="/links/{link_id}/clicks/count",
            requirements=("R2",),
            response="Value[int]",
        ),
    )
    planned = [
        Planned(header=header, operation=requirement.operations[0])
        for header, requirement in zip(routes, (opening, counting), strict=True)
    ]
    return Surface(
        brief=brief,
        database=DATABASE,
        routes=tuple(planned),
        types=(),
        errors=(),
        settings=(Setting(name="limit", default=3),),
    )


def test_a_route_without_a_type_knows_the_tables_that_its_requirements_name() -> None:
    found = graph_inputs(surface().routes[0], surface())
    assert [table.name for table in found.tables] == ["links", "clicks", "users"]


OWNERS = DatabaseTable(
    name="memberships",
    model="Membership",
    columns=tuple(Column(name=f"{name}_id", type=ColumnType.INTEGER) for name in ("group", "user")),
    relations=(
        Relation(name="group", target="groups", column="group_id", inverse="memberships"),
        Relation(name="user", target="users", column="user_id"),
    ),
)
GROUPS = DatabaseTable(name="groups", model="Group", entity="group", owner="memberships.user_id")
EXPENSES = DatabaseTable(
    name="expenses",
    model="Expense",
    entity="expense",
    columns=(Column(name="group_id", type=ColumnType.INTEGER),),
    relations=(Relation(name="group", target="groups", column="group_id"),),
    owner="group.memberships.user_id",
)


def wider(*shared: FunctionDefinition) -> Surface:
    """The same service with the expenses of groups, and helpers that are declared."""
    tables = (*DATABASE.tables, GROUPS, OWNERS, EXPENSES)
    header = RouteHeader(
        function_name="settle_expense",
        module="expenses",
        method="POST",
        path="/expenses/{expense_id}/settle",
        response="ExpenseRead",
    )
    return replace(
        surface(),
        database=DatabaseSchema(tables=tables, account="users"),
        routes=(*surface().routes, Planned(header=header)),
        shared=shared,
    )


def helper(name: str, *reads: str) -> FunctionDefinition:
    return FunctionDefinition(
        name=name, description="Counts.", kind=FunctionKind.SHARED, reads=reads
    )


def test_a_route_knows_the_tables_on_the_way_to_whom_its_rows_belong() -> None:
    found = graph_inputs(wider().routes[-1], wider())
    assert {table.name for table in found.tables} == {"users", "groups", "memberships", "expenses"}


def test_helpers_of_other_modules_are_offered_where_they_work_on_the_routes_tables() -> None:
    """With the tables that they need besides, since examples give rows of them."""
    drawn = wider(helper("count_both", "expenses", "clicks"), helper("count_clicks_of", "clicks"))
    found = graph_inputs(drawn.routes[-1], drawn)
    assert [item.name for item in found.shared] == ["count_both"]
    assert "clicks" in {table.name for table in found.tables}


def test_a_module_may_name_tables_of_others() -> None:
    plan = ModulePlan(name="links", description="Links.", tables=("links",))
    asked = module_inputs(plan, (plan,), wider())
    assert {item.name for item in asked.others} >= {"expenses", "groups"}
    patch = RoutesPatch(
        shared=(helper("count_costs", "expenses").model_copy(update={"examples": (Example(),)}),)
    )
    problems = [str(problem) for problem in check(asked, patch)]
    assert not [problem for problem in problems if "expenses" in problem], problems
    text = (
        render(CHAIN, asked, TEMPLATES, model="openai:some", mode=Mode.JSON_SCHEMA)
        .messages[-1]
        .content
    )
    assert "expenses (Expense): id, group_id, created_at, updated_at" in text


def test_only_an_action_is_described_as_a_deed() -> None:
    entity = Entity(name="link", plural="links")
    brief = Brief(entities=(entity,))
    context = Context(brief, DATABASE, {"links": "links"})
    told = [
        unruled(Operation(verb=verb, entity="link", name=name), context).summary
        for verb, name in ((Verb.ACTION, "open"), (Verb.FIGURE, "balance"), (Verb.QUERY, "newest"))
    ]
    assert told == ["Open a link", "Balance of links", "List newest of links"]


@pytest.mark.parametrize("place", [0, 1])
def test_scenarios_know_tables_settings_and_routes_that_answer_with_no_type(place: int) -> None:
    drawn = surface()
    found = scenario_inputs(drawn.brief.requirements[place], drawn)
    shown = {item.header.function_name for item in (*found.routes, *found.others)}
    assert "open_link" in shown, "or no click could be made"
    assert {"links", "clicks"} <= {table.name for table in found.database.tables}
    assert [setting.name for setting in found.settings] == ["limit"]
