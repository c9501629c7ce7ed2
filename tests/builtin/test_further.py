"""Further cases follow from a rule: more rows, other rows, each condition, bystanders."""

from __future__ import annotations

import pytest

from codex.builtin.develop.write_tests import write_tests
from codex.chains.develop.write_tests import WriteTestsInputs, check
from codex.common.documents.codegraph import Example, FunctionDefinition
from codex.common.documents.codegraph import FunctionParameter as Parameter
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Assignment,
    Caller,
    Change,
    Comparison,
    Condition,
    FieldValue,
    Filter,
    Guard,
    Named,
    Order,
    Rule,
    Value,
)
from codex.common.errors import NotInMyPower
from codex.compiler.closure import Closure
from tests.corpus.kit import example
from tests.corpus.world import architecture

SCHEMA = architecture().database
OPEN = Condition(field="returned_at", op=Comparison.IS_NULL)


def inputs(
    rule: Rule | None, *examples: Example, parameter: str = "", returns: str = "None"
) -> WriteTestsInputs:
    parameters = (Parameter(name=parameter.lower(), type=parameter),) if parameter else ()
    definition = FunctionDefinition(
        name="f", description="It.", parameters=parameters, return_type=returns, rule=rule
    )
    if isinstance(rule, Guard):
        definition = definition.model_copy(update={"raises": (rule.error,)})
    return WriteTestsInputs(
        header="",
        definition=definition,
        examples=examples,
        closure=Closure(database=SCHEMA),
        columns={item.name: tuple(c.name for c in item.all_columns) for item in SCHEMA.tables},
    )


def written(wanted: WriteTestsInputs) -> tuple[Example, ...]:
    answer = write_tests(wanted)
    assert not list(check(wanted, answer))
    return answer.examples


def test_a_list_has_more_rows_in_their_order() -> None:
    rule = Filter(
        table="books",
        where=(Condition(field="stock", op=Comparison.GT, operands=(Value(value=0),)),),
        order=(Order(field="year", descending=True),),
    )
    given = {"books": [{"stock": 1, "year": 2}, {"stock": 0, "year": 5}]}
    told = example([{"id": "books:1"}], given=given)
    (more,) = written(inputs(rule, told, returns="list[Book]"))
    assert [row["year"] for row in more.given["books"]] == [2, 5, 9, 7]
    assert more.returns == [{"id": "books:3"}, {"id": "books:1"}]


def test_figures_are_those_of_all_rows() -> None:
    rule = Aggregate(
        function=AggregateFunction.SUM, table="order_items", field="unit_price", times="quantity"
    )
    told = example("5.00", given={"order_items": [{"unit_price": "5.00", "quantity": 1}]})
    (more,) = written(inputs(rule, told, returns="Decimal"))
    assert more.returns == "815.00"
    assert more.given["order_items"][1] == {"unit_price": "90.00", "quantity": 9}


def test_a_limit_stays_reached_and_other_rows_do_not_count() -> None:
    rule = Guard(
        table="users",
        count=Filter(
            table="loans",
            where=(Condition(field="user_id", operands=(FieldValue(path="id"),)), OPEN),
        ),
        limit=Named(name="loan_limit"),
        error="LoanLimitReached",
    )
    limit = {"loan_limit": 1}
    loan = {"user_id": "users:1"}
    free = example(given={"users": [{}]}, settings=limit, user="users:1")
    full = example(
        raises="LoanLimitReached",
        given={"users": [{}], "loans": [loan]},
        settings=limit,
        user="users:1",
    )
    other, beyond = written(inputs(rule, free, full, parameter="User"))
    assert other.raises is None
    assert len(other.given["loans"]) == 2
    assert beyond.raises == "LoanLimitReached"
    assert len(beyond.given["loans"]) == 2


def test_each_condition_of_a_guard_is_broken_once() -> None:
    rule = Guard(
        table="loans",
        require=(OPEN, Condition(field="user_id", operands=(Caller(),))),
        error="AlreadyReturned",
    )
    told = example(given={"users": [{}], "loans": [{"user_id": "users:1"}]}, loan="loans:1")
    wanted = inputs(rule, told.model_copy(update={"args": {"loan": "loans:1"}}), parameter="Loan")
    (case,) = written(wanted)
    assert case.raises == "AlreadyReturned"
    assert case.args == {"loan": "loans:2"}
    assert case.given["loans"][1].get("returned_at") is None


def test_another_row_stays_as_it_is() -> None:
    rule = Change(table="tasks", assign=(Assignment(field="done", operand=Value(value=True)),))
    told = example(
        {"done": True},
        given={"tasks": [{"done": False}]},
        then={"tasks": [{"done": True}]},
        task="tasks:1",
    )
    (case,) = written(inputs(rule, told, parameter="Task", returns="Task"))
    assert case.then == {"tasks": ({"done": True}, {"done": False})}
    gone = told.model_copy(update={"returns": None, "then": {"tasks": ()}})
    gone = gone.model_copy(
        update={"given": {"tasks": ({}, {})}, "then": {"tasks": ({"id": "tasks:2"},)}}
    )
    (case,) = written(inputs(Change(table="tasks", delete=True), gone, parameter="Task"))
    assert case.then == {"tasks": ({"id": "tasks:2"}, {"id": "tasks:3"})}


@pytest.mark.parametrize(
    "wanted",
    [
        inputs(None, example(1)),
        # Which of two equal rows comes first, the rule does not tell.
        inputs(
            Filter(table="books", order=(Order(field="status"),)),
            example([], given={"books": [{"status": "lost"}]}),
        ),
        # What the setting is by default, the contract does not tell.
        inputs(
            Filter(table="books", limit=Named(name="loan_limit")),
            example([], given={"books": [{}]}),
        ),
    ],
)
def test_what_is_not_sure_is_no_case(wanted: WriteTestsInputs) -> None:
    with pytest.raises(NotInMyPower):
        write_tests(wanted)
