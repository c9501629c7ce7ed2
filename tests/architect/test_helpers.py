"""What shared helpers are handed, and what questions are told of tables and other routes."""

from __future__ import annotations

import pytest

from codex.architect.inputs import Surface, graph_inputs, scenario_inputs
from codex.blueprint.brief import Brief
from codex.blueprint.helpers import with_context
from codex.blueprint.planned import Planned
from codex.common.documents.architecture import Setting
from codex.common.documents.codegraph import (
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


@pytest.mark.parametrize("place", [0, 1])
def test_scenarios_know_tables_settings_and_routes_that_answer_with_no_type(place: int) -> None:
    drawn = surface()
    found = scenario_inputs(drawn.brief.requirements[place], drawn)
    shown = {item.header.function_name for item in (*found.routes, *found.others)}
    assert "open_link" in shown, "or no click could be made"
    assert {"links", "clicks"} <= {table.name for table in found.database.tables}
    assert [setting.name for setting in found.settings] == ["limit"]
