"""Specifications in the database: a row each, with rows for what they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex.common.database.rows import Layout, in_order, numbered
from codex.common.documents.specification import Specification

if TYPE_CHECKING:
    from codex.common.database.bridge import Client, Unit

SPECIFICATION = Layout(
    {"title": "title", "summary": "summary", "request": "request"},
    elsewhere=(
        *("features", "requirements", "entities", "parameters", "questions", "assumptions"),
    ),
)
FEATURE = Layout({"name": "name", "description": "description"})
REQUIREMENT = Layout({"name": "id", "feature": "feature", "text": "text"}, elsewhere=("criteria",))
CRITERION = Layout({"name": "id", "given": "given", "when": "when", "then": "then"})
ENTITY = Layout({"name": "name", "plural": "plural", "description": "description"})
PARAMETER = Layout({"name": "name", "description": "description"})
QUESTION = Layout({"name": "id", "text": "text", "answer": "answer"})
ASSUMPTION = Layout({"name": "id", "text": "text"})


def add_specification(unit: Unit, new: int, doc: Specification, **identity: Any) -> None:
    """Add to `unit` what stores `doc` under the number `new`."""
    row: Any = {"id": new, **identity, **SPECIFICATION.row(doc)}
    unit.specification.create_many([row])
    mine = {"specificationId": new}
    unit.feature.create_many(numbered([FEATURE.row(p) for p in doc.features], **mine))
    unit.requirement.create_many(numbered([REQUIREMENT.row(p) for p in doc.requirements], **mine))
    criteria: list[Any] = []
    for place, requirement in enumerate(doc.requirements):
        rows = [CRITERION.row(part) for part in requirement.criteria]
        criteria += numbered(rows, requirementPosition=place, **mine)
    unit.criterion.create_many(criteria)
    unit.entity.create_many(numbered([ENTITY.row(p) for p in doc.entities], **mine))
    unit.parameter.create_many(numbered([PARAMETER.row(p) for p in doc.parameters], **mine))
    unit.interviewquestion.create_many(numbered([QUESTION.row(p) for p in doc.questions], **mine))
    unit.assumption.create_many(numbered([ASSUMPTION.row(p) for p in doc.assumptions], **mine))


async def read_specification(db: Client, number: int) -> dict[str, Any] | None:
    """What the Specification of that number was made from."""
    row = await db.specification.find_unique(
        {"id": number},
        include={
            "features": True,
            "requirements": {"include": {"criteria": True}},
            "entities": True,
            "parameters": True,
            "questions": True,
            "assumptions": True,
        },
    )
    return row and SPECIFICATION.part(
        row,
        features=[FEATURE.part(one) for one in in_order(row.features)],
        requirements=[
            REQUIREMENT.part(one, criteria=[CRITERION.part(c) for c in in_order(one.criteria)])
            for one in in_order(row.requirements)
        ],
        entities=[ENTITY.part(one) for one in in_order(row.entities)],
        parameters=[PARAMETER.part(one) for one in in_order(row.parameters)],
        questions=[QUESTION.part(one) for one in in_order(row.questions)],
        assumptions=[ASSUMPTION.part(one) for one in in_order(row.assumptions)],
    )
