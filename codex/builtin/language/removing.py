"""Feedback that takes away: "remove the author", "no reviews"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from codex.builtin.language.criteria import Context
from codex.builtin.language.feedback import NAME, Draft, pattern
from codex.builtin.language.inflect import gerund
from codex.builtin.language.names import snake
from codex.builtin.language.renaming import entity_called, field_called, with_feedback
from codex.builtin.language.wording import keeps, sentence
from codex.common.documents.specification import (
    Entity,
    Operation,
)

_OF = rf"(?:\s+(?:of|from|in)\s+{NAME})?"
_REMOVE = pattern(
    r"(?:remove|delete|drop|leave out|omit|without|no need for|get rid of|skip|no)",
    rf"\s+{NAME}{_OF}",
)
_NOT_NEEDED = pattern(
    r"(?:(?:we don't need|i don't need|we do not need|there is no need for|forget about|forget",
    rf"|don't include)\s+{NAME}{_OF}",
    rf"|{NAME}\s+(?:is|are)\s+not\s+(?:needed|required any more|necessary))",
)


def remove_part(draft: Draft, text: str) -> bool:
    """Take away what the sentence names: a thing, a field, an operation."""
    match = _REMOVE.match(text) or _NOT_NEEDED.match(text)
    if match is None:
        return False
    groups = [group for group in match.groups() if group]
    old, owner = groups[0], groups[1] if len(groups) > 1 else None
    entity = entity_called(draft.document, old) if owner is None else None
    if entity is not None:
        return _remove_entity(draft, entity, text)
    found = field_called(draft.document, old, owner)
    if found is None:
        return _remove_operation(draft, old, text)
    target, name = found
    return _remove_field(draft, target, name, text)


def _remove_entity(draft: Draft, entity: Entity, text: str) -> bool:
    if entity.is_account:
        return False
    values = draft.document.model_dump(mode="json")
    values["entities"] = [item for item in values["entities"] if item["name"] != entity.name]
    for item in values["entities"]:
        item["relations"] = [r for r in item["relations"] if r["target"] != entity.name]
    _keep_operations(values, lambda op: not _speaks_of(op, entity.name))
    return _settle(draft, values, text)


def _keep_operations(values: dict[str, Any], keep: Callable[[dict[str, Any]], bool]) -> bool:
    """Drop operations with their criteria, and requirements that have none left."""
    requirements: list[dict[str, Any]] = []
    changed = False
    for item in values["requirements"]:
        before = item["operations"]
        places = [number for number, op in enumerate(before, 1) if keep(op)]
        if len(places) == len(before):
            requirements.append(item)
            continue
        changed = True
        if not places:
            continue
        item["operations"] = [before[number - 1] for number in places]
        item["text"] = ""  # said anew below
        criteria: list[dict[str, Any]] = []
        for criterion in item["criteria"]:
            case = criterion["case"]
            if case is None or case["operation"] == 0:
                criteria.append(criterion)
            elif case["operation"] in places:
                case["operation"] = places.index(case["operation"]) + 1
                criteria.append(criterion)
        item["criteria"] = criteria
        requirements.append(item)
    values["requirements"] = requirements
    return changed


def _speaks_of(operation: dict[str, Any], entity: str) -> bool:
    rule = operation.get("rule")
    return operation["entity"] == entity or (
        rule is not None and f"'table': '{entity}'" in str(rule)
    )


def _remove_field(draft: Draft, entity: Entity, name: str, text: str) -> bool:
    values = draft.document.model_dump(mode="json")
    for item in values["entities"]:
        if item["name"] == entity.name:
            for key in ("fields", "relations"):
                item[key] = [part for part in item[key] if part["name"] != name]
            for part in (*item["fields"], *item["relations"]):
                part["unique_with"] = [other for other in part["unique_with"] if other != name]
    for item in values["requirements"]:
        for op in item["operations"]:
            if op["entity"] != entity.name:
                continue
            for key in ("filters", "ranges", "search", "sorts", "fields"):
                op[key] = [part for part in op[key] if part.lstrip("-").split(".")[0] != name]
        item["criteria"] = [
            c for c in item["criteria"] if not (c.get("case") and c["case"].get("field") == name)
        ]
    uses = re.compile(rf"'(?:field|path)': '{name}'")
    _keep_operations(
        values,
        lambda op: (
            not (op["entity"] == entity.name and op["rule"] and uses.search(str(op["rule"])))
        ),
    )
    return _settle(draft, values, text, entity.name)


def _remove_operation(draft: Draft, words: str, text: str) -> bool:
    """ "remove borrowing", "no search": an action, figure or list by its name."""
    name = snake(words)
    values = draft.document.model_dump(mode="json")
    removed = _keep_operations(
        values,
        lambda op: (
            not (
                op["name"]
                and name in {op["name"], gerund(op["name"]), f"{op['entity']}_{op['name']}"}
            )
        ),
    )
    return removed and _settle(draft, values, text)


def _settle(draft: Draft, values: dict[str, Any], text: str, entity: str = "") -> bool:
    """Drop what nothing uses any more, and put the sentence where it shows."""
    from codex.common.documents.specification_checks import names_of_parameters

    requirements: list[dict[str, Any]] = values["requirements"]
    place = next(
        (
            r
            for r in requirements
            if not entity or any(op["entity"] == entity for op in r["operations"])
        ),
        None,
    )
    if place is None:
        return False
    place["quotes"] = [*place["quotes"], text]
    used = {item["feature"] for item in requirements}
    values["features"] = [item for item in values["features"] if item["name"] in used]  # pyright: ignore[reportGeneralTypeIssues] JSON
    for item in requirements:
        for number, criterion in enumerate(item["criteria"], 1):
            criterion["id"] = f"{item['id']}.{number}"
    before = names_of_parameters(draft.document.requirements)
    for item in requirements:
        if str(item["text"]).startswith("The service must keep ") and item["operations"]:
            kept = next(
                e for e in values["entities"] if e["name"] == item["operations"][0]["entity"]
            )
            item["text"] = keeps(
                kept["plural"],
                [part["name"] for part in (*kept["fields"], *kept["relations"])],
                [op["verb"] for op in item["operations"]],
            )
    for item in requirements:
        if not item["text"]:
            item["text"] = _said(values, item)
    document = with_feedback(draft, values)
    gone = before - names_of_parameters(document.requirements)
    draft.document = document.model_copy(
        update={"parameters": tuple(p for p in document.parameters if p.name not in gone)}
    )
    return True


def _said(values: dict[str, Any], item: dict[str, Any]) -> str:
    """What is left of a requirement, as a sentence."""
    entities = [Entity.model_validate(entity) for entity in values["entities"]]
    context = Context(
        {entity.name: entity for entity in entities}, any(entity.is_account for entity in entities)
    )
    return sentence([Operation.model_validate(op) for op in item["operations"]], context)
