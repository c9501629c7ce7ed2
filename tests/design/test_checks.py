"""Each check of the Design chains: found once, told in a sentence, and mended by asking again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codex.chains.design import clarify, revise, specify
from codex.chains.design.clarify import Clarification, ClarifyInputs, Question
from codex.chains.design.revise import ReviseInputs
from codex.chains.design.specify import SpecifyInputs
from codex.common.documents.draft import SpecificationDraft
from codex.common.documents.patch import SpecificationPatch, apply
from codex.common.documents.rules import Grant, Guard, Scope
from codex.common.documents.specification import (
    Criterion,
    Entity,
    EntityField,
    Feature,
    Operation,
    Parameter,
    Requirement,
    Verb,
)
from codex.common.errors import ChainExhausted
from codex.common.model.scripted import Scripted
from codex.design import design
from tests.design.conftest import REQUEST, draft, services

GOOD = draft()
R1, R2 = GOOD.requirements


def changed(place: int, **changes: Any) -> SpecificationDraft:
    """The good draft with one requirement changed."""
    items = list(GOOD.requirements)
    items[place] = items[place].model_copy(update=changes)
    return draft(requirements=tuple(items))


def broken_entities() -> tuple[Entity, ...]:
    twice = (EntityField(name="title"), EntityField(name="title"))
    return (*GOOD.entities, Entity(name="film", plural="films", fields=twice))


WRONG: dict[str, Callable[[], SpecificationDraft]] = {
    "reference": lambda: changed(0, feature="Nowhere"),
    "reference: a quote that the request does not say": lambda: changed(
        0, quotes=("Members eat books.", *R1.quotes)
    ),
    "reference: two fields of one name": lambda: draft(entities=broken_entities()),
    "reference: a role that is not defined": lambda: draft(roles=()),
    "reference: two requirements of one id": lambda: changed(1, id="R1", criteria=R1.criteria),
    "no_criteria": lambda: changed(0, criteria=()),
    "empty_criterion": lambda: changed(
        0, criteria=(R1.criteria[0].model_copy(update={"then": " "}),)
    ),
    "vague": lambda: changed(0, text="Borrowing must be fast."),
    "vague: in a criterion": lambda: changed(
        0, criteria=(R1.criteria[0].model_copy(update={"then": "it is easy"}),)
    ),
    "no_must": lambda: changed(0, text="Members borrow books."),
    "numbering": lambda: changed(
        1, id="R3", criteria=(Criterion(id="R3.1", given="x", when="x", then="x"),)
    ),
    "no_requirements": lambda: draft(features=(*GOOD.features, Feature(name="Nothing"))),
    "unnamed": lambda: changed(0, operations=(Operation(verb=Verb.ACTION, entity="book"),)),
    "not_owned": lambda: changed(
        1,
        operations=(
            Operation(
                verb=Verb.UPDATE, entity="book", access=(Grant(role="user", scope=Scope.OWN),)
            ),
        ),
    ),
    "wrong_rule": lambda: changed(
        0,
        operations=(
            Operation(
                verb=Verb.ACTION, entity="book", name="lend", rule=Guard(kind="guard", table="book")
            ),
        ),
    ),
    "two_meanings": lambda: changed(
        0, operations=(Operation(verb=Verb.CREATE, entity="book", fields=("title",)),)
    ),
    "no_parameter": lambda: draft(parameters=()),
    "not_covered": lambda: draft(out_of_scope=()),
}


def names(problems: Any) -> list[str]:
    return [problem.sentence.name for problem in problems]


def test_the_good_draft_is_good() -> None:
    assert names(specify.check(SpecifyInputs(request=REQUEST), GOOD)) == []


@pytest.mark.parametrize("name", WRONG)
def test_each_violation_is_one_precise_sentence(name: str) -> None:
    found = list(specify.check(SpecifyInputs(request=REQUEST), WRONG[name]()))
    assert name.partition(":")[0] in names(found)
    assert all(str(problem).endswith((".", "”")) for problem in found)


@pytest.mark.parametrize("name", WRONG)
async def test_the_stage_converges_after_a_wrong_answer(name: str) -> None:
    model = Scripted({"design/clarify": Clarification(), "design/specify": [WRONG[name](), GOOD]})
    document = await design(REQUEST, services=services(model))
    assert document.requirements == GOOD.requirements
    second = [item for item in model.asked if item.chain == "design/specify"][1]
    told = second.messages[-1].content
    problem = next(iter(specify.check(SpecifyInputs(request=REQUEST), WRONG[name]())))
    assert str(problem) in told


async def test_a_model_that_never_learns_ends_with_the_evidence() -> None:
    model = Scripted({"design/clarify": Clarification(), "design/specify": WRONG["no_criteria"]()})
    with pytest.raises(ChainExhausted) as caught:
        await design(REQUEST, services=services(model))
    assert caught.value.chain == "design/specify"
    assert len(caught.value.attempts) == specify.CHAIN.attempts
    assert all("no acceptance criteria" in a.problems[0] for a in caught.value.attempts)


def test_a_draft_may_say_that_it_understood_nothing() -> None:
    empty = SpecificationDraft(
        title="?",
        summary="?",
        not_understood=({"quote": REQUEST},),  # pyright: ignore[reportArgumentType] pydantic reads it
    )
    assert names(specify.check(SpecifyInputs(request=REQUEST), empty)) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("At most five books.", True),
        ("At most 5 books.", True),
        ("1,000 books", True),
        ("Log in with OAuth2.", False),
        ("Version 1.2.3 of v2", True),
        ("1. Books\n2. Members", False),
        ("one book", False),
        ("between two rounds", False),
        ("2 rounds", True),
    ],
)
def test_numbers_of_the_request_are_parameters(text: str, missing: bool) -> None:
    quoted = draft(
        parameters=(),
        requirements=(R1.model_copy(update={"quotes": (text,)}),),
        features=(Feature(name="Lending"),),
        out_of_scope=(),
    )
    found = names(specify.check(SpecifyInputs(request=text), quoted))
    assert ("no_parameter" in found) is missing


def question(**changes: Any) -> Question:
    values = {"text": "Who?", "why": "Rights.", "default": "All", "choices": ("All", "Some")}
    return Question.model_validate(values | changes)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("too_many", tuple(question(text=f"Q{number}?") for number in range(8))),
        ("no_default", (question(default=" ", choices=()),)),
        ("no_reason", (question(why=""),)),
        ("not_a_question", (question(text="Tell me."),)),
        ("default_not_offered", (question(default="None"),)),
        ("twice", (question(), question())),
    ],
)
async def test_questions_are_checked(name: str, asked: tuple[Question, ...]) -> None:
    inputs = ClarifyInputs(request=REQUEST)
    assert names(clarify.check(inputs, Clarification(questions=asked))) == [name]
    wrong = Clarification(questions=asked)
    model = Scripted({"design/clarify": [wrong, Clarification()], "design/specify": GOOD})
    document = await design(REQUEST, services=services(model))
    assert document.questions == ()


LIMIT = Parameter(name="loan_limit", value=7, quote="The limit is 7.")
QUOTED = R1.model_copy(update={"quotes": (*R1.quotes, "The limit is 7.")})
PATCH = SpecificationPatch(parameters=(LIMIT,), requirements=(QUOTED,))
NEW = Requirement(
    id="R3", feature="Lending", text="It must.", quotes=("The limit is 7.",),
    criteria=(Criterion(id="R3.1", given="x", when="x", then="x"),),
)  # fmt: skip

WRONG_PATCHES: dict[str, SpecificationPatch] = {
    "reference": PATCH.model_copy(update={"remove": ("feature Lending",)}),
    "not_covered": SpecificationPatch(parameters=(LIMIT.model_copy(update={"quote": ""}),)),
    "no_parameter": SpecificationPatch(requirements=(QUOTED,)),
    "taken_id": PATCH.model_copy(
        update={
            "requirements": (
                QUOTED,
                NEW.model_copy(
                    update={
                        "id": "R9",
                        "criteria": (Criterion(id="R9.1", given="x", when="x", then="x"),),
                    }
                ),
            )
        }
    ),
    "unknown_removal": PATCH.model_copy(update={"remove": ("requirement R7",)}),
    "no_criteria": PATCH.model_copy(
        update={"requirements": (QUOTED.model_copy(update={"criteria": ()}),)}
    ),
}


@pytest.mark.parametrize("name", WRONG_PATCHES)
async def test_patches_are_checked_and_asked_for_again(name: str) -> None:
    before = GOOD.specification(REQUEST)
    inputs = ReviseInputs(document=before.to_json(), feedback="The limit is 7.")
    found = list(revise.check(inputs, WRONG_PATCHES[name]))
    assert name in names(found)
    model = Scripted(
        {
            "design/clarify": Clarification(),
            "design/specify": GOOD,
            "design/revise": [WRONG_PATCHES[name], PATCH],
        }
    )
    document = await design(REQUEST, services=services(model), feedback=["The limit is 7."])
    assert document.parameters[0].value == 7
    assert [(c.element, c.change) for c in document.changes] == [
        ("parameter loan_limit", "changed"),
        ("requirement R1", "changed"),
    ]


def test_a_patch_that_changes_nothing_is_told() -> None:
    before = GOOD.specification(REQUEST)
    inputs = ReviseInputs(document=before.to_json(), feedback="Hm.")
    assert "unchanged" in names(revise.check(inputs, SpecificationPatch()))


def test_a_patch_keeps_the_bytes_of_what_it_does_not_name() -> None:
    before = GOOD.specification(REQUEST)
    after = apply(before, PATCH, "The limit is 7.")
    assert after.requirements[1] is before.requirements[1]
    assert after.entities == before.entities
    assert after.requirements[0].id == "R1"


def test_the_number_of_a_removed_requirement_is_not_given_again() -> None:
    before = GOOD.specification(REQUEST)
    gone = SpecificationPatch(
        remove=("requirement R2",),
        out_of_scope=({"quote": "No adding.", "reason": "Said so."},),  # pyright: ignore[reportArgumentType] pydantic reads it
    )
    once = apply(before, gone, "No adding.")
    inputs = ReviseInputs(document=once.to_json(), feedback="The limit is 7.")
    again = NEW.model_copy(
        update={"id": "R2", "criteria": (NEW.criteria[0].model_copy(update={"id": "R2.1"}),)}
    )
    patch = SpecificationPatch(parameters=(LIMIT,), requirements=(again,))
    assert "taken_id" in names(revise.check(inputs, patch))
    assert [item.name for item in once.features] == ["Lending"]


def test_entities_of_a_field_named_easy_are_not_vague() -> None:
    level = EntityField(name="level", type="choice", choices=("easy", "hard"))  # pyright: ignore[reportArgumentType] pydantic reads it
    entity = GOOD.entities[1].model_copy(update={"fields": (level,)})
    found = changed(0, text="A level must be easy or hard.").model_copy(
        update={"entities": (GOOD.entities[0], entity)}
    )
    assert names(specify.check(SpecifyInputs(request=REQUEST), found)) == []


def test_an_operation_that_is_only_named_is_the_one_that_is_written_out() -> None:
    named = Operation(verb=Verb.CREATE, entity="book")
    item = changed(0, operations=(*R1.operations, named))
    assert names(specify.check(SpecifyInputs(request=REQUEST), item)) == []
    document = item.specification(REQUEST)
    assert document.requirements[0].operations[-1] == R2.operations[0]
    assert document.requirements[0].operations[-1].access  # which the name alone does not say


def test_a_patch_may_name_an_operation_too() -> None:
    document = GOOD.specification(REQUEST)
    named = Operation(verb=Verb.CREATE, entity="book")
    patch = SpecificationPatch(
        requirements=(R1.model_copy(update={"operations": (*R1.operations, named)}),)
    )
    after = apply(document, patch, "Borrowing makes a book.")
    assert after.requirements[0].operations[-1] == R2.operations[0]


def test_an_account_is_its_own() -> None:
    own = Operation(verb=Verb.GET, entity="member", access=(Grant(role="user", scope=Scope.OWN),))
    item = changed(0, operations=(*R1.operations, own))
    assert names(specify.check(SpecifyInputs(request=REQUEST), item)) == []


@pytest.mark.parametrize(("then", "missing"), [("the answer is 410", False), ("it is gone", True)])
def test_a_status_that_a_requirement_promises_is_no_parameter(then: str, missing: bool) -> None:
    request = f"{REQUEST} A lost book answers 410."
    lost = R1.criteria[0].model_copy(update={"then": then})
    item = changed(0, criteria=(lost,), quotes=(*R1.quotes, "A lost book answers 410."))
    found = names(specify.check(SpecifyInputs(request=request), item))
    assert found == (["no_parameter"] if missing else [])
