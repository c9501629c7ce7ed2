"""The stage: request, interview, feedback; what is refused; what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex.chains.design.clarify import Clarification, Question
from codex.common.documents.specification import Specification
from codex.common.errors import ChainExhausted, InputError, NotUnderstood
from codex.common.events import StageFinished, StageStarted
from codex.common.model.scripted import Scripted
from codex.design import LONGEST_REQUEST, design, questions
from codex.design.interview import read_answers
from tests.design.conftest import REQUEST, draft, services

LIBRARY = "A library with books that have a title and an author. Members can borrow up to 5 books."


def field_names(document: Specification, entity: str) -> list[str]:
    return [field.name for field in document.entity(entity).fields]


async def test_a_request_becomes_a_specification() -> None:
    told = services()
    document = await design(LIBRARY, services=told)
    assert document.request == LIBRARY
    assert [entity.name for entity in document.entities] == ["book", "loan", "member"]
    assert [(p.name, p.value) for p in document.parameters] == [("loan_limit", 5)]
    assert document.not_understood == ()
    assert [
        type(event)
        for event in told.events.events
        if isinstance(event, StageStarted | StageFinished)
    ] == [StageStarted, StageFinished]
    assert Specification.from_json(document.to_json()) == document


async def test_it_is_a_function_of_request_answers_and_feedback() -> None:
    first = await design(LIBRARY, services=services(), feedback=["The limit is 7 books."])
    second = await design(LIBRARY, services=services(), feedback=["The limit is 7 books."])
    assert first == second


async def test_open_questions_become_assumptions_and_answers_count() -> None:
    asked = await questions(LIBRARY, services=services())
    assert [item.id for item in asked] == ["Q1", "Q2"]
    without = await design(LIBRARY, services=services())
    assert [a.question for a in without.assumptions if a.question] == ["Q1", "Q2"]
    assert without.account is None
    answers = {"Q1": "yes", asked[1].text: "a name and a phone number"}
    with_answers = await design(LIBRARY, services=services(), answers=answers)
    assert with_answers.account is not None
    assert "phone_number" in field_names(with_answers, "member")
    assert [a.question for a in with_answers.assumptions if a.question] == []
    assert [item.answer for item in with_answers.questions] == ["yes", "a name and a phone number"]


async def test_an_answer_to_no_question_is_refused() -> None:
    with pytest.raises(InputError, match="Q9"):
        await design(LIBRARY, services=services(), answers={"Q9": "yes"})


async def test_the_answers_reach_the_model() -> None:
    asked = Clarification(questions=(Question(text="Who?", why="Rights.", default="All"),))
    model = Scripted({"design/clarify": asked, "design/specify": draft()})
    await design(REQUEST, services=services(model), answers={"who": "Only\nmembers"})
    prompt = model.asked[-1].messages[-1].content
    assert "Q1. Who?" in prompt
    assert "| Only\n| members" in prompt


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "empty"), ("  \n ", "empty"), ("Books.\x00", "U\\+0000"), ("Books \ud800", "U\\+D800"),
        ("a" * (LONGEST_REQUEST + 1), "50,001 characters"),
    ],
)  # fmt: skip
async def test_what_cannot_be_taken_is_refused(text: str, what: str) -> None:
    with pytest.raises(InputError, match=what):
        await design(text, services=services())
    with pytest.raises(InputError, match=r"feedback (has|is|contains)"):
        await design(LIBRARY, services=services(), feedback=[text])


async def test_the_longest_request_is_taken() -> None:
    text = (LIBRARY + "\n\n") * 600
    document = await design(text[:LONGEST_REQUEST], services=services())
    assert len(document.entities) == 3


@pytest.mark.parametrize(
    "text",
    [
        "Ich brauche einen Dienst für eine Bibliothek. Bücher haben einen Titel.",
        "我们需要一个图书馆服务。书有标题和作者。",
        "Lorem ipsum dolor sit amet.",
        "?!",
    ],
)
async def test_nothing_understood_is_an_error_with_exit_code_3(text: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        await design(text, services=services())
    assert caught.value.exit_code == 3
    assert "--model" in caught.value.todo


async def test_what_was_agreed_before_is_kept_when_a_correction_fails() -> None:
    model = Scripted(
        {"design/clarify": Clarification(), "design/specify": draft(), "design/revise": "no JSON"}
    )
    told = services(model)
    agreed = await design(REQUEST, services=told)
    with pytest.raises(ChainExhausted) as caught:
        await design(REQUEST, services=told, feedback=["Make it better."])
    assert caught.value.chain == "design/revise"
    asked = len(model.asked)
    assert await design(REQUEST, services=told) == agreed
    assert len(model.asked) == asked  # the journal has it


@pytest.mark.parametrize(
    ("feedback", "changes"),
    [
        ("The limit is 7 books.", {"parameter loan_limit": "changed", "requirement R4": "changed"}),
        ("7 instead of 5.", {"parameter loan_limit": "changed", "requirement R4": "changed"}),
        ("Also add a genre to each book.", {"entity book": "changed", "requirement R2": "changed"}),
        ("Remove the author.", {"entity book": "changed", "requirement R2": "changed"}),
        (
            "Books can be searched by title.",
            {"requirement R2": "changed", "requirement R6": "added"},
        ),
    ],
)
async def test_feedback_changes_what_it_speaks_of_and_nothing_else(
    feedback: str, changes: dict[str, str]
) -> None:
    before = await design(LIBRARY, services=services())
    after = await design(LIBRARY, services=services(), feedback=[feedback])
    assert {note.element: note.change for note in after.changes} == changes
    kept = {
        item.id: item for item in before.requirements if f"requirement {item.id}" not in changes
    }
    assert kept.items() <= {item.id: item for item in after.requirements}.items()
    assert after.feedback == (feedback,)
    assert after.not_understood == ()


async def test_corrections_build_on_each_other() -> None:
    feedback = [
        "Also add a genre to each book.",
        "Rename book to volume.",
        "Remove the author of volumes.",
        "Add reviews with a rating from 1 to 5.",
        "The rating is from 1 to 10.",
        "Sing a song.",
    ]
    document = await design(LIBRARY, services=services(), feedback=feedback)
    assert field_names(document, "volume") == ["title", "genre"]
    assert {entity.name for entity in document.entities} == {"volume", "loan", "member", "review"}
    assert [item.quote for item in document.not_understood][-1] == "Sing a song."
    assert len({item.id for item in document.requirements}) == len(document.requirements)


async def test_removing_a_thing_takes_along_what_speaks_of_it() -> None:
    document = await design(LIBRARY, services=services(), feedback=["Remove members."])
    assert {entity.name for entity in document.entities} == {"book", "loan"}
    assert document.parameters == ()
    assert all(op.name != "borrow" for item in document.requirements for op in item.operations)


def test_answers_from_files(tmp_path: Path) -> None:
    path = tmp_path / "answers"
    path.write_text('{"Q1": "yes"}')
    assert read_answers(path) == {"Q1": "yes"}
    path.write_text("# what we agreed\n\nQ1: yes\nQ2: a name: and more\n")
    assert read_answers(path) == {"Q1": "yes", "Q2": "a name: and more"}
    for wrong in ('{"Q1": 1}', "{", "no colon"):
        path.write_text(wrong)
        with pytest.raises(InputError):
            read_answers(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        read_answers(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_answers(tmp_path / "nowhere")
